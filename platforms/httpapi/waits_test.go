package httpapi_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/platforms/httpapi"
)

// These tests run on a clock of their own, over a connection in memory: an hour
// takes no time, and nothing is left to chance.

// overPipe makes a client whose one connection is served by the function.
func overPipe(t *testing.T, serve func(net.Conn)) (c *httpapi.Client, done func()) {
	near, far := net.Pipe()
	go serve(far)
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return near, nil }}
	c = newClient(t, "http://127.0.0.1", func(o *httpapi.Options) { o.Transport = transport })
	return c, func() {
		near.Close()
		far.Close()
		transport.CloseIdleConnections()
	}
}

func TestAConnectionIsNotWaitedForLongerThanItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		c := newClient(t, "http://127.0.0.1", func(o *httpapi.Options) { o.Transport = transport })
		begun := time.Now()
		_, err := c.Do(t.Context(), httpapi.Request{Method: http.MethodPost, JSON: "hi"})
		f := failureOf(t, err)
		if f.Reason != httpapi.TimedOut || f.Left || time.Since(begun) != 10*time.Second || !strings.Contains(f.Text, "no connection within 10s") {
			t.Errorf("after %v: %+v", time.Since(begun), f)
		}
	})
}

func TestAnAnswerIsNotWaitedForLongerThanItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, done := overPipe(t, func(far net.Conn) { _, _ = io.Copy(io.Discard, far) })
		defer done()
		begun := time.Now()
		_, err := c.Do(t.Context(), httpapi.Request{Method: http.MethodPost, JSON: "hi", Waits: httpapi.Waits{Answer: 90 * time.Second}})
		f := failureOf(t, err)
		if f.Reason != httpapi.TimedOut || !f.Left || time.Since(begun) != 90*time.Second || !strings.Contains(f.Text, "no answer within 1m30s") || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %+v", time.Since(begun), f)
		}
	})
}

func TestTheCallersDeadlineIsShorter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, done := overPipe(t, func(far net.Conn) { _, _ = io.Copy(io.Discard, far) })
		defer done()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		begun := time.Now()
		_, err := c.Do(ctx, httpapi.Request{})
		if f := failureOf(t, err); f.Reason != httpapi.TimedOut || time.Since(begun) != 3*time.Second {
			t.Errorf("after %v: %+v", time.Since(begun), f)
		}
	})
}

// answerSlowly takes one request and sends an answer of n bytes, one each gap;
// then nothing more, although more is promised.
func answerSlowly(n, promised int, gap time.Duration) func(net.Conn) {
	return func(far net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(far)); err != nil {
			return
		}
		fmt.Fprintf(far, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", promised)
		for i := range n {
			time.Sleep(gap)
			if _, err := far.Write([]byte(`{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}`)[i : i+1]); err != nil {
				return
			}
		}
		_, _ = io.Copy(io.Discard, far)
	}
}

func TestASlowAnswerIsReadAsLongAsItLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 44 // all of it
		c, done := overPipe(t, answerSlowly(n, n, 29*time.Second))
		defer done()
		res, err := c.Do(t.Context(), httpapi.Request{})
		if err != nil {
			t.Fatal(err)
		}
		var v struct{ A string }
		begun := time.Now()
		if err := res.JSON(&v); err != nil || len(v.A) != 36 || time.Since(begun) != n*29*time.Second {
			t.Errorf("after %v: %v, %q", time.Since(begun), err, v.A)
		}
	})
}

func TestAnAnswerThatStopsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, done := overPipe(t, answerSlowly(5, 44, time.Second))
		defer done()
		res, err := c.Do(t.Context(), httpapi.Request{})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		f := failureOf(t, res.JSON(&struct{}{}))
		if f.Reason != httpapi.TimedOut || !f.Left || time.Since(begun) != 35*time.Second || !strings.Contains(f.Text, "no more of the answer within 30s") {
			t.Errorf("after %v: %+v", time.Since(begun), f)
		}
	})
}

// A reader that takes its time (it writes to a disk) is no fault of the server's.
func TestTheReadersOwnTimeDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, done := overPipe(t, answerSlowly(44, 44, time.Second))
		defer done()
		res, err := c.Do(t.Context(), httpapi.Request{})
		if err != nil {
			t.Fatal(err)
		}
		defer res.Close()
		var got strings.Builder
		for buffer := make([]byte, 1); ; {
			time.Sleep(time.Hour)
			n, err := res.Read(buffer)
			got.Write(buffer[:n])
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if got.Len() != 44 {
			t.Errorf("%d bytes", got.Len())
		}
	})
}

// TestTriesOfOneReadStayApart: when a connection that was kept open breaks,
// net/http reads again by itself, over a new one.
func TestTriesOfOneReadStayApart(t *testing.T) {
	const apart = 510 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		var asked []time.Time
		serve := func(far net.Conn, answers int) {
			defer far.Close()
			requests := bufio.NewReader(far)
			for i := 0; ; i++ {
				if _, err := http.ReadRequest(requests); err != nil {
					return
				}
				asked = append(asked, time.Now())
				if i == answers {
					return
				}
				_, _ = io.WriteString(far, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
			}
		}
		dialled := 0
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			dialled++
			go serve(far, dialled) // the first connection breaks at its second request
			return near, nil
		}}
		defer transport.CloseIdleConnections()
		c := newClient(t, "http://127.0.0.1", func(o *httpapi.Options) { o.Transport = transport })
		for range 2 {
			res, err := c.Do(t.Context(), httpapi.Request{Apart: apart})
			if err != nil {
				t.Fatal(err)
			}
			if err := res.JSON(&struct{}{}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // the connection is kept
		}
		if len(asked) != 3 || asked[2].Sub(asked[1]) < apart || asked[1].Sub(asked[0]) >= apart {
			t.Errorf("asked at %v", asked)
		}
	})
}

func gzipped(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
