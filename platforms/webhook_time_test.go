package platforms_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms"
)

// These tests are about time: they make their own.

// TestABusyCacheIsAnsweredWithinASecond: what is not on disk is not
// acknowledged, and is stored all the same when the disk comes round.
func TestABusyCacheIsAnsweredWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &blocking{Store: inboxtest.NewStore()}
		st := serveInBubble(t, setup{store: store})
		letGo := store.shut()
		defer letGo()
		begun := time.Now()
		got := st.call(call{body: hello(t)})
		if took := time.Since(begun); got.status != 503 || got.header.Get("Retry-After") == "" || took >= time.Second {
			t.Errorf("answer %+v after %v", got, took)
		}
		if texts := st.texts(ann); len(texts) != 0 {
			t.Errorf("stored already: %q", texts)
		}
		letGo()
		synctest.Wait()
		if got := st.call(call{body: hello(t)}); got.status != 200 {
			t.Errorf("the second try: %+v", got)
		}
		if texts := st.texts(ann); !slices.Equal(texts, []string{"Is it in stock?"}) {
			t.Errorf("thread %q", texts)
		}
	})
}

// TestAForgedCallIsRefusedHoweverBusyTheCacheIs: nobody has to wait for a disk
// to hear that he has no secret.
func TestAForgedCallIsRefusedHoweverBusyTheCacheIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &blocking{Store: inboxtest.NewStore()}
		st := serveInBubble(t, setup{store: store})
		letGo := store.shut()
		for range platforms.MaxCalls + 1 {
			go st.call(call{body: hello(t)})
		}
		synctest.Wait()
		for range platforms.MaxNotes + 1 {
			begun := time.Now()
			got := st.call(call{body: hello(t), sum: sign("guessed", hello(t))})
			if took := time.Since(begun); got.status != 401 || took >= time.Second {
				t.Errorf("answer %+v after %v", got, took)
			}
		}
		letGo()
		synctest.Wait()
		if n := st.conversations(); n != 1 {
			t.Errorf("%d conversations are stored", n)
		}
	})
}

// TestSlowClientsKeepNobodyOut: those that send half a body, small or large, do
// not take the place of genuine calls.
func TestSlowClientsKeepNobodyOut(t *testing.T) {
	for name, sent := range map[string]int{"small": 1, "large": platforms.SmallBody + 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := serveInBubble(t, setup{})
				for range platforms.MaxCalls + 1 {
					conn, err := st.pipes.dial(t.Context(), "", "")
					if err != nil {
						t.Fatal(err)
					}
					defer conn.Close()
					go io.WriteString(conn, "POST /webhook/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat(" ", sent))
				}
				synctest.Wait()
				begun := time.Now()
				if got := st.call(call{body: hello(t)}); got.status != 200 || time.Since(begun) >= time.Second {
					t.Errorf("answer %+v after %v", got, time.Since(begun))
				}
			})
		})
	}
}

// TestManyCallsAtOnce: beyond the limit callers wait a little, then come again
// later.
func TestManyCallsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &blocking{Store: inboxtest.NewStore()}
		st := serveInBubble(t, setup{store: store})
		letGo := store.shut()
		for range platforms.MaxCalls {
			go st.call(call{body: hello(t)})
		}
		synctest.Wait()
		begun := time.Now()
		got := st.call(call{body: hello(t)})
		if took := time.Since(begun); got.status != 503 || took >= time.Second {
			t.Errorf("answer %+v after %v", got, took)
		}
		letGo()
		synctest.Wait()
		if got := st.call(call{body: hello(t)}); got.status != 200 {
			t.Errorf("afterwards: %+v", got)
		}
	})
}

// TestSlowClientsAreCutOff: a connection that says nothing, half a header, half
// a body.
func TestSlowClientsAreCutOff(t *testing.T) {
	for name, request := range map[string]string{
		"half a header": "POST /webhook/acme HTTP/1.1\r\nHost: x\r\nX-Sum: ",
		"half a body":   "POST /webhook/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := serveInBubble(t, setup{})
				conn, err := st.pipes.dial(t.Context(), "", "")
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				begun := time.Now()
				if _, err := io.WriteString(conn, request); err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(conn)
				if took := time.Since(begun); err != nil || took > 30*time.Second {
					t.Errorf("%q, %v after %v", answer, err, took)
				}
				if strings.Contains(string(answer), " 200 ") {
					t.Errorf("answer %q", answer)
				}
			})
		})
	}
}

// TestManyConnectionsAtOnce: beyond the limit they wait until one has ended.
func TestManyConnectionsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := serveInBubble(t, setup{})
		for range platforms.MaxConnections {
			conn, err := st.pipes.dial(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := st.pipes.dial(ctx, "", ""); err == nil {
			t.Error("one more is let in")
		}
		// Those that say nothing are cut off: then there is room again.
		if got := st.call(call{body: hello(t)}); got.status != 200 {
			t.Errorf("answer %+v", got)
		}
	})
}

// TestStopLetsACallFinish: it is stored and answered, and no other is let in.
func TestStopLetsACallFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &blocking{Store: inboxtest.NewStore()}
		st := serveInBubble(t, setup{store: store})
		letGo := store.shut()
		defer letGo()
		var got answered
		answeredIt := make(chan struct{})
		go func() {
			defer close(answeredIt)
			got = st.call(call{body: hello(t)})
		}()
		synctest.Wait()
		ended := make(chan error, 1)
		go func() { ended <- st.close() }()
		synctest.Wait()
		select {
		case <-ended:
			t.Error("Run has returned before its call")
		default:
		}
		if _, err := st.pipes.dial(t.Context(), "", ""); err == nil {
			t.Error("somebody is let in after the end")
		}
		letGo()
		<-answeredIt
		if err := <-ended; err != nil || got.status != 200 {
			t.Errorf("Run %v, answer %+v", err, got)
		}
		if texts := st.texts(ann); len(texts) != 1 {
			t.Errorf("thread %q", texts)
		}
	})
}

// TestStopDoesNotWaitForEver for a cache that never comes round.
func TestStopDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := serveInBubble(t, setup{sink: func(in *inbox.Inbox) platforms.WebhookSink { return endless{in} }})
		if got := st.call(call{body: hello(t)}); got.status != 503 {
			t.Errorf("answer %+v", got)
		}
		go st.call(call{body: hello(t)})
		synctest.Wait()
		begun := time.Now()
		if err := st.close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took > platforms.StopWithin {
			t.Errorf("it took %v", took)
		}
	})
}

// endless stores nothing until it is told to stop.
type endless struct{ *inbox.Inbox }

func (endless) Push(ctx context.Context, _ inbox.AccountID, _ []inbox.Batch) (inbox.Ingested, error) {
	<-ctx.Done()
	return inbox.Ingested{}, ctx.Err()
}

// TestGreetingsAreLoggedOnceAMinute: some providers' need no secret.
func TestGreetingsAreLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := serveInBubble(t, setup{})
		for range 50 {
			if got := st.call(call{method: "GET", path: "/webhook/acme?challenge=17&token=blue", sum: "-"}); got.status != 200 || got.body != "17" {
				t.Fatalf("answer %+v", got)
			}
		}
		if n := strings.Count(st.log.String(), "address confirmed"); n != 1 {
			t.Errorf("%d lines", n)
		}
	})
}

// TestTroubleIsLoggedOnceAMinute: anybody can make some.
func TestTroubleIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := serveInBubble(t, setup{})
		forge := func(n int) {
			for range n {
				if got := st.call(call{body: hello(t), sum: "-"}); got.status != http.StatusUnauthorized {
					t.Fatalf("answer %+v", got)
				}
			}
		}
		lines := func() int { return strings.Count(st.log.String(), "webhook call refused") }
		forge(50)
		if n := lines(); n != 1 {
			t.Errorf("%d lines", n)
		}
		st.call(call{body: "[", sum: ""})
		if n := lines(); n != 2 {
			t.Errorf("%d lines: another kind of trouble is not told", n)
		}
		time.Sleep(platforms.LogEvery)
		forge(1)
		if n := lines(); n != 3 || !strings.Contains(st.log.String(), "more_since=49") {
			t.Errorf("%d lines: %s", n, st.log.String())
		}
		if refused := st.in.WebhookState("acme").Refused; refused != 52 {
			t.Errorf("%d refusals are counted", refused)
		}
	})
}
