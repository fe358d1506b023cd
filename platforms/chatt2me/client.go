package chatt2me

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

// client knows the endpoints: paths, parameters, headers. It does not know what
// answers mean.
type client struct {
	http *httpapi.Client
}

func newClient(l login.Login, transport http.RoundTripper, log *slog.Logger) (*client, error) {
	header := http.Header{}
	header.Set("X-Api-Key", l.Secrets[fieldKey].Reveal())
	base := l.BaseURL
	if base == "" {
		base = BaseURL
	}
	secrets := append([]login.Secret{l.Secrets[fieldKey]}, l.Lists[fieldSecrets]...)
	c, err := httpapi.New(httpapi.Options{BaseURL: base, Header: header, Secrets: secrets, Transport: transport, Log: log})
	if err != nil {
		return nil, inbox.Errorf(inbox.Rejected, "base_url: %w", err).WithHint("leave it out for " + BaseURL)
	}
	return &client{http: c}, nil
}

// channelWords are what the API calls the platforms.
var channelWords = map[inbox.Platform]string{inbox.Instagram: "instagram", inbox.Facebook: "messenger"}

// send is POST /communication/instagram/message and …/messenger/message
// (sendInstagramMessage, sendMessengerMessage).
func (c *client) send(ctx context.Context, p inbox.Platform, body sendBody) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{
		Method: http.MethodPost,
		Path:   []string{"communication", channelWords[p], "message"},
		JSON:   body,
	})
}

// webhookPath is where the webhooks of the application are managed. Until
// 2025-12-22 it had the application's id in it.
func webhookPath(id ...string) []string { return append([]string{"organization", "webhook"}, id...) }

// webhookPage is the most that one page of webhooks may have (listWebhooks).
const webhookPage = 50

// webhooks is GET /organization/webhook (listWebhooks).
func (c *client) webhooks(ctx context.Context, offset int) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{
		Path:  webhookPath(),
		Query: url.Values{"offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(webhookPage)}},
	})
}

// createWebhook is POST /organization/webhook (createWebhook).
func (c *client) createWebhook(ctx context.Context, body webhookBody) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{Method: http.MethodPost, Path: webhookPath(), JSON: body})
}

// deleteWebhook is DELETE /organization/webhook/{webhookId} (deleteWebhook).
func (c *client) deleteWebhook(ctx context.Context, id string) (*httpapi.Response, error) {
	return c.http.Do(ctx, httpapi.Request{Method: http.MethodDelete, Path: webhookPath(id)})
}
