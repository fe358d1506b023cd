package cache

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"time"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// Every key is built and parsed in this file, and nowhere else: a key that is
// built in two places is one day built in two ways.
//
// Keys are compared byte by byte. So numbers are big-endian with the sign bit
// turned over, instants that run backwards are inverted, and only the last
// part of a key may have any length. IDs are foreign and may hold any byte.

// bucket names one bucket of the tree that doc.go draws.
type bucket int

const (
	ids bucket = iota
	conversations
	viewAll
	viewUnread
	viewUnanswered
	viewArchived
	viewProblems
	viewMine
	viewSnoozed
	viewDone
	viewUntold
	timeLeft
	labels
	messages
	places
	oldest

	marks
	drafts
	outbox
	outboxActive
	outboxOf
	syncs
	accounts
	waiting
	notes
	journal
	indexFiles

	buckets int = iota
)

// tree is where each bucket is: first what can be fetched again, then what
// cannot.
var tree = [buckets]struct{ top, name []byte }{
	ids:            {topFacts, []byte("ids")},
	conversations:  {topFacts, []byte("conversations")},
	viewAll:        {topFacts, []byte("view_all")},
	viewUnread:     {topFacts, []byte("view_unread")},
	viewUnanswered: {topFacts, []byte("view_unanswered")},
	viewArchived:   {topFacts, []byte("view_archived")},
	viewProblems:   {topFacts, []byte("view_problems")},
	viewMine:       {topFacts, []byte("view_mine")},
	viewSnoozed:    {topFacts, []byte("view_snoozed")},
	viewDone:       {topFacts, []byte("view_done")},
	viewUntold:     {topFacts, []byte("view_untold")},
	timeLeft:       {topFacts, []byte("time_left")},
	labels:         {topFacts, []byte("labels")},
	messages:       {topFacts, []byte("messages")},
	places:         {topFacts, []byte("places")},
	oldest:         {topFacts, []byte("oldest")},

	marks:        {topKept, []byte("marks")},
	drafts:       {topKept, []byte("drafts")},
	outbox:       {topKept, []byte("outbox")},
	outboxActive: {topKept, []byte("outbox_active")},
	outboxOf:     {topKept, []byte("outbox_of")},
	syncs:        {topKept, []byte("syncs")},
	accounts:     {topKept, []byte("accounts")},
	waiting:      {topKept, []byte("waiting")},
	notes:        {topKept, []byte("notes")},
	journal:      {topKept, []byte("journal")},
	indexFiles:   {topKept, []byte("index")},
}

var (
	topMeta  = []byte("meta")
	topFacts = []byte("facts")
	topKept  = []byte("kept")

	keySchema      = []byte("schema")       // in meta: the version of what is in kept
	keyFactsSchema = []byte("facts_schema") // in meta: the version of what is in facts
	keyScrub       = []byte("scrub")        // in meta: deleted text has still to be overwritten
	keyMend        = []byte("mend")         // in meta: a record or an index is damaged
	keyIndex       = []byte("index")        // in meta: how far the full-text index has been made
	keyTotals      = []byte("totals")       // in facts: sizes that are counted as they change
)

// fillPercent is how full a page is left when it is split. Where keys come in
// rising order, page halves left free, bbolt's default, would stay free.
func (b bucket) fillPercent() float64 {
	switch b {
	case conversations, messages, places:
		return 0.85
	}
	return bolt.DefaultFillPercent
}

// views are the views in the order of their counters in the totals and of their
// bits in a standing.
var views = [...]struct {
	view inbox.View
	in   bucket
}{
	{inbox.ViewAll, viewAll},
	{inbox.ViewUnread, viewUnread},
	{inbox.ViewUnanswered, viewUnanswered},
	{inbox.ViewArchived, viewArchived},
	{inbox.ViewProblems, viewProblems},
	{inbox.ViewMine, viewMine},
	{inbox.ViewSnoozed, viewSnoozed},
	{inbox.ViewDone, viewDone},
	{inbox.ViewUntold, viewUntold},
}

// standsIn are the views of which each conversation is in one, and in one only.
var standsIn = [...]bucket{viewAll, viewSnoozed, viewDone}

// bucketOf is the index of a view.
func bucketOf(v inbox.View) (b bucket, ok bool) {
	for _, known := range views {
		if known.view == v {
			return known.in, true
		}
	}
	return 0, false
}

// instantSize is the length of an instant in a key.
const instantSize = 8 + 4

// appendInstant writes a time such that earlier times come first: seconds,
// then nanoseconds. Any time.Time has its place, also the zero one.
func appendInstant(key []byte, t time.Time) []byte {
	key = binary.BigEndian.AppendUint64(key, uint64(t.Unix())^(1<<63))
	return binary.BigEndian.AppendUint32(key, uint32(t.Nanosecond()))
}

func parseInstant(key []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint64(key)^(1<<63)), int64(binary.BigEndian.Uint32(key[8:]))).UTC()
}

// appendInstantDown writes a time such that later times come first.
func appendInstantDown(key []byte, t time.Time) []byte {
	n := len(key)
	key = appendInstant(key, t)
	for i := n; i < len(key); i++ {
		key[i] = ^key[i]
	}
	return key
}

func parseInstantDown(key []byte) time.Time {
	var up [instantSize]byte
	for i := range up {
		up[i] = ^key[i]
	}
	return parseInstant(up[:])
}

// number stands for a conversation in the keys of its messages: four bytes
// instead of an ID of forty in each of them.
type number uint32

const numberSize = 4

func numberKey(n number) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

func parseNumber(key []byte) (n number, ok bool) {
	if len(key) < numberSize {
		return 0, false
	}
	return number(binary.BigEndian.Uint32(key)), true
}

// newestKey orders a view by the newest message, ties by ID.
func newestKey(at time.Time, id inbox.ConversationID) []byte {
	key := make([]byte, 0, instantSize+len(id))
	return append(appendInstantDown(key, at), id...)
}

func parseNewestKey(key []byte) (at time.Time, id inbox.ConversationID, ok bool) {
	if len(key) < instantSize {
		return time.Time{}, "", false
	}
	return parseInstantDown(key), inbox.ConversationID(key[instantSize:]), true
}

// wakeKey orders the snoozed ones by the time at which they come back.
func wakeKey(at time.Time, id inbox.ConversationID) []byte {
	key := make([]byte, 0, instantSize+len(id))
	return append(appendInstant(key, at), id...)
}

func parseWakeKey(key []byte) (at time.Time, id inbox.ConversationID, ok bool) {
	if len(key) < instantSize {
		return time.Time{}, "", false
	}
	return parseInstant(key), inbox.ConversationID(key[instantSize:]), true
}

// labelKey finds the conversations that have a label.
func labelKey(label string, id inbox.ConversationID) []byte {
	return append(appendPart(nil, label), id...)
}

func parseLabelKey(key []byte) (label string, id inbox.ConversationID, ok bool) {
	label, rest, ok := parsePart(key)
	return label, inbox.ConversationID(rest), ok
}

// The two stretches of the index by time left.
const (
	withEnd    = 1 // ordered by the end of the phase
	withoutEnd = 2 // ordered like a view
)

// endKey is the place of a conversation whose phase ends, in Unix ms.
func endKey(end int64, id inbox.ConversationID) []byte {
	key := make([]byte, 0, 1+8+len(id))
	key = append(key, withEnd)
	key = binary.BigEndian.AppendUint64(key, uint64(end)^(1<<63))
	return append(key, id...)
}

// endlessKey is the place of a conversation whose window has no end.
func endlessKey(at time.Time, id inbox.ConversationID) []byte {
	key := make([]byte, 0, 1+instantSize+len(id))
	key = append(key, withoutEnd)
	return append(appendInstantDown(key, at), id...)
}

// parseTimeLeftKey reads both kinds; end is MaxInt64 where there is none.
func parseTimeLeftKey(key []byte) (end int64, id inbox.ConversationID, ok bool) {
	switch {
	case len(key) >= 1+8 && key[0] == withEnd:
		return int64(binary.BigEndian.Uint64(key[1:]) ^ (1 << 63)), inbox.ConversationID(key[1+8:]), true
	case len(key) >= 1+instantSize && key[0] == withoutEnd:
		return math.MaxInt64, inbox.ConversationID(key[1+instantSize:]), true
	}
	return 0, "", false
}

// idOfIndexKey is the conversation of an index entry, as bytes of the key:
// filters look at it without a copy.
func idOfIndexKey(sort inbox.Sort, key []byte) (id []byte, ok bool) {
	n := instantSize
	if sort == inbox.SortTimeLeft {
		n = 1 + 8
		if len(key) > 0 && key[0] == withoutEnd {
			n = 1 + instantSize
		}
	}
	if len(key) < n {
		return nil, false
	}
	return key[n:], true
}

// idMatches tells whether the ID, "<account>/<platform>/…", is of the account
// and on the platform; empty ones match all.
func idMatches(id []byte, account inbox.AccountID, platform inbox.Platform) bool {
	a, rest, _ := bytes.Cut(id, []byte("/"))
	if account != "" && string(a) != string(account) {
		return false
	}
	p, _, _ := bytes.Cut(rest, []byte("/"))
	return platform == "" || string(p) == string(platform)
}

// A cursor is the key of a row behind a letter that names the order, so that a
// cursor of another list is found out.
func cursorOf(sort inbox.Sort, key []byte) inbox.Cursor {
	return inbox.Cursor(cursorLetter(sort) + string(key))
}

func parseCursor(sort inbox.Sort, c inbox.Cursor) (key []byte, ok bool) {
	rest, ok := strings.CutPrefix(string(c), cursorLetter(sort))
	if !ok {
		return nil, false
	}
	key = []byte(rest)
	switch sort {
	case inbox.SortTimeLeft:
		_, _, ok = parseTimeLeftKey(key)
	case inbox.SortWake:
		_, _, ok = parseWakeKey(key)
	default:
		_, _, ok = parseNewestKey(key)
	}
	return key, ok
}

func cursorLetter(sort inbox.Sort) string {
	switch sort {
	case inbox.SortTimeLeft:
		return "t"
	case inbox.SortWake:
		return "w"
	}
	return "n"
}

// noteKey orders the notes of a conversation as messageKey does the messages:
// what follows the prefix is the same, so that both can be read as one.
func noteKey(conversation inbox.ConversationID, p inbox.Position) []byte {
	return append(appendInstant(notePrefix(conversation), p.At), p.ID...)
}

// notePrefix begins the keys of all notes of a conversation.
func notePrefix(conversation inbox.ConversationID) []byte {
	return appendPart(nil, string(conversation))
}

// placeOf is what follows the prefix in the key of a message or note.
func placeOf(p inbox.Position) []byte { return append(appendInstant(nil, p.At), p.ID...) }

func parsePlace(place []byte) (p inbox.Position, ok bool) {
	if len(place) < instantSize {
		return p, false
	}
	return inbox.Position{At: parseInstant(place), ID: inbox.MessageID(place[instantSize:])}, true
}

// endOfThread is a place behind all messages and notes of a conversation.
var endOfThread = bytes.Repeat([]byte{0xff}, instantSize+1)

// messageKey orders the messages of a conversation by time, then ID.
func messageKey(n number, p inbox.Position) []byte {
	key := make([]byte, 0, numberSize+instantSize+len(p.ID))
	key = binary.BigEndian.AppendUint32(key, uint32(n))
	return append(appendInstant(key, p.At), p.ID...)
}

func parseMessageKey(key []byte) (n number, p inbox.Position, ok bool) {
	if len(key) < numberSize+instantSize {
		return 0, inbox.Position{}, false
	}
	n, _ = parseNumber(key)
	return n, inbox.Position{At: parseInstant(key[numberSize:]), ID: inbox.MessageID(key[numberSize+instantSize:])}, true
}

// placeKey leads from a message's ID to its instant.
func placeKey(n number, id inbox.MessageID) []byte {
	key := make([]byte, 0, numberSize+len(id))
	return append(binary.BigEndian.AppendUint32(key, uint32(n)), id...)
}

// oldestKey orders conversations by their oldest message.
func oldestKey(at time.Time, n number) []byte {
	key := make([]byte, 0, instantSize+numberSize)
	return binary.BigEndian.AppendUint32(appendInstant(key, at), uint32(n))
}

func parseOldestKey(key []byte) (at time.Time, n number, ok bool) {
	if len(key) != instantSize+numberSize {
		return time.Time{}, 0, false
	}
	n, _ = parseNumber(key[instantSize:])
	return parseInstant(key), n, true
}

// A part of a key that others follow ends with 0x00 0x01, and a zero byte in
// it is written as 0x00 0xff: no part is the beginning of another one, and the
// order stays that of the texts.
func appendPart(key []byte, part string) []byte {
	for i := range len(part) {
		key = append(key, part[i])
		if part[i] == 0 {
			key = append(key, 0xff)
		}
	}
	return append(key, 0x00, 0x01)
}

func parsePart(key []byte) (part string, rest []byte, ok bool) {
	var b strings.Builder
	for {
		i := bytes.IndexByte(key, 0)
		if i < 0 || i+1 >= len(key) {
			return "", nil, false
		}
		b.Write(key[:i])
		switch key[i+1] {
		case 0x01:
			return b.String(), key[i+2:], true
		case 0xff:
			b.WriteByte(0)
		default:
			return "", nil, false
		}
		key = key[i+2:]
	}
}

// outboxOfKey finds the items of a conversation; without an item it is the
// beginning of all their keys.
func outboxOfKey(conversation inbox.ConversationID, item inbox.OutboxID) []byte {
	return append(appendPart(nil, string(conversation)), item...)
}

func parseOutboxOfKey(key []byte) (conversation inbox.ConversationID, item inbox.OutboxID, ok bool) {
	c, rest, ok := parsePart(key)
	return inbox.ConversationID(c), inbox.OutboxID(rest), ok
}

// syncKey is the key of a repeated request; syncPrefix begins all those of an
// account.
func syncKey(k inbox.SyncKey) []byte {
	return append(appendPart(syncPrefix(k.Account), string(k.Platform)), k.Request...)
}

func syncPrefix(account inbox.AccountID) []byte { return appendPart(nil, string(account)) }

func parseSyncKey(key []byte) (k inbox.SyncKey, ok bool) {
	account, rest, ok := parsePart(key)
	if !ok {
		return k, false
	}
	platform, rest, ok := parsePart(rest)
	return inbox.SyncKey{Account: inbox.AccountID(account), Platform: inbox.Platform(platform), Request: string(rest)}, ok
}

// The key of what waits for a message is built like that of a request.
func waitKey(k inbox.WaitKey) []byte {
	return syncKey(inbox.SyncKey{Account: k.Account, Platform: k.Platform, Request: string(k.Message)})
}

// waitPrefix begins the keys of all that waits on a platform of an account; on
// all of them with platform "".
func waitPrefix(account inbox.AccountID, platform inbox.Platform) []byte {
	if platform == "" {
		return syncPrefix(account)
	}
	return appendPart(syncPrefix(account), string(platform))
}

func parseWaitKey(key []byte) (k inbox.WaitKey, ok bool) {
	s, ok := parseSyncKey(key)
	return inbox.WaitKey{Account: s.Account, Platform: s.Platform, Message: inbox.MessageID(s.Request)}, ok
}

// journalKey is the key of a note: the number of touches up to and with it.
func journalKey(touches uint64) []byte { return binary.BigEndian.AppendUint64(nil, touches) }

func parseJournalKey(key []byte) (touches uint64, ok bool) {
	if len(key) != 8 {
		return 0, false
	}
	return binary.BigEndian.Uint64(key), true
}
