package inbox

import (
	"context"
	"fmt"
	"time"
)

// Pictures, films and sounds. The cache keeps links only, and links expire: what
// they lead to is fetched when somebody wants to see it, and a link that works
// no longer is asked for anew at the provider.

// Media fetches what links lead to. It is implemented in platforms/media. The
// errors are *Error: NotFound when the link does not work, or works no longer;
// Rejected when it is not fetched (where it leads, how large it is); Unavailable
// when it may work another time.
type Media interface {
	// Head tells what it is, and fetches hardly more than tells that.
	Head(ctx context.Context, link string) (MediaInfo, error)

	// Fetch gets the whole, if that is not more than limit bytes.
	Fetch(ctx context.Context, link string, limit int64) (MediaFile, error)
}

// MediaInfo is what a link leads to.
type MediaInfo struct {
	Type   string        // "image/jpeg", by the first bytes; "" when nobody knows
	Bytes  int64         // -1: not told
	Length time.Duration // how long it plays; 0: not known
}

// MediaFile is what was fetched.
type MediaFile struct {
	Type string // as in MediaInfo
	Data []byte
}

// MediaOfReference is the index of the story that a message answers.
const MediaOfReference = -1

// MediaRef names something that came with a message. Only its link changes.
type MediaRef struct {
	Conversation ConversationID
	Message      MessageID
	Index        int // in Message.Attachments, or MediaOfReference
}

// Link is the link of what the reference names in its message, "" when there is
// none.
func (r MediaRef) Link(m Message) string {
	switch {
	case m.Deleted:
		return ""
	case r.Index == MediaOfReference && m.ReplyTo != nil:
		return m.ReplyTo.URL
	case r.Index >= 0 && r.Index < len(m.Attachments):
		return m.Attachments[r.Index].URL
	}
	return ""
}

// MediaInfo tells what it is. It waits for the network.
func (in *Inbox) MediaInfo(ctx context.Context, ref MediaRef) (MediaInfo, error) {
	return throughLink(ctx, in, ref, in.opts.Media.Head)
}

// Media fetches it. It waits for the network.
func (in *Inbox) Media(ctx context.Context, ref MediaRef, limit int64) (MediaFile, error) {
	return throughLink(ctx, in, ref, func(ctx context.Context, link string) (MediaFile, error) {
		return in.opts.Media.Fetch(ctx, link, limit)
	})
}

// PeekMediaInfo is MediaInfo through the link that is known and no other: a newer
// one costs the account a read at the provider, and nobody has asked for this.
func (in *Inbox) PeekMediaInfo(ctx context.Context, ref MediaRef) (MediaInfo, error) {
	link, err := in.mediaLink(ctx, ref)
	if err != nil {
		return MediaInfo{}, err
	}
	return in.opts.Media.Head(ctx, link)
}

// PeekMedia is Media in the same manner.
func (in *Inbox) PeekMedia(ctx context.Context, ref MediaRef, limit int64) (MediaFile, error) {
	link, err := in.mediaLink(ctx, ref)
	if err != nil {
		return MediaFile{}, err
	}
	return in.opts.Media.Fetch(ctx, link, limit)
}

// throughLink uses the link that is known, and a newer one when that works no
// longer.
func throughLink[T any](ctx context.Context, in *Inbox, ref MediaRef, use func(context.Context, string) (T, error)) (T, error) {
	var none T
	link, err := in.mediaLink(ctx, ref)
	if err != nil {
		return none, err
	}
	got, err := use(ctx, link)
	if KindOf(err) != NotFound {
		return got, err
	}
	newer, err := in.newerLink(ctx, ref, link)
	if err != nil {
		return none, err
	}
	if got, err = use(ctx, newer); KindOf(err) == NotFound {
		return none, in.errExpired(ref)
	}
	return got, err
}

// mediaLink is the link that the cache has.
func (in *Inbox) mediaLink(ctx context.Context, ref MediaRef) (link string, err error) {
	err = in.store.View(ctx, func(r Reader) error {
		m, _, err := r.Message(ref.Conversation, ref.Message)
		link = ref.Link(m)
		return err
	})
	if err == nil && link == "" {
		err = &Error{Kind: NotFound, Op: "fetch", Text: "there is no link to it any more"}
	}
	return link, err
}

// newerLink reads the message again and returns its link if that is another one
// now.
func (in *Inbox) newerLink(ctx context.Context, ref MediaRef, old string) (string, error) {
	if err := in.readMessageAgain(ctx, ref); err != nil {
		return "", err
	}
	link, err := in.mediaLink(ctx, ref)
	if err == nil && link == old {
		err = in.errExpired(ref)
	}
	return link, err
}

// askAgain is the least time between two reads of a message for the sake of its
// links.
const askAgain = time.Minute

// readMessageAgain asks the provider for the message, or for the newest of its
// conversation where it cannot be asked for one alone. It is a read out of turn
// like those in aside.go, and held up by what holds up those.
func (in *Inbox) readMessageAgain(ctx context.Context, ref MediaRef) error {
	a, err := in.account(ref.Conversation.Account())
	if err != nil {
		return err
	}
	p := a.platform(ref.Conversation.Platform())
	if p == nil || !in.mayAskAgain(ref) {
		return in.errExpired(ref)
	}
	f, err := in.feedOfMessage(a, p, ref)
	if err != nil {
		return err
	}
	if failure := in.readFeed(ctx, a, p, f, nil); failure != nil {
		return &Error{
			Kind: failure.Kind, Op: "fetch", Code: failure.Code, Hint: failure.Hint, RetryAfter: failure.RetryAfter, Err: failure,
			Text: "the link has expired, and a newer one could not be read: " + failure.Text,
		}
	}
	return nil
}

// mayAskAgain tells whether the message was not read for its links just now, and
// notes that it is.
func (in *Inbox) mayAskAgain(ref MediaRef) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	now := time.Now()
	for other, at := range in.links {
		if now.Sub(at).Abs() >= askAgain {
			delete(in.links, other)
		}
	}
	if _, asked := in.links[ref]; asked {
		return false
	}
	in.links[ref] = now
	return true
}

// feedOfMessage is a read out of turn that brings the message.
func (in *Inbox) feedOfMessage(a *account, p *platform, ref MediaRef) (*feed, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	main := p.messagesFeed()
	switch {
	case main == nil:
		return nil, in.errExpired(ref)
	case main.dead():
		return nil, &Error{Kind: Auth, Op: "fetch", Text: "the link has expired, and the account is refused when it asks for a newer one", Hint: "see: parley doctor"}
	}
	now := a.nowLocked()
	if wait := a.state.PausedTill.Sub(now); wait > 0 {
		return nil, &Error{Kind: RateLimited, Op: "fetch", Text: "the link has expired, and the account has reached its rate limit", Hint: "try again later", RetryAfter: wait}
	}
	f := &feed{Feed: main.Feed, SyncState: SyncState{Key: SyncKey{Account: a.ID, Platform: p.Platform}, Complete: true}}
	f.Paged = false
	if main.Single {
		f.message, f.Key.Request = ref.Message, "message"
		return f, nil
	}
	f.conversation = ref.Conversation.RemoteID()
	f.Key.Request = conversationRequest + f.conversation
	if f.NextUpdate = in.rememberedNext(f.Key); f.NextUpdate.After(now) {
		return nil, in.errExpired(ref) // it was read a moment ago, and this is what came
	}
	f.mend(main.Feed, now)
	return f, nil
}

func (in *Inbox) errExpired(ref MediaRef) *Error {
	name := "the provider"
	if a := in.accounts[ref.Conversation.Account()]; a != nil {
		name = a.Provider.Name()
	}
	return &Error{Kind: NotFound, Op: "fetch", Text: "the link has expired, and " + name + " gives no newer one", Hint: "the platform's own app may still show it"}
}

// noMedia stands where nothing is to be fetched.
type noMedia struct{}

func (noMedia) Head(context.Context, string) (MediaInfo, error) { return MediaInfo{}, errNoMedia() }

func (noMedia) Fetch(context.Context, string, int64) (MediaFile, error) {
	return MediaFile{}, errNoMedia()
}

func errNoMedia() *Error {
	return &Error{Kind: Unsupported, Op: "fetch", Text: "nothing is fetched here: pictures are switched off"}
}

// ByteSize writes a number of bytes for people: "812 B", "240 KB", "1.2 MB".
func ByteSize(n int64) string {
	switch kb := float64(n) / 1024; {
	case n < 1024:
		return fmt.Sprintf("%d B", max(n, 0))
	case kb < 999.5:
		return fmt.Sprintf("%.0f KB", kb)
	case kb < 9.95*1024:
		return fmt.Sprintf("%.1f MB", kb/1024)
	default:
		return fmt.Sprintf("%.0f MB", kb/1024)
	}
}
