package sim_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"parley/platforms/sim"
)

// The world that the issue measures with.
var largeWorld = sim.Options{Conversations: 100_000, Messages: 1_000_000, Quiet: true, CacheTime: time.Nanosecond, RateLimit: 1 << 30}

func BenchmarkStartLargeWorld(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s := start(b, largeWorld)
		s.Close()
	}
}

// BenchmarkReadLargeWorld reads a third of a million messages over HTTP.
func BenchmarkReadLargeWorld(b *testing.B) {
	s := start(b, largeWorld)
	b.ReportAllocs()
	for b.Loop() {
		n := drain(b, s, "/messages/facebook")
		b.SetBytes(n)
	}
}

// BenchmarkReadPage reads a hundred of X's messages from the large world.
func BenchmarkReadPage(b *testing.B) {
	s := start(b, largeWorld)
	drain(b, s, "/messages/twitter?limit=100")
	for b.Loop() {
		drain(b, s, "/messages/twitter?limit=100")
	}
}

func drain(b *testing.B, s *sim.Server, path string) int64 {
	res := do(b, s, http.MethodGet, path, "")
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(res.Status, err)
	}
	return n
}
