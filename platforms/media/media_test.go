package media_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/media"
)

const png = "\x89PNG\r\n\x1a\n"

// site is what answers in place of every host under .example.
func site(t *testing.T, handler http.HandlerFunc) *media.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return client(t, media.Options{StandIn: server.URL + "/world", Timeout: time.Minute})
}

func client(t *testing.T, o media.Options) *media.Client {
	t.Helper()
	c, err := media.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// serve sends a file, in parts where it is asked for one.
func serve(file string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html") // a lie
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(file))
	}
}

func TestHeadTellsTypeAndSizeByTheFirstBytes(t *testing.T) {
	t.Parallel()
	picture := png + strings.Repeat("x", 500_000)
	var sent atomic.Int64
	handlers := map[string]http.HandlerFunc{
		"in parts": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/world/a/b.png" || r.URL.RawQuery != "sig=1" || r.Method != http.MethodGet {
				t.Errorf("asked for %s %s", r.Method, r.URL)
			}
			serve(picture)(&counted{w, &sent}, r)
		},
		"as a whole": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(picture)))
			_, _ = io.WriteString(w, picture) // breaks off when the client has seen enough
		},
	}
	for name, handler := range handlers {
		info, err := site(t, handler).Head(context.Background(), "https://cdn.example/a/b.png?sig=1#top")
		if err != nil || info.Type != "image/png" || info.Bytes != int64(len(picture)) {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
	}
	if n := sent.Load(); n > 10_000 {
		t.Errorf("a look at the picture has fetched %d bytes of it", n)
	}
}

// counted counts what an answer sends.
type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	c.n.Add(int64(len(b)))
	return c.ResponseWriter.Write(b)
}

func TestHeadFindsTheLengthOfAFilm(t *testing.T) {
	t.Parallel()
	film := join(brand, box("mdat", make([]byte, 300_000)), box("moov", movieHeader(1000, 42_000), make([]byte, 5000)))
	var asks atomic.Int32
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		asks.Add(1)
		serve(string(film))(w, r)
	})
	info, err := c.Head(context.Background(), "https://cdn.example/film.mp4")
	if err != nil || info.Length != 42*time.Second || info.Type != "video/mp4" || info.Bytes != int64(len(film)) {
		t.Errorf("%+v, %v", info, err)
	}
	if n := asks.Load(); n != 2 {
		t.Errorf("it took %d requests", n)
	}
}

func TestALookThatIsGivenUpSaysSo(t *testing.T) {
	t.Parallel()
	film := join(brand, box("mdat", make([]byte, 300_000)), box("moov", movieHeader(1000, 42_000)))
	ctx, cancel := context.WithCancel(context.Background())
	var asks atomic.Int32
	c := site(t, func(w http.ResponseWriter, r *http.Request) {
		if asks.Add(1) == 2 { // for the length
			cancel()
		}
		serve(string(film))(w, r)
	})
	if _, err := c.Head(ctx, "https://cdn.example/film.mp4"); inbox.KindOf(err) != inbox.Unavailable {
		t.Errorf("the error is %v", err)
	}
}

func TestHeadOfAFilmWhoseServerSendsNoParts(t *testing.T) {
	t.Parallel()
	film := join(brand, box("mdat", make([]byte, 300_000)), box("moov", movieHeader(1000, 42_000)))
	c := site(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(film) })
	info, err := c.Head(context.Background(), "https://cdn.example/film.mp4")
	if err != nil || info.Type != "video/mp4" || info.Length != 0 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestHeadRefusesAnotherPartThanItAskedFor(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"bytes 5-9/100", "bytes */100", "0-9/100", "", "bytes 0-9", "bytes -1-9/100", "bytes 0-9/-4"} {
		c := site(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", part)
			w.WriteHeader(http.StatusPartialContent)
		})
		if _, err := c.Head(context.Background(), "https://cdn.example/a"); inbox.KindOf(err) != inbox.Rejected {
			t.Errorf("%q: %v", part, err)
		}
	}
}

func TestFetchTakesNoMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		handler http.HandlerFunc
		refused string
	}{
		{"fits", serve(png + strings.Repeat("x", 92)), ""},
		{"too large, and says so", serve(strings.Repeat("x", 2048)), "the file has 2 KB, and 100 B is the most"},
		{"too large, and does not say so", func(w http.ResponseWriter, _ *http.Request) {
			for range 50 {
				_, _ = io.WriteString(w, "xxxxx")
				w.(http.Flusher).Flush()
			}
		}, "larger than 100 B"},
		{"packed", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "" {
				t.Errorf("it offers to unpack %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "\x1f\x8b not unpacked")
		}, ""},
	}
	for _, c := range cases {
		file, err := site(t, c.handler).Fetch(context.Background(), "https://cdn.example/a.png", 100)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.refused == "" && len(file.Data) == 0:
			t.Errorf("%s: nothing came", c.name)
		case c.refused != "" && (inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAnswersThatAreNotTheFile(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]inbox.Kind{
		401: inbox.NotFound, 403: inbox.NotFound, 404: inbox.NotFound, 410: inbox.NotFound,
		429: inbox.RateLimited, 500: inbox.Unavailable, 503: inbox.Unavailable, 400: inbox.Unavailable, 204: inbox.Unavailable,
	} {
		c := site(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		if _, err := c.Fetch(context.Background(), "https://cdn.example/a", 100); inbox.KindOf(err) != want {
			t.Errorf("Fetch, HTTP %d: %v", code, err)
		}
		if _, err := c.Head(context.Background(), "https://cdn.example/a"); inbox.KindOf(err) != want {
			t.Errorf("Head, HTTP %d: %v", code, err)
		}
	}
}

// TestLinksThatAreNotFollowed: the server, which listens where they lead, hears
// of none of them.
func TestLinksThatAreNotFollowed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("asked for %s", r.URL)
	}))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":")+1:]
	c := client(t, media.Options{})
	for link, why := range map[string]string{
		server.URL + "/a":                           "by https only",
		"https://127.0.0.1:" + port + "/a":          "port " + port,
		"https://127.0.0.1/a":                       "this machine",
		"https://localhost/a":                       "this machine", // after the look-up
		"https://[::1]/a":                           "this machine",
		"https://[::ffff:127.0.0.1]/a":              "this machine",
		"https://2130706433/a":                      "", // 127.0.0.1 as a number, where the resolver takes it for one
		"https://10.0.0.1/a":                        "private",
		"https://169.254.169.254/latest/meta-data/": "local to the link",
		"https://user:word@192.168.0.1/a":           "private",
		"file:///etc/passwd":                        "by https only",
		"ftp://cdn.invalid/a":                       "by https only",
		"javascript:alert(1)":                       "by https only",
		"//cdn.invalid/a":                           "by https only",
		"https:///a":                                "names no host",
		"https://cdn.invalid:8443/a":                "port 8443",
		"https://a b/":                              "cannot be read",
		"":                                          "by https only",
	} {
		_, err := c.Fetch(context.Background(), link, 100)
		if err == nil || !strings.Contains(err.Error(), why) || why != "" && inbox.KindOf(err) != inbox.Rejected {
			t.Errorf("%s: %v, expected %q", link, err, why)
		}
	}
}

func TestRedirectsAreUnderTheSameRules(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Referer", "Cookie", "Authorization"} {
			if value := r.Header.Get(name); value != "" {
				t.Errorf("%s is sent on: %q", name, value)
			}
		}
		step, target := strings.TrimPrefix(r.URL.Path, "/"), r.URL.Query().Get("to")
		w.Header().Set("Set-Cookie", "id=1; Path=/")
		switch {
		case target != "":
			http.Redirect(w, r, target, http.StatusFound)
		case step == "0":
			_, _ = io.WriteString(w, png)
		default:
			http.Redirect(w, r, fmt.Sprintf("https://next.example/%c", step[0]-1), http.StatusMovedPermanently)
		}
	}))
	defer server.Close()
	c := client(t, media.Options{StandIn: server.URL})
	if file, err := c.Fetch(context.Background(), "https://user:word@cdn.example/3", 100); err != nil || file.Type != "image/png" {
		t.Errorf("three steps: %+v, %v", file, err)
	}
	for link, why := range map[string]string{
		"https://cdn.example/4":                                        "more than 3 times",
		"https://cdn.example/?to=https://127.0.0.1/a":                  "this machine",
		"https://cdn.example/?to=https://localhost/a":                  "this machine",
		"https://cdn.example/?to=http://169.254.169.254/latest":        "by https only",
		"https://cdn.example/?to=https://169.254.169.254/latest":       "local to the link",
		"https://cdn.example/?to=file:///etc/passwd":                   "by https only",
		"https://cdn.example/?to=https://cdn.invalid:22/":              "port 22",
		"https://cdn.example/?to=" + "http://127.0.0.1:1/another/port": "by https only",
	} {
		if _, err := c.Fetch(context.Background(), link, 100); inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, expected %q", link, err, why)
		}
	}
}

func TestNoErrorHoldsTheLink(t *testing.T) {
	t.Parallel()
	const secret = "sig5ecret"
	breaks := map[string]http.HandlerFunc{
		"closed": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "50")
			_, _ = io.WriteString(w, "x")
		},
		"not found": http.NotFound,
		"led astray": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://%zz/?"+secret)
			w.WriteHeader(http.StatusFound)
		},
		"not HTTP": raw("SSH-2.0 " + secret + "\r\n\r\n"),
		"led elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://127.0.0.1/?"+secret, http.StatusFound)
		},
	}
	for name, handler := range breaks {
		_, err := site(t, handler).Fetch(context.Background(), "https://cdn.example/"+secret+"?s="+secret, 100)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		for e := err; e != nil; {
			if strings.Contains(fmt.Sprintf("%v %+v", e, e), secret) {
				t.Errorf("%s: %v", name, e)
			}
			e = unwrap(e)
		}
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

// raw answers with something that is not HTTP.
func raw(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, answer)
		_ = conn.Close()
	}
}

func TestASlowAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, png)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	c := client(t, media.Options{StandIn: server.URL, Timeout: 100 * time.Millisecond})
	if _, err := c.Fetch(context.Background(), "https://cdn.example/a", 100); inbox.KindOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), "took too long") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Fetch(ctx, "https://cdn.example/a", 100); inbox.KindOf(err) != inbox.Unavailable {
		t.Errorf("given up: %v", err)
	}
}

func TestFewFetchesAreUnderWayAtOnce(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	full := make(chan struct{})
	c := site(t, func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
		}
		if n == media.AtOnce {
			close(full)
		}
		<-full // nobody answers before as many as may be have come
		_, _ = io.WriteString(w, png)
		now.Add(-1)
	})
	var group sync.WaitGroup
	for range 3 * media.AtOnce {
		group.Go(func() {
			if _, err := c.Fetch(context.Background(), "https://cdn.example/a", 100); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := most.Load(); got != media.AtOnce {
		t.Errorf("%d at once, expected %d", got, media.AtOnce)
	}
}

func TestTheStandInIsOnTheLoopback(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://127.0.0.1:1/", "http://10.0.0.1:80", "http://localhost:80", "http://127.0.0.1", "::", "http://[fe80::1]:80"} {
		if _, err := media.New(media.Options{StandIn: base}); err == nil {
			t.Errorf("%q was taken", base)
		}
	}
	c := client(t, media.Options{StandIn: "http://127.0.0.1:1/"})
	if _, err := c.Fetch(context.Background(), "http://127.0.0.1:2/", 100); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("another port of the loopback: %v", err)
	}
}
