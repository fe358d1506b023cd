package cache

import (
	"bytes"
	"encoding/json"

	"parley/inbox"
)

// What has to be remembered of requests and accounts, so that a second run of
// the program asks no earlier than the first one would have.

// SyncState reads what is known of a repeated request.
func (t *tx) SyncState(key inbox.SyncKey) (s inbox.SyncState, found bool, err error) {
	record := t.in(syncs).Get(syncKey(key))
	if record == nil {
		return s, false, nil
	}
	s, err = t.decodeSync(key, record)
	return s, err == nil, err
}

func (t *tx) decodeSync(key inbox.SyncKey, record []byte) (s inbox.SyncState, err error) {
	if err := json.Unmarshal(record, &s); err != nil {
		return inbox.SyncState{}, t.unreadable("sync state", key.Request, err)
	}
	s.Key = key
	return s, nil
}

// SyncStates lists what is known of all requests of an account.
func (t *tx) SyncStates(account inbox.AccountID) (all []inbox.SyncState, err error) {
	prefix := syncPrefix(account)
	c := t.in(syncs).Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		key, ok := parseSyncKey(k)
		if !ok {
			continue
		}
		s, err := t.decodeSync(key, v)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// PutSyncState stores the state of a request.
func (t *tx) PutSyncState(s inbox.SyncState) error {
	if s.Key.Account == "" {
		return nameless("sync state")
	}
	key := syncKey(s.Key)
	s.Key = inbox.SyncKey{}
	record, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return t.in(syncs).Put(key, record)
}

// deleteSyncsOf removes the requests that name a conversation: the name is a
// customer's too.
func (t *tx) deleteSyncsOf(id inbox.ConversationID) error {
	account, platform, remote, _ := id.Split()
	for _, name := range []string{remote, string(id)} {
		key := inbox.SyncKey{Account: account, Platform: platform, Request: "conversation " + name}
		if err := t.in(syncs).Delete(syncKey(key)); err != nil {
			return err
		}
	}
	return nil
}

// AccountState reads what is known of an account.
func (t *tx) AccountState(id inbox.AccountID) (s inbox.AccountState, found bool, err error) {
	record := t.in(accounts).Get([]byte(id))
	if record == nil {
		return s, false, nil
	}
	if err := json.Unmarshal(record, &s); err != nil {
		return inbox.AccountState{}, false, t.unreadable("account state", string(id), err)
	}
	return s, true, nil
}

// PutAccountState stores the state of an account.
func (t *tx) PutAccountState(s inbox.AccountState) error {
	if s.Account == "" {
		return nameless("account state")
	}
	record, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return t.in(accounts).Put([]byte(s.Account), record)
}
