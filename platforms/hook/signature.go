package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"

	"parley/platforms/login"
)

// Signature takes a signature out of its header: what follows the prefix
// ("sha256="; "" for none). The header must be there once: of two, something on
// the way could have checked the other one.
func Signature(h http.Header, name, prefix string) (string, error) {
	values := h.Values(name)
	switch {
	case len(values) == 0 || values[0] == "":
		return "", Unauthorized("the call is not signed: it has no header %s", name)
	case len(values) > 1:
		return "", Unauthorized("the call has %d headers %s, one is allowed", len(values), name)
	}
	sum, ok := strings.CutPrefix(strings.TrimSpace(values[0]), prefix)
	if !ok {
		return "", Unauthorized("the header %s does not begin with %q", name, prefix)
	}
	return sum, nil
}

// MatchesHMAC tells whether any of the sums, in hex, is the HMAC-SHA256 of the
// message by any of the secrets. Secrets that are empty match nothing. All are
// tried whichever matches, and each comparison takes the same time whatever it
// finds.
func MatchesHMAC(secrets []login.Secret, message []byte, hexSums ...string) bool {
	sums := decoded(hexSums)
	if len(sums) == 0 {
		return false
	}
	matches := false
	for _, s := range secrets {
		if s.Empty() {
			continue
		}
		mac := hmac.New(sha256.New, []byte(s.Reveal()))
		mac.Write(message)
		own := mac.Sum(nil)
		for _, sum := range sums {
			if hmac.Equal(own, sum) {
				matches = true
			}
		}
	}
	return matches
}

// decoded leaves out what can be no sum, before any work is done for it.
func decoded(hexSums []string) (sums [][]byte) {
	for _, s := range hexSums {
		if sum, err := hex.DecodeString(s); err == nil && len(sum) == sha256.Size {
			sums = append(sums, sum)
		}
	}
	return sums
}

// MatchesToken tells whether the token is any of the secrets, in a time that
// says nothing of how much of it is right. Secrets that are empty match nothing.
func MatchesToken(secrets []login.Secret, token string) bool {
	given := sha256.Sum256([]byte(token)) // so that all have one length
	matches := false
	for _, s := range secrets {
		if s.Empty() {
			continue
		}
		secret := sha256.Sum256([]byte(s.Reveal()))
		if subtle.ConstantTimeCompare(given[:], secret[:]) == 1 {
			matches = true
		}
	}
	return matches
}

// AnySecret tells whether there is something to check a signature by.
func AnySecret(secrets []login.Secret) bool {
	for _, s := range secrets {
		if !s.Empty() {
			return true
		}
	}
	return false
}
