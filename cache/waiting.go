package cache

import (
	"bytes"
	"encoding/json"
	"slices"

	"parley/inbox"
)

// Events whose message is not known yet. No provider tells them again, so they
// are kept.

// Waiting are the events that wait for a message.
func (t *tx) Waiting(key inbox.WaitKey) ([]inbox.EventFact, error) {
	record := t.in(waiting).Get(waitKey(key))
	if record == nil {
		return nil, nil
	}
	var events []inbox.EventFact
	if err := json.Unmarshal(record, &events); err != nil {
		return nil, t.unreadable("events that wait for", string(key.Message), err)
	}
	for i := range events {
		events[i].Message = key.Message
	}
	return events, nil
}

// AllWaiting are the messages of an account, or of all, that events wait for.
func (t *tx) AllWaiting(account inbox.AccountID) (keys []inbox.WaitKey, err error) {
	var prefix []byte
	if account != "" {
		prefix = waitPrefix(account, "")
	}
	c := t.in(waiting).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if key, ok := parseWaitKey(k); ok {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// PutWaiting stores all the events that wait for a message.
func (t *tx) PutWaiting(key inbox.WaitKey, events []inbox.EventFact) error {
	if key.Account == "" || key.Message == "" {
		return nameless("waiting event")
	}
	if len(events) == 0 {
		return t.in(waiting).Delete(waitKey(key))
	}
	record, err := json.Marshal(events)
	if err != nil {
		return err
	}
	return t.in(waiting).Put(waitKey(key), record)
}

// deleteWaitingOf removes the events of a conversation: they name a customer
// too. What cannot be read names nobody.
func (t *tx) deleteWaitingOf(id inbox.ConversationID) error {
	account, platform, remote, _ := id.Split()
	quoted, err := json.Marshal(remote)
	if err != nil {
		return err
	}
	var concerned []inbox.WaitKey
	prefix := waitPrefix(account, platform)
	c := t.in(waiting).Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if key, ok := parseWaitKey(k); ok && bytes.Contains(v, quoted) {
			concerned = append(concerned, key)
		}
	}
	for _, key := range concerned {
		events, err := t.Waiting(key)
		if err != nil {
			continue
		}
		events = slices.DeleteFunc(events, func(ev inbox.EventFact) bool { return ev.RemoteID == remote })
		if err := t.PutWaiting(key, events); err != nil {
			return err
		}
	}
	return nil
}
