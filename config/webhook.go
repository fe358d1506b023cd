package config

// The [webhook] table: where providers may tell of news, and under which address
// they reach it.

import (
	"errors"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"parley/inbox"
	"parley/platforms/httpapi"
)

// Webhook is [webhook]: where somebody listens, and how providers get there.
type Webhook struct {
	Listen    string // host:port
	CertFile  string // "" with KeyFile: plain HTTP, for behind a reverse proxy
	KeyFile   string
	PublicURL string // what providers are told, without /webhook/<account>; "" when the config does not say
}

// UsualListen is where the listener is unless the config says otherwise: only
// a reverse proxy on the same machine reaches it.
const UsualListen = "127.0.0.1:8480"

func takeWebhook(root *table) *Webhook {
	t := root.sub("webhook")
	if t == nil {
		return nil
	}
	w := &Webhook{Listen: UsualListen}
	if listen, ok := parsed(t, "listen", `an address such as "`+UsualListen+`"`, parseListen); ok {
		w.Listen = listen
	}
	w.CertFile = takeFile(t, "tls_cert")
	w.KeyFile = takeFile(t, "tls_key")
	switch {
	case w.CertFile != "" && w.KeyFile == "":
		t.problem(t.where("tls_cert"), "tls_cert", "expected tls_key too, or neither of them behind a reverse proxy")
	case w.CertFile == "" && w.KeyFile != "":
		t.problem(t.where("tls_key"), "tls_key", "expected tls_cert too, or neither of them behind a reverse proxy")
	}
	if public, ok := parsed(t, "public_url", `a URL that begins with https://, such as "https://inbox.example"`, parsePublicURL); ok {
		w.PublicURL = public
	}
	t.finish()
	return w
}

// takeFile takes the path of a file that must be there.
func takeFile(t *table, key string) string {
	path := ExpandHome(t.str(key, "the path of a file in quotes"))
	if path == "" {
		return ""
	}
	switch info, err := os.Stat(path); {
	case err != nil:
		t.problem(t.where(key), key, "expected a file that can be read: %v", err)
	case info.IsDir():
		t.problem(t.where(key), key, "expected a file, found a folder: %s", path)
	}
	return path
}

// parseListen understands "host:port"; without a host it is every address of
// the machine.
func parseListen(text string) (string, error) {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", err
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", errors.New("no port")
	}
	return text, nil
}

// parsePublicURL understands the address that providers are told.
func parsePublicURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", err
	case u.Host == "", u.User != nil, u.RawQuery != "", u.Fragment != "":
		return "", errors.New("no plain URL")
	case u.Scheme != "https" && (u.Scheme != "http" || !httpapi.IsLoopback(u.Hostname())):
		return "", errors.New("not https")
	}
	return strings.TrimRight(text, "/"), nil
}

// WebhookPath is where the news of an account goes.
func WebhookPath(id inbox.AccountID) string { return "/webhook/" + string(id) }
