package platforms_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
	"parley/platforms"
	"parley/platforms/hook"
	"parley/platforms/login"
)

// callee is a provider with the simplest webhook that there can be: a signed
// list of messages.
type callee struct {
	*inboxtest.Provider
	secrets []login.Secret
	owns    string
	kin     string             // logins with the same word are kin; "": it has none
	odd     func(doing string) // called by each method; nil: nothing
}

// said is one message of such a list.
type said struct {
	Owner string `json:"owner,omitempty"`
	From  string `json:"from"`
	ID    string `json:"id"`
	Text  string `json:"text"`
}

var (
	_ hook.Receiver = (*callee)(nil)
	_ hook.Kin      = (*callee)(nil)
)

func newCallee(owns string, secrets ...string) *callee {
	c := &callee{Provider: inboxtest.NewProvider(), owns: owns}
	for _, s := range secrets {
		c.secrets = append(c.secrets, login.NewSecret(s))
	}
	return c
}

func (c *callee) do(what string) {
	if c.odd != nil {
		c.odd(what)
	}
}

func (c *callee) Greet(call hook.Call) (hook.Answer, bool, error) {
	c.do("greet")
	challenge := call.Query.Get("challenge")
	switch {
	case call.Method != http.MethodGet || challenge == "":
		return hook.Answer{}, false, nil
	case !hook.MatchesToken(c.secrets, call.Query.Get("token")):
		return hook.Answer{}, false, hook.Forbidden("the token is not ours")
	}
	return hook.Answer{Body: []byte(challenge)}, true, nil
}

func (c *callee) Verify(call hook.Call) error {
	c.do("verify")
	if !hook.AnySecret(c.secrets) {
		return hook.NoSecret("webhook_secrets")
	}
	sum, err := hook.Signature(call.Header, "X-Sum", "sha256=")
	if err != nil {
		return err
	}
	if !hook.MatchesHMAC(c.secrets, call.Body, sum) {
		return hook.Unauthorized("the signature is by none of our secrets")
	}
	return nil
}

func (c *callee) Decode(call hook.Call) ([]hook.Delivery, error) {
	c.do("decode")
	var list []said
	if err := json.Unmarshal(call.Body, &list); err != nil {
		return nil, err
	}
	var deliveries []hook.Delivery
	for _, s := range list {
		deliveries = append(deliveries, hook.Delivery{Owner: s.Owner, Batch: inbox.Batch{
			Platform: inbox.Instagram, AsOf: call.At,
			Messages: []inbox.MessageFact{{
				RemoteID: "t_" + s.From, Peer: inbox.Participant{ID: s.From}, AsOf: call.At,
				Message: inbox.Message{ID: inbox.MessageID(s.ID), Direction: inbox.Received, SenderID: s.From, Text: s.Text, CreatedAt: call.At},
			}},
		}})
	}
	return deliveries, nil
}

func (c *callee) Owns(owner string) bool { return owner == c.owns }

func (c *callee) KinOf(other hook.Receiver) bool {
	o, ok := other.(*callee)
	return ok && c.kin != "" && o.kin == c.kin
}

// stand is a listener with its accounts and the inbox behind them.
type stand struct {
	t     *testing.T
	in    *inbox.Inbox
	hooks *platforms.Webhooks
	log   *syncBuffer
	close func() error // ends Run and returns its error; once

	providers map[inbox.AccountID]inbox.Provider
	client    *http.Client
	pipes     *pipes // in place of the network; nil: the network
}

// setup is what a test wants otherwise.
type setup struct {
	store    inbox.Store                        // nil: in memory
	accounts map[inbox.AccountID]inbox.Provider // nil: "acme", with the secret "blue"
	sink     func(*inbox.Inbox) platforms.WebhookSink
	change   func(*platforms.WebhookOptions)
}

func open(t *testing.T, s setup) *stand {
	t.Helper()
	st := &stand{t: t, log: &syncBuffer{}, client: &http.Client{Transport: &http.Transport{}}}
	if s.store == nil {
		s.store = inboxtest.NewStore()
	}
	if s.accounts == nil {
		s.accounts = map[inbox.AccountID]inbox.Provider{"acme": newCallee("own-1", "blue")}
	}
	o := platforms.WebhookOptions{Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(st.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	st.providers = s.accounts
	var accounts []inbox.Account
	for id, p := range s.accounts {
		accounts = append(accounts, inbox.Account{ID: id, Provider: p})
		o.Accounts = append(o.Accounts, platforms.WebhookAccount{ID: id, Provider: p})
	}
	var err error
	if st.in, err = inbox.New(context.Background(), inbox.Options{Store: s.store, Accounts: accounts}); err != nil {
		t.Fatal(err)
	}
	o.Sink = st.in
	if s.sink != nil {
		o.Sink = s.sink(st.in)
	}
	if s.change != nil {
		s.change(&o)
	}
	if st.hooks, err = platforms.NewWebhooks(o); err != nil {
		t.Fatal(err)
	}
	return st
}

// serve opens a stand and lets callers in until the test ends.
func serve(t *testing.T, s setup) *stand {
	t.Helper()
	st := open(t, s)
	st.start()
	return st
}

// serveInBubble is serve without a network, for a test that makes its own time.
func serveInBubble(t *testing.T, s setup) *stand {
	t.Helper()
	st := open(t, s)
	st.pipes = newPipes()
	st.hooks.ListenBy(st.pipes.listen)
	st.client.Transport = &http.Transport{DialContext: st.pipes.dial}
	st.start()
	return st
}

func (st *stand) start() {
	st.t.Helper()
	if err := st.hooks.Listen(context.Background()); err != nil {
		st.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- st.hooks.Run(ctx) }()
	st.close = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	st.t.Cleanup(st.shut)
}

// shut ends the listener, as the end of the test would.
func (st *stand) shut() {
	st.client.CloseIdleConnections()
	if err := st.close(); err != nil {
		st.t.Errorf("Run: %v", err)
	}
}

// answered is the answer to a call.
type answered struct {
	status int
	header http.Header
	body   string
}

// call is one request to the listener.
type call struct {
	method string // "": POST
	path   string // "": /webhook/acme
	body   string
	sum    string // of X-Sum; "": signed with "blue", "-": none
	header map[string]string
	reader io.Reader // in place of body: sent in chunks
}

func (st *stand) call(c call) answered {
	st.t.Helper()
	var body io.Reader = strings.NewReader(c.body)
	if c.reader != nil {
		body = c.reader
	}
	url := "http://" + st.hooks.Address() + cmp.Or(c.path, "/webhook/acme")
	req, err := http.NewRequest(cmp.Or(c.method, http.MethodPost), url, body)
	if err != nil {
		st.t.Error(err) // a call may have a goroutine of its own
		return answered{}
	}
	if c.sum != "-" {
		req.Header.Set("X-Sum", cmp.Or(c.sum, sign("blue", c.body)))
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	return st.do(req)
}

func (st *stand) do(req *http.Request) answered {
	st.t.Helper()
	res, err := st.client.Do(req)
	if err != nil {
		st.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		st.t.Fatal(err)
	}
	return answered{res.StatusCode, res.Header, string(b)}
}

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func listOf(t testing.TB, list ...said) string {
	t.Helper()
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// texts are the messages of a conversation, oldest first.
func (st *stand) texts(id inbox.ConversationID) []string {
	st.t.Helper()
	thread, err := st.in.Thread(context.Background(), inbox.ThreadQuery{Conversation: id, Before: 10000})
	switch {
	case inbox.KindOf(err) == inbox.NotFound:
		return nil
	case err != nil:
		st.t.Fatal(err)
	}
	var texts []string
	for _, m := range thread.Page.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}

// conversations counts what is in the cache.
func (st *stand) conversations() int { return len(st.rows()) }

func (st *stand) rows() []inbox.ListRow {
	st.t.Helper()
	page, err := st.in.List(context.Background(), inbox.ListQuery{View: inbox.ViewAll, After: 1000})
	if err != nil {
		st.t.Fatal(err)
	}
	return page.Rows
}

// syncBuffer is a log that many may write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// blocking is a store whose writes wait until they are let go. It does not look
// at contexts: a disk does not either.
type blocking struct {
	inbox.Store
	mu   sync.Mutex
	gate chan struct{} // nil: open
}

func (b *blocking) shut() (letGo func()) {
	gate := make(chan struct{})
	b.mu.Lock()
	b.gate = gate
	b.mu.Unlock()
	return sync.OnceFunc(func() {
		b.mu.Lock()
		b.gate = nil
		b.mu.Unlock()
		close(gate)
	})
}

func (b *blocking) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	b.mu.Lock()
	gate := b.gate
	b.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return b.Store.Update(ctx, fn)
}

// pipes are a network within the process.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) listen(context.Context, string, string) (net.Listener, error) { return p, nil }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8480} }

const soon = 20 * time.Second // for what a test waits for and a broken program never does
