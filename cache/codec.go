package cache

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/fnv"
	"strings"
	"time"

	"parley/inbox"
)

// Records are JSON behind a few bytes that are needed without reading it: a
// version, and for a conversation what its places in the indexes are made of.
// IDs that are in the key, or in those bytes, are left out of the JSON: JSON
// would replace bytes that are not UTF-8.

// A version is the first byte of every record of facts. A record with one that
// is not known here counts as not there.
const (
	messageVersion       = 1
	conversationVersion  = 2
	conversationVersion1 = 1 // its standing knew five views and no snooze
)

var errRecord = errors.New("not a record of this version")

// encodeMessage leaves out the two IDs: they are the key.
func encodeMessage(m inbox.Message) ([]byte, error) {
	m.ID = ""
	text, err := json.Marshal(m)
	return append([]byte{messageVersion}, text...), err
}

func decodeMessage(record []byte) (m inbox.Message, err error) {
	if len(record) == 0 || record[0] != messageVersion {
		return m, errRecord
	}
	err = json.Unmarshal(record[1:], &m)
	return m, err
}

// standing is what a conversation's places in the indexes are made of. It
// precedes the record, so that a change finds the old places without decoding.
type standing struct {
	views   uint16 // bit i: it is in views[i]
	limited bool   // the window ends
	closed  bool   // closed whatever the clock says
	at      time.Time
	open    int64 // Unix ms
	late    int64
	wake    time.Time // when it comes back; zero: it is not snoozed
	text    uint64    // hash of the searched text
}

const (
	standingSize  = 2 + 1 + instantSize + 8 + 8 + instantSize + 8
	standingSize1 = 1 + 1 + instantSize + 8 + 8 + 8
)

func standingOf(c inbox.Conversation, w inbox.WindowEnds, text []byte) standing {
	s := standing{limited: w.Limited, closed: w.Closed, at: c.LastActivity(), open: w.Open, late: max(w.Open, w.Late), wake: c.Triage.SnoozedUntil}
	for i, v := range views {
		if c.In(v.view) {
			s.views |= 1 << i
		}
	}
	h := fnv.New64a()
	h.Write(text)
	s.text = h.Sum64()
	return s
}

func (s standing) in(b bucket) bool {
	for i, v := range views {
		if v.in == b {
			return s.views&(1<<i) != 0
		}
	}
	return false
}

func (s standing) append(record []byte) []byte {
	var bits byte
	if s.limited {
		bits |= 1
	}
	if s.closed {
		bits |= 2
	}
	record = binary.BigEndian.AppendUint16(record, s.views)
	record = appendInstant(append(record, bits), s.at)
	record = binary.BigEndian.AppendUint64(record, uint64(s.open))
	record = binary.BigEndian.AppendUint64(record, uint64(s.late))
	record = appendInstant(record, s.wake)
	return binary.BigEndian.AppendUint64(record, s.text)
}

func parseStanding(b []byte) standing {
	s := standing{views: binary.BigEndian.Uint16(b), limited: b[2]&1 != 0, closed: b[2]&2 != 0, at: parseInstant(b[3:])}
	b = b[3+instantSize:]
	s.open, s.late = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:]))
	s.wake = parseInstant(b[16:])
	s.text = binary.BigEndian.Uint64(b[16+instantSize:])
	return s
}

// parseStanding1 reads what can be of use of the form before: its indexes are
// made anew before anybody looks for the places in them.
func parseStanding1(b []byte) standing {
	s := standing{views: uint16(b[0]), limited: b[1]&1 != 0, closed: b[1]&2 != 0, at: parseInstant(b[2:])}
	b = b[2+instantSize:]
	s.open, s.late = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:]))
	s.text = binary.BigEndian.Uint64(b[16:])
	return s
}

func encodeConversation(c inbox.Conversation, s standing) ([]byte, error) {
	id := c.ID
	c.ID = ""
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	record := make([]byte, 0, 1+standingSize+binary.MaxVarintLen32+len(id)+len(text))
	record = s.append(append(record, conversationVersion))
	return append(appendText(record, string(id)), text...), nil
}

// conversationHead reads what precedes the JSON.
func conversationHead(record []byte) (s standing, id inbox.ConversationID, text []byte, err error) {
	var rest []byte
	switch {
	case len(record) >= 1+standingSize && record[0] == conversationVersion:
		s, rest = parseStanding(record[1:]), record[1+standingSize:]
	case len(record) >= 1+standingSize1 && record[0] == conversationVersion1:
		s, rest = parseStanding1(record[1:]), record[1+standingSize1:]
	default:
		return s, "", nil, errRecord
	}
	name, text, ok := cutText(rest)
	if !ok {
		return s, "", nil, errRecord
	}
	return s, inbox.ConversationID(name), text, nil
}

func decodeConversation(record []byte) (c inbox.Conversation, err error) {
	_, id, text, err := conversationHead(record)
	if err != nil {
		return c, err
	}
	err = json.Unmarshal(text, &c)
	c.ID = id
	return c, err
}

// appendText and cutText write and read a text behind its length.
func appendText(record []byte, text string) []byte {
	return append(binary.AppendUvarint(record, uint64(len(text))), text...)
}

func cutText(record []byte) (text string, rest []byte, ok bool) {
	n, size := binary.Uvarint(record)
	if size <= 0 || n > uint64(len(record)-size) {
		return "", nil, false
	}
	record = record[size:]
	return string(record[:n]), record[n:], true
}

// searchedText is what a list is searched in: each field folded, with a zero
// byte behind it, which no word that is looked for can hold.
func searchedText(c inbox.Conversation) []byte {
	var text []byte
	user := c.Participant.Username
	if user != "" {
		user = "@" + user
	}
	for _, field := range []string{c.Participant.Name, user, c.Last.Text, string(c.ID)} {
		text = append(append(text, fold(field)...), 0)
	}
	return text
}

// fold makes upper and lower case the same.
func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "\x00", " ") }

// An index entry leads to the conversation's number, and carries the searched
// text and, in the index by time left, the end of the open phase.
func encodeEntry(n number, open int64, text []byte) []byte {
	entry := make([]byte, 0, numberSize+8+len(text))
	entry = binary.BigEndian.AppendUint32(entry, uint32(n))
	entry = binary.BigEndian.AppendUint64(entry, uint64(open))
	return append(entry, text...)
}

func decodeEntry(entry []byte) (n number, open int64, text []byte, ok bool) {
	if len(entry) < numberSize+8 {
		return 0, 0, nil, false
	}
	n, _ = parseNumber(entry)
	return n, int64(binary.BigEndian.Uint64(entry[numberSize:])), entry[numberSize+8:], true
}

// mark is the part of a conversation that belongs to the agents. It is kept
// apart from the facts, and outlives them.
type mark struct {
	Provider   string             `json:"provider,omitempty"`
	Unread     int                `json:"unread,omitempty"`
	MarkedRead time.Time          `json:"marked_read,omitzero"`
	Draft      string             `json:"draft,omitempty"`
	Outbox     inbox.OutboxCounts `json:"outbox,omitzero"`
	Triage     inbox.Triage       `json:"triage,omitzero"`
}

func markOf(c inbox.Conversation) mark {
	return mark{Provider: c.Provider, Unread: c.Unread, MarkedRead: c.MarkedRead, Draft: c.Draft, Outbox: c.Outbox, Triage: c.Triage}
}

// worthless tells that nothing would be lost with the mark.
func (m mark) worthless() bool {
	return m.Unread == 0 && m.MarkedRead.IsZero() && m.Draft == "" && m.Outbox == inbox.OutboxCounts{} && m.Triage.IsZero()
}

// conversation is what remains of one whose facts are lost.
func (m mark) conversation(id inbox.ConversationID) inbox.Conversation {
	return inbox.Conversation{ID: id, Provider: m.Provider, Unread: m.Unread, MarkedRead: m.MarkedRead, Draft: m.Draft, Outbox: m.Outbox, Triage: m.Triage}
}

// An outbox item's conversation stands before the JSON, for the same reason as
// the IDs of facts.
func encodeItem(item inbox.OutboxItem) ([]byte, error) {
	conversation := item.Conversation
	item.ID, item.Conversation = "", ""
	text, err := json.Marshal(item)
	return append(appendText(nil, string(conversation)), text...), err
}

func decodeItem(id inbox.OutboxID, record []byte) (item inbox.OutboxItem, err error) {
	conversation, text, ok := cutText(record)
	if !ok {
		return item, errRecord
	}
	err = json.Unmarshal(text, &item)
	item.ID, item.Conversation = id, inbox.ConversationID(conversation)
	return item, err
}

// windows are the ends that the standing was made of.
func (s standing) windows() inbox.WindowEnds {
	return inbox.WindowEnds{Limited: s.limited, Closed: s.closed, Open: s.open, Late: s.late}
}
