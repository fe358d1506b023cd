package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/platforms/httpapi"
	"parley/platforms/login"
)

const secret = `k3y/with+odd="characters`

// newClient makes a client of the URL with a secret in its headers.
func newClient(t testing.TB, baseURL string, edit ...func(*httpapi.Options)) *httpapi.Client {
	t.Helper()
	o := httpapi.Options{
		BaseURL: baseURL,
		Header:  http.Header{"Authorization": {"Bearer " + secret}},
		Secrets: []login.Secret{login.NewSecret(secret), {}},
	}
	for _, e := range edit {
		e(&o)
	}
	c, err := httpapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func failureOf(t testing.TB, err error) *httpapi.Failure {
	t.Helper()
	var f *httpapi.Failure
	if !errors.As(err, &f) {
		t.Fatalf("err = %v, want a failure", err)
	}
	return f
}

func TestARequestIsWhatWasAsked(t *testing.T) {
	var got *http.Request
	var body string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r, string(b)
		fmt.Fprint(w, `{}`)
	})
	c := newClient(t, s.URL+"/api/")
	res, err := c.Do(t.Context(), httpapi.Request{
		Method: http.MethodPut,
		Path:   []string{"messages", "a/b?c#d %2F", "..", "ü"},
		Query:  url.Values{"q": {"1&2"}},
		Header: http.Header{"X-More": {"yes"}},
		JSON:   map[string]string{"text": "<a> & b\u2028"},
	})
	if err != nil {
		t.Fatal(err)
	}
	res.Close()
	if want := "/api/messages/a%2Fb%3Fc%23d%20%252F/%2E%2E/%C3%BC"; got.Method != http.MethodPut || got.URL.EscapedPath() != want || got.URL.RawQuery != "q=1%262" {
		t.Errorf("%s %s?%s", got.Method, got.URL.EscapedPath(), got.URL.RawQuery)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + secret, "X-More": "yes", "User-Agent": "parley", "Content-Type": "application/json", "Accept": "application/json",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q", name, got.Header.Get(name))
		}
	}
	if body != `{"text":"<a> & b\u2028"}` {
		t.Errorf("body %s", body)
	}
}

func TestARequestThatCannotBeWrittenDownDoesNotLeave(t *testing.T) {
	c := newClient(t, serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it left") }).URL)
	for name, r := range map[string]httpapi.Request{
		"a body that is no JSON": {JSON: func() {}},
		"a method that is none":  {Method: "GET IT"},
	} {
		_, err := c.Do(t.Context(), r)
		if f := failureOf(t, err); f.Reason != httpapi.BadRequest || f.Left {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestWhatAnAnswerTellsBesidesItsBody(t *testing.T) {
	date := time.Date(2024, 6, 9, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		header map[string]string
		server time.Time
		retry  time.Duration
		rate   httpapi.Rate
	}{
		{name: "seconds", header: map[string]string{"Retry-After": "90"}, retry: 90 * time.Second},
		{name: "a date", header: map[string]string{"Retry-After": "Sun, 09 Jun 2024 22:05:00 GMT", "Date": "Sun, 09 Jun 2024 22:00:00 GMT"}, server: date, retry: 5 * time.Minute},
		{name: "a date in the past", header: map[string]string{"Retry-After": "Sun, 09 Jun 2024 21:05:00 GMT", "Date": "Sun, 09 Jun 2024 22:00:00 GMT"}, server: date},
		{name: "a century", header: map[string]string{"Retry-After": "2147483647"}, retry: 24 * time.Hour},
		{name: "a negative number", header: map[string]string{"Retry-After": "-5"}},
		{name: "nonsense", header: map[string]string{"Retry-After": "soon", "Date": "today", "X-Ratelimit-Max": "many", "X-Ratelimit-Reset": "later"}},
		{name: "max and count", header: map[string]string{"X-Ratelimit-Max": "300", "X-Ratelimit-Count": "12"}, rate: httpapi.Rate{Known: true, Max: 300, Remaining: 288}},
		{name: "more than max", header: map[string]string{"X-Ratelimit-Max": "300", "X-Ratelimit-Count": "301"}, rate: httpapi.Rate{Known: true, Max: 300}},
		{name: "max alone", header: map[string]string{"X-Ratelimit-Max": "300"}, rate: httpapi.Rate{Max: 300}},
		{name: "remaining and a reset in ms", header: map[string]string{"X-Ratelimit-Remaining": "7", "X-Ratelimit-Reset": "1717970700000"}, rate: httpapi.Rate{Known: true, Remaining: 7, Reset: date.Add(5 * time.Minute)}},
		{name: "a reset in s", header: map[string]string{"X-Ratelimit-Reset": "1717970700"}, rate: httpapi.Rate{Reset: date.Add(5 * time.Minute)}},
		{name: "a reset from now", header: map[string]string{"X-Ratelimit-Reset": "300000", "Date": "Sun, 09 Jun 2024 22:00:00 GMT"}, server: date, rate: httpapi.Rate{Reset: date.Add(5 * time.Minute)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = nil
				for k, v := range c.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(429)
			})
			res, err := newClient(t, s.URL).Do(t.Context(), httpapi.Request{})
			if err != nil {
				t.Fatal(err)
			}
			defer res.Close()
			if res.Status != 429 || res.OK() || !res.ServerTime.Equal(c.server) || res.RetryAfter != c.retry || res.Rate != c.rate {
				t.Errorf("server time %v, retry after %v, rate %+v", res.ServerTime, res.RetryAfter, res.Rate)
			}
		})
	}
}

func TestAnswersInJSON(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 90) + `"}`
	for _, c := range []struct {
		name, body string
		reason     httpapi.Reason // "" when it can be read
		text       string
	}{
		{"an object", `{"a":"b"}`, "", ""},
		{"with a byte order mark and space", "\xef\xbb\xbf \r\n\t" + `{"a":"b"}`, "", ""},
		{"as long as allowed", long, "", ""},
		{"longer than allowed", long + " ", httpapi.TooLong, "longer than 98 bytes"},
		{"nothing", "", httpapi.Empty, "the answer is empty (status 200)"},
		{"only space", " \n ", httpapi.Empty, "empty"},
		{"a page", "<html>", httpapi.WebPage, "a web page instead of JSON (status 200)"},
		{"a word", "null", httpapi.NotJSON, "text instead of JSON"},
		{"cut", `{"a":"b`, httpapi.Cut, "cut off after 7 bytes"},
		{"broken", `{"a":b}`, httpapi.Unreadable, "broken JSON at byte 6"},
		{"something else", `[1]`, httpapi.Unreadable, "not of the expected form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html") // not asked
				fmt.Fprint(w, c.body)
			})
			res, err := newClient(t, s.URL).Do(t.Context(), httpapi.Request{Limit: int64(len(long))})
			if err != nil {
				t.Fatal(err)
			}
			var v struct{ A string }
			err = res.JSON(&v)
			if c.reason == "" {
				if err != nil || v.A == "" {
					t.Errorf("%v, %+v", err, v)
				}
				return
			}
			if f := failureOf(t, err); f.Reason != c.reason || !strings.Contains(f.Text, c.text) || f.Status != 200 || !f.Left {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A compressed answer is bounded by what it becomes.
func TestASmallAnswerThatBecomesLargeIsBounded(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(gzipped(t, `{"a":"`+strings.Repeat("x", 8<<20)+`"}`))
	})
	res, err := newClient(t, s.URL).Do(t.Context(), httpapi.Request{})
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if f := failureOf(t, res.JSON(&v)); f.Reason != httpapi.TooLong || !strings.Contains(f.Text, "1 MiB") {
		t.Errorf("%+v", f)
	}
}

// What is known of a request that got no answer.
func TestWhatMayHaveLeft(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	torn := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}
	http2 := httptest.NewUnstartedServer(http.HandlerFunc(torn))
	http2.EnableHTTP2 = true
	http2.StartTLS()
	t.Cleanup(http2.Close)
	noTunnel := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	proxied := func(o *httpapi.Options) {
		o.Transport = &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(noTunnel.URL) }}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()

	for _, c := range []struct {
		name   string
		client *httpapi.Client
		ctx    context.Context
		reason httpapi.Reason
		left   bool
		text   string
	}{
		{"nobody listens", newClient(t, gone.URL), t.Context(), httpapi.Unreachable, false, "connection refused"},
		{"the certificate is not trusted", newClient(t, untrusted.URL), t.Context(), httpapi.Untrusted, false, "unknown authority"},
		{"the proxy opens no tunnel", newClient(t, "https://api.example", proxied), t.Context(), httpapi.Unreachable, false, "Bad Gateway"},
		{"given up before it began", newClient(t, serve(t, torn).URL), canceled, httpapi.Canceled, false, "given up"},
		{"torn", newClient(t, serve(t, torn).URL), t.Context(), httpapi.Torn, true, "broke before an answer"},
		{"torn in HTTP/2", newClient(t, http2.URL, func(o *httpapi.Options) { o.Transport = http2.Client().Transport }), t.Context(), httpapi.Torn, true, "broke before an answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.client.Do(c.ctx, httpapi.Request{Method: http.MethodPost, Path: []string{"send"}, JSON: "hi"})
			f := failureOf(t, err)
			if f.Reason != c.reason || f.Left != c.left || !strings.Contains(f.Text, c.text) || !strings.HasPrefix(f.Error(), "POST /send: ") {
				t.Errorf("%+v", f)
			}
		})
	}
}

// A kept connection that the server has closed meanwhile: the request must not
// be taken for unsent when it was acted on, and never arrive twice.
func TestAWriteIsMadeOnce(t *testing.T) {
	var arrived atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			arrived.Add(1)
			panic(http.ErrAbortHandler)
		}
		fmt.Fprint(w, `{}`)
	})
	c := newClient(t, s.URL)
	res, err := c.Do(t.Context(), httpapi.Request{}) // leaves a connection to be used again
	if err != nil {
		t.Fatal(err)
	}
	if err := res.JSON(&struct{}{}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Do(t.Context(), httpapi.Request{Method: http.MethodPost, JSON: "hi"})
	if f := failureOf(t, err); !f.Left || arrived.Load() != 1 {
		t.Errorf("%+v, arrived %d times", f, arrived.Load())
	}
}

func TestRedirects(t *testing.T) {
	elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s reached another host", r.Method, r.URL) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
		case "/other":
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		case "/circle":
			http.Redirect(w, r, "/circle", http.StatusFound)
		default:
			fmt.Fprintf(w, `{"method":%q}`, r.Method)
		}
	})
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "same", 200},
		{http.MethodGet, "other", 307},
		{http.MethodGet, "circle", 302},
		{http.MethodPost, "same", 307},
		{http.MethodPut, "same", 307},
	} {
		res, err := newClient(t, s.URL).Do(t.Context(), httpapi.Request{Method: c.method, Path: []string{c.path}})
		if err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
			continue
		}
		if res.Status != c.want {
			t.Errorf("%s %s: status %d, want %d", c.method, c.path, res.Status, c.want)
		}
		res.Close()
	}
}

// What can be printed of a failure, in all the ways in which things are printed.
func everyForm(f *httpapi.Failure) string {
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Error("x", "err", f, "cause", f.Err)
	slog.New(slog.NewJSONHandler(&b, nil)).Error("x", "err", f, "cause", f.Err)
	for err := error(f); err != nil; err = errors.Unwrap(err) {
		fmt.Fprintf(&b, "%v %+v %#v\n", err, err, err)
	}
	return b.String()
}

func TestSecretsAreHiddenInEverySpelling(t *testing.T) {
	inJSON, _ := json.Marshal(secret)
	spellings := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(inJSON), `"`)}
	var log bytes.Buffer
	logged := func(o *httpapi.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	page := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "<p>%s", strings.Join(spellings, " ")) })
	halves := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "<p>%s%s", strings.Repeat("x", 190), secret)
	})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()

	request := httpapi.Request{Path: []string{secret}, Query: url.Values{"access_token": {secret}}}
	var failures []*httpapi.Failure
	for _, u := range []string{page.URL, halves.URL} {
		res, err := newClient(t, u, logged).Do(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		failures = append(failures, failureOf(t, res.JSON(&struct{}{})))
	}
	_, err := newClient(t, gone.URL, logged).Do(t.Context(), request)
	failures = append(failures, failureOf(t, err))

	for _, f := range failures {
		seen := everyForm(f)
		for _, s := range append(spellings, secret[:8]) {
			if strings.Contains(seen, s) {
				t.Errorf("%q is seen in %s", s, seen)
			}
		}
	}
	if strings.Contains(newClient(t, gone.URL).Redact("key "+secret+"!"), secret) {
		t.Error("Redact does not")
	}
	if log.Len() == 0 || strings.Contains(log.String(), secret[:8]) {
		t.Errorf("the log: %s", &log)
	}
}

func TestASecretThatIsLearnedLaterIsHiddenToo(t *testing.T) {
	c := newClient(t, "https://x.example")
	c.Hide(login.NewSecret("renewed-token"))
	if got := c.Redact("renewed-token and " + secret); got != "[hidden] and [hidden]" {
		t.Errorf("%q", got)
	}
}

func TestAForm(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.PostForm.Get("code") != "a&b" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("%v %v %v", err, r.PostForm, r.Header)
		}
		fmt.Fprint(w, `{}`)
	})
	res, err := newClient(t, s.URL).Do(t.Context(), httpapi.Request{Method: http.MethodPost, Form: url.Values{"code": {"a&b"}}})
	if err != nil {
		t.Fatal(err)
	}
	res.Close()
}

func TestAShortSecretDoesNotHideEverything(t *testing.T) {
	c := newClient(t, "https://x.example", func(o *httpapi.Options) { o.Secrets = []login.Secret{login.NewSecret("a")} })
	if got := c.Redact("a banana"); got != "a banana" {
		t.Errorf("%q", got)
	}
}

func TestALongSecretIsHiddenBeforeOneThatItBeginsWith(t *testing.T) {
	c := newClient(t, "https://x.example", func(o *httpapi.Options) {
		o.Secrets = []login.Secret{login.NewSecret("abcd"), login.NewSecret("abcdefgh")}
	})
	if got := c.Redact("abcdefgh abcd"); got != "[hidden] [hidden]" {
		t.Errorf("%q", got)
	}
}

func TestErrorsKeepWhatTheyAre(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	_, err := newClient(t, "https://127.0.0.1:1").Do(ctx, httpapi.Request{})
	if f := failureOf(t, err); !errors.Is(err, context.DeadlineExceeded) || f.Reason != httpapi.TimedOut {
		t.Errorf("%+v", f)
	}
}

func TestTheEnvironmentsProxyIsUsed(t *testing.T) {
	// net/http reads the environment once in a process, so only that the
	// question is asked can be tested here.
	if httpapi.NewTransport().Proxy == nil {
		t.Error("no proxy is asked for")
	}
}

// FuzzPath: whatever an id is, it stays one segment, and arrives as it was.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"a", "..", ".", "a/b", "%2e%2e", "?", "#", "", "ü \x00", ";", "\xff"} {
		f.Add(s)
	}
	var got []string
	s := serve(f, func(w http.ResponseWriter, r *http.Request) {
		got = strings.Split(r.URL.EscapedPath(), "/")
		fmt.Fprint(w, `{}`)
	})
	c := newClient(f, s.URL+"/api")
	f.Fuzz(func(t *testing.T, segment string) {
		res, err := c.Do(t.Context(), httpapi.Request{Path: []string{"messages", segment, "end"}})
		if err != nil {
			t.Fatal(err)
		}
		res.Close()
		if len(got) != 5 || got[4] != "end" {
			t.Fatalf("%q became %q", segment, got)
		}
		if back, err := url.PathUnescape(got[3]); err != nil || back != segment {
			t.Errorf("%q arrived as %q", segment, back)
		}
	})
}

// FuzzJSON: whatever an answer is, it is read or it is a failure with its reason.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"", "{}", "<", "\xef\xbb\xbf{", `{"a":1}x`, "null", "[", "\xef"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		c := newClient(t, "https://x.example", func(o *httpapi.Options) { o.Transport = canned(body) })
		res, err := c.Do(t.Context(), httpapi.Request{})
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := res.JSON(&v); err != nil {
			if f := failureOf(t, err); f.Reason == "" || f.Text == "" {
				t.Errorf("%+v", f)
			}
		}
	})
}

type canned string

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(c))), Request: r}, nil
}
