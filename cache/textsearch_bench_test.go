package cache_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"parley/cache"
	"parley/inbox"
	"parley/inbox/inboxtest"
)

// What the full-text index costs, in a history of as many messages as the other
// benchmarks have: PARLEY_BENCH_CONVERSATIONS=100000 go test -bench Text ./cache
// measures in a million. A search is timed from the query to the page, with all
// that is read from the store to check and to mark it.

// historySize is how many messages there are.
func historySize() int { return worldSize() * perConversation }

// historyCache is a cache with a history, which no index has yet.
func historyCache(b *testing.B) *cache.Cache {
	b.Helper()
	c := open(b, b.TempDir())
	if err := inboxtest.FillHistory(context.Background(), c, historySize()); err != nil {
		b.Fatal(err)
	}
	return c
}

// BenchmarkTextSearch asks for the first page of the usual length.
func BenchmarkTextSearch(b *testing.B) {
	c := historyCache(b)
	catchUp(b, c)
	prefix := func(text string) inbox.TextQuery {
		return inbox.TextQuery{All: []inbox.TextTerm{{Text: text, Prefix: true}}}
	}
	for _, bench := range []struct {
		name string
		q    inbox.TextQuery
	}{
		{"rare", terms(inboxtest.HistoryRare)},
		{"common", terms(inboxtest.HistoryCommon)},
		{"nowhere", terms("nowhere")},
		{"common and rare", terms(inboxtest.HistoryCommon, inboxtest.HistoryRare)},
		{"common before a year", inbox.TextQuery{All: terms(inboxtest.HistoryCommon).All, Before: inboxtest.HistoryEnd.AddDate(-1, 0, 0)}},
		{"common from us", inbox.TextQuery{All: terms(inboxtest.HistoryCommon).All, From: []string{inbox.FromUs}}},
		{"phrase", inbox.TextQuery{All: []inbox.TextTerm{{Text: inboxtest.HistoryPhrase, Phrase: true}}}},
		{"characters", terms("ありがとう")},
		{"emoji", terms("👍")},
		{"order number", terms("#A-0000107")},
		{"1 letter", prefix("o")},
		{"1 letter of many words", prefix("s")},
		{"2 letters", prefix("or")},
		{"2 letters of many words", prefix("so")},
		{"3 letters", prefix("ord")},
		{"3 letters of many words", prefix("son")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			hits := 0
			for b.Loop() {
				page, err := c.SearchText(context.Background(), bench.q)
				if err != nil {
					b.Fatal(err)
				}
				hits = len(page.Hits)
			}
			b.ReportMetric(float64(hits), "hits")
		})
	}
}

// BenchmarkTextIndex makes the index of a history, and closes and opens it.
func BenchmarkTextIndex(b *testing.B) {
	c := historyCache(b)
	for b.Loop() {
		if err := c.CatchUp(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(folderSize(b, filepath.Join(filepath.Dir(c.Path()), cache.IndexFolder)))/float64(historySize()), "bytes/message")
		runtime.GC()
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		b.ReportMetric(float64(mem.HeapAlloc)/(1<<20), "heap-MB")
		began := time.Now()
		dir := filepath.Dir(c.Path())
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "close-ms")
		began = time.Now()
		c = open(b, dir)
		if _, err := c.SearchText(context.Background(), terms(inboxtest.HistoryRare)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "open-and-first-ms")
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, cache.IndexFolder)); err != nil {
			b.Fatal(err)
		}
		c = open(b, dir)
		b.StartTimer()
	}
	b.ReportMetric(float64(historySize()*b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkIngestFollowed is BenchmarkIngest with the indexer beside it: whether it
// keeps up, and what is left for it when the messages end.
func BenchmarkIngestFollowed(b *testing.B) {
	c := open(b, b.TempDir())
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = c.RunIndex(ctx) })
	done := 0
	for b.Loop() {
		fill(b, c, done, done+300)
		done += 300
	}
	b.ReportMetric(float64(done*perConversation)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(float64(c.IndexState().Behind), "behind")
	stop()
	running.Wait()
	began := time.Now()
	if err := c.CatchUp(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "catch-up-ms")
}

func folderSize(tb testing.TB, dir string) (size int64) {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			tb.Fatal(err)
		}
		size += info.Size()
	}
	return size
}
