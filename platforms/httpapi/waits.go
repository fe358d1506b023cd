package httpapi

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Waits bound each stage of a request. There is no bound on the whole: a long
// history over a slow line is read to its end as long as something comes.
type Waits struct {
	Connect time.Duration // until there is a connection, TLS included
	Answer  time.Duration // from there until the answer's headers
	Idle    time.Duration // between two pieces of the answer
}

// defaultWaits are long enough for an API that talks to another API before it
// answers, and short enough for a person to see what is wrong.
var defaultWaits = Waits{Connect: 10 * time.Second, Answer: 60 * time.Second, Idle: 30 * time.Second}

func (w Waits) orDefaults() Waits { return w.or(defaultWaits) }

func (w Waits) or(other Waits) Waits {
	pick := func(d, fallback time.Duration) time.Duration {
		if d > 0 {
			return d
		}
		return fallback
	}
	return Waits{pick(w.Connect, other.Connect), pick(w.Answer, other.Answer), pick(w.Idle, other.Idle)}
}

// waited is the cause of a request that was given up.
type waited struct {
	what string
	wait time.Duration
}

func (w *waited) Error() string { return fmt.Sprintf("no %s within %v", w.what, w.wait) }

// Is makes a wait that ran out look like any other deadline.
func (w *waited) Is(target error) bool { return target == context.DeadlineExceeded }

// watchdog ends a request's context when the stage that it is in takes too
// long. One timer serves all stages.
type watchdog struct {
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	timer   *time.Timer
	current *waited
	stopped bool
}

func newWatchdog(ctx context.Context) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, &watchdog{cancel: cancel}
}

// expect begins a stage. After stop it does nothing: hooks of a request that
// has ended may still run.
func (w *watchdog) expect(what string, wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return
	}
	if w.current == nil || w.current.what != what {
		w.current = &waited{what, wait}
	}
	if w.timer == nil {
		w.timer = time.AfterFunc(wait, w.expire)
		return
	}
	w.timer.Reset(wait)
}

func (w *watchdog) expire() {
	w.mu.Lock()
	cause := w.current
	w.mu.Unlock()
	w.cancel(cause)
}

// pause ends the stage without beginning another: it is the caller's turn.
func (w *watchdog) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watchdog) stop() {
	w.pause()
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	w.cancel(context.Canceled)
}
