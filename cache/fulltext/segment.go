package fulltext

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	index "github.com/blevesearch/bleve_index_api"
	zapapi "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/zapx/v17"
)

// File is one segment, as the index's owner stores it.
type File struct {
	Name    string `json:"-"`
	Docs    uint64 `json:"docs"`
	Bytes   int64  `json:"bytes"`
	Sum     uint32 `json:"sum"`               // CRC-32 (Castagnoli) of the file
	Deleted []byte `json:"deleted,omitempty"` // bitmap of the documents that do not count any more
	Purge   bool   `json:"purge,omitempty"`   // a deleted document is of a forgotten customer: to be written anew
}

// segment is a file that is open, with the documents in it that are deleted. It
// does not change: one with other deletions is another segment of the same file.
type segment struct {
	File
	handle  *handle
	deleted *roaring.Bitmap // nil: none
}

// handle is an open file. It is closed when no snapshot has it any more, and
// removed then when it has been replaced.
type handle struct {
	zap     zapapi.Segment
	path    string
	refs    atomic.Int64
	removed atomic.Bool
}

func (h *handle) release() {
	if h.refs.Add(-1) > 0 {
		return
	}
	_ = h.zap.Close()
	if h.removed.Load() {
		_ = os.Remove(h.path)
	}
}

var plugin zap.ZapPlugin

// ErrDamaged is in every error that only a new index can mend.
var ErrDamaged = errors.New("the full-text index is damaged")

// openSegment opens a file of the list and makes sure that it is the one that
// was written. A reader of garbage might loop or ask for all memory, so this
// comes first; it takes a tenth of a second for a million messages.
func openSegment(dir string, f File) (*segment, error) {
	path := filepath.Join(dir, f.Name)
	size, sum, err := checksum(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if size != f.Bytes || sum != f.Sum {
		return nil, fmt.Errorf("%w: %s is not what was written", ErrDamaged, f.Name)
	}
	s := &segment{File: f}
	if len(f.Deleted) > 0 {
		s.deleted = roaring.New()
		if _, err := s.deleted.FromUnsafeBytes(f.Deleted); err != nil {
			return nil, fmt.Errorf("%w: deletions in %s: %w", ErrDamaged, f.Name, err)
		}
	}
	opened, err := plugin.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	s.handle = &handle{zap: opened, path: path}
	return s, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(path string) (size int64, sum uint32, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	h := crc32.New(castagnoli)
	size, err = io.CopyBuffer(onlyWriter{h}, f, make([]byte, 1<<18))
	return size, h.Sum32(), err
}

// onlyWriter hides that a file could be read in small pieces.
type onlyWriter struct{ io.Writer }

// writeSegment makes a file of documents.
func writeSegment(dir, name string, documents []*document) (*segment, error) {
	all := make([]index.Document, len(documents))
	for i, d := range documents {
		all[i] = d
	}
	built, _, err := plugin.New(all)
	if err != nil {
		return nil, err
	}
	defer built.Close()
	path := filepath.Join(dir, name)
	if err := built.(zapapi.UnpersistedSegment).Persist(path); err != nil {
		return nil, err
	}
	return adopt(dir, name)
}

// adopt opens a file that was just written, and makes sure that its name
// outlives a power cut too.
func adopt(dir, name string) (*segment, error) {
	path := filepath.Join(dir, name)
	size, sum, err := checksum(path)
	if err != nil {
		return nil, err
	}
	if err := syncFolder(dir); err != nil {
		return nil, err
	}
	opened, err := plugin.Open(path)
	if err != nil {
		return nil, err
	}
	f := File{Name: name, Docs: opened.Count(), Bytes: size, Sum: sum}
	return &segment{File: f, handle: &handle{zap: opened, path: path}}, nil
}

// live is the number of documents that count.
func (s *segment) live() uint64 {
	if s.deleted == nil {
		return s.Docs
	}
	return s.Docs - s.deleted.GetCardinality()
}

// without is the segment with more documents deleted; nil when nothing changes.
func (s *segment) without(more *roaring.Bitmap, purge bool) (*segment, error) {
	deleted := more
	if s.deleted != nil {
		deleted = roaring.Or(s.deleted, more)
	}
	same := deleted.IsEmpty() || s.deleted != nil && deleted.GetCardinality() == s.deleted.GetCardinality()
	if same && purge == s.Purge {
		return nil, nil
	}
	record, err := deleted.ToBytes()
	if err != nil {
		return nil, err
	}
	changed := &segment{File: s.File, handle: s.handle, deleted: deleted}
	changed.Deleted, changed.Purge = record, purge || s.Purge
	return changed, nil
}
