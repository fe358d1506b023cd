package sim

import (
	"container/heap"
	"time"
)

// This file has the time of the world: a queue of what will happen.

// event is something that will happen.
type event struct {
	at  time.Time
	seq int // events of the same instant happen in the order in which they were planned
	do  func(now time.Time)
}

type eventQueue struct {
	list []event
	seq  int
}

func (q *eventQueue) Len() int { return len(q.list) }
func (q *eventQueue) Less(i, j int) bool {
	a, b := q.list[i], q.list[j]
	if c := a.at.Compare(b.at); c != 0 {
		return c < 0
	}
	return a.seq < b.seq
}
func (q *eventQueue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }
func (q *eventQueue) Push(x any)    { q.list = append(q.list, x.(event)) }
func (q *eventQueue) Pop() any {
	last := q.list[len(q.list)-1]
	q.list[len(q.list)-1] = event{}
	q.list = q.list[:len(q.list)-1]
	return last
}

// plan makes something happen at the given time.
func (w *world) plan(at time.Time, do func(now time.Time)) {
	w.events.seq++
	heap.Push(&w.events, event{at: at, seq: w.events.seq, do: do})
}

// advance lets everything happen that is due by now. The world has no clock of
// its own: it catches up whenever somebody looks.
func (w *world) advance(now time.Time) {
	for w.events.Len() > 0 && !w.events.list[0].at.After(now) {
		e := heap.Pop(&w.events).(event)
		e.do(e.at)
	}
}
