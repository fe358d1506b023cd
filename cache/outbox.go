package cache

import (
	"bytes"
	"encoding/json"

	"parley/inbox"
)

// What agents have typed cannot be fetched again: a record here that cannot be
// read is an error, and nothing is dropped.

// OutboxItem reads an item.
func (t *tx) OutboxItem(id inbox.OutboxID) (inbox.OutboxItem, bool, error) {
	record := t.in(outbox).Get([]byte(id))
	if record == nil {
		return inbox.OutboxItem{}, false, nil
	}
	item, err := decodeItem(id, record)
	if err != nil {
		return inbox.OutboxItem{}, false, t.unreadable("outbox item", string(id), err)
	}
	return item, true, nil
}

// OutboxActive lists items that are not sent, oldest first.
func (t *tx) OutboxActive(conversation inbox.ConversationID) ([]inbox.OutboxItem, error) {
	if conversation == "" {
		return t.items(t.activeIDs())
	}
	var active []inbox.OutboxID
	for _, id := range t.itemsOf(conversation) {
		if t.in(outboxActive).Get([]byte(id)) != nil {
			active = append(active, id)
		}
	}
	return t.items(active)
}

func (t *tx) activeIDs() (all []inbox.OutboxID) {
	c := t.in(outboxActive).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		all = append(all, inbox.OutboxID(k))
	}
	return all
}

// itemsOf lists the items of a conversation, oldest first.
func (t *tx) itemsOf(conversation inbox.ConversationID) (all []inbox.OutboxID) {
	prefix := outboxOfKey(conversation, "")
	c := t.in(outboxOf).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		all = append(all, inbox.OutboxID(k[len(prefix):]))
	}
	return all
}

func (t *tx) items(ids []inbox.OutboxID) ([]inbox.OutboxItem, error) {
	var items []inbox.OutboxItem
	for _, id := range ids {
		item, found, err := t.OutboxItem(id)
		if err != nil {
			return nil, err
		}
		if found {
			items = append(items, item)
		}
	}
	return items, nil
}

// OutboxRecent lists all items, newest first.
func (t *tx) OutboxRecent(limit int) ([]inbox.OutboxItem, error) {
	var recent []inbox.OutboxID
	c := t.in(outbox).Cursor()
	for k, _ := c.Last(); k != nil && len(recent) < limit; k, _ = c.Prev() {
		recent = append(recent, inbox.OutboxID(k))
	}
	return t.items(recent)
}

// PutOutboxItem stores an item.
func (t *tx) PutOutboxItem(item inbox.OutboxItem) error {
	if item.ID == "" || item.Conversation == "" {
		return nameless("outbox item")
	}
	record, err := encodeItem(item)
	if err != nil {
		return err
	}
	key := []byte(item.ID)
	if err := t.in(outbox).Put(key, record); err != nil {
		return err
	}
	if err := t.in(outboxOf).Put(outboxOfKey(item.Conversation, item.ID), []byte{}); err != nil {
		return err
	}
	if item.State() == inbox.StateSent {
		return t.in(outboxActive).Delete(key)
	}
	return t.in(outboxActive).Put(key, []byte{})
}

// DeleteOutboxItem removes an item.
func (t *tx) DeleteOutboxItem(id inbox.OutboxID) error {
	item, found, err := t.OutboxItem(id)
	if err != nil || !found {
		return err
	}
	return t.deleteItem(item.Conversation, id)
}

func (t *tx) deleteItem(conversation inbox.ConversationID, id inbox.OutboxID) error {
	if err := t.in(outboxOf).Delete(outboxOfKey(conversation, id)); err != nil {
		return err
	}
	if err := t.in(outboxActive).Delete([]byte(id)); err != nil {
		return err
	}
	return t.in(outbox).Delete([]byte(id))
}

// deleteItemsOf removes all items of a conversation, also those that cannot be
// read.
func (t *tx) deleteItemsOf(conversation inbox.ConversationID) error {
	for _, id := range t.itemsOf(conversation) {
		if err := t.deleteItem(conversation, id); err != nil {
			return err
		}
	}
	return nil
}

// Draft reads what an agent has typed.
func (t *tx) Draft(id inbox.ConversationID) (d inbox.Draft, found bool, err error) {
	record := t.in(drafts).Get([]byte(id))
	if record == nil {
		return d, false, nil
	}
	if err := json.Unmarshal(record, &d); err != nil {
		return inbox.Draft{}, false, t.unreadable("draft of", string(id), err)
	}
	d.Conversation = id
	return d, true, nil
}

// PutDraft stores a draft, or removes it when it is blank.
func (t *tx) PutDraft(d inbox.Draft) error {
	switch {
	case d.Conversation == "":
		return nameless("draft")
	case d.Blank():
		return t.in(drafts).Delete([]byte(d.Conversation))
	}
	record, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return t.in(drafts).Put([]byte(d.Conversation), record)
}
