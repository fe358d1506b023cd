// Package ayrshare speaks Ayrshare's Messages API: the direct messages of
// Facebook Messenger, Instagram and X behind one interface.
//
// The files follow a request: platform.go is the port that the inbox sees,
// client.go the endpoints, wire.go the JSON, convert.go what the JSON means to
// the inbox, and errors.go what a refusal means to an agent. The other way, from
// Ayrshare to us, is webhook.go (who calls), event.go (what is told) and
// register.go (who is called).
//
// Documents: https://www.ayrshare.com/docs/apis/messages/overview (limits,
// windows, thread control), .../get-messages, .../send-message,
// .../update-messages, .../set-auto-response, .../apis/user/profile-details and
// .../apis/webhooks/{overview,actions,register}.
// Where they are silent, the comment says that the choice is ours.
package ayrshare

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/login"
)

// Name is what the config calls this provider.
const Name = "ayrshare"

// About is what the provider is for, in one line.
const About = "Facebook, Instagram and X, through Ayrshare's Messages API"

// BaseURL is where the API lives unless the config says otherwise.
const BaseURL = "https://api.ayrshare.com/api"

// The names of the settings of an account.
const (
	fieldKey           = "api_key"
	fieldProfile       = "profile_key"
	fieldTwitterKey    = "twitter_api_key"
	fieldTwitterSecret = "twitter_api_secret"
	fieldHookSecrets   = "webhook_secrets"
)

// Fields are the settings of an account.
var Fields = []login.Field{
	{Name: fieldKey, Secret: true, Required: true, Help: "API key of the primary profile, from the Ayrshare dashboard"},
	{Name: fieldProfile, Secret: true, Usual: true, Help: "acts as this user profile; without it as the primary profile"},
	{Name: fieldTwitterKey, Secret: true, For: inbox.Twitter, Help: "API key (consumer key) of your own X app; X needs it since 2026-03-31"},
	{Name: fieldTwitterSecret, Secret: true, For: inbox.Twitter, Help: "API key secret (consumer secret) of the same X app"},
	{Name: fieldHookSecrets, Secret: true, List: true, Hook: login.HookMade, Help: "any long random text: webhooks are registered with the first one, and taken when signed with any"},
}

// provider is one login. It keeps no state but its settings.
type provider struct {
	account   inbox.AccountID
	platforms []inbox.Platform
	api       *client
	hooks     []login.Secret // that webhooks are signed with
	log       *slog.Logger
}

var _ inbox.Provider = (*provider)(nil)

// Open makes the provider of one account. It checks the settings and asks the
// network nothing.
func Open(l login.Login) (inbox.Provider, error) {
	return open(l, nil)
}

// open is Open over a transport of the tests' own; nil is the network.
func open(l login.Login, transport http.RoundTripper) (inbox.Provider, error) {
	if err := checkSecrets(l); err != nil {
		return nil, err
	}
	log := l.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("account", string(l.Account), "provider", Name)
	platforms, err := platformsOf(l)
	if err != nil {
		return nil, err
	}
	if slices.Contains(platforms, inbox.Twitter) && l.Secrets[fieldTwitterKey].Empty() {
		log.Warn("X will refuse every request", "hint", hintTwitterKeys)
	}
	api, err := newClient(l, transport, log)
	if err != nil {
		return nil, err
	}
	hooks := slices.DeleteFunc(slices.Clone(l.Lists[fieldHookSecrets]), login.Secret.Empty)
	return &provider{account: l.Account, platforms: platforms, api: api, hooks: hooks, log: log}, nil
}

// platformsOf are those of the config, or all that Ayrshare can message.
func platformsOf(l login.Login) ([]inbox.Platform, error) {
	for _, p := range l.Platforms {
		if _, ok := capabilities[p]; !ok {
			return nil, inbox.Errorf(inbox.Rejected, "platforms: %q is not one of facebook, instagram, twitter", p)
		}
	}
	if len(l.Platforms) == 0 {
		return inbox.Platforms, nil
	}
	return slices.Clone(l.Platforms), nil
}

func checkSecrets(l login.Login) error {
	for _, f := range Fields {
		secret := l.Secrets[f.Name]
		if f.Required && secret.Empty() {
			return inbox.Errorf(inbox.Rejected, "%s is missing", f.Name).WithHint(f.Help)
		}
		if !fitsHeader(secret.Reveal()) {
			return inbox.Errorf(inbox.Rejected, "%s holds a space, a line break or another character that no key has", f.Name).
				WithHint("check the file or command that it comes from")
		}
	}
	hasKey, hasSecret := !l.Secrets[fieldTwitterKey].Empty(), !l.Secrets[fieldTwitterSecret].Empty()
	if hasKey != hasSecret {
		missing := fieldTwitterSecret
		if hasSecret {
			missing = fieldTwitterKey
		}
		return inbox.Errorf(inbox.Rejected, "%s is missing: X needs both keys or none", missing).WithHint(hintTwitterKeys)
	}
	return nil
}

// fitsHeader tells whether a key is visible ASCII, as all of Ayrshare's are.
func fitsHeader(key string) bool {
	return !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (p *provider) Name() string { return Name }

func (p *provider) Platforms() []inbox.Platform { return slices.Clone(p.platforms) }

func (p *provider) Posts(context.Context, string) (inbox.PostPage, error) {
	return inbox.PostPage{}, inbox.Errorf(inbox.Unsupported, "%s", noPosts.Reason)
}

func (p *provider) Signal(_ context.Context, _ inbox.ConversationID, _ string, s inbox.Signal) error {
	if s == inbox.SignalSeen {
		return inbox.Errorf(inbox.Unsupported, "%s", noSeen.Reason)
	}
	return inbox.Errorf(inbox.Unsupported, "%s", noTyping.Reason)
}

// The feeds of a platform.
const (
	feedConversations         = "conversations"
	feedMessages              = inbox.MessagesFeed
	feedArchivedConversations = "archived conversations"
	feedArchivedMessages      = "archived messages"
)

// How long an answer stays the same (get-messages: 60 s for Facebook and
// Instagram, 15 s for X), and how often archives are read, which is ours: an
// archived conversation changes only when somebody brings it back.
const (
	metaCacheTime = 60 * time.Second
	xCacheTime    = 15 * time.Second
	archiveEvery  = 5 * time.Minute
)

func cacheTime(p inbox.Platform) time.Duration {
	if p == inbox.Twitter {
		return xCacheTime
	}
	return metaCacheTime
}

// Feeds are four for each platform: what they ask is in [client.messages].
func (p *provider) Feeds() []inbox.Feed {
	var feeds []inbox.Feed
	for _, platform := range p.platforms {
		for _, name := range []string{feedConversations, feedMessages, feedArchivedConversations, feedArchivedMessages} {
			q, _ := queryOf(name)
			f := inbox.Feed{
				Platform:  platform,
				Name:      name,
				CacheTime: cacheTime(platform),
				Paged:     platform == inbox.Twitter && !q.conversationsOnly,
				Whole:     platform == inbox.Twitter && !q.conversationsOnly,
			}
			if q.archived {
				f.Every = archiveEvery
			}
			feeds = append(feeds, f)
		}
	}
	return feeds
}

func queryOf(feed string) (q query, ok bool) {
	switch feed {
	case feedConversations:
		return query{conversationsOnly: true}, true
	case feedMessages:
		return query{}, true
	case feedArchivedConversations:
		return query{conversationsOnly: true, archived: true}, true
	case feedArchivedMessages:
		return query{archived: true}, true
	}
	return query{}, false
}

func (p *provider) Read(ctx context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
	const op = "read"
	q, ok := queryOf(req.Feed.Name)
	if !ok {
		return inbox.ReadResult{}, inbox.Errorf(inbox.Unsupported, "ayrshare has no feed %q", req.Feed.Name)
	}
	if req.Conversation != "" {
		q.conversationsOnly = false // the API would ignore the conversation
	}
	q.conversation, q.cursor, q.whole = req.Conversation, req.Cursor, req.Whole
	res, err := p.api.messages(ctx, req.Feed.Platform, q)
	if err != nil {
		return inbox.ReadResult{}, failed(op, err)
	}
	defer res.Close()
	if !res.OK() {
		_, err := p.api.answer(op, req.Feed.Platform, res)
		return inbox.ReadResult{ServerTime: res.ServerTime}, err
	}
	return newReader(p, req, q, res, emit).read()
}

func (p *provider) SetArchived(ctx context.Context, id inbox.ConversationID, archived bool) error {
	const op = "archive"
	_, platform, remote, ok := id.Split()
	if !ok {
		return inbox.Errorf(inbox.NotFound, "%q is not a conversation", id)
	}
	res, err := p.api.setStatus(ctx, platform, remote, archived)
	if err != nil {
		return failed(op, err)
	}
	_, err = p.api.answer(op, platform, res)
	return err
}

func (p *provider) Capabilities(platform inbox.Platform) inbox.Capabilities {
	if c, ok := capabilities[platform]; ok {
		return c
	}
	none := inbox.Cannot(fmt.Sprintf("ayrshare has no direct messages for %s", platform))
	return inbox.Capabilities{Reactions: none, Stickers: none, Posts: none, Typing: none, Seen: none, Archive: none, AutoReply: none, History: none, Webhooks: none}
}
