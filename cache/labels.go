package cache

import (
	"bytes"
	"slices"

	"parley/inbox"
)

// The index of labels tells which conversations have one. What it is made of is
// in the marks, which outlive the facts.

// labelsOf are the labels that a conversation had when it was stored last.
func (t *tx) labelsOf(id inbox.ConversationID) []string {
	m, _ := t.mark(id)
	return m.Triage.Labels
}

// indexLabels brings the index from the old labels of a conversation to the new
// ones.
func (t *tx) indexLabels(id inbox.ConversationID, old, now []string) error {
	for _, label := range old {
		if slices.Contains(now, label) {
			continue
		}
		if err := t.in(labels).Delete(labelKey(label, id)); err != nil {
			return err
		}
	}
	for _, label := range now {
		key := labelKey(label, id)
		if t.in(labels).Get(key) != nil { // the mark can be older than the index
			continue
		}
		if err := t.in(labels).Put(key, []byte{}); err != nil {
			return err
		}
	}
	return nil
}

// labelledFew is how many conversations with one label are held in memory while a
// list is read. Of a label that more have, the first page is never far.
const labelledFew = 1000

// withLabel returns what tells whether a conversation has a label, without
// reading its record: a list may have to pass over very many.
func (t *tx) withLabel(label string) func(id []byte) bool {
	prefix := appendPart(nil, label)
	keys := keysWith(t.in(labels), prefix, labelledFew+1)
	if len(keys) > labelledFew {
		return func(id []byte) bool { return t.in(labels).Get(slices.Concat(prefix, id)) != nil }
	}
	few := make(map[string]bool, len(keys))
	for _, key := range keys {
		few[string(key[len(prefix):])] = true
	}
	return func(id []byte) bool { return few[string(id)] }
}

// Labels lists the labels in use. It costs a few dozen nanoseconds for each
// conversation that has one.
func (t *tx) Labels() (all []inbox.LabelCount, err error) {
	var prefix []byte
	c := t.in(labels).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if len(all) > 0 && bytes.HasPrefix(k, prefix) {
			all[len(all)-1].Count++
			continue
		}
		label, id, ok := parseLabelKey(k)
		if !ok {
			continue
		}
		prefix = bytes.Clone(k[:len(k)-len(id)])
		all = append(all, inbox.LabelCount{Label: label, Count: 1})
	}
	return all, nil
}
