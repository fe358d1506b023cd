package instagram

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"parley/platforms/login"
)

// What a login remembers between runs.
const (
	memoryToken      = "token"               // the token in use, and which configured one it descends from
	memorySelf       = "self"                // whose login it is
	memoryHumanAgent = "human_agent_refused" // when the tag was refused
	memoryOneByOne   = "one_image_at_a_time" // when several images were refused
)

// memory reads and writes what is remembered. A login without memory works, but
// asks more and renews nothing. What was refused is also kept here: it is asked
// for with every key that somebody types, and the store is a file.
type memory struct {
	store login.Memory // nil: nothing is remembered beyond this run
	log   *slog.Logger

	mu      sync.Mutex
	refused map[string]time.Time
}

func newMemory(store login.Memory, log *slog.Logger) *memory {
	return &memory{store: store, log: log, refused: map[string]time.Time{}}
}

// load reads a value; false when there is none, or none that can be read.
func (m *memory) load(name string, v any) bool {
	if m.store == nil {
		return false
	}
	text, err := m.store.Get(name)
	if err != nil {
		m.log.Warn("cannot remember", "what", name, "error", err)
		return false
	}
	return text != "" && json.Unmarshal([]byte(text), v) == nil
}

func (m *memory) save(name string, v any) error {
	if m.store == nil {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return m.store.Set(name, string(text))
}

// note writes down that something was refused now. That it cannot be written is
// no reason to fail: it will be refused again.
func (m *memory) note(name string) {
	now := time.Now().UTC()
	m.mu.Lock()
	m.refused[name] = now
	m.mu.Unlock()
	if err := m.save(name, now); err != nil {
		m.log.Warn("cannot keep in mind", "what", name, "error", err)
	}
}

// within tells whether something was refused less than that long ago.
func (m *memory) within(name string, long time.Duration, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, known := m.refused[name]
	if !known {
		m.load(name, &at)
		m.refused[name] = at
	}
	return !at.IsZero() && now.Sub(at) < long
}

// fingerprint tells one secret from another without holding it.
func fingerprint(s login.Secret) string {
	sum := sha256.Sum256([]byte(s.Reveal()))
	return hex.EncodeToString(sum[:12])
}
