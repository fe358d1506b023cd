package cache

import (
	"bytes"
	"slices"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
)

// Not all facts can be fetched again. A provider without a history tells by
// webhook only, and once. The cache does not know providers, but it knows what
// was read: an account without the state of any request has never been. Its
// conversations are brought over when the version of the facts changes.

// carried is a conversation with all its messages.
type carried struct {
	conversation inbox.Conversation
	windows      inbox.WindowEnds
	messages     []inbox.Message
}

// unrepeatable reads the conversations of accounts that have never been read. A
// damaged record is left behind; one of a version that this program cannot read
// is an error, so that the file stays as it is.
func (t *tx) unrepeatable() (all []carried, err error) {
	facts := t.bolt.Bucket(topFacts)
	if facts == nil || facts.Bucket(tree[ids].name) == nil || facts.Bucket(tree[conversations].name) == nil || facts.Bucket(tree[messages].name) == nil {
		return nil, nil
	}
	read := map[inbox.AccountID]bool{}
	c := facts.Bucket(tree[ids].name).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		id := inbox.ConversationID(bytes.Clone(k))
		n, ok := parseNumber(v)
		account := id.Account()
		if _, known := read[account]; !known {
			read[account] = wasRead(t.in(syncs), account)
		}
		if !ok || read[account] {
			continue
		}
		one, err := t.carry(facts, n, id)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// wasRead tells whether any request of an account was ever made.
func wasRead(syncs *bolt.Bucket, account inbox.AccountID) bool {
	prefix := syncPrefix(account)
	k, _ := syncs.Cursor().Seek(prefix)
	return bytes.HasPrefix(k, prefix)
}

func (t *tx) carry(facts *bolt.Bucket, n number, id inbox.ConversationID) (one carried, err error) {
	record := facts.Bucket(tree[conversations].name).Get(numberKey(n))
	if !known(record, conversationVersion, conversationVersion1) {
		return one, errCarry(id)
	}
	if one.conversation, err = decodeConversation(record); err == nil {
		s, _, _, _ := conversationHead(record)
		one.windows = s.windows()
	} else {
		m, _ := t.mark(id)
		one.conversation = m.conversation(id)
	}
	prefix := numberKey(n)
	c := facts.Bucket(tree[messages].name).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		_, p, ok := parseMessageKey(k)
		if !known(v, messageVersion) {
			return one, errCarry(id)
		}
		m, err := decodeMessage(v)
		if err != nil || !ok {
			continue
		}
		m.Conversation, m.ID = id, p.ID
		one.messages = append(one.messages, m)
	}
	return one, nil
}

// known tells that a record is damaged, if it cannot be decoded, and not of
// another version. One that is not there is no record of another version.
func known(record []byte, versions ...byte) bool {
	return len(record) == 0 || slices.Contains(versions, record[0])
}

func errCarry(id inbox.ConversationID) error {
	return inbox.Errorf(inbox.Unsupported, "the cache holds conversations of account %s, which nobody tells again, in a form that this parley cannot read", id.Account()).
		WithHint("use the parley that wrote them, or another folder with --data")
}

// carryOver stores what was brought over.
func (t *tx) carryOver(all []carried) error {
	for _, one := range all {
		for _, m := range one.messages {
			if err := t.PutMessage(m); err != nil {
				return err
			}
		}
		if err := t.PutConversation(one.conversation, one.windows); err != nil {
			return err
		}
	}
	return nil
}
