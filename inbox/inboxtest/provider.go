package inboxtest

import (
	"context"
	"slices"
	"sync"
	"time"

	"parley/inbox"
)

// Provider is a scripted inbox.Provider. Unset functions do what an API with
// nothing to tell does. It counts what it was asked.
type Provider struct {
	ReadFunc     func(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error)
	SendFunc     func(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error)
	ArchiveFunc  func(ctx context.Context, id inbox.ConversationID, archived bool) error
	InspectFunc  func(ctx context.Context) (inbox.AccountInfo, error)
	PostsFunc    func(ctx context.Context, cursor string) (inbox.PostPage, error)
	SignalFunc   func(ctx context.Context, id inbox.ConversationID, recipient string, s inbox.Signal) error
	FeedList     []inbox.Feed // nil: one feed "messages" for each platform of Capacity
	Capacity     map[inbox.Platform]inbox.Capabilities
	ProviderName string

	mu    sync.Mutex
	reads []inbox.ReadRequest
	sends []inbox.Outgoing
}

// NewProvider returns a provider with the reply windows, limits and cache times
// that Ayrshare documents.
func NewProvider() *Provider {
	media := []inbox.MediaRule{
		{Kind: "image", Extensions: []string{"jpg", "png", "gif"}},
		{Kind: "video", Extensions: []string{"mp4", "mov"}},
		{Kind: "audio", Extensions: []string{"aac", "wav"}},
	}
	day := 24 * time.Hour
	none := inbox.Cannot("this API has no such call")
	return &Provider{
		ProviderName: "scripted",
		Capacity: map[inbox.Platform]inbox.Capabilities{
			inbox.Facebook: {
				Text: inbox.TextLimit{Max: 2000, Unit: inbox.Characters}, MaxMedia: 10, Media: media, Reactions: none, Stickers: none, Posts: none, Typing: none, Seen: none, History: inbox.Can(), Webhooks: none, Archive: inbox.Can(), AutoReply: inbox.Can(),
				Window: inbox.WindowPolicy{Limited: true, Open: day, Late: 7 * day, Source: "test"},
			},
			inbox.Instagram: {
				Text: inbox.TextLimit{Max: 1000, Unit: inbox.Bytes}, MaxMedia: 10, Media: media, Reactions: none, Stickers: none, Posts: none, Typing: none, Seen: none, History: inbox.Can(), Webhooks: none, Archive: inbox.Can(), AutoReply: inbox.Can(),
				Window: inbox.WindowPolicy{Limited: true, Open: 7 * day, Source: "test"},
			},
			inbox.Twitter: {
				Text: inbox.TextLimit{Max: 10000, Unit: inbox.Characters}, TextRequired: true, MaxMedia: 1, Media: media, Reactions: none, Stickers: none, Posts: none, Typing: none, Seen: none, History: inbox.Can(), Webhooks: none, Archive: inbox.Can(), AutoReply: inbox.Can(),
			},
		},
	}
}

// Platforms are those of FeedList, or of Capacity. An empty FeedList that is not
// nil is an API without a history.
func (p *Provider) Platforms() []inbox.Platform {
	var list []inbox.Platform
	for _, name := range inbox.Platforms {
		_, ok := p.Capacity[name]
		if len(p.FeedList) > 0 {
			ok = slices.ContainsFunc(p.FeedList, func(f inbox.Feed) bool { return f.Platform == name })
		}
		if ok {
			list = append(list, name)
		}
	}
	return list
}

// Posts asks PostsFunc.
func (p *Provider) Posts(ctx context.Context, cursor string) (inbox.PostPage, error) {
	if p.PostsFunc == nil {
		return inbox.PostPage{}, nil
	}
	return p.PostsFunc(ctx, cursor)
}

// Signal asks SignalFunc.
func (p *Provider) Signal(ctx context.Context, id inbox.ConversationID, recipient string, s inbox.Signal) error {
	if p.SignalFunc == nil {
		return nil
	}
	return p.SignalFunc(ctx, id, recipient, s)
}

// Name of the provider.
func (p *Provider) Name() string { return p.ProviderName }

// Feeds are those of FeedList, or one per platform.
func (p *Provider) Feeds() []inbox.Feed {
	if p.FeedList != nil {
		return p.FeedList
	}
	var feeds []inbox.Feed
	for _, name := range inbox.Platforms {
		cache := time.Minute
		if name == inbox.Twitter {
			cache = 15 * time.Second
		}
		feeds = append(feeds, inbox.Feed{Platform: name, Name: inbox.MessagesFeed, CacheTime: cache, Paged: name == inbox.Twitter})
	}
	return feeds
}

// Read records the request and asks ReadFunc.
func (p *Provider) Read(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
	p.mu.Lock()
	p.reads = append(p.reads, req)
	p.mu.Unlock()
	if p.ReadFunc == nil {
		return inbox.ReadResult{}, nil
	}
	return p.ReadFunc(ctx, req, emit)
}

// Send records the request and asks SendFunc; without one it confirms all
// parts.
func (p *Provider) Send(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
	p.mu.Lock()
	p.sends = append(p.sends, out)
	n := len(p.sends)
	p.mu.Unlock()
	if p.SendFunc != nil {
		return p.SendFunc(ctx, out)
	}
	return Confirm(out, inbox.MessageID("sent-"+string(rune('a'+(n-1)%26)))), nil
}

// Confirm is a result in which every part was sent as the message of that ID.
func Confirm(out inbox.Outgoing, id inbox.MessageID) inbox.SendResult {
	var res inbox.SendResult
	for range out.Parts {
		res.Parts = append(res.Parts, inbox.PartResult{State: inbox.StateSent, MessageID: id})
	}
	return res
}

// Refuse is a result in which every part has the state and the error.
func Refuse(out inbox.Outgoing, state inbox.State, err *inbox.Error) (inbox.SendResult, error) {
	var res inbox.SendResult
	for range out.Parts {
		res.Parts = append(res.Parts, inbox.PartResult{State: state, Err: err})
	}
	return res, err
}

// SetArchived asks ArchiveFunc.
func (p *Provider) SetArchived(ctx context.Context, id inbox.ConversationID, archived bool) error {
	if p.ArchiveFunc == nil {
		return nil
	}
	return p.ArchiveFunc(ctx, id, archived)
}

// Capabilities are those of Capacity.
func (p *Provider) Capabilities(name inbox.Platform) inbox.Capabilities { return p.Capacity[name] }

// Inspect asks InspectFunc.
func (p *Provider) Inspect(ctx context.Context) (inbox.AccountInfo, error) {
	if p.InspectFunc == nil {
		return inbox.AccountInfo{}, nil
	}
	return p.InspectFunc(ctx)
}

// AutoReply is off.
func (p *Provider) AutoReply(context.Context) (inbox.AutoReply, error) { return inbox.AutoReply{}, nil }

// SetAutoReply repeats what it was told.
func (p *Provider) SetAutoReply(_ context.Context, set inbox.AutoReplyChange) (inbox.AutoReply, error) {
	var r inbox.AutoReply
	if set.Active != nil {
		r.Active = *set.Active
	}
	if set.Message != nil {
		r.Message = *set.Message
	}
	if set.Wait != nil {
		r.Wait = *set.Wait
	}
	return r, nil
}

// Reads are the requests so far.
func (p *Provider) Reads() []inbox.ReadRequest {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]inbox.ReadRequest(nil), p.reads...)
}

// Sends are the sends so far.
func (p *Provider) Sends() []inbox.Outgoing {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]inbox.Outgoing(nil), p.sends...)
}
