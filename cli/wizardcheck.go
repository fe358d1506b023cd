package cli

// How the wizard finds out whether what was answered works: as the doctor does, and
// without keeping anything. A provider that refuses it, or that nobody can reach,
// is no reason to lose what was answered.

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parley/config"
	"parley/inbox"
)

// settle asks and tests until the test succeeds, or until the agent goes on all
// the same.
func (w *wizard) settle(ctx context.Context, ask func() error, test func(context.Context) error) error {
	for {
		if err := ask(); err != nil {
			return err
		}
		next := testAgain
		for next == testAgain {
			err := test(ctx)
			if err == nil {
				return nil
			}
			if ctx.Err() != nil {
				return errLeft
			}
			if next, err = w.askWhatNow(ctx, err); err != nil {
				return err
			}
		}
		if next == skip {
			return nil
		}
	}
}

// What may follow an answer that did not work.
const (
	askAgain = iota
	testAgain
	skip
	leave
)

// askWhatNow asks what shall follow. Whether it was the answer's fault decides what
// is proposed.
func (w *wizard) askWhatNow(ctx context.Context, failure error) (next int, err error) {
	usual := askAgain
	switch inbox.KindOf(failure) {
	case inbox.Unavailable, inbox.RateLimited:
		usual = testAgain
	}
	w.ask.say("\nWhat now?")
	next, err = w.ask.choose(ctx, "Go on with", []choice{
		askAgain:  {"again", "answer these questions once more"},
		testAgain: {"retry", "check the same answers once more"},
		skip:      {"skip", "go on without the check; `parley doctor` does it later"},
		leave:     {"leave", "write nothing"},
	}, usual)
	if next == leave {
		return leave, errLeft
	}
	return next, err
}

// check asks the provider about the account, and tells what it says.
func (w *wizard) check(ctx context.Context) error {
	w.ask.say("\nAsking %s …", w.draft.Provider.Name)
	w.linked = nil
	if err := w.open(ctx); err != nil {
		return err
	}
	c, err := w.configured()
	if err != nil {
		return err
	}
	info, err := w.doctor().inspect(ctx, c.Accounts[0], *w.account)
	if err != nil {
		return err
	}
	w.linked = info.Linked
	return nil
}

// doctor looks at an account that is not in the config yet.
func (w *wizard) doctor() *doctor {
	return &doctor{app: w.app, early: true, show: w.tell}
}

// tell says what the doctor has found.
func (w *wizard) tell(f finding) {
	text := strings.TrimPrefix(f.Check, string(w.draft.Name)+" ") + ": " + f.Text
	if strings.Contains(f.Hint, "parley login") {
		f.Hint = "check that it is the whole of it, and of this provider" // nothing is logged in yet
	}
	if f.Hint != "" && f.Status != good {
		text += "\n" + f.Hint
	}
	w.ask.point(fmt.Sprintf("  %-4s  ", f.Status), text)
}

// open fetches the secrets and opens the account with them, as a session does. It
// tells why it cannot.
func (w *wizard) open(ctx context.Context) error {
	w.account = nil
	account, err := w.tryOpen(ctx)
	if err != nil {
		w.doctor().findError(string(w.draft.Name)+" key", err)
		return err
	}
	w.account = &account
	return nil
}

// configured is what the answers mean. What was typed stands in it as it is.
func (w *wizard) configured() (*config.Config, error) {
	return config.Parse(w.file, []byte(w.draft.Text()))
}

func (w *wizard) tryOpen(ctx context.Context) (inbox.Account, error) {
	c, err := w.configured()
	if err != nil {
		return inbox.Account{}, err
	}
	ac := c.Accounts[0]
	form, err := w.app.fillIn(ctx, ac, "", online)
	if usage, ok := errors.AsType[*usageError](err); ok {
		return inbox.Account{}, &usageError{text: usage.text} // its hint names a line of a file that is not there yet
	}
	if err != nil {
		return inbox.Account{}, err
	}
	form.Memory = passingMemory()
	return openFilled(c, ac, form)
}
