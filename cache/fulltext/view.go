package fulltext

import (
	"github.com/RoaringBitmap/roaring/v2"
	index "github.com/blevesearch/bleve_index_api"
	zapapi "github.com/blevesearch/scorch_segment_api/v2"
)

// view is one segment as one search reads it: which documents have a term. The
// bitmaps may lie in the mapped file, so they are never changed, and are valid
// as long as the snapshot.
type view struct {
	*segment
	dictionaries map[string]zapapi.TermDictionary
}

func (v *view) dictionary(field string) (zapapi.TermDictionary, error) {
	if d, ok := v.dictionaries[field]; ok {
		return d, nil
	}
	d, err := v.handle.zap.Dictionary(field)
	if err != nil {
		return nil, err
	}
	if v.dictionaries == nil {
		v.dictionaries = map[string]zapapi.TermDictionary{}
	}
	v.dictionaries[field] = d
	return d, nil
}

var nothing = roaring.New()

// docs are the documents with a term.
func (v *view) docs(field, term string) (*roaring.Bitmap, error) {
	d, err := v.dictionary(field)
	if err != nil {
		return nil, err
	}
	list, err := d.PostingsList([]byte(term), v.deleted, nil)
	if err != nil {
		return nil, err
	}
	found, ok := list.Iterator(false, false, false, nil).(zapapi.OptimizablePostingsIterator)
	if !ok {
		return nothing, nil
	}
	if all := found.ActualBitmap(); all != nil {
		return all, nil
	}
	if one, ok := found.DocNum1Hit(); ok {
		return roaring.BitmapOf(uint32(one)), nil
	}
	return nothing, nil
}

// docsWithPrefix are the documents with a term that begins so.
func (v *view) docsWithPrefix(field, prefix string) (*roaring.Bitmap, error) {
	d, err := v.dictionary(field)
	if err != nil {
		return nil, err
	}
	all := roaring.New()
	var list zapapi.PostingsList
	err = eachTerm(d, prefix, func(term string) error {
		if list, err = d.PostingsList([]byte(term), nil, list); err != nil {
			return err
		}
		list.(interface{ OrInto(*roaring.Bitmap) }).OrInto(all)
		return nil
	})
	if v.deleted != nil {
		all.AndNot(v.deleted)
	}
	return all, err
}

// eachTerm goes through the terms that begin with a prefix, in their order.
func eachTerm(d zapapi.TermDictionary, prefix string, fn func(term string) error) error {
	terms := d.(interface {
		AutomatonIteratorOmitCount(a zapapi.Automaton, from, to []byte) zapapi.DictionaryIterator
	}).AutomatonIteratorOmitCount(nil, []byte(prefix), behind(prefix))
	for {
		var entry *index.DictEntry
		entry, err := terms.Next()
		if err != nil || entry == nil {
			return err
		}
		if err := fn(entry.Term); err != nil {
			return err
		}
	}
}

// behind is the first term behind all that begin with a prefix; nil when there
// is none.
func behind(prefix string) []byte {
	end := []byte(prefix)
	for len(end) > 0 {
		if end[len(end)-1]++; end[len(end)-1] != 0 {
			return end
		}
		end = end[:len(end)-1]
	}
	return nil
}

// number is the conversation of a document.
func (v *view) number(doc uint32) (uint32, error) {
	id, err := v.handle.zap.DocID(uint64(doc))
	if err != nil {
		return 0, err
	}
	n, _ := numberOf(id)
	return n, nil
}

// candidates are the documents that may have a term in a field. They are all
// that have it, and where the term is exact no others.
func (v *view) candidates(t term, field string) (*roaring.Bitmap, error) {
	found, err := v.word(t, len(t.words)-1, field)
	for i := len(t.words) - 2; i >= 0 && err == nil && !found.IsEmpty(); i-- {
		var more *roaring.Bitmap
		if more, err = v.word(t, i, field); err != nil {
			break
		}
		found = roaring.And(found, more)
		if field != fieldText || t.isPrefix(i+1) {
			continue
		}
		if more, err = v.docs(fieldPair, pairOf(t.words[i], t.words[i+1])); err == nil {
			found = roaring.And(found, more)
		}
	}
	return found, err
}

func (v *view) word(t term, i int, field string) (*roaring.Bitmap, error) {
	if t.isPrefix(i) {
		return v.docsWithPrefix(field, t.words[i])
	}
	return v.docs(field, t.words[i])
}
