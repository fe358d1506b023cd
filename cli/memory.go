package cli

// What a login has to remember between runs and what must not be in the cache:
// renewed tokens, refusals. One file for each account, in the data folder, that
// only its owner can read. Nothing of it is ever logged.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"parley/inbox"
	"parley/platforms/login"
)

// memoryFolder is where the files are, within the data folder.
const memoryFolder = "accounts"

// memory is the login.Memory of one account. The file is read again whenever it
// is another one: `parley login` may have written it while an inbox runs.
type memory struct {
	file    string
	passing bool // what is stored lasts as long as the program

	mu     sync.Mutex
	values map[string]string // what the file said
	seen   fs.FileInfo       // of the file that said it; nil: it was never read
	unkept map[string]string // what a passing memory was told
}

var _ login.Memory = (*memory)(nil)

// memoryOf is the memory of an account in the data folder. It touches no file.
// Commands that fetch no secret do not know whose memory it is: what they tell
// it is not kept.
func memoryOf(data string, id inbox.AccountID, r reach) *memory {
	return &memory{file: filepath.Join(data, memoryFolder, string(id)+".json"), passing: r == offline, unkept: map[string]string{}}
}

// passingMemory belongs to no account yet, and touches no file at all.
func passingMemory() *memory { return &memory{passing: true, unkept: map[string]string{}} }

// Get returns what was stored under the name.
func (m *memory) Get(name string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, ok := m.unkept[name]; ok {
		return value, nil
	}
	values, err := m.read()
	return values[name], err
}

// Set stores durably. A file that cannot be understood is put aside first, so
// that a new login mends it.
func (m *memory) Set(name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.passing {
		m.unkept[name] = value
		return nil
	}
	known, err := m.read()
	if errors.Is(err, errDamagedMemory) {
		known, err = nil, os.Rename(m.file, m.file+".damaged")
	}
	if err != nil || known[name] == value {
		return err
	}
	values := map[string]string{}
	maps.Copy(values, known)
	if values[name] = value; value == "" {
		delete(values, name)
	}
	return m.write(values)
}

var errDamagedMemory = errors.New("is damaged: log in again, or remove it")

// read gives what the file says, from memory as long as it is the same file.
func (m *memory) read() (map[string]string, error) {
	info, err := os.Stat(m.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && m.seen != nil && os.SameFile(info, m.seen) && info.ModTime().Equal(m.seen.ModTime()):
		return m.values, nil
	}
	data, err := os.ReadFile(m.file)
	if err != nil {
		return nil, fmt.Errorf("cannot read what the account remembers: %w", err)
	}
	var values map[string]string
	if err := json.Unmarshal(data, &values); err != nil || values == nil {
		return nil, fmt.Errorf("%s %w", m.file, errDamagedMemory) // err would quote the content
	}
	m.values, m.seen = values, info
	return values, nil
}

func (m *memory) write(values map[string]string) error {
	data, err := json.MarshalIndent(values, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(m.file), 0o700); err != nil {
		return err
	}
	return replaceFile(m.file, append(data, '\n'))
}
