package cache

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/inbox"
)

// FindConversations looks for the conversation that a text names. No record is
// decoded until it is known which are wanted.
func (t *tx) FindConversations(text string, limit int) ([]inbox.Conversation, error) {
	if c, found, err := t.Conversation(inbox.ConversationID(text)); found || err != nil {
		return []inbox.Conversation{c}[:min(max(limit, 0), 1)], err
	}
	wanted := fold(strings.TrimSpace(text))
	if wanted == "" {
		return nil, nil
	}
	f := finder{remoteID: text, customers: t.numbersOfCustomer(text), name: []byte(wanted), limit: limit}
	for _, b := range standsIn {
		c := t.in(b).Cursor()
		var found [len(f.found)]int
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if b == viewSnoozed { // in another order: the newest can be the last
				k = t.newestOf(k, v)
				clear(found[:])
			}
			f.look(k, v, &found)
		}
	}
	return t.conversationsOf(f.best()), nil
}

// newestOf is the key by the newest message of a snoozed conversation: those are
// ordered otherwise. They are few.
func (t *tx) newestOf(wake, entry []byte) []byte {
	_, id, ok := parseWakeKey(wake)
	n, _, _, has := decodeEntry(entry)
	if s := t.standing(n); ok && has && s != nil {
		return newestKey(s.at, id)
	}
	return newestKey(time.Time{}, id)
}

// The ranks of a find: the first that has anything wins.
const (
	sameRemoteID = iota
	sameCustomer
	sameName
	partOfName
	ranks
)

// finder collects what a text may mean, by rank.
type finder struct {
	remoteID  string
	customers map[number]bool // conversations with the customer of that ID
	name      []byte
	limit     int
	found     [ranks][]candidate
}

// numbersOfCustomer finds the conversations whose customer has the provider's
// id. No index has it: so the records are searched, without reading them.
func (t *tx) numbersOfCustomer(customer string) map[number]bool {
	quoted, err := json.Marshal(customer)
	if err != nil {
		return nil
	}
	wanted := append([]byte(`"participant":{"id":`), quoted...)
	found := map[number]bool{}
	c := t.in(conversations).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if n, ok := parseNumber(k); ok && bytes.Contains(v, wanted) {
			found[n] = true
		}
	}
	return found
}

type candidate struct {
	key []byte // in a view: newest first
	n   number
}

// look files an index entry under its rank. found counts what the index has
// given per rank: more than the limit of each is never wanted.
func (f *finder) look(key, entry []byte, found *[ranks]int) {
	n, _, text, ok := decodeEntry(entry)
	if !ok {
		return
	}
	rank := f.rank(n, key, text)
	if rank == ranks || found[rank] >= f.limit {
		return
	}
	found[rank]++
	f.found[rank] = append(f.found[rank], candidate{bytes.Clone(key), n})
}

func (f *finder) rank(n number, key, text []byte) int {
	if id, ok := idOfIndexKey(inbox.SortNewest, key); ok && bytes.HasSuffix(id, []byte("/"+f.remoteID)) && inbox.ConversationID(id).RemoteID() == f.remoteID {
		return sameRemoteID
	}
	if f.customers[n] {
		return sameCustomer
	}
	name, rest, _ := bytes.Cut(text, []byte{0})
	username, _, _ := bytes.Cut(rest, []byte{0})
	switch {
	case bytes.Equal(name, f.name), bytes.Equal(username, f.name), len(username) > 0 && bytes.Equal(username[1:], f.name):
		return sameName
	case bytes.Contains(name, f.name), bytes.Contains(username, f.name):
		return partOfName
	}
	return ranks
}

func (f *finder) best() []candidate {
	for _, found := range f.found {
		if len(found) > 0 {
			slices.SortFunc(found, func(a, b candidate) int { return bytes.Compare(a.key, b.key) })
			return found[:min(f.limit, len(found))]
		}
	}
	return nil
}

func (t *tx) conversationsOf(found []candidate) (all []inbox.Conversation) {
	for _, f := range found {
		_, id, _ := parseNewestKey(f.key)
		if c, ok := t.conversation(f.n, id); ok {
			all = append(all, c)
		}
	}
	return all
}
