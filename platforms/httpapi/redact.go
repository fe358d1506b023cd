package httpapi

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"

	"parley/platforms/login"
)

// placeholder stands where a secret was.
const placeholder = "[hidden]"

// shortestSecret keeps a mistyped one-letter key from turning every text into
// placeholders. No provider's key is nearly as short.
const shortestSecret = 4

// redactor takes secrets out of texts, in the spellings in which they can turn
// up: as they are, in a URL's path or query, and inside JSON.
type redactor struct {
	mu       sync.RWMutex
	secrets  []login.Secret
	replacer *strings.Replacer
}

func newRedactor(secrets []login.Secret) *redactor {
	r := &redactor{}
	r.learn(secrets...)
	return r
}

// learn takes out more secrets from now on. Some are told again and again.
func (r *redactor) learn(secrets ...login.Secret) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := len(r.secrets)
	for _, s := range secrets {
		if !slices.Contains(r.secrets, s) {
			r.secrets = append(r.secrets, s)
		}
	}
	if r.replacer != nil && len(r.secrets) == before {
		return
	}
	r.replacer = newReplacer(r.secrets)
}

func newReplacer(secrets []login.Secret) *strings.Replacer {
	var spellings []string
	for _, s := range secrets {
		if v := s.Reveal(); len(v) >= shortestSecret {
			spellings = append(spellings, v, url.QueryEscape(v), url.PathEscape(v), inJSON(v))
		}
	}
	// The longest first: one secret may begin with another.
	slices.SortFunc(spellings, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, s := range slices.Compact(spellings) {
		pairs = append(pairs, s, placeholder)
	}
	return strings.NewReplacer(pairs...)
}

func inJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return strings.Trim(string(b), `"`)
}

func (r *redactor) text(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.replacer.Replace(s)
}

// err flattens an error to its redacted text. What it is can still be asked
// with errors.Is, but the original cannot be reached, so nothing that prints it
// deeply can show what it holds.
func (r *redactor) err(err error, is func(target error) bool) error {
	if err == nil {
		return nil
	}
	return &redacted{text: r.text(err.Error()), is: is}
}

type redacted struct {
	text string
	is   func(error) bool
}

func (e *redacted) Error() string        { return e.text }
func (e *redacted) Is(target error) bool { return e.is(target) }
