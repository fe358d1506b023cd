package sim

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"parley/inbox"
)

// The documented figures that Options can change.
const (
	defaultRateLimit    = 300             // requests per profile and rateSpan
	defaultSuspendAfter = 1000            // answers 429 within a day
	defaultCap          = 100             // conversations a month
	rateSpan            = 5 * time.Minute // in which requests are counted
	visibleBeforeLink   = 20              // messages per thread from before the account was linked

	forEver = 200 * 365 * day
)

// Options describe a simulator. The zero value is the demo's world.
type Options struct {
	Face      Face             // which API it speaks; Ayrshare's when empty
	Listen    string           // host:port; "127.0.0.1:0" when empty
	Seed      uint64           // the same seed makes the same world
	Platforms []inbox.Platform // all that the face reaches when empty; chatt2me: Instagram

	Conversations int           // at the start; 0: the demo's forty
	Messages      int           // at the start, over all conversations; 0: a few each
	Spread        time.Duration // how far back the conversations' last messages reach; 0: 14 days
	LinkedAgo     time.Duration // since when the account is linked; 0: 3 days, or for ever when Messages is given. Older messages are cut to the last 20 of a thread, except on X

	Quiet bool             // nobody lives: only what is asked for happens
	Pace  float64          // how fast customers live; 0: 1, as people do
	Now   func() time.Time // nil: time.Now

	Faults  []string     // see the package's documentation
	Webhook Webhook      // who is told what happens; may come up later than the simulator
	Dialect string       // chatt2me's: DialectMeta or DialectFlat; "": both are taken, and answered alike
	Log     *slog.Logger // of the HTTP server's own troubles; nil: none

	Key          string // the API key; made up when empty
	ProfileKey   string // the one Profile-Key that is known; "": none is
	XKey         string // the X keys; any are taken when empty
	XSecret      string
	ControlToken string // made up when empty

	CacheTime         time.Duration // how long answers stay the same; 0: 60 s, and 15 s for X, as documented
	SendClearsCache   bool          // a send makes the next read fresh; the documents do not say, so off
	RateLimit         int           // requests per profile and 5 minutes; 0: 300
	SuspendAfter      int           // answers 429 in 24 h until the profile is suspended; 0: 1,000
	ConversationLimit int           // conversations a month; 0: 100, or none in a larger world; negative: none

	// The Graph face only.
	CallsPerSecond int           // of the Conversations API; 0: 2, as documented; negative: no bound
	Rows           int           // that an answer may have, with those inside of others; 0: 250
	HumanAgent     bool          // the account may send with the tag HUMAN_AGENT
	SingleImages   bool          // several images in one message are not available
	TokenLeft      time.Duration // how long the key is still good; 0: 50 days of its 60
	AppID          string        // of the app that a log-in is for; made up when empty
	AppSecret      string        // made up when empty
}

// Server is a running simulator. Its methods steer the world and judge what a
// client did; all are safe for concurrent use.
type Server struct {
	opts     Options
	face     face
	listener net.Listener
	http     *http.Server
	closing  chan struct{} // closed first, so that hanging requests end
	served   chan struct{} // closed when the listener's goroutine has ended
	once     sync.Once

	mu     sync.Mutex
	world  *world
	faults *faultBook
	limits limiter
	cache  answerCache
	log    requestLog
	hooks  *hookOffice // its queues and its book; the rest of it never changes
}

// Start makes the world and serves it until Close.
func Start(opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	faults, err := newFaultBook(opts.Seed, opts.Faults)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", opts.Listen)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s := &Server{
		opts:     opts,
		face:     newFace(opts),
		listener: listener,
		closing:  make(chan struct{}),
		served:   make(chan struct{}),
		world:    newWorld(opts),
		faults:   faults,
		limits:   newLimiter(opts),
		cache:    answerCache{},
	}
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(opts.Log.Handler(), slog.LevelError), // its default is the terminal that the inbox draws on
	}
	s.hooks = newHookOffice(s)
	if err := s.hooks.begin(opts.Webhook); err != nil {
		listener.Close()
		return nil, err
	}
	go s.serve()
	return s, nil
}

func (s *Server) serve() {
	defer close(s.served)
	// Serve always returns an error; after Close it is ErrServerClosed, and a
	// listener that fails has nobody to tell but the clients, who notice.
	_ = s.http.Serve(s.listener)
}

// BaseURL is what a client is configured with.
func (s *Server) BaseURL() string { return s.origin() + s.face.base() }

// ControlURL is the root of the control surface.
func (s *Server) ControlURL() string { return s.origin() + "/control" }

func (s *Server) origin() string { return "http://" + s.listener.Addr().String() }

// Key is the API key that the server accepts.
func (s *Server) Key() string { return s.opts.Key }

// ControlToken is the bearer token of the control surface.
func (s *Server) ControlToken() string { return s.opts.ControlToken }

// Close ends all connections, and returns when the server's goroutines have
// ended. It may be called more than once.
func (s *Server) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		s.hooks.close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err = s.http.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			err = s.http.Close() // a client that keeps a request open does not keep us
		}
		<-s.served
	})
	return err
}

func (o Options) withDefaults() (Options, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	setDefault(&o.Face, FaceAyrshare)
	if err := checkFace(o); err != nil {
		return o, err
	}
	if len(o.Platforms) == 0 {
		o.Platforms = platformsOf(o.Face)
		if o.Face == FaceChatt2me {
			o.Platforms = o.Platforms[:1] // a channel is on one platform
		}
	}
	if o.Conversations < 0 || o.Messages < 0 {
		return o, fmt.Errorf("simulator: conversations (%d) and messages (%d) cannot be negative", o.Conversations, o.Messages)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	setDefault(&o.Conversations, len(cast))
	setDefault(&o.Spread, 14*day)
	if o.Messages > 0 || !cutsHistory(o.Face) {
		setDefault(&o.LinkedAgo, forEver) // who asks for so many messages wants to read them
	}
	setDefault(&o.LinkedAgo, 3*day)
	setDefault(&o.Pace, 1)
	setDefault(&o.RateLimit, defaultRateLimit)
	setDefault(&o.SuspendAfter, defaultSuspendAfter)
	if o.ConversationLimit == 0 && o.Conversations < defaultCap && o.Face == FaceAyrshare {
		o.ConversationLimit = defaultCap
	}
	setDefault(&o.CallsPerSecond, defaultPaced)
	setDefault(&o.Rows, defaultRows)
	setDefault(&o.TokenLeft, longLife-10*day)
	setDefault(&o.AppID, "1084400000000042")
	setDefault(&o.AppSecret, "APPSECRET-"+rand.Text())
	setDefault(&o.Key, keyPrefix(o.Face)+rand.Text())
	setDefault(&o.ControlToken, "CONTROL-"+rand.Text())
	return o, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
