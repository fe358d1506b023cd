package cli

// The log, standard error and crash files never show a secret.

import (
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"

	"parley/platforms/login"
)

// redactor replaces secrets in everything that is written to the log, to
// standard error and to crash files. Secrets never get that far by the program's
// own rules; this is the second line of defence.
type redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// shortestRedacted is the least length of a text that is worth hiding: a
// shorter one would blot out ordinary words and is no key of any provider.
const shortestRedacted = 6

// learn hides a secret from now on, also in the forms that encoders give it.
func (r *redactor) learn(s login.Secret) {
	text := s.Reveal()
	if len(text) < shortestRedacted {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.secrets, text) {
		return
	}
	r.secrets = append(r.secrets, text, jsonForm(text, true), jsonForm(text, false), url.QueryEscape(text), url.PathEscape(text))
}

// jsonForm is the text within quotes, as one of the two ways of encoding/json
// writes it.
func jsonForm(text string, html bool) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(html)
	_ = enc.Encode(text) // a string always encodes, and a builder always takes it
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}

func (r *redactor) clean(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, "[hidden]")
	}
	return text
}

// writer passes whole lines on, cleaned. A logger writes one line per call.
func (r *redactor) writer(w io.Writer) io.Writer { return redactingWriter{r, w} }

type redactingWriter struct {
	redactor *redactor
	to       io.Writer
}

func (w redactingWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, w.redactor.clean(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
