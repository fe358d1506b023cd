package inboxtest_test

import (
	"testing"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

func TestMemoryStore(t *testing.T) {
	inboxtest.TestStore(t, func(*testing.T) inbox.Store { return inboxtest.NewStore() })
}
