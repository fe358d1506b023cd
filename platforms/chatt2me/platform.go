// Package chatt2me speaks the API of Hub Chatt2.me for its Instagram and
// Messenger channels. The API sends and tells by webhook; it has no history: what
// is not pushed to us we never learn.
//
// The files follow a message: platform.go is the port that the inbox sees,
// client.go the endpoints, wire.go the JSON that we send, send.go what becomes of
// it, errors.go what a refusal means to an agent; webhook.go takes in a call,
// convert.go says what its event means to the inbox, and register.go manages the
// webhooks.
//
// Documents: https://docs.chatt2.me/docs/latest/ and, one generation older,
// https://github.com/Soublox/hub-chatt2me-spec (branch v1.0). They contradict one
// another: the bodies of a send, the answers and the events of a webhook all have
// several shapes. What is read is taken in every one of them; what is sent is in
// the dialect that the config names. Where both are silent, the comment says that
// the choice is ours.
package chatt2me

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"parley/inbox"
	"parley/platforms/login"
)

// Name is what the config calls this provider.
const Name = "chatt2me"

// About is what the provider is for, in one line.
const About = "one Instagram or Facebook channel, through Hub Chatt2.me"

// BaseURL is where the API lives unless the config says otherwise.
const BaseURL = "https://api.chatt2.me/v1"

// The names of the settings of an account.
const (
	fieldKey      = "api_key"
	fieldChannel  = "channel"
	fieldPlatform = "platform"
	fieldDialect  = "dialect"
	fieldSecrets  = "webhook_secrets"
)

// The dialects in which a message can be written down.
const (
	dialectMeta = "meta" // Meta's own shape, passed on: all that the specification has
	dialectFlat = "flat" // imageUrl and the like, of the newer documents
)

// Fields are the settings of an account.
var Fields = []login.Field{
	{Name: fieldKey, Secret: true, Required: true, Help: "key of the application, shown once when it is made in the Hub Chatt2.me dashboard"},
	{Name: fieldChannel, Required: true, Help: "UUID of the application's channel, from the same dashboard"},
	{Name: fieldPlatform, Required: true, OneOf: []string{string(inbox.Instagram), string(inbox.Facebook)}, Help: "what the channel is connected to"},
	{Name: fieldDialect, OneOf: []string{dialectMeta, dialectFlat}, Help: "how messages are written down: meta (without it), or flat as in the newer documents"},
	{Name: fieldSecrets, Secret: true, List: true, Help: "signing secrets of the webhooks; those that `parley webhook register` makes are kept by themselves"},
}

// provider is one channel of one application. It keeps no state but its settings.
type provider struct {
	account  inbox.AccountID
	base     string // of the API
	key      login.Secret
	channel  string // lower case
	platform inbox.Platform
	dialect  string
	api      *client
	secrets  []login.Secret // of webhooks, from the config
	memory   login.Memory   // where those that the API makes are kept; may be nil
	hide     func(login.Secret)
	log      *slog.Logger
}

var _ inbox.Provider = (*provider)(nil)

// Open makes the provider of one account. It checks the settings and asks the
// network nothing.
func Open(l login.Login) (inbox.Provider, error) {
	return open(l, nil)
}

// open is Open over a transport of the tests' own; nil is the network.
func open(l login.Login, transport http.RoundTripper) (inbox.Provider, error) {
	p := &provider{
		account:  l.Account,
		base:     cmp.Or(l.BaseURL, BaseURL),
		key:      l.Secrets[fieldKey],
		channel:  strings.ToLower(l.Values[fieldChannel]),
		platform: inbox.Platform(l.Values[fieldPlatform]),
		dialect:  l.Values[fieldDialect],
		secrets:  slices.Clone(l.Lists[fieldSecrets]),
		memory:   l.Memory,
		log:      l.Log,
	}
	if p.dialect == "" {
		p.dialect = dialectMeta
	}
	p.hide = hideOnce(l.Hide)
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.log = p.log.With("account", string(l.Account), "provider", Name)
	if err := p.check(l); err != nil {
		return nil, err
	}
	api, err := newClient(l, transport, p.log)
	if err != nil {
		return nil, err
	}
	p.api = api
	return p, nil
}

// uuid is the form of a channel's name.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func (p *provider) check(l login.Login) error {
	key := l.Secrets[fieldKey]
	switch {
	case key.Empty():
		return inbox.Errorf(inbox.Rejected, "%s is missing", fieldKey).WithHint(Fields[0].Help)
	case !fitsHeader(key.Reveal()):
		return inbox.Errorf(inbox.Rejected, "%s holds a space, a line break or another character that no key has", fieldKey).
			WithHint("check the file or command that it comes from")
	case !uuid.MatchString(p.channel):
		// The newer documents take an Instagram username or a page's id as well.
		// Events name the UUID, so without it nobody can tell whose they are.
		return inbox.Errorf(inbox.Rejected, "%s is not a UUID such as 6cbd6789-1d2b-47e0-9391-5eb91d2839ea", fieldChannel).
			WithHint("copy it from the Channels section of the application in the Hub Chatt2.me dashboard")
	case !served(p.platform):
		return inbox.Errorf(inbox.Rejected, "%s is %q, but must be instagram or facebook", fieldPlatform, p.platform)
	case p.dialect != dialectMeta && p.dialect != dialectFlat:
		return inbox.Errorf(inbox.Rejected, "%s is %q, but must be meta or flat", fieldDialect, p.dialect)
	}
	for _, platform := range l.Platforms {
		if !served(platform) {
			return inbox.Errorf(inbox.Rejected, "platforms: %q is not one of instagram, facebook", platform)
		}
	}
	return nil
}

func served(p inbox.Platform) bool {
	_, ok := capabilities[p]
	return ok
}

// fitsHeader tells whether a key is visible ASCII.
func fitsHeader(key string) bool {
	return !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (p *provider) Name() string { return Name }

// Platforms is the one that the channel is connected to.
func (p *provider) Platforms() []inbox.Platform { return []inbox.Platform{p.platform} }

// Feeds are none: there is nothing to read.
func (p *provider) Feeds() []inbox.Feed { return nil }

func (p *provider) Read(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
	return inbox.ReadResult{}, unsupported("read", noHistory)
}

func (p *provider) SetArchived(context.Context, inbox.ConversationID, bool) error {
	return unsupported("archive", noArchive)
}

func (p *provider) AutoReply(context.Context) (inbox.AutoReply, error) {
	return inbox.AutoReply{}, unsupported("read the automatic answer", noAutoReply)
}

func (p *provider) SetAutoReply(context.Context, inbox.AutoReplyChange) (inbox.AutoReply, error) {
	return inbox.AutoReply{}, unsupported("change the automatic answer", noAutoReply)
}

func (p *provider) Posts(context.Context, string) (inbox.PostPage, error) {
	return inbox.PostPage{}, unsupported("list posts", noPosts)
}

func (p *provider) Signal(_ context.Context, _ inbox.ConversationID, _ string, s inbox.Signal) error {
	if s == inbox.SignalSeen {
		return unsupported(string(s), noSeen)
	}
	return unsupported(string(s), noTyping)
}

func unsupported(op string, missing inbox.Ability) *inbox.Error {
	return &inbox.Error{Kind: inbox.Unsupported, Op: op, Text: missing.Reason}
}

func (p *provider) Capabilities(platform inbox.Platform) inbox.Capabilities {
	if c, ok := capabilities[platform]; ok {
		return c
	}
	none := inbox.Cannot(fmt.Sprintf("%s does not serve %s here", Name, platform))
	return inbox.Capabilities{Reactions: none, Stickers: none, Posts: none, Typing: none, Seen: none, Archive: none, AutoReply: none, History: none, Webhooks: none}
}

// Threads are keyed by channel and person, since no event names a conversation.
// The channel of the account is left out, so that what comes with a channel and
// what comes without one (an echo) meet. The customers of a channel that no
// account is configured for stay apart under its name.

// remoteID is the conversation with a person on a channel; channel "" is ours.
func (p *provider) remoteID(channel, person string) string {
	if channel == "" || p.Owns(channel) {
		return person
	}
	return strings.ToLower(channel) + ":" + person
}

// channelOf is the channel that a conversation is answered from.
func (p *provider) channelOf(id inbox.ConversationID) string {
	if channel, _, ok := splitRemote(id.RemoteID()); ok {
		return channel
	}
	return p.channel
}

func splitRemote(remote string) (channel, person string, ok bool) {
	channel, person, ok = strings.Cut(remote, ":")
	return channel, person, ok && uuid.MatchString(channel)
}

// Owns tells whether the channel is ours.
func (p *provider) Owns(channel string) bool { return strings.EqualFold(channel, p.channel) }
