package platforms

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
)

// This file is the webhook listener: one for all accounts, so that messages are
// in the inbox a second after they were written. What becomes of one call is in
// webhook_call.go, who is called in webhook_receiver.go, the certificate in
// webhook_tls.go.
//
// It is reached from the whole world, so everything about it has an end: the
// size of a call, the time it may take to come, how many there are at once. It
// acknowledges nothing that is not on disk, and stores nothing that is not
// signed.

// WebhookSink is where verified facts go. *inbox.Inbox is one.
type WebhookSink interface {
	// Push stores; what it returns nil for is durable.
	Push(ctx context.Context, id inbox.AccountID, batches []inbox.Batch) (inbox.Ingested, error)
	// WebhookRefused notes that a call was refused; why holds nothing of it.
	WebhookRefused(ctx context.Context, id inbox.AccountID, why string) error
}

// WebhookAccount is an account that may be called. One whose provider is no
// [hook.Receiver] has no address.
type WebhookAccount struct {
	ID       inbox.AccountID
	Provider inbox.Provider
}

// WebhookOptions make a listener. Listen and Sink are required.
type WebhookOptions struct {
	Listen   string // host:port; port 0 is any
	TLSCert  string // file with its own certificate; "" for plain HTTP behind a reverse proxy
	TLSKey   string
	Accounts []WebhookAccount
	Sink     WebhookSink
	Log      *slog.Logger // nil: no log

	// Guard runs f, and returns when f has panicked too. nil: the panic is logged.
	Guard func(name string, f func())
}

// What a caller may take. Our own figures: providers send small bodies at once,
// Meta documents batches of up to 1,000 events.
const (
	maxBody        = 1 << 20
	maxHeader      = 16 << 10
	maxConnections = 512
	maxCalls       = 64 // verified, and to be stored

	smallBody = 64 << 10 // is read for every connection; at most 32 MiB
	maxLarge  = 32       // bodies that are larger; at most 32 MiB
	maxNotes  = 16       // of refusals, waiting to be stored

	headerWithin = 5 * time.Second
	readWithin   = 10 * time.Second
	writeWithin  = readWithin + 5*time.Second // counts from the header on
	idleWithin   = time.Minute
)

// How long things may take on our side. The first two together are less than a
// second: by then every caller has its answer.
const (
	slotWithin   = 200 * time.Millisecond // for one of maxCalls to end, or of maxLarge
	answerWithin = 700 * time.Millisecond // from a whole body to the answer
	storeWithin  = 10 * time.Second       // storing goes on after "try again later": the next try finds it done
	stopWithin   = 3 * time.Second        // for calls under way when the listener stops
)

const (
	healthPath  = "/healthz"
	webhookPath = "/webhook/"
)

// Webhooks is the listener. Make one with [NewWebhooks], Listen, then Run.
type Webhooks struct {
	address   string
	sink      WebhookSink
	log       *slog.Logger
	guard     func(name string, f func())
	receivers map[inbox.AccountID]*receiver
	order     []*receiver // of the config
	cert      *certificate
	server    *http.Server
	listener  net.Listener
	listen    func(ctx context.Context, network, address string) (net.Listener, error)

	slots    chan struct{} // capacity maxCalls
	large    chan struct{} // capacity maxLarge
	notes    chan struct{} // capacity maxNotes
	storing  context.Context
	abort    context.CancelFunc // ends storing
	warned   throttle
	conns    sync.WaitGroup
	calls    sync.WaitGroup
	mu       sync.Mutex
	stopping bool
}

// NewWebhooks makes a listener. It reads the certificate and opens nothing.
func NewWebhooks(o WebhookOptions) (*Webhooks, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &Webhooks{
		address:   o.Listen,
		sink:      o.Sink,
		log:       o.Log,
		guard:     o.Guard,
		receivers: map[inbox.AccountID]*receiver{},
		listen:    (&net.ListenConfig{}).Listen,
		slots:     make(chan struct{}, maxCalls),
		large:     make(chan struct{}, maxLarge),
		notes:     make(chan struct{}, maxNotes),
	}
	if w.guard == nil {
		w.guard = w.recovered
	}
	for _, a := range o.Accounts {
		if h, ok := a.Provider.(hook.Receiver); ok {
			r := &receiver{id: a.ID, provider: a.Provider.Name(), hook: h, log: w.log, warned: &w.warned}
			w.receivers[a.ID] = r
			w.order = append(w.order, r)
		}
	}
	w.storing, w.abort = context.WithCancel(context.Background())
	w.server = w.newServer()
	return w, w.useCertificate(o.TLSCert, o.TLSKey)
}

func (w *Webhooks) newServer() *http.Server {
	// With HTTP/2 one connection has hundreds of calls, and the bound on
	// connections would bound nothing. All three providers speak HTTP/1.
	var plain http.Protocols
	plain.SetHTTP1(true)
	return &http.Server{
		Protocols:         &plain,
		Handler:           http.HandlerFunc(w.serve),
		ReadHeaderTimeout: headerWithin,
		ReadTimeout:       readWithin,
		WriteTimeout:      writeWithin,
		IdleTimeout:       idleWithin,
		MaxHeaderBytes:    maxHeader,
		ConnState:         w.countConnection,
		// What net/http has to say is what strangers do to a port on the internet.
		ErrorLog: slog.NewLogLogger(w.log.Handler(), slog.LevelDebug),
	}
}

func (w *Webhooks) useCertificate(certFile, keyFile string) error {
	switch {
	case certFile == "" && keyFile == "":
		return nil
	case certFile == "" || keyFile == "":
		return inbox.Errorf(inbox.Rejected, "webhook: a certificate needs both tls_cert and tls_key")
	}
	cert, err := loadCertificate(certFile, keyFile, w.log)
	if err != nil {
		return inbox.Errorf(inbox.Rejected, "webhook: %w", err).WithHint("tls_cert is a PEM file with the certificate and those that it depends on, tls_key its private key")
	}
	w.cert = cert
	w.server.TLSConfig = &tls.Config{GetCertificate: cert.get, MinVersion: tls.VersionTLS12}
	return nil
}

// Listen takes the address. From here on callers are let in as soon as Run runs.
func (w *Webhooks) Listen(ctx context.Context) error {
	l, err := w.listen(ctx, "tcp", w.address)
	if err != nil {
		return cannotListen(w.address, err)
	}
	w.listener = limitConnections(l, maxConnections)
	if w.cert == nil && !isLoopback(l.Addr()) {
		w.log.Warn("webhooks are taken in plain text: a reverse proxy with TLS belongs before this address", "address", w.Address())
	}
	return nil
}

func cannotListen(address string, err error) error {
	e := inbox.Errorf(inbox.Unavailable, "webhook: cannot listen on %q: %w", address, err)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Text = fmt.Sprintf("webhook: the address %s is taken by another program", address)
		e.Hint = "is another parley running? Otherwise set another port in listen"
	case errors.Is(err, syscall.EACCES):
		e.Text = fmt.Sprintf("webhook: the address %s is not for everybody", address)
		e.Hint = "ports below 1024 are the system's: set a higher one in listen, and a reverse proxy before it"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		e.Text = fmt.Sprintf("webhook: this machine does not have the address %s", address)
		e.Hint = `behind a reverse proxy on this machine: listen = "127.0.0.1:8480"`
	}
	return e
}

func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// Address is where it listens, host:port; "" before Listen.
func (w *Webhooks) Address() string {
	if w.listener == nil {
		return ""
	}
	return w.listener.Addr().String()
}

// URL is where an account is called, as seen from this machine; "" for an
// account without an address, and before Listen.
func (w *Webhooks) URL(id inbox.AccountID) string {
	if w.listener == nil || w.receivers[id] == nil {
		return ""
	}
	scheme, address := "http", w.Address()
	if w.cert != nil {
		scheme = "https"
	}
	if tcp, ok := w.listener.Addr().(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		address = fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return scheme + "://" + address + webhookPath + string(id)
}

// Accounts are those that have an address, in the config's order.
func (w *Webhooks) Accounts() []inbox.AccountID {
	ids := make([]inbox.AccountID, 0, len(w.order))
	for _, r := range w.order {
		ids = append(ids, r.id)
	}
	return ids
}

// Run takes calls in until ctx ends, once. Then it lets in no more, gives those
// under way a short time to be stored and answered, and returns when all of its
// goroutines have. It listens first if Listen was not called.
func (w *Webhooks) Run(ctx context.Context) error {
	defer w.abort()
	if w.listener == nil {
		if err := w.Listen(ctx); err != nil {
			return err
		}
	}
	var broken error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.guard("webhook listener", func() { broken = w.accept() })
	}()
	select {
	case <-ctx.Done():
	case <-ended:
	}
	w.stop(ended)
	if broken != nil && !errors.Is(broken, http.ErrServerClosed) {
		return inbox.Errorf(inbox.Unavailable, "webhook: %w", broken)
	}
	return nil
}

func (w *Webhooks) accept() error {
	if w.cert != nil {
		return w.server.ServeTLS(w.listener, "", "")
	}
	return w.server.Serve(w.listener)
}

// stop ends in this order: new calls, calls under way, connections. It returns
// when all goroutines have; accepting is the one whose end is given.
func (w *Webhooks) stop(accepting <-chan struct{}) {
	w.mu.Lock()
	w.stopping = true
	w.mu.Unlock()
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	_ = w.server.Shutdown(gone) // closes what is idle; waiting is done here

	finished := make(chan struct{})
	go func() {
		defer close(finished)
		w.calls.Wait()
	}()
	patience := time.NewTimer(stopWithin)
	defer patience.Stop()
	select {
	case <-finished:
	case <-patience.C:
	}
	w.abort()
	<-accepting // so that Close knows every connection
	_ = w.server.Close()
	<-finished
	w.conns.Wait()
}

// enter counts a call; false when there must be no more.
func (w *Webhooks) enter() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopping {
		return false
	}
	w.calls.Add(1)
	return true
}

// countConnection lets stop wait for net/http's goroutines.
func (w *Webhooks) countConnection(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		w.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		w.conns.Done()
	}
}

// recovered is the guard of a listener without one.
func (w *Webhooks) recovered(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			w.log.Error("panic", "where", name, "type", fmt.Sprintf("%T", r))
		}
	}()
	f()
}
