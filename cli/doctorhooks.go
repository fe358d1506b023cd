package cli

// What the doctor has to say of webhooks: whether somebody can call, and what
// has come of it.

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/config"
	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/httpapi"
)

// checkWebhooks looks at the listener; states are what the cache has of each
// account, nil when it is held by another parley.
func (d *doctor) checkWebhooks(ctx context.Context, c *config.Config, states map[inbox.AccountID]inbox.WebhookState) {
	if c.Webhook == nil {
		d.findNoListener()
		return
	}
	d.checkAddress(ctx, c.Webhook)
	d.checkCertificate(c.Webhook)
	if c.Webhook.PublicURL == "" {
		d.find("webhook public_url", warning, "set public_url in [webhook]: `parley webhook register` tells it to the providers", "nobody has said under which address providers reach this machine")
	} else {
		d.find("webhook public_url", good, "", "%s%s", c.Webhook.PublicURL, config.WebhookPath("ACCOUNT"))
	}
	for _, account := range d.accounts {
		if _, ok := account.Provider.(hook.Receiver); ok && states != nil {
			d.checkCalls(string(account.ID)+" calls", states[account.ID], time.Now())
		}
	}
}

// findNoListener is no fault, unless an account is known by its webhooks only.
func (d *doctor) findNoListener() {
	var deaf []string
	for _, account := range d.accounts {
		if !slices.ContainsFunc(account.Platforms, func(p inbox.Platform) bool { return account.Provider.Capabilities(p).History.OK }) {
			deaf = append(deaf, string(account.ID))
		}
	}
	const hint = "add [webhook] to the config, with listen and public_url"
	if len(deaf) > 0 {
		d.find("webhook", failing, hint, "nothing listens, and the messages of %s come by webhook only", listed(deaf))
		return
	}
	d.find("webhook", good, hint, "nothing listens: new messages are found by reading")
}

// probePatience bounds the question who has the address.
const probePatience = 2 * time.Second

// checkAddress takes the address for a moment, or asks who has it.
func (d *doctor) checkAddress(ctx context.Context, w *config.Webhook) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", w.Listen)
	if err == nil {
		l.Close()
		d.find("webhook listen", good, "", "%s is free: the inbox and `parley run` take webhooks in there", w.Listen)
	} else if answersHealth(ctx, w) {
		d.find("webhook listen", good, "", "%s is in use by a running parley", w.Listen)
	} else {
		d.find("webhook listen", failing, "stop what has the address, or set another one in listen", "cannot listen on %s: %v", w.Listen, err)
	}
	host, _, _ := net.SplitHostPort(w.Listen)
	if w.CertFile == "" && !httpapi.IsLoopback(host) {
		d.find("webhook listen", warning, "set tls_cert and tls_key, or listen on 127.0.0.1 behind a reverse proxy", "messages come in plain text from other machines")
	}
}

// answersHealth tells whether something at the address says that it is well.
func answersHealth(ctx context.Context, w *config.Webhook) bool {
	ctx, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	scheme, address := "http", w.Listen
	if w.CertFile != "" {
		scheme = "https"
	}
	if host, port, err := net.SplitHostPort(address); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		address = net.JoinHostPort("localhost", port)
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+address+"/healthz", nil)
	if err != nil {
		return false
	}
	// Whose certificate it is does not matter: nothing is sent, and it is ours.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	answer, err := client.Do(ask)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// certificateSoon is from when on the end of a certificate is worth a word: most
// are renewed 30 days before.
const certificateSoon = 14 * 24 * time.Hour

func (d *doctor) checkCertificate(w *config.Webhook) {
	if w.CertFile == "" {
		return
	}
	pair, err := tls.LoadX509KeyPair(w.CertFile, w.KeyFile)
	if err != nil {
		d.find("webhook certificate", failing, "tls_cert is a PEM file with the certificate and those that it depends on, tls_key its private key", "%v", err)
		return
	}
	ends := pair.Leaf.NotAfter
	names := cmp.Or(strings.Join(pair.Leaf.DNSNames, ", "), pair.Leaf.Subject.CommonName)
	switch left := time.Until(ends); {
	case left <= 0:
		d.find("webhook certificate", failing, "renew it: parley takes the new file by itself", "for %s, ended on %s", names, ends.Format(time.DateOnly))
	case left < certificateSoon:
		d.find("webhook certificate", warning, "renew it: parley takes the new file by itself", "for %s, ends on %s", names, ends.Format(time.DateOnly))
	default:
		d.find("webhook certificate", good, "", "for %s, until %s", names, ends.Format(time.DateOnly))
	}
}

// refusedLately is how long a refused call is worth a warning.
const refusedLately = 24 * time.Hour

// checkCalls tells what has come of an account's webhook so far.
func (d *doctor) checkCalls(check string, s inbox.WebhookState, now time.Time) {
	last := "none was ever stored"
	if !s.LastAt.IsZero() {
		last = fmt.Sprintf("%s stored, the last %s", counted(s.Stored, "call"), describeAgo(s.LastAt, now))
	}
	switch {
	case s.Refused > 0 && s.RefusedAt.After(s.LastAt) && now.Sub(s.RefusedAt) < refusedLately:
		d.find(check, warning, "a wrong webhook_secrets refuses everything; otherwise it was somebody else",
			"%s; %d refused, the last %s: %s", last, s.Refused, describeAgo(s.RefusedAt, now), s.Refusal)
	case s.LastAt.IsZero():
		d.find(check, warning, "`parley webhook list` tells whether the provider knows the address", "%s", last)
	default:
		d.find(check, good, "", "%s", last)
	}
}
