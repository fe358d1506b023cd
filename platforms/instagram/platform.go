// Package instagram speaks the Instagram Graph API with Instagram Login: the
// direct messages of one Instagram professional account.
//
// The files follow a request: platform.go is the port that the inbox sees,
// client.go the endpoints, wire.go the JSON that is sent, convert.go what the
// JSON that comes back means to the inbox, errors.go what a refusal means to an
// agent. token.go keeps the login alive, usage.go keeps it under its limits,
// webhook.go hears what has happened meanwhile.
//
// A conversation is named by the customer's id (IGSID), since webhooks never
// carry the id of the thread: that one is looked up where it is needed.
//
// Documents: https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login
// with /messaging-api, /conversations-api and /business-login below it. Where
// they are silent or contradict what the API does, the comment says so.
package instagram

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/login"
)

// Name is what the config calls this provider.
const Name = "instagram"

// About is what the provider is for, in one line.
const About = "one Instagram account, directly at Meta's Graph API"

// BaseURL is where the API lives unless the config says otherwise. It ends with
// the version.
const BaseURL = "https://graph.instagram.com/v24.0"

// The names of the settings of an account.
const (
	fieldToken      = "access_token"
	fieldSecrets    = "webhook_secrets"
	fieldVerify     = "verify_token"
	fieldHumanAgent = "human_agent"
	fieldMarkSeen   = "mark_seen"
	fieldApp        = "app_id"
	fieldAppSecret  = "app_secret"
)

// Fields are the settings of an account. The token is not required here: parley
// login may have stored one.
var Fields = []login.Field{
	{Name: fieldToken, Secret: true, Usual: true, Help: "long-lived token of the account, from the app dashboard (Instagram > API setup); or run parley login"},
	{Name: fieldSecrets, Secret: true, List: true, Hook: login.HookGiven, Help: "what Meta signs webhooks with: the Instagram app secret; some apps sign with the Meta app secret, so both may be given"},
	{Name: fieldVerify, Secret: true, Hook: login.HookTyped, Help: "the verify token that you have typed into the app dashboard beside the webhook's address"},
	{Name: fieldHumanAgent, Flag: true, Help: "the app was approved for the Human Agent feature: answers until 7 days after the customer's last message"},
	{Name: fieldMarkSeen, Flag: true, Help: "tell customers that their messages were read when an agent opens them"},
	{Name: fieldApp, Help: "id of the Instagram app, only for a login by code and to know who has control of a thread"},
	{Name: fieldAppSecret, Secret: true, Help: "secret of the Instagram app, only for a login by code"},
}

// provider is one login.
type provider struct {
	account    inbox.AccountID
	api        *client
	memory     *memory
	app        string // id of our app, "" when not told
	humanAgent bool
	secrets    []login.Secret // of webhooks
	verify     login.Secret
	probe      *prober
	portions   portions
	log        *slog.Logger
	asking     chan struct{} // capacity 1: one caller asks whose login it is, the others wait for it

	mu       sync.Mutex
	self     identity
	profiles map[string]profile
}

var (
	_ inbox.Provider = (*provider)(nil)
	_ hook.Receiver  = (*provider)(nil)
	_ hook.Registrar = (*provider)(nil)
)

// Open makes the provider of one account. It checks the settings and asks the
// network nothing.
func Open(l login.Login) (inbox.Provider, error) {
	return open(l, nil)
}

// open is Open over a transport of the tests' own; nil is the network.
func open(l login.Login, transport http.RoundTripper) (*provider, error) {
	if err := check(l); err != nil {
		return nil, err
	}
	l.Log = cmp.Or(l.Log, slog.New(slog.DiscardHandler)).With("account", string(l.Account), "provider", Name)
	mem := newMemory(l.Memory, l.Log)
	tokens := newTokens(l, mem)
	if tokens.current().Empty() {
		return nil, inbox.Errorf(inbox.Rejected, "%s is missing", fieldToken).
			WithHint("put a token from the app dashboard there, or run: parley login instagram")
	}
	api, err := newClient(l, tokens, transport)
	if err != nil {
		return nil, err
	}
	p := &provider{
		account:    l.Account,
		api:        api,
		memory:     mem,
		app:        l.Values[fieldApp],
		humanAgent: l.Values[fieldHumanAgent] == "true",
		secrets:    l.Lists[fieldSecrets],
		verify:     l.Secrets[fieldVerify],
		probe:      newProber(cmp.Or(l.BaseURL, BaseURL), transport),
		log:        l.Log,
		asking:     make(chan struct{}, 1),
		profiles:   map[string]profile{},
	}
	p.self = p.rememberedSelf()
	return p, nil
}

func check(l login.Login) error {
	for _, p := range l.Platforms {
		if p != inbox.Instagram {
			return inbox.Errorf(inbox.Rejected, "platforms: %q is not instagram", p)
		}
	}
	for _, f := range Fields {
		if f.Secret && !fitsHeader(l.Secrets[f.Name].Reveal()) {
			return inbox.Errorf(inbox.Rejected, "%s holds a space, a line break or another character that no key has", f.Name).
				WithHint("check the file or command that it comes from")
		}
	}
	return nil
}

// fitsHeader tells whether a key is visible ASCII, as all of Meta's are.
func fitsHeader(key string) bool {
	return !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (p *provider) Name() string { return Name }

func (p *provider) Platforms() []inbox.Platform { return []inbox.Platform{inbox.Instagram} }

// cacheTime is ours: answers are always fresh, and the API allows two calls a
// second. A list every 30 s finds what webhooks have missed, and leaves most of
// that to the threads which have moved.
const cacheTime = 30 * time.Second

func (p *provider) Feeds() []inbox.Feed {
	return []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: cacheTime, Paged: true, Single: true}}
}

func (p *provider) SetArchived(context.Context, inbox.ConversationID, bool) error {
	return inbox.Errorf(inbox.Unsupported, "%s", noArchive.Reason)
}

func (p *provider) AutoReply(context.Context) (inbox.AutoReply, error) {
	return inbox.AutoReply{}, inbox.Errorf(inbox.Unsupported, "%s", noAutoReply.Reason)
}

func (p *provider) SetAutoReply(context.Context, inbox.AutoReplyChange) (inbox.AutoReply, error) {
	return inbox.AutoReply{}, inbox.Errorf(inbox.Unsupported, "%s", noAutoReply.Reason)
}

func (p *provider) Capabilities(platform inbox.Platform) inbox.Capabilities {
	if platform != inbox.Instagram {
		none := inbox.Cannot("the Instagram API has only Instagram")
		return inbox.Capabilities{Reactions: none, Stickers: none, Posts: none, Typing: none, Seen: none, Archive: none, AutoReply: none, History: none, Webhooks: none}
	}
	c := capabilities
	c.Media = slices.Clone(c.Media)
	if p.mayTag(time.Now()) {
		c.Window.Late = humanAgentWindow
	}
	return c
}
