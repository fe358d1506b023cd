package sim

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"time"

	"parley/inbox"
)

// This file has the answers of GET /messages. An answer is a snapshot, not bytes:
// it is written out of the world as often as it is asked for, so that even one of
// a million messages costs little memory and stays the same until its nextUpdate.

// answerCache keeps answers until their nextUpdate, per profile and query.
type answerCache map[answerKey]*answer

type answerKey struct {
	profile string
	query   readQuery
}

// answer is the state of the world at one moment, as far as one query shows it.
// It is written from there as often as it is asked for, always with the same
// bytes, and without holding a large body in memory.
type answer struct {
	w           *world
	query       readQuery
	lastUpdated time.Time
	nextUpdate  time.Time
	nextField   string // what a fault says instead of nextUpdate
	strange     bool   // by a fault: unknown fields, ids as numbers
	served      bool   // it has been given out before

	live          []*message // newest first
	history       []historyEntry
	edits         map[ref]*message
	archived      map[*conversation]bool
	conversations []wireConversation
	more          *cursor
}

// answer returns the cached state for the query, or takes a new one.
func (s *Server) answer(q readQuery, profile string, now time.Time) (*answer, error) {
	key := answerKey{profile, q}
	if a, ok := s.cache[key]; ok && now.Before(a.nextUpdate) && !now.Before(a.lastUpdated) {
		return a, nil
	}
	maps.DeleteFunc(s.cache, func(_ answerKey, a *answer) bool { return !now.Before(a.nextUpdate) })
	a := &answer{w: s.world, query: q, lastUpdated: now, nextUpdate: now.Add(s.cacheTimeOf(q.platform))}
	if err := a.take(); err != nil {
		return nil, err
	}
	s.cache[key] = a
	return a, nil
}

func (s *Server) cacheTimeOf(p inbox.Platform) time.Duration {
	switch {
	case s.opts.CacheTime != 0:
		return s.opts.CacheTime
	case p == inbox.Twitter:
		return cacheTimeX
	}
	return cacheTime
}

// take copies out of the world what the query shows.
func (a *answer) take() error {
	from, err := openCursor(a.query)
	if err != nil {
		return err
	}
	f := a.w.feeds[a.query.platform]
	a.edits, a.archived = f.edits, f.archived
	if a.query.listOnly {
		a.takeConversations(from)
		return nil
	}
	if a.query.conversation != "" {
		a.takeThread()
	} else {
		a.history = a.w.historyIndex(a.query.platform)
		a.live = slices.Clone(f.live)
	}
	slices.Reverse(a.live)
	a.cutPage(from)
	return nil
}

// takeThread narrows the answer to one conversation; one that is not known
// here has no messages.
func (a *answer) takeThread() {
	c, ok := a.w.byID[a.query.conversation]
	if !ok || c.platform != a.query.platform {
		return
	}
	a.live = slices.Clone(c.live)
	c.historyOf(func(k int32, at int64) {
		a.history = append(a.history, historyEntry{at: at, ref: ref{conv: c, k: k}})
	})
}

// cutPage keeps one page of X's messages, and where the next begins. A cursor
// names the last message that was told, so what arrives in between moves
// nothing.
func (a *answer) cutPage(from cursor) {
	if a.query.limit == 0 && a.query.next == "" {
		return
	}
	a.live = a.live[sort.Search(len(a.live), func(i int) bool { return from.before(a.live[i].at, a.live[i].id) }):]
	a.history = a.history[sort.Search(len(a.history), func(i int) bool { return from.before(a.history[i].at, a.history[i].id()) }):]
	limit := a.query.limit
	if limit == 0 {
		limit = largestPage
	}
	var page []*message
	for m := range a.messages() {
		if len(page) == limit {
			last := page[limit-1]
			a.more = &cursor{At: last.at, ID: last.id}
			break
		}
		page = append(page, m)
	}
	a.live, a.history = page, nil
}

// messages are those of the answer, newest first.
func (a *answer) messages() func(yield func(*message) bool) {
	return func(yield func(*message) bool) {
		live, history := a.live, a.history
		for len(live) > 0 || len(history) > 0 {
			if len(history) == 0 || (len(live) > 0 && live[0].isNewer(history[0])) {
				m := live[0]
				live = live[1:]
				if a.shows(m) && !yield(m) {
					return
				}
				continue
			}
			e := history[0]
			history = history[1:]
			if m := a.recall(e); a.shows(m) && !yield(m) {
				return
			}
		}
	}
}

// shows tells whether the message is there, in a conversation of the status that
// was asked for.
func (a *answer) shows(m *message) bool {
	return a.archived[m.conv] == a.query.archived && !m.unsent
}

// recall computes a message of the history.
func (a *answer) recall(e historyEntry) *message {
	if m, ok := a.edits[e.ref]; ok {
		return m
	}
	return a.w.compose(e.conv, e.k, e.at)
}

// write tells the answer as JSON, message by message.
func (a *answer) write(out io.Writer) error {
	if a.query.listOnly {
		return a.writeConversations(out)
	}
	if _, err := io.WriteString(out, `{"status":"success","messages":[`); err != nil {
		return err
	}
	count, err := a.writeMessages(out)
	if err != nil {
		return err
	}
	_, err = out.Write(slices.Concat([]byte("]"), a.trailer(count), []byte("}\n")))
	return err
}

func (a *answer) writeMessages(out io.Writer) (count int, err error) {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	for m := range a.messages() {
		line.Reset()
		if count > 0 {
			line.WriteByte(',')
		}
		if err := enc.Encode(a.w.wire(m)); err != nil {
			return count, err
		}
		count++
		element := bytes.TrimRight(line.Bytes(), "\n")
		if a.strange {
			element = estrange(element)
		}
		if _, err := out.Write(element); err != nil {
			return count, err
		}
	}
	return count, nil
}

// numericID is an id that would also be a number. Numbers as long as X's do not
// fit a float64.
var numericID = regexp.MustCompile(`"(id|senderId|recipientId)":"(\d{1,19})"`)

// estrange makes of a message what an API may do some day without asking.
func estrange(element []byte) []byte {
	element = numericID.ReplaceAll(element, []byte(`"$1":$2`))
	return append(bytes.TrimSuffix(element, []byte("}")), `,"mood":{"guess":["calm",null,1e3]},"pinned":false}`...)
}

// trailer are the fields after the list.
func (a *answer) trailer(count int) []byte {
	var b bytes.Buffer
	if a.query.platform != inbox.Facebook && !a.query.listOnly {
		b.WriteString(`,"messagesCount":` + strconv.Itoa(count))
	}
	if a.query.limit > 0 || a.query.next != "" {
		b.WriteString(`,"meta":{"pagination":{`)
		if a.more != nil {
			b.WriteString(`"next":` + strconv.Quote(a.more.seal(a.query)) + `,`)
		}
		b.WriteString(`"hasMore":` + strconv.FormatBool(a.more != nil) + `}}`)
	}
	b.WriteString(`,"lastUpdated":` + strconv.Quote(stamp(a.lastUpdated.UnixMilli())))
	b.WriteString(a.nextUpdateField())
	return b.Bytes()
}

// nextUpdateField is the truth, or what a fault says instead.
func (a *answer) nextUpdateField() string {
	next := a.nextUpdate
	switch a.nextField {
	case "missing":
		return ""
	case "garbage":
		return `,"nextUpdate":"soon"`
	case "past":
		next = a.lastUpdated.Add(-time.Hour)
	case "far":
		next = a.lastUpdated.Add(time.Hour)
	}
	return `,"nextUpdate":` + strconv.Quote(stamp(next.UnixMilli()))
}

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format(timeFormat) }
