package cli

// News in plain mode: a line each, between the commands. While somebody types they
// wait, for a line that is half typed must not be torn; a line with nothing on it
// asks for them, and wait tells them as they come.

import (
	"context"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"parley/inbox"
)

const (
	// closingTold is how long before a reply window closes that is told, as the
	// screen's notifications do.
	closingTold = time.Hour
	// mostTold is how many messages of other conversations are told at once.
	mostTold = 5
	// mostKept is how many news are kept for an agent who is away.
	mostKept = 200
)

// newsDesk keeps news until they can be told.
type newsDesk struct {
	come chan struct{} // capacity 1

	mu   sync.Mutex
	kept []inbox.News
	lost int
}

func newNewsDesk() *newsDesk { return &newsDesk{come: make(chan struct{}, 1)} }

// put keeps news. Of too many the oldest go, and are counted.
func (d *newsDesk) put(n inbox.News) {
	d.mu.Lock()
	d.kept = append(d.kept, n)
	if over := len(d.kept) - mostKept; over > 0 {
		d.kept, d.lost = d.kept[over:], d.lost+over
	}
	d.mu.Unlock()
	select {
	case d.come <- struct{}{}:
	default:
	}
}

// take gives what has come, and how many could not be kept.
func (d *newsDesk) take() (news []inbox.News, lost int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	news, lost = d.kept, d.lost
	d.kept, d.lost = nil, 0
	return news, lost
}

// hear begins to collect news; when it returns, none is missed any more.
func (p *plain) hear(ctx context.Context, b *background) error {
	p.first = newFirstReadings(p.Accounts(), time.Now())
	ready := make(chan struct{})
	ended := make(chan error, 1)
	b.start(context.WithoutCancel(ctx), p.guard, "news", func(ctx context.Context) error {
		err := p.Follow(ctx, inbox.FollowOptions{Closing: min(closingTold, p.config.Screen.ClosingSoon), Ready: func(inbox.NewsCursor) { close(ready) }}, func(n inbox.News) error {
			if !p.first.isHistory(n) {
				p.news.put(n)
			}
			return nil
		})
		ended <- err
		return err
	})
	select {
	case <-ready:
		return nil
	case err := <-ended:
		return err
	case <-ctx.Done():
		return nil
	}
}

// tellNews tells what has come. Messages of conversations that are not open are
// told up to a number: more would drown the rest.
func (p *plain) tellNews(ctx context.Context) {
	p.tellIll()
	p.tellRead(ctx)
	news, more := p.news.take()
	messages := 0
	for _, n := range news {
		text := p.describeNews(n)
		if text == "" {
			continue
		}
		if n.Kind == inbox.NewsMessage && n.Conversation.ID != p.open {
			if messages++; messages > mostTold {
				more++
				continue
			}
		}
		p.say("%s", text)
	}
	if more > 0 {
		p.say("And %d more: list is:unread tells them.", more)
	}
}

// tellIll tells which accounts cannot be read, or have not been for long, when that
// has changed.
func (p *plain) tellIll() {
	now, ill := time.Now(), map[string]bool{}
	for _, v := range p.Accounts() {
		for _, platform := range v.Platforms {
			f, old := platform.Error, !platform.Live && !platform.ReadAt.IsZero() && now.Sub(platform.ReadAt) >= staleAfter
			if f == nil && !old {
				continue
			}
			key := string(v.ID) + " " + string(platform.Platform)
			if f != nil {
				key += " " + f.Text
			}
			if ill[key] = true; !p.ill[key] {
				text, hint := describeAge(platform, now)
				p.app.complain(platform.Platform.Label()+" of "+string(v.ID)+" "+text, hint)
			}
		}
	}
	p.ill = ill
}

// describeNews is a piece of news in one line, "" for what need not be told.
func (p *plain) describeNews(n inbox.News) string {
	c := n.Conversation
	here, who := c.ID == p.open, p.who(c)
	switch n.Kind {
	case inbox.NewsFailed, inbox.NewsUnknown:
		return p.describeTrouble(n)
	case inbox.NewsSent:
		return p.describeSent(n)
	}
	if c.Triage.Muted && !here {
		return ""
	}
	switch n.Kind {
	case inbox.NewsMessage:
		text := describeBody(*n.Message)
		if !here {
			text = ansi.Truncate(text, previewLong, "…")
		}
		return "New from " + who + ": " + text
	case inbox.NewsReaction:
		if n.Reaction == nil || n.Reaction.Mine {
			return ""
		}
		return who + ", reacted " + inbox.CleanLine(n.Reaction.Emoji)
	case inbox.NewsClosing:
		return "Closing soon: " + who + ", " + leftWords(p.OurWindow(c), time.Now())
	case inbox.NewsWoken:
		return "Back from a snooze: " + who
	case inbox.NewsUnsent, inbox.NewsEdited:
		if here && n.Message != nil {
			return who + ", " + string(n.Kind) + ": " + describeBody(*n.Message)
		}
	}
	return ""
}

func (p *plain) describeTrouble(n inbox.News) string {
	if n.Item == nil {
		return ""
	}
	delete(p.awaited, n.Item.ID)
	if n.Kind == inbox.NewsUnknown {
		return "In doubt: your message to " + p.who(n.Conversation) + " may have arrived; outbox tells more"
	}
	text := "Not sent to " + p.who(n.Conversation)
	if f := n.Item.Failure(); f != nil {
		text += ": " + describeFailure(f)
	}
	return text + "; outbox tells more"
}

// describeSent tells that an answer has arrived which was written here.
func (p *plain) describeSent(n inbox.News) string {
	if n.Message == nil || !p.awaited[n.Message.Outbox] {
		return ""
	}
	delete(p.awaited, n.Message.Outbox)
	return "Sent to " + p.who(n.Conversation) + "."
}

// waitWord tells news as they come, until a line is entered.
func (p *plain) waitWord(ctx context.Context, _ typedCommand) error {
	p.say("Waiting, Enter ends it.")
	for {
		p.tellNews(ctx)
		select {
		case <-p.news.come:
		case line, ok := <-p.lines.typed:
			switch {
			case !ok:
				return errNoInput
			case line.err != nil:
				return line.err
			}
			return p.obey(ctx, line.text)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
