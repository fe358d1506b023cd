package hook

import (
	"net/url"

	"parley/inbox"
	"parley/platforms/httpapi"
)

// CheckAddress refuses an address that would never be called: providers call by
// https only, and some follow no redirect. Plain http is for a simulator on this
// machine. A password stays out of it, and out of the error.
func CheckAddress(op, address string) error {
	refuse := func(text, hint string) error {
		return &inbox.Error{Kind: inbox.Rejected, Op: op, Text: "the webhook's address " + text, Hint: hint}
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return refuse("is not a URL", "it looks like https://inbox.example.com/webhook/acme")
	case u.User != nil:
		return refuse("must not hold a user name or password", "leave it out: a call is known by its signature")
	case u.Scheme == "https", u.Scheme == "http" && httpapi.IsLoopback(u.Hostname()):
		return nil
	}
	return refuse("must begin with https://: nobody calls another one", "put a reverse proxy with a certificate before parley, or set tls_cert and tls_key")
}
