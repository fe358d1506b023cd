package instagram

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/login"
)

// The account, the customers and the key of the tests.
const (
	us    = "17841400999"
	scope = "26001"
	ann   = "731000111"
	bob   = "731000222"
	key   = "IGAAtest-key-0123456789"
)

// call is a request as it arrived.
type call struct {
	Method, Path string
	Query        url.Values
	Header       http.Header
	Body         string
	At           time.Time
}

// answer is what comes back. Status 0 is 200.
type answer struct {
	status int
	body   string
	header map[string]string
}

func ok(body string) answer               { return answer{body: body} }
func no(status int, body string) answer   { return answer{status: status, body: body} }
func refusal(status int, e string) answer { return no(status, `{"error":{"message":"no",`+e+`}}`) }

// graph is a Graph API that answers as it was told, and remembers what it was
// asked. It serves over the network, or in memory where a test has its own time.
type graph struct {
	t       testing.TB
	mu      sync.Mutex
	answers map[string]func(call) answer
	calls   []call
}

const aboutUs = `{"user_id":"` + us + `","id":"` + scope + `","username":"marlow","name":"Marlow","account_type":"BUSINESS"}`

func newGraph(t testing.TB) *graph {
	g := &graph{t: t, answers: map[string]func(call) answer{}}
	g.says("GET /v24.0/me", ok(aboutUs))
	return g
}

// says gives one answer to a request, each time.
func (g *graph) says(request string, a answer) { g.does(request, func(call) answer { return a }) }

// does makes the answer of the request.
func (g *graph) does(request string, f func(call) answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[request] = f
}

func (g *graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c := call{r.Method, r.URL.Path, r.URL.Query(), r.Header, string(body), time.Now()}
	g.mu.Lock()
	g.calls = append(g.calls, c)
	f := g.answers[c.Method+" "+c.Path]
	g.mu.Unlock()
	a := no(http.StatusNotFound, `{"error":{"message":"nobody has said what to answer","code":2500}}`)
	if f != nil {
		a = f(c)
	}
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = io.WriteString(w, a.body)
}

// RoundTrip serves in memory.
func (g *graph) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w.Result(), nil
}

func (g *graph) serve() string {
	s := httptest.NewServer(g)
	g.t.Cleanup(s.Close)
	return s.URL
}

// asked lists the requests in short: "GET /v24.0/me".
func (g *graph) asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []string
	for _, c := range g.calls {
		list = append(list, c.Method+" "+c.Path)
	}
	return list
}

func (g *graph) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = nil
}

// bodies of the sends, in order.
func (g *graph) bodies() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []string
	for _, c := range g.calls {
		if c.Method == http.MethodPost && c.Path == "/v24.0/"+us+"/messages" {
			list = append(list, c.Body)
		}
	}
	return list
}

func (g *graph) last() call {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls[len(g.calls)-1]
}

// kept is a memory of the tests.
type kept struct {
	mu     sync.Mutex
	values map[string]string
	full   bool // nothing can be stored any more
}

func newKept() *kept { return &kept{values: map[string]string{}} }

func (k *kept) Get(name string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.values[name], nil
}

func (k *kept) Set(name, value string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.full {
		return io.ErrShortWrite
	}
	k.values[name] = value
	return nil
}

func (k *kept) put(t testing.TB, name string, v any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Set(name, string(text)); err != nil {
		t.Fatal(err)
	}
}

// form is a filled-in login; edits change it.
func form(edits ...func(*login.Login)) login.Login {
	l := login.Login{
		Account: "acme",
		BaseURL: BaseURL,
		Secrets: map[string]login.Secret{fieldToken: login.NewSecret(key)},
		Lists:   map[string][]login.Secret{},
		Values:  map[string]string{},
		Log:     slog.New(slog.DiscardHandler),
	}
	for _, edit := range edits {
		edit(&l)
	}
	return l
}

func remembering(k *kept) func(*login.Login) { return func(l *login.Login) { l.Memory = k } }

func withAgent(l *login.Login) { l.Values[fieldHumanAgent] = "true" }

// at is the provider over the network.
func (g *graph) at(edits ...func(*login.Login)) *provider {
	g.t.Helper()
	l := form(edits...)
	l.BaseURL = g.serve() + "/v24.0"
	return mustOpen(g.t, l, nil)
}

// inMemory is the provider without a network: for tests with a time of their own.
func (g *graph) inMemory(edits ...func(*login.Login)) *provider {
	g.t.Helper()
	return mustOpen(g.t, form(edits...), g)
}

func mustOpen(t testing.TB, l login.Login, transport http.RoundTripper) *provider {
	t.Helper()
	p, err := open(l, transport)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// read is one read, with everything that it brought in one batch.
func read(t testing.TB, p *provider, req inbox.ReadRequest) (inbox.Batch, inbox.ReadResult, error) {
	t.Helper()
	req.Feed = p.Feeds()[0]
	var all inbox.Batch
	res, err := p.Read(t.Context(), req, func(b inbox.Batch) error {
		if b.AsOf.IsZero() || b.Platform != inbox.Instagram {
			t.Errorf("a batch of no age or platform: %+v", b)
		}
		all.Conversations = append(all.Conversations, b.Conversations...)
		all.Messages = append(all.Messages, b.Messages...)
		return nil
	})
	return all, res, err
}

// said is a log and everything else that can be seen.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *said) logged(l *login.Login) {
	l.Log = slog.New(slog.NewTextHandler(s, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func withSecrets(list ...string) func(*login.Login) {
	return func(l *login.Login) {
		for _, s := range list {
			l.Lists[fieldSecrets] = append(l.Lists[fieldSecrets], login.NewSecret(s))
		}
	}
}

func withSecret(field, value string) func(*login.Login) {
	return func(l *login.Login) {
		l.Secrets = maps.Clone(l.Secrets)
		l.Secrets[field] = login.NewSecret(value)
	}
}

func lines(list []string) string { return "\n\t" + strings.Join(list, "\n\t") }
