package cache_test

import (
	"testing"

	"parley/cache"
	"parley/inbox"
	"parley/inbox/inboxtest"
)

func open(t testing.TB, dir string) *cache.Cache {
	t.Helper()
	c, err := cache.Open(dir, cache.Options{Command: "parley test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestStore(t *testing.T) {
	inboxtest.TestStore(t, func(t *testing.T) inbox.Store { return open(t, t.TempDir()) })
}
