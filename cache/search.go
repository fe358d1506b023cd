package cache

import (
	"bytes"
	"slices"
	"strings"

	"parley/inbox"
)

// FindConversations looks for the conversation that a text names. Only the
// index entries are read, until it is known which records are wanted.
func (t *tx) FindConversations(text string, limit int) ([]inbox.Conversation, error) {
	if c, found, err := t.Conversation(inbox.ConversationID(text)); found || err != nil {
		return []inbox.Conversation{c}[:min(max(limit, 0), 1)], err
	}
	wanted := fold(strings.TrimSpace(text))
	if wanted == "" {
		return nil, nil
	}
	f := finder{remoteID: text, name: []byte(wanted), limit: limit}
	for _, b := range []bucket{viewAll, viewArchived} {
		c := t.in(b).Cursor()
		var found [len(f.found)]int
		for k, v := c.First(); k != nil; k, v = c.Next() {
			f.look(k, v, &found)
		}
	}
	return t.conversationsOf(f.best()), nil
}

// The ranks of a find: the first that has anything wins.
const (
	sameRemoteID = iota
	sameName
	partOfName
	ranks
)

// finder collects what a text may mean, by rank.
type finder struct {
	remoteID string
	name     []byte
	limit    int
	found    [ranks][]candidate
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
	rank := f.rank(key, text)
	if rank == ranks || found[rank] >= f.limit {
		return
	}
	found[rank]++
	f.found[rank] = append(f.found[rank], candidate{bytes.Clone(key), n})
}

func (f *finder) rank(key, text []byte) int {
	if id, ok := idOfIndexKey(inbox.SortNewest, key); ok && bytes.HasSuffix(id, []byte("/"+f.remoteID)) && inbox.ConversationID(id).RemoteID() == f.remoteID {
		return sameRemoteID
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
