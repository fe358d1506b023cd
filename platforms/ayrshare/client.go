package ayrshare

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/login"
)

// client knows the endpoints: paths, parameters, headers. It does not know
// what answers mean.
type client struct {
	http *httpapi.Client
	x    http.Header // what X needs beside the rest; nil without keys
}

func newClient(l login.Login, transport http.RoundTripper, log *slog.Logger) (*client, error) {
	header := http.Header{}
	header.Set("Authorization", "Bearer "+l.Secrets[fieldKey].Reveal())
	if profile := l.Secrets[fieldProfile]; !profile.Empty() {
		header.Set("Profile-Key", profile.Reveal())
	}
	base := l.BaseURL
	if base == "" {
		base = BaseURL
	}
	var secrets []login.Secret
	for _, s := range l.Secrets {
		secrets = append(secrets, s)
	}
	secrets = append(secrets, l.Lists[fieldHookSecrets]...)
	c, err := httpapi.New(httpapi.Options{BaseURL: base, Header: header, Secrets: secrets, Transport: transport, Log: log})
	if err != nil {
		return nil, inbox.Errorf(inbox.Rejected, "base_url: %w", err).WithHint("leave it out for " + BaseURL)
	}
	return &client{http: c, x: twitterHeader(l)}, nil
}

// twitterHeader are the keys of the customer's own X app, which Ayrshare does
// not store and asks for with every request about X (send-message, notice on
// X, from 2026-03-31).
func twitterHeader(l login.Login) http.Header {
	key, secret := l.Secrets[fieldTwitterKey], l.Secrets[fieldTwitterSecret]
	if key.Empty() || secret.Empty() {
		return nil
	}
	h := http.Header{}
	h.Set("X-Twitter-OAuth1-Api-Key", key.Reveal())
	h.Set("X-Twitter-OAuth1-Api-Secret", secret.Reveal())
	return h
}

// headerFor gives the X keys to requests about X only.
func (c *client) headerFor(p inbox.Platform) http.Header {
	if p == inbox.Twitter {
		return c.x
	}
	return nil
}

const (
	statusActive   = "active"
	statusArchived = "archived"
)

func statusWord(archived bool) string {
	if archived {
		return statusArchived
	}
	return statusActive
}

// query is what a read asks for.
type query struct {
	conversationsOnly bool
	archived          bool
	conversation      string
	cursor            string
	whole             bool
}

// pageSize is the most that one page may have, and only X has pages
// (get-messages, "limit"). Without a limit X sends everything, which is what a
// long history is asked for with, once.
const pageSize = 100

// longestHistory bounds one answer. Facebook and Instagram send the whole
// history at once; it is read as a stream, so this guards time, not memory.
const longestHistory = 4 << 30

// messages is GET /messages/:platform (get-messages). What each feed asks:
//
//	conversations            status=active   conversationsOnly=true
//	messages                 status=active                          X: limit, next
//	archived conversations   status=archived conversationsOnly=true
//	archived messages        status=archived                        X: limit, next
//
// One conversation's messages add conversationId. The page on this endpoint
// calls status required and gives it a default: so it is always sent.
func (c *client) messages(ctx context.Context, p inbox.Platform, q query) (*httpapi.Response, error) {
	params := url.Values{"status": {statusWord(q.archived)}}
	if q.conversationsOnly {
		params.Set("conversationsOnly", "true")
	}
	if q.conversation != "" {
		params.Set("conversationId", q.conversation)
	}
	if p == inbox.Twitter && !q.conversationsOnly && !q.whole {
		params.Set("limit", strconv.Itoa(pageSize))
		if q.cursor != "" {
			params.Set("next", q.cursor)
		}
	}
	return c.http.Do(ctx, httpapi.Request{
		Path:   []string{"messages", string(p)},
		Query:  params,
		Header: c.headerFor(p),
		Limit:  longestHistory,
	})
}

// send is POST /messages/:platform (send-message).
func (c *client) send(ctx context.Context, p inbox.Platform, body sendBody) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{
		Method: http.MethodPost,
		Path:   []string{"messages", string(p)},
		Header: c.headerFor(p),
		JSON:   body,
	})
}

// setStatus is PUT /messages/:platform/:conversationId (update-messages).
func (c *client) setStatus(ctx context.Context, p inbox.Platform, conversation string, archived bool) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{
		Method: http.MethodPut,
		Path:   []string{"messages", string(p), conversation},
		Header: c.headerFor(p),
		JSON:   statusBody{Status: statusWord(archived)},
	})
}

// autoResponse is GET /messages/autoresponse (get-auto-response). The automatic
// answer is one for all platforms of the profile.
func (c *client) autoResponse(ctx context.Context) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{Path: []string{"messages", "autoresponse"}})
}

// setAutoResponse is POST /messages/autoresponse (set-auto-response).
func (c *client) setAutoResponse(ctx context.Context, body autoResponseBody) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{Method: http.MethodPost, Path: []string{"messages", "autoresponse"}, JSON: body})
}

// user is GET /user (profile-details).
func (c *client) user(ctx context.Context) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{Path: []string{"user"}})
}
