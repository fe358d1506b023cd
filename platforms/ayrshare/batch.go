package ayrshare

import (
	"time"

	"parley/inbox"
)

// batchSize bounds a batch: it becomes one transaction, and nobody should have
// to wait long for that.
const batchSize = 1000

// heldBatches are kept back until the age of the answer is known.
const heldBatches = 4

// batcher collects facts into batches and tells how old they are.
//
// An answer is as old as its lastUpdated, which stands behind the lists in the
// body. A short answer is therefore held back to its end. A long one cannot be:
// there the age is the Date of the answer less the documented cache time, since
// no answer is older than that unless the provider is stuck. The error is on
// the safe side: an answer that is taken for older than it is never overrides
// what we know better (a conversation that was archived a moment ago), and the
// next read, one cache time later, settles it.
type batcher struct {
	emit     func(inbox.Batch) error
	empty    inbox.Batch
	answered time.Time // Date of the answer
	oldest   time.Time // the age to assume where it is not known
	current  inbox.Batch
	held     []inbox.Batch
	long     bool // too long to be held back
}

func newBatcher(empty inbox.Batch, answered time.Time, cacheTime time.Duration, emit func(inbox.Batch) error) *batcher {
	return &batcher{emit: emit, empty: empty, current: empty, answered: answered, oldest: answered.Add(-cacheTime)}
}

// emitError is an error of the taker of batches, which is passed on as it is.
type emitError struct{ err error }

func (e *emitError) Error() string { return e.err.Error() }
func (e *emitError) Unwrap() error { return e.err }

func (b *batcher) message(f inbox.MessageFact) error {
	b.current.Messages = append(b.current.Messages, f)
	return b.turn()
}

func (b *batcher) conversation(f inbox.ConversationFact) error {
	b.current.Conversations = append(b.current.Conversations, f)
	return b.turn()
}

// turn begins a new batch when the current one is full.
func (b *batcher) turn() error {
	if len(b.current.Messages)+len(b.current.Conversations) < batchSize {
		return nil
	}
	b.held = append(b.held, b.current)
	b.current = b.empty
	if b.long = b.long || len(b.held) > heldBatches; b.long {
		return b.release(b.oldest)
	}
	return nil
}

// finish hands over what is left. lastUpdated is zero when it was not told, or
// not reached.
func (b *batcher) finish(lastUpdated time.Time) error {
	if len(b.current.Messages)+len(b.current.Conversations) > 0 {
		b.held = append(b.held, b.current)
		b.current = b.empty
	}
	if b.long || !b.believable(lastUpdated) {
		return b.release(b.oldest)
	}
	return b.release(lastUpdated)
}

// believable tells whether an answer can be of that age. A little in the future
// can be: the Date header has no milliseconds and comes from another clock.
func (b *batcher) believable(lastUpdated time.Time) bool {
	return !lastUpdated.IsZero() && lastUpdated.Before(b.answered.Add(b.answered.Sub(b.oldest)))
}

func (b *batcher) release(asOf time.Time) error {
	for _, batch := range b.held {
		batch.AsOf = asOf
		if err := b.emit(batch); err != nil {
			return &emitError{err}
		}
	}
	b.held = nil
	return nil
}
