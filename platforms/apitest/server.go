// Package apitest has what the tests of providers need of the other side: an API
// that answers as it was told, over a real connection or without one.
package apitest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Server answers from a list, in its order, and remembers what it was asked. It
// is an error to ask it for more or for less.
type Server struct {
	*httptest.Server
	t testing.TB

	mu      sync.Mutex
	answers []http.HandlerFunc
	asked   []Request
}

// Request is one as it arrived.
type Request struct {
	Method, Path, Query, Body string // the path as it was escaped
	Header                    http.Header
}

// NewServer serves until the test ends.
func NewServer(t testing.TB, answers ...http.HandlerFunc) *Server {
	t.Helper()
	s := &Server{t: t, answers: answers}
	s.Server = httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.answers) > 0 {
			t.Errorf("%d scripted answers were never asked for", len(s.answers))
		}
	})
	return s
}

// ServeHTTP gives the next answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.asked = append(s.asked, Request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
	var answer http.HandlerFunc
	if len(s.answers) > 0 {
		answer, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	if answer == nil {
		s.t.Errorf("unexpected request %s %s", r.Method, r.URL)
		http.Error(w, "unexpected", http.StatusTeapot)
		return
	}
	answer(w, r)
}

// Requests are all that were made so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Only returns the single request that was made.
func (s *Server) Only() Request {
	s.t.Helper()
	all := s.Requests()
	if len(all) != 1 {
		s.t.Fatalf("%d requests were made, want 1", len(all))
	}
	return all[0]
}

// Answer is a plain answer in JSON; header are names, each with its value.
func Answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Canned answers every request with the same bytes, without a network.
type Canned string

// RoundTrip implements [http.RoundTripper].
func (c Canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Date": {"Sun, 09 Jun 2024 22:00:00 GMT"}},
		Body:       io.NopCloser(strings.NewReader(string(c))),
		Request:    r,
	}, nil
}

// MustHide fails the test when one of the secrets can be seen in the text, as it
// is or as a part of a URL.
func MustHide(t testing.TB, secrets []string, what, text string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(text, s) || strings.Contains(text, strings.ReplaceAll(s, "/", "%2F")) {
			t.Errorf("%s shows a secret: %s", what, text)
		}
	}
}
