package platforms_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/cache"
	"parley/inbox"
	"parley/platforms"
)

// BenchmarkThousandEvents is one call with a thousand events, stored in a file
// and fsynced before it is answered; each call brings new ones.
func BenchmarkThousandEvents(b *testing.B) {
	file, err := cache.Open(b.TempDir(), cache.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	account := newCallee("own-1", "blue")
	in, err := inbox.New(b.Context(), inbox.Options{Store: file, Accounts: []inbox.Account{{ID: "acme", Provider: account}}})
	if err != nil {
		b.Fatal(err)
	}
	hooks, err := platforms.NewWebhooks(platforms.WebhookOptions{
		Listen: "127.0.0.1:0", Sink: in, Accounts: []platforms.WebhookAccount{{ID: "acme", Provider: account}},
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := hooks.Listen(b.Context()); err != nil {
		b.Fatal(err)
	}
	go func() { _ = hooks.Run(b.Context()) }()
	template := thousand(b)
	for n := 0; b.Loop(); n++ {
		body := strings.ReplaceAll(template, `"id":"m`, `"id":"`+strings.Repeat("n", n+1))
		req, err := http.NewRequest(http.MethodPost, hooks.URL("acme"), strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("X-Sum", sign("blue", body))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			b.Fatalf("call %d: status %d", n, res.StatusCode)
		}
	}
}
