package cli

// An answer in plain mode. It says to whom it goes and how long there is to answer
// before a word is typed, and it belongs to that conversation whatever comes in
// meanwhile: news wait until it is finished.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// answer is an answer under way.
type answer struct {
	*composing
	to        inbox.Conversation // as it was when the answer was begun
	recipient string             // the participant's provider ID at that time
}

// manner is how an answer is to leave.
type manner struct {
	at   time.Time // zero: now
	done bool      // and the conversation is done then
}

// replyWord answers the open conversation, or the one that is named.
func (p *plain) replyWord(ctx context.Context, t typedCommand) error {
	a, draft, err := p.beginAnswer(ctx, t)
	if err != nil {
		return p.cannotBegin(ctx, err)
	}
	p.say("%s", a.invitation())
	a.resume(draft.Text, draft.Media)
	return a.compose(ctx)
}

// beginAnswer prepares an answer, with what was typed of it before.
func (p *plain) beginAnswer(ctx context.Context, t typedCommand) (*answer, inbox.Draft, error) {
	if len(t.words) > 0 {
		if p.open != "" && !isNumber(t.rest()) {
			return nil, inbox.Draft{}, &usageError{text: "reply takes no text: it asks for the lines of one", hint: "send and a text sends a single line"}
		}
		if err := p.openWord(ctx, t); err != nil {
			return nil, inbox.Draft{}, err
		}
	}
	if _, err := p.current(ctx); err != nil {
		return nil, inbox.Draft{}, err
	}
	thread, err := p.Thread(ctx, inbox.ThreadQuery{Conversation: p.open, Before: 1})
	if err != nil {
		return nil, inbox.Draft{}, err
	}
	a := &answer{newComposing(p), thread.Conversation, thread.Conversation.Participant.ID}
	if w := p.OurWindow(a.to); !w.Answerable() && w.Reason != "" { // the provider has said so itself
		return nil, inbox.Draft{}, &inbox.Error{Kind: inbox.WindowIsOver, Op: "send", Text: windowSentence(w, time.Now(), p.config.Screen.TimeZone)}
	}
	a.name = "the answer to " + a.who(a.to)
	a.learnWords()
	a.save = a.saveDraft
	a.finish = func(ctx context.Context) (bool, error) { return a.send(ctx, manner{}) }
	return a, thread.Draft, nil
}

// invitation says whom the answer is for, how long there is for it, and how it
// ends.
func (a *answer) invitation() string {
	w := a.Window(a.to)
	says := "Reply to " + a.who(a.to)
	switch left := leftWords(w, time.Now()); {
	case !w.Answerable():
		says += ", reply window closed since " + a.clock(w.ClosesAt, time.Now()) + ": sending asks first"
	case left != "":
		says += ", " + left
	}
	return says + ". A single dot on a line sends it, .help tells more."
}

// learnWords adds what only an answer has.
func (a *answer) learnWords() {
	a.words["attach"] = composingWord{"URL or FILE", "attach a picture, video, voice message or file", a.attach, false}
	a.words["detach"] = composingWord{"", "take the last attachment away", a.detach, false}
	a.words["insert"] = composingWord{"NAME", "insert the canned reply of that name; replies lists them", a.insert, false}
	a.words["at"] = composingWord{"WHEN", "send it then: 2h, 14:30, tomorrow 8am", a.sendLater, true}
	a.words["done"] = composingWord{"", "send it, and the conversation is done", func(ctx context.Context, _ string) (bool, error) {
		return a.send(ctx, manner{done: true})
	}, true}
}

func (a *answer) saveDraft(ctx context.Context) error {
	return a.SaveDraft(ctx, inbox.Draft{Conversation: a.to.ID, Text: a.text(), Media: a.media, UpdatedAt: time.Now()})
}

func (a *answer) attach(ctx context.Context, what string) (bool, error) {
	words := wordsOf(what)
	if len(words) == 0 {
		return false, &usageError{text: ".attach expects an address or a file", hint: "such as .attach https://img.example/label.jpg"}
	}
	link, err := a.linkTo(ctx, restFrom(what, words))
	if err != nil {
		return false, err
	}
	media := append(slices.Clone(a.media), link)
	for _, problem := range a.Check(inbox.Composition{Conversation: a.to.ID, Text: a.text(), Media: media}) {
		if problem.Part == len(media)-1 {
			return false, problem.Error
		}
	}
	a.media = media
	a.say("Attached.")
	return false, a.save(ctx)
}

// linkTo is the address of what is attached: a file of this machine gets one first.
func (a *answer) linkTo(ctx context.Context, what string) (string, error) {
	if strings.HasPrefix(what, "https://") || strings.HasPrefix(what, "http://") {
		return what, nil
	}
	path, ok := inbox.FilePath(what)
	if !ok {
		path = what
	}
	file, err := a.LookAtFile(path)
	if err != nil {
		return "", err
	}
	if a.CanUpload(a.to.ID).OK { // Upload says why not
		a.say("Uploading %s, %s.", inbox.CleanLine(file.Name()), inbox.ByteSize(file.Bytes))
	}
	return a.Upload(ctx, a.to.ID, path)
}

func (a *answer) detach(ctx context.Context, _ string) (bool, error) {
	if len(a.media) == 0 {
		return false, &usageError{text: "nothing is attached"}
	}
	a.say("Taken away: %s", a.media[len(a.media)-1])
	a.media = a.media[:len(a.media)-1]
	return false, a.save(ctx)
}

// insert puts a canned reply into the text, and tells it: what leaves is what was
// heard.
func (a *answer) insert(ctx context.Context, name string) (bool, error) {
	text, err := a.app.replyText(ctx, a.session, a.to, name)
	if err != nil {
		return false, err
	}
	for line := range strings.SplitSeq(text, "\n") {
		a.lines = append(a.lines, line)
		a.say("%s", line)
	}
	return false, a.save(ctx)
}

// repliesWord tells which canned replies there are, or all of one as it would leave.
func (p *plain) repliesWord(ctx context.Context, t typedCommand) error {
	if len(t.words) == 0 || hasFlag(t.words) {
		return p.command(ctx, []string{"replies"}, t)
	}
	c, err := p.current(ctx)
	if err != nil {
		return err
	}
	text, err := p.app.replyText(ctx, p.session, c, t.rest())
	if err != nil {
		return err
	}
	p.say("%s", text)
	return nil
}

func (a *answer) sendLater(ctx context.Context, when string) (bool, error) {
	if when == "" {
		return false, &usageError{text: ".at expects a time", hint: "such as .at tomorrow 8am"}
	}
	at, err := a.when(a.to, when)
	if err != nil {
		return false, err
	}
	warning, err := a.CheckSendAt(a.to, at)
	if err != nil {
		return false, err
	}
	if warning != "" {
		a.say("%s: it may be held up until it is too late.", warning)
	}
	return a.send(ctx, manner{at: at})
}

// send gives the answer to the outbox. What the platform would refuse is said
// before anything leaves, and the text stays.
func (a *answer) send(ctx context.Context, m manner) (done bool, err error) {
	r := inbox.SendRequest{
		Composition: inbox.Composition{Conversation: a.to.ID, Text: a.text(), Media: a.media}, Recipient: a.recipient,
		Hold: a.config.Screen.Hold, At: m.at,
	}
	ok, err := a.mayLeave(ctx, &r)
	if err != nil || !ok {
		return false, err
	}
	items, err := a.Send(ctx, r)
	if err != nil {
		return false, err
	}
	a.tellQueued(items)
	if m.done {
		a.invoke(ctx, "done", "--", string(a.to.ID))
	}
	return true, nil
}

// mayLeave asks what only the agent can decide: whether it is to be tried in a
// closed window, and in several pieces.
func (a *answer) mayLeave(ctx context.Context, r *inbox.SendRequest) (bool, error) {
	if strings.TrimSpace(r.Text) == "" && len(r.Media) == 0 {
		return false, &usageError{text: "there is nothing to send"}
	}
	if empty := inbox.Unfilled(r.Text); len(empty) > 0 {
		return false, &usageError{text: "{{" + strings.Join(empty, "}}, {{") + "}} is not filled in", hint: "write it without: .clear begins anew"}
	}
	for _, problem := range a.Check(r.Composition) {
		if !problem.Splittable {
			return false, problem.Error
		}
		pieces := len(a.Split(r.Conversation, r.Text))
		ok, err := a.agrees(ctx, fmt.Sprintf("%s. Send it as %d messages?", inbox.CleanLine(problem.Error.Text), pieces))
		if err != nil || !ok {
			return false, a.notSent(err)
		}
		r.Split = true
	}
	c, err := a.Conversation(ctx, r.Conversation)
	if err != nil {
		return false, err
	}
	if w := a.OurWindow(c); r.At.IsZero() && !w.Answerable() && w.Reason == "" {
		ok, err := a.agrees(ctx, "By our clock the reply window has closed, "+ago(w.ClosesAt, time.Now())+"; the platform decides. Send it anyway?")
		if err != nil || !ok {
			return false, a.notSent(err)
		}
		r.Anyway = true
	}
	return true, nil
}

// notSent says what becomes of a text that the agent does not send after all.
func (a *answer) notSent(err error) error {
	switch {
	case err != nil:
	case !a.app.caller.Stdin:
		a.say("Not sent.")
	default:
		a.say("Not sent. Write on, or .quit keeps it as a draft.")
	}
	return err
}

// tellQueued says what was sent, and how long it can be taken back. That it has
// arrived is told as news.
func (a *answer) tellQueued(items []inbox.OutboxItem) {
	for _, item := range items {
		a.awaited[item.ID] = true
	}
	item, now := items[0], time.Now()
	to := "Queued for " + a.who(a.to)
	switch {
	case item.Scheduled():
		a.say("Scheduled for %s: %s.", a.leaves(item), a.who(a.to))
	case item.Held(now):
		a.say("%s, leaves in %s. undo takes it back.", to, spoken(item.HeldUntil.Sub(now)))
	default:
		a.say("%s.", to)
	}
	if item.Held(now) || item.Scheduled() {
		a.remember(undoStep{what: "sent to " + a.who(a.to), then: "It is a draft again: reply goes on with it.", back: func(ctx context.Context, s *session) error {
			_, err := s.TakeBack(ctx, item.ID)
			return err
		}})
	}
}
