package inbox

import (
	"context"
	"slices"
	"strings"
)

// What an agent can say without writing: a reaction, the heart, one of the
// account's own posts, and what the customer sees of the agent meanwhile.

// Gesture is an answer that is neither text nor media. Exactly one of Heart,
// Post and Target is set.
type Gesture struct {
	Conversation ConversationID
	Recipient    string    // as in SendRequest
	Heart        bool      // the sticker
	Post         *Post     // one of the account's own posts: its ID at least
	Target       MessageID // the message to react to
	Emoji        string    // "" takes the account's reaction back
	Anyway       bool      // as in SendRequest
}

// Gesture stores it in the outbox and wakes the sender, as Send does.
func (in *Inbox) Gesture(ctx context.Context, g Gesture) (OutboxItem, error) {
	part, err := in.gesturePart(g)
	if err != nil {
		return OutboxItem{}, err
	}
	items, err := in.enqueue(ctx, SendRequest{
		Composition: Composition{Conversation: g.Conversation}, Recipient: g.Recipient, KeepDraft: true, Anyway: g.Anyway,
	}, [][]Part{{part}})
	if err != nil {
		return OutboxItem{}, err
	}
	return items[0], nil
}

// gesturePart checks what the provider can do.
func (in *Inbox) gesturePart(g Gesture) (Part, error) {
	caps := in.Capabilities(g.Conversation)
	refuse := func(op string, can Ability) (Part, error) {
		return Part{}, &Error{Kind: Unsupported, Op: op, Text: can.Reason}
	}
	switch {
	case g.Heart:
		if !caps.Stickers.OK {
			return refuse("heart", caps.Stickers)
		}
		return Part{Kind: PartHeart, State: StateQueued}, nil
	case g.Post != nil:
		if !caps.Posts.OK {
			return refuse("share", caps.Posts)
		}
		return Part{Kind: PartPost, Post: g.Post.ID, URL: g.Post.Permalink, State: StateQueued}, nil
	case isNoteID(g.Target):
		return Part{}, &Error{Kind: Rejected, Op: "react", Text: "a note is for agents only: the customer does not have it"}
	case g.Target != "":
		if !caps.Reactions.OK {
			return refuse("react", caps.Reactions)
		}
		if emoji := strings.TrimSpace(CleanLine(g.Emoji)); emoji != "" {
			return Part{Kind: PartReaction, Target: g.Target, Emoji: emoji, State: StateQueued}, nil
		}
		return Part{Kind: PartUnreaction, Target: g.Target, State: StateQueued}, nil
	}
	return Part{}, &Error{Kind: Internal, Op: "send", Text: "a gesture that is none"}
}

// Posts lists the account's own posts, newest first. It waits for the network.
func (in *Inbox) Posts(ctx context.Context, id AccountID, cursor string) (PostPage, error) {
	a, err := in.account(id)
	if err != nil {
		return PostPage{}, err
	}
	page, err := a.Provider.Posts(ctx, cursor)
	page.Posts = slices.Clone(page.Posts)
	for i := range page.Posts {
		p := &page.Posts[i]
		p.Caption, p.Permalink, p.Kind = Clean(p.Caption), CleanLine(p.Permalink), CleanLine(p.Kind)
	}
	return page, err
}

// Signal tells the customer that an agent is typing or has read. It waits for
// the network; what comes of it matters to nobody but the caller.
func (in *Inbox) Signal(ctx context.Context, id ConversationID, s Signal) error {
	a, err := in.account(id.Account())
	if err != nil {
		return err
	}
	caps := in.Capabilities(id)
	can := caps.Typing
	if s == SignalSeen {
		can = caps.Seen
	}
	if !can.OK {
		return &Error{Kind: Unsupported, Op: string(s), Text: can.Reason}
	}
	c, err := in.Conversation(ctx, id)
	if err != nil {
		return err
	}
	return a.Provider.Signal(ctx, id, c.Participant.ID, s)
}

// Related are the conversations of other accounts with what seems to be the
// same person: name and handle agree. They stay several conversations.
func (in *Inbox) Related(ctx context.Context, c Conversation) ([]Conversation, error) {
	who := c.Participant
	if who.Name == "" || who.Username == "" {
		return nil, nil
	}
	var found []Conversation
	err := in.store.View(ctx, func(r Reader) (err error) {
		found, err = r.FindConversations(who.Username, relatedLimit)
		return err
	})
	return slices.DeleteFunc(found, func(o Conversation) bool {
		return o.ID == c.ID || o.ID.Account() == c.ID.Account() && o.ID.Platform() == c.ID.Platform() ||
			!strings.EqualFold(o.Participant.Username, who.Username) || !strings.EqualFold(o.Participant.Name, who.Name)
	}), err
}

// relatedLimit bounds how many conversations with a similar handle are looked at.
const relatedLimit = 50
