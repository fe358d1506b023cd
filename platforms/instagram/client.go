package instagram

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/login"
	"parley/platforms/loose"
)

// client knows the endpoints: paths, parameters, headers. It does not know
// what answers mean.
type client struct {
	graph  *httpapi.Client // of the version
	login  *httpapi.Client // the same host without one: tokens
	codes  *httpapi.Client // where login codes are exchanged
	tokens *tokens
	pace   *pace
	usage  usage
	hosts  hosts
	log    *slog.Logger
}

// hosts are where the parts of the API live. A base_url of another host (the
// simulator, a gateway) has all of them.
type hosts struct{ login, codes, authorize string }

const graphHost = "graph.instagram.com"

func hostsOf(base string) hosts {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == graphHost {
		return hosts{login: "https://" + graphHost, codes: "https://api.instagram.com", authorize: "https://www.instagram.com"}
	}
	own := u.Scheme + "://" + u.Host
	return hosts{own, own, own}
}

func newClient(l login.Login, t *tokens, transport http.RoundTripper) (*client, error) {
	base := cmp.Or(l.BaseURL, BaseURL)
	c := &client{tokens: t, pace: newPace(), hosts: hostsOf(base), log: l.Log}
	secrets := []login.Secret{t.current()}
	for _, s := range l.Secrets {
		secrets = append(secrets, s)
	}
	for _, list := range l.Lists {
		secrets = append(secrets, list...)
	}
	for _, host := range []struct {
		client **httpapi.Client
		base   string
	}{{&c.graph, base}, {&c.login, c.hosts.login}, {&c.codes, c.hosts.codes}} {
		made, err := httpapi.New(httpapi.Options{BaseURL: host.base, Secrets: secrets, Transport: transport, Log: l.Log})
		if err != nil {
			return nil, inbox.Errorf(inbox.Rejected, "base_url: %w", err).WithHint("leave it out for " + BaseURL)
		}
		*host.client = made
	}
	outer := t.hide
	t.hide = func(s login.Secret) { c.hideHere(s); outer(s) }
	return c, nil
}

// hide makes a token invisible that was not in the config.
func (c *client) hide(s login.Secret) { c.tokens.hide(s) }

func (c *client) hideHere(s login.Secret) {
	for _, each := range []*httpapi.Client{c.graph, c.login, c.codes} {
		each.Hide(s)
	}
}

// do makes a request with the token in use, and notes what the answer says of
// the limits.
func (c *client) do(ctx context.Context, r httpapi.Request) (*httpapi.Response, error) {
	r.Header = http.Header{"Authorization": {"Bearer " + c.tokens.current().Reveal()}}
	res, err := c.graph.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if res.Status == http.StatusUnauthorized {
		c.tokens.refuse()
	}
	c.usage.note(res.Header, time.Now())
	return res, nil
}

// get reads: at the pace that is allowed, and not at all while the API has said
// that it would refuse.
func (c *client) get(ctx context.Context, op string, query url.Values, path ...string) (loose.Object, *httpapi.Response, error) {
	if err := c.usage.blocked(op, time.Now()); err != nil {
		return nil, nil, err
	}
	if err := c.pace.wait(ctx); err != nil {
		return nil, nil, &inbox.Error{Kind: inbox.Unavailable, Op: op, Text: "given up before it was asked", Err: err}
	}
	res, err := c.do(ctx, httpapi.Request{Path: path, Query: query, Limit: longestAnswer, Apart: between})
	c.pace.done()
	if err != nil {
		return nil, nil, failed(op, err)
	}
	o, err := c.answer(op, res)
	return o, res, err
}

// longestAnswer bounds a page: 25 threads or 20 messages, each a few kB.
const longestAnswer = 16 << 20

// What is asked for of the account, a thread, a message, a person, a post.
const (
	selfFields         = "user_id,username,name,account_type,profile_picture_url"
	conversationFields = "id,updated_time,participants"
	messageFields      = "id,created_time,from,to,message,attachments,shares{link,name,description,template},story,reactions,reply_to,is_unsupported"
	profileFields      = "name,username,profile_pic"
	postFields         = "id,caption,media_type,media_product_type,permalink,timestamp"
)

// me is GET /me.
func (c *client) me(ctx context.Context, op string) (loose.Object, *httpapi.Response, error) {
	return c.get(ctx, op, url.Values{"fields": {selfFields}}, "me")
}

// conversations is GET /me/conversations: a page of threads, newest first. The
// page's own link to the next one holds the token, so it is never followed: the
// cursor is enough.
func (c *client) conversations(ctx context.Context, op, cursor string, limit int) (loose.Object, *httpapi.Response, error) {
	q := url.Values{"platform": {"instagram"}, "fields": {conversationFields}, "limit": {strconv.Itoa(limit)}}
	if cursor != "" {
		q.Set("after", cursor)
	}
	return c.get(ctx, op, q, "me", "conversations")
}

// conversationWith is the one thread with a person.
func (c *client) conversationWith(ctx context.Context, op, person string) (loose.Object, *httpapi.Response, error) {
	return c.get(ctx, op, url.Values{"platform": {"instagram"}, "fields": {conversationFields}, "user_id": {person}}, "me", "conversations")
}

// newestMessages is GET /{conversation}: its newest messages, in its field
// "messages".
func (c *client) newestMessages(ctx context.Context, op, conversation string, limit int) (loose.Object, *httpapi.Response, error) {
	return c.get(ctx, op, url.Values{"fields": {"messages.limit(" + strconv.Itoa(limit) + "){" + messageFields + "}"}}, conversation)
}

// olderMessages is GET /{conversation}/messages behind a cursor.
func (c *client) olderMessages(ctx context.Context, op, conversation, cursor string, limit int) (loose.Object, *httpapi.Response, error) {
	return c.get(ctx, op, url.Values{"fields": {messageFields}, "limit": {strconv.Itoa(limit)}, "after": {cursor}}, conversation, "messages")
}

// message is GET /{message}.
func (c *client) message(ctx context.Context, op, id string) (loose.Object, *httpapi.Response, error) {
	return c.get(ctx, op, url.Values{"fields": {messageFields}}, id)
}

// profile is GET /{person}.
func (c *client) profile(ctx context.Context, op, person string) (loose.Object, *httpapi.Response, error) {
	return c.get(ctx, op, url.Values{"fields": {profileFields}}, person)
}

// posts is GET /me/media: the account's own, newest first.
func (c *client) posts(ctx context.Context, op, cursor string) (loose.Object, *httpapi.Response, error) {
	q := url.Values{"fields": {postFields}, "limit": {strconv.Itoa(postsPage)}}
	if cursor != "" {
		q.Set("after", cursor)
	}
	return c.get(ctx, op, q, "me", "media")
}

// send is POST /{account}/messages. It is made under the account's own id: POSTs
// to /me have been refused.
func (c *client) send(ctx context.Context, account string, body sendBody) (*httpapi.Response, error) {
	return c.do(ctx, httpapi.Request{Method: http.MethodPost, Path: []string{account, "messages"}, JSON: body})
}

// subscriptions is GET, POST or DELETE /{account}/subscribed_apps.
func (c *client) subscriptions(ctx context.Context, method, account string, query url.Values) (*httpapi.Response, error) {
	return c.do(ctx, httpapi.Request{Method: method, Path: []string{account, "subscribed_apps"}, Query: query})
}
