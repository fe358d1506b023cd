package platforms_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/cache"
	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms"
	"parley/platforms/hook"
)

const ann = inbox.ConversationID("acme/instagram/t_ann")

func hello(t testing.TB) string {
	return listOf(t, said{From: "ann", ID: "m1", Text: "Is it in stock?"})
}

func TestASignedCallIsInTheInboxWhenItIsAcknowledged(t *testing.T) {
	dir := t.TempDir()
	file, err := cache.Open(dir, cache.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, store := range map[string]inbox.Store{"memory": inboxtest.NewStore(), "file": file} {
		t.Run(name, func(t *testing.T) {
			st := serve(t, setup{store: store})
			if got := st.call(call{body: hello(t)}); got.status != http.StatusOK || got.body != "ok" {
				t.Errorf("answer %+v", got)
			}
			if texts := st.texts(ann); !slices.Equal(texts, []string{"Is it in stock?"}) {
				t.Errorf("thread %q", texts)
			}
			if state := st.in.WebhookState("acme"); state.Stored != 1 || state.LastAt.IsZero() || state.Refused != 0 {
				t.Errorf("state %+v", state)
			}
		})
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if file, err = cache.Open(dir, cache.Options{}); err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if st := open(t, setup{store: file}); !slices.Equal(st.texts(ann), []string{"Is it in stock?"}) {
		t.Errorf("after a restart: %q", st.texts(ann))
	}
}

func TestWhatIsRefusedLeavesNothingBehind(t *testing.T) {
	body := hello(t)
	good := sign("blue", body)
	nothingSet := map[inbox.AccountID]inbox.Provider{"acme": newCallee("own-1")}
	emptySet := map[inbox.AccountID]inbox.Provider{"acme": newCallee("own-1", "")}
	for _, c := range []struct {
		name     string
		accounts map[inbox.AccountID]inbox.Provider
		call     call
		status   int
	}{
		{"forged", nil, call{body: body, sum: sign("guessed", body)}, 401},
		{"unsigned", nil, call{body: body, sum: "-"}, 401},
		{"signed for another body", nil, call{body: body, sum: sign("blue", body+" ")}, 401},
		{"with another prefix", nil, call{body: body, sum: strings.Replace(good, "sha256", "sha1", 1)}, 401},
		{"without the prefix", nil, call{body: body, sum: strings.TrimPrefix(good, "sha256=")}, 401},
		{"with the signature cut short", nil, call{body: body, sum: good[:20]}, 401},
		{"to an account without secret", nothingSet, call{body: body, sum: sign("", body)}, 403},
		{"to an account with an empty secret", emptySet, call{body: body, sum: sign("", body)}, 403},
		{"signed, but not to be read", nil, call{body: `{"text":"Is it in stock?"`}, 400},
		{"compressed", nil, call{body: body, header: map[string]string{"Content-Encoding": "gzip"}}, 415},
		{"greeted with another token", nil, call{method: "GET", path: "/webhook/acme?challenge=17&token=red", sum: "-"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := serve(t, setup{accounts: c.accounts})
			got := st.call(c.call)
			if got.status != c.status {
				t.Errorf("status %d, want %d", got.status, c.status)
			}
			if n := st.conversations(); n != 0 {
				t.Errorf("%d conversations are stored", n)
			}
			if state := st.in.WebhookState("acme"); state.Refused != 1 || state.Stored != 0 || state.Refusal == "" {
				t.Errorf("state %+v", state)
			}
			told := st.log.String() + got.body + st.in.WebhookState("acme").Refusal
			for _, hidden := range []string{"in stock", good, "blue", "guessed", "red"} {
				if strings.Contains(strings.ReplaceAll(told, "refused", ""), hidden) {
					t.Errorf("%q is told: %s", hidden, told)
				}
			}
			if !strings.Contains(told, "webhook call refused") {
				t.Errorf("the log does not tell of it: %s", told)
			}
		})
	}
}

// TestALargeBody: a megabyte is taken, a byte more is not, however it comes.
func TestALargeBody(t *testing.T) {
	body := hello(t)
	whole := body + strings.Repeat(" ", platforms.MaxBody-len(body))
	chunks := func(s string) io.Reader { return struct{ io.Reader }{strings.NewReader(s)} } // its length is not told
	for _, c := range []struct {
		name   string
		call   call
		status int
	}{
		{"a megabyte", call{body: whole}, 200},
		{"a megabyte in chunks", call{body: whole, reader: chunks(whole)}, 200},
		{"a little in chunks", call{body: body, reader: chunks(body)}, 200},
		{"a byte more", call{body: whole + " "}, 413},
		{"a byte more in chunks", call{body: whole + " ", reader: chunks(whole + " ")}, 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := serve(t, setup{})
			if got := st.call(c.call); got.status != c.status {
				t.Errorf("status %d, want %d", got.status, c.status)
			}
			if n := st.conversations(); (n == 1) != (c.status == 200) {
				t.Errorf("%d conversations are stored", n)
			}
		})
	}
}

// exchange sends raw bytes over a connection of its own, says that no more will
// come, and returns the answer's status line.
func (st *stand) exchange(request string) string {
	st.t.Helper()
	conn, err := net.Dial("tcp", st.hooks.Address())
	if err != nil {
		st.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		st.t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		st.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// TestATruncatedBody is signed for what has come of it, as nobody but us could:
// so it is the length that refuses it.
func TestATruncatedBody(t *testing.T) {
	body := hello(t)
	for name, framing := range map[string]string{
		"by its length": fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body)+10, body),
		"in chunks":     fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(body), body),
	} {
		t.Run(name, func(t *testing.T) {
			st := serve(t, setup{})
			line := st.exchange("POST /webhook/acme HTTP/1.1\r\nHost: x\r\nX-Sum: " + sign("blue", body) + "\r\n" + framing)
			if !strings.Contains(line, " 400 ") {
				t.Errorf("answer %q", line)
			}
			if n := st.conversations(); n != 0 {
				t.Errorf("%d conversations are stored", n)
			}
		})
	}
}

func TestALargeHeaderIsRefused(t *testing.T) {
	st := serve(t, setup{})
	if got := st.call(call{body: hello(t), header: map[string]string{"X-Long": strings.Repeat("x", 24<<10)}}); got.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", got.status)
	}
}

func TestWhoIsCalledAndHow(t *testing.T) {
	accounts := map[inbox.AccountID]inbox.Provider{"acme": newCallee("own-1", "blue"), "quiet": inboxtest.NewProvider()}
	for _, c := range []struct {
		method, path string
		status       int
		allow, body  string
	}{
		{"POST", "/webhook/nobody", 404, "", ""},
		{"POST", "/webhook/quiet", 404, "", ""}, // its provider has no webhooks
		{"POST", "/webhook/", 404, "", ""},
		{"POST", "/webhook/acme/", 404, "", ""},
		{"POST", "/webhook/acme/more", 404, "", ""},
		{"POST", "/webhook/..%2facme", 404, "", ""},
		{"POST", "/acme", 404, "", ""},
		{"GET", "/", 404, "", ""},
		{"PUT", "/webhook/acme", 405, "GET, POST", ""},
		{"DELETE", "/webhook/acme", 405, "GET, POST", ""},
		{"OPTIONS", "/webhook/acme", 405, "GET, POST", ""},
		{"GET", "/webhook/acme", 405, "POST", ""},
		{"GET", "/webhook/acme?challenge=1158201444&token=blue", 200, "", "1158201444"},
		{"GET", "/healthz", 200, "", "ok"},
		{"HEAD", "/healthz", 200, "", ""},
		{"POST", "/healthz", 405, "GET, HEAD", ""},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			st := serve(t, setup{accounts: accounts})
			got := st.call(call{method: c.method, path: c.path})
			if got.status != c.status || got.header.Get("Allow") != c.allow || (c.body != "" && got.body != c.body) {
				t.Errorf("answer %+v, want %+v", got, c)
			}
			if got.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("header %v", got.header)
			}
		})
	}
}

func TestAnUnknownAccountIsLoggedByItsName(t *testing.T) {
	st := serve(t, setup{})
	st.call(call{path: "/webhook/amce", body: hello(t)})
	if log := st.log.String(); !strings.Contains(log, "name=amce") || strings.Contains(log, "in stock") {
		t.Errorf("log %s", log)
	}
	if st.in.WebhookState("acme").Refused != 0 {
		t.Error("it counts for an account that was not called")
	}
}

func TestTheSameCallTwiceIsOneMessage(t *testing.T) {
	st := serve(t, setup{})
	body := hello(t)
	for range 3 {
		if got := st.call(call{body: body}); got.status != 200 {
			t.Fatalf("answer %+v", got)
		}
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { st.call(call{body: body}) })
	}
	group.Wait()
	if texts := st.texts(ann); len(texts) != 1 {
		t.Errorf("thread %q", texts)
	}
}

// TestOneAddressForSeveralLogins: what is for another configured login goes
// there when it is signed with a secret that counts there, what is for nobody
// stays.
func TestOneAddressForSeveralLogins(t *testing.T) {
	stranger := newCallee("own-3", "green")
	stranger.ProviderName = "another API"
	st := serve(t, setup{accounts: map[inbox.AccountID]inbox.Provider{
		"acme": newCallee("own-1", "blue"), "zoo": newCallee("own-2", "red", "blue"), "far": stranger,
	}})
	got := st.call(call{body: listOf(t,
		said{From: "ann", ID: "m1", Text: "to whom it was sent"},
		said{From: "ann", ID: "m2", Text: "to the same by name", Owner: "own-1"},
		said{From: "ann", ID: "m3", Text: "to the other", Owner: "own-2"},
		said{From: "ann", ID: "m4", Text: "to nobody", Owner: "own-9"},
		said{From: "ann", ID: "m5", Text: "to a login elsewhere", Owner: "own-3"},
	)})
	if got.status != 200 {
		t.Fatalf("answer %+v", got)
	}
	acme, zoo, far := st.texts(ann), st.texts("zoo/instagram/t_ann"), st.texts("far/instagram/t_ann")
	slices.Sort(acme)
	if !slices.Equal(acme, []string{"to a login elsewhere", "to nobody", "to the same by name", "to whom it was sent"}) ||
		!slices.Equal(zoo, []string{"to the other"}) || len(far) != 0 {
		t.Errorf("acme %q, zoo %q, far %q", acme, zoo, far)
	}
	if !strings.Contains(st.log.String(), "for a login that no account has") {
		t.Errorf("log %s", st.log.String())
	}
}

// TestASecretOpensOneAccountOnly: who can sign for one account writes nothing
// into another, unless both are of one application. What is the account's own is
// stored, and the call refused all the same: it was not taken in whole.
func TestASecretOpensOneAccountOnly(t *testing.T) {
	body := listOf(t,
		said{From: "ann", ID: "m1", Text: "to the other", Owner: "own-2"},
		said{From: "ann", ID: "m2", Text: "to whom it was sent", Owner: "own-1"},
	)
	for _, c := range []struct {
		name        string
		kin         string
		secrets     []string // of the other
		status      int
		acme, other []string
	}{
		{"another secret", "", []string{"red"}, 403, []string{"to whom it was sent"}, nil},
		{"no secret", "", nil, 403, []string{"to whom it was sent"}, nil},
		{"one application", "app", []string{"red"}, 200, []string{"to whom it was sent"}, []string{"to the other"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			acme, zoo := newCallee("own-1", "blue"), newCallee("own-2", c.secrets...)
			acme.kin, zoo.kin = c.kin, c.kin
			st := serve(t, setup{accounts: map[inbox.AccountID]inbox.Provider{"acme": acme, "zoo": zoo}})
			if got := st.call(call{body: body}); got.status != c.status {
				t.Errorf("answer %+v", got)
			}
			if own, other := st.texts(ann), st.texts("zoo/instagram/t_ann"); !slices.Equal(own, c.acme) || !slices.Equal(other, c.other) {
				t.Errorf("acme %q, zoo %q", own, other)
			}
			why := st.in.WebhookState("acme").Refusal
			if refused := c.status != 200; refused != strings.Contains(why, "the account zoo") {
				t.Errorf("the refusal is %q", why)
			}
		})
	}
}

// renaming is a login that names conversations in its own way.
type renaming struct{ *callee }

func (renaming) Adopt(d hook.Delivery) hook.Delivery {
	for i := range d.Batch.Messages {
		d.Batch.Messages[i].RemoteID = "own name of " + d.Batch.Messages[i].RemoteID
	}
	return d
}

// TestALoginNamesWhatAnotherHasDecoded, but not what it has decoded itself.
func TestALoginNamesWhatAnotherHasDecoded(t *testing.T) {
	st := serve(t, setup{accounts: map[inbox.AccountID]inbox.Provider{
		"acme": renaming{newCallee("own-1", "blue")}, "zoo": renaming{newCallee("own-2", "blue")},
	}})
	st.call(call{body: listOf(t, said{From: "ann", ID: "m1", Text: "one", Owner: "own-1"}, said{From: "ann", ID: "m2", Text: "two", Owner: "own-2"})})
	if own, other := st.texts(ann), st.texts("zoo/instagram/own name of t_ann"); !slices.Equal(own, []string{"one"}) || !slices.Equal(other, []string{"two"}) {
		t.Errorf("its own %q, the other's %q", own, other)
	}
}

func TestNothingIsAcknowledgedThatCannotBeStored(t *testing.T) {
	st := serve(t, setup{sink: func(in *inbox.Inbox) platforms.WebhookSink { return brokenDisk{in} }})
	got := st.call(call{body: hello(t)})
	if got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("answer %+v", got)
	}
	if log := st.log.String(); !strings.Contains(log, "no space left") {
		t.Errorf("log %s", log)
	}
}

// brokenDisk can store nothing.
type brokenDisk struct{ *inbox.Inbox }

func (brokenDisk) Push(context.Context, inbox.AccountID, []inbox.Batch) (inbox.Ingested, error) {
	return inbox.Ingested{}, errors.New("no space left on device")
}

// TestAPanicOfAReceiverEndsOneCall: what a stranger's bytes can do there must
// not end the program, which is what the guard is for.
func TestAPanicOfAReceiverEndsOneCall(t *testing.T) {
	for _, method := range []string{"greet", "verify", "decode"} {
		t.Run(method, func(t *testing.T) {
			odd := newCallee("own-1", "blue")
			odd.odd = func(doing string) {
				if doing == method {
					odd.odd = nil
					panic("an odd body")
				}
			}
			st := serve(t, setup{
				accounts: map[inbox.AccountID]inbox.Provider{"acme": odd},
				change: func(o *platforms.WebhookOptions) {
					o.Guard = func(name string, f func()) {
						defer func() {
							if r := recover(); r != nil {
								t.Errorf("the guard hears of it: %s: %v", name, r)
							}
						}()
						f()
					}
				},
			})
			if got := st.call(call{body: hello(t)}); got.status != 500 {
				t.Errorf("answer %+v", got)
			}
			if state := st.in.WebhookState("acme"); state.Refused != 0 || state.Stored != 0 {
				t.Errorf("state %+v", state)
			}
			log := st.log.String()
			if !strings.Contains(log, "panic in a webhook receiver") || !strings.Contains(log, "callee") || strings.Contains(log, "odd body") {
				t.Errorf("log %s", log)
			}
			if got := st.call(call{body: hello(t)}); got.status != 200 {
				t.Errorf("the next call: %+v", got)
			}
		})
	}
}

// TestAPanicOfTheInboxIsTheGuards: that is the program's own, and may have left
// it in any state.
func TestAPanicOfTheInboxIsTheGuards(t *testing.T) {
	for _, guarded := range []bool{true, false} {
		t.Run(fmt.Sprintf("guarded %v", guarded), func(t *testing.T) {
			var told []string
			st := serve(t, setup{
				sink: func(in *inbox.Inbox) platforms.WebhookSink { return panicking{in} },
				change: func(o *platforms.WebhookOptions) {
					if !guarded {
						return
					}
					o.Guard = func(name string, f func()) {
						defer func() {
							if r := recover(); r != nil {
								told = append(told, fmt.Sprint(name, ": ", r))
							}
						}()
						f()
					}
				},
			})
			if got := st.call(call{body: hello(t)}); got.status != 500 {
				t.Errorf("answer %+v", got)
			}
			if guarded != slices.Equal(told, []string{"webhook acme: an odd batch"}) {
				t.Errorf("the guard was told %q", told)
			}
			if !guarded && !strings.Contains(st.log.String(), "panic") {
				t.Errorf("log %s", st.log.String())
			}
		})
	}
}

type panicking struct{ *inbox.Inbox }

func (panicking) Push(context.Context, inbox.AccountID, []inbox.Batch) (inbox.Ingested, error) {
	panic("an odd batch")
}

func TestATakenAddressIsNamed(t *testing.T) {
	first := serve(t, setup{})
	second := open(t, setup{change: func(o *platforms.WebhookOptions) { o.Listen = first.hooks.Address() }})
	err := second.hooks.Run(context.Background())
	if inbox.KindOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), first.hooks.Address()) || !strings.Contains(err.Error(), "taken by another program") {
		t.Errorf("err = %v", err)
	}
	if second.hooks.Address() != "" {
		t.Errorf("it says that it listens on %s", second.hooks.Address())
	}
}

func TestAddressesOfAccounts(t *testing.T) {
	st := serve(t, setup{accounts: map[inbox.AccountID]inbox.Provider{"acme": newCallee("own-1", "blue"), "quiet": inboxtest.NewProvider()}})
	if got, want := st.hooks.URL("acme"), "http://"+st.hooks.Address()+"/webhook/acme"; got != want {
		t.Errorf("URL %q, want %q", got, want)
	}
	if got := st.hooks.URL("quiet"); got != "" {
		t.Errorf("an account without webhooks has the address %q", got)
	}
	if got := st.hooks.Accounts(); !slices.Equal(got, []inbox.AccountID{"acme"}) {
		t.Errorf("accounts %q", got)
	}
}

// TestAThousandEventsInOneCall: Meta sends up to that many at once.
func TestAThousandEventsInOneCall(t *testing.T) {
	file, err := cache.Open(t.TempDir(), cache.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	st := serve(t, setup{store: file})
	body := thousand(t)
	// A machine that is busy with other tests may need a second call: the first
	// one goes on meanwhile.
	for got := st.call(call{body: body}); got.status != 200; got = st.call(call{body: body}) {
		if got.status != 503 {
			t.Fatalf("answer %+v", got)
		}
	}
	if n := st.conversations(); n != 100 {
		t.Errorf("%d conversations, want 100", n)
	}
	if texts := st.texts("acme/instagram/t_c7"); len(texts) != 10 {
		t.Errorf("thread %q", texts)
	}
}

func thousand(t testing.TB) string {
	var list []said
	for i := range 1000 {
		list = append(list, said{From: fmt.Sprintf("c%d", i%100), ID: fmt.Sprintf("m%d", i), Text: fmt.Sprintf("message %d of a thousand", i)})
	}
	return listOf(t, list...)
}
