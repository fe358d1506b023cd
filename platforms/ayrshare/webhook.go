package ayrshare

import (
	"net/http"
	"strings"

	"parley/platforms/hook"
)

// This file receives Ayrshare's webhooks. Page: .../apis/webhooks/overview. Two
// versions of it are about; they differ in retries and in the headers:
//
//	X-Authorization-Timestamp            both; it is not signed, so it proves nothing
//	X-Authorization-Content-SHA256       both: HMAC-SHA256 of the raw body in hex
//	X-Authorization-Content-SHA256-V2    the newer one, while a secret is being
//	                                     changed: one v1=<the same> for each valid secret
//
// A call that is repeated, by Ayrshare or by somebody who has recorded it, is
// caught by what it says: the inbox knows the message already.

const (
	headerSignature  = "X-Authorization-Content-SHA256"
	headerSignatures = "X-Authorization-Content-SHA256-V2"
)

var _ hook.Receiver = (*provider)(nil)

// Greet: Ayrshare does not ask whether the address is ours.
func (p *provider) Greet(hook.Call) (hook.Answer, bool, error) { return hook.Answer{}, false, nil }

// Verify takes a call that either header shows to be signed with any of the
// account's secrets.
func (p *provider) Verify(c hook.Call) error {
	if len(p.hooks) == 0 {
		return hook.NoSecret(fieldHookSecrets)
	}
	sums := signatures(c.Header)
	if len(sums) == 0 {
		return hook.Unauthorized("the call is not signed: was the webhook registered with a secret?")
	}
	if !hook.MatchesHMAC(p.hooks, c.Body, sums...) {
		return hook.Unauthorized("the signature is by none of webhook_secrets: is the one that the webhook was registered with among them?")
	}
	return nil
}

// maxSignatures is more than anybody has secrets; the rest is not looked at.
const maxSignatures = 8

// signatures are all that the headers claim.
func signatures(h http.Header) []string {
	var sums []string
	for _, v := range h.Values(headerSignature) {
		if v = strings.TrimSpace(v); v != "" {
			sums = append(sums, v)
		}
	}
	for _, v := range h.Values(headerSignatures) {
		sums = append(sums, listed(v)...)
	}
	return sums[:min(len(sums), maxSignatures)]
}

// listed reads "v1=<hex>" as often as it is there. No page says what stands
// between two of them; what is not v1 is of a version that we do not know.
func listed(header string) []string {
	var sums []string
	for _, part := range strings.FieldsFunc(header, func(r rune) bool { return strings.ContainsRune(",; \t", r) }) {
		if sum, ok := strings.CutPrefix(part, "v1="); ok && sum != "" {
			sums = append(sums, sum)
		}
	}
	return sums
}

// Owns: a delivery names its profile by a refId, which the config does not
// know. Each profile has its own address, so the address decides.
func (p *provider) Owns(string) bool { return false }
