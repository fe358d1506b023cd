package cli

// What a command works in: config, log, accounts and cache, opened in this order
// and closed in the other.

import (
	"context"
	"errors"
	"fmt"

	"github.com/charmbracelet/x/ansi"

	"parley/cache"
	"parley/cli/relay"
	"parley/config"
	"parley/inbox"
	"parley/platforms"
	"parley/platforms/upload"
)

// reach tells whether a command asks the network.
type reach bool

const (
	offline reach = false // no secret is fetched
	online  reach = true
)

// session is an open cache with an inbox over it.
type session struct {
	*inbox.Inbox
	config    *config.Config
	accounts  []inbox.Account // with their providers
	store     *cache.Cache
	guard     *guard
	temporary bool                            // nothing of the cache is kept
	shared    bool                            // another command holds it, and its pollers and senders run
	started   func(*platforms.Webhooks) error // told when the listener has its address; nil: nobody asks
	places    config.Places                   // of its config, cache and log
	undos     *[]undoStep                     // what was decided, the newest last; nil: nobody takes it back
}

// withSession opens cache and inbox for f and closes them behind it. Where an
// inbox is open already, it runs the whole command instead, and f is called there.
func (a *app) withSession(ctx context.Context, r reach, f func(context.Context, *session) error) error {
	if a.held != nil {
		return a.withHeld(ctx, f)
	}
	c, err := config.Load(a.places().Config)
	if err != nil {
		return err
	}
	if err := a.askHolder(ctx); !errors.Is(err, relay.ErrNobody) {
		return err
	}
	return a.openSession(ctx, c, r, borrowed, f)
}

// ownSession is withSession for a command that needs the cache for itself.
func (a *app) ownSession(ctx context.Context, f func(context.Context, *session) error) error {
	if a.held != nil {
		return &usageError{text: "the parley that holds the cache runs only commands that end"}
	}
	c, err := config.Load(a.places().Config)
	if err != nil {
		return err
	}
	return a.openSession(ctx, c, online, owned, f)
}

func (a *app) openSession(ctx context.Context, c *config.Config, r reach, o custody, f func(context.Context, *session) error) error {
	if r == online { // a loop over list and show need not repeat it
		for _, w := range c.Warnings {
			fmt.Fprintln(a.stderr, "parley: warning: "+inbox.CleanLine(w))
		}
	}
	return a.withConfig(ctx, c, a.places(), r, o, f)
}

// withConfig is openSession for a config that is a file or not, and places of its
// own.
func (a *app) withConfig(ctx context.Context, c *config.Config, at config.Places, r reach, o custody, f func(context.Context, *session) error) (err error) {
	a.openLog(at.State)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := &guard{dir: at.State, redactor: a.redactor, log: a.log, stop: cancel}
	accounts, err := a.openAccounts(ctx, c, at.Data, r)
	if err != nil {
		return err
	}
	store, err := a.awaitCache(ctx, at.Data, o)
	if err != nil {
		return err
	}
	defer func() {
		if closing := store.Close(); err == nil {
			err = closing
		}
	}()
	fetcher, err := a.newMedia()
	if err != nil {
		return err
	}
	defer fetcher.Close()
	in, err := inbox.New(ctx, inbox.Options{
		Store: store, Accounts: accounts, Log: a.log, NextGrapheme: nextGrapheme, Clock: clockOf(c.Screen), Retention: c.Retention, Index: store, Media: fetcher, Guard: g.run,
		Files: upload.Disk{}, Uploader: uploaderOf(c),
	})
	if err != nil {
		return err
	}
	g.run("command", func() {
		err = f(ctx, &session{Inbox: in, config: c, accounts: accounts, store: store, guard: g, places: at})
	})
	if file, crash := g.crash(); crash != nil {
		return crashError(file)
	}
	return err
}

// openCache opens the cache, and tells when it has to be mended first.
func (a *app) openCache(dir string) (*cache.Cache, error) {
	p := a.newProgress()
	defer p.done()
	return cache.Open(dir, cache.Options{Command: a.invocation, Progress: p.mending})
}

func crashError(file string) error {
	e := inbox.Errorf(inbox.Internal, "a mistake in parley stopped it")
	if file == "" {
		return e
	}
	return e.WithHint("what happened is in " + file + ", without messages or keys: please report it")
}

// nextGrapheme is the length of the first grapheme cluster, by the function
// that also measures the screen.
func nextGrapheme(s string) int {
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(cluster)
}
