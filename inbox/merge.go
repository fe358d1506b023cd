package inbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// merge brings what a fact says into the stored message, field by field, and
// tells whether anything has changed. A field that the fact does not tell
// stays. Where both tell, the newer knowledge wins. (An equal reading does not
// renew the age of what is stored: it would rewrite every message at each
// poll. So an older fact that was delayed past an equal newer one can win for
// a minute, until the next poll.)
func (m *Message) merge(f MessageFact, asOf time.Time) bool {
	old := *m
	told := f.Message
	m.Provisional = false
	m.CreatedAt = mergeCreated(*m, old.Provisional, told)
	m.mergeText(told, asOf)
	m.mergeReactions(f, asOf)
	m.mergeAttachments(told, asOf)
	fill(&m.SenderID, told.SenderID)
	fill(&m.SenderName, told.SenderName)
	fill(&m.Unsupported, told.Unsupported)
	m.Deleted = m.Deleted || told.Deleted
	if m.Direction == "" {
		m.Direction = told.Direction
	}
	if m.ReplyTo == nil {
		m.ReplyTo = told.ReplyTo
	}
	for k, v := range told.Extra {
		if _, ok := m.Extra[k]; !ok {
			m.Extra = maps.Clone(m.Extra)
			if m.Extra == nil {
				m.Extra = map[string]json.RawMessage{}
			}
			m.Extra[k] = v
		}
	}
	return !sameMessage(old, *m)
}

// mergeCreated takes the provider's time over the one that our send made up.
func mergeCreated(m Message, provisional bool, told Message) time.Time {
	if !told.CreatedAt.IsZero() && (provisional || m.CreatedAt.IsZero()) {
		return told.CreatedAt
	}
	return m.CreatedAt
}

// mergeText takes a text where there is none, and an edit (a later UpdatedAt;
// with the same UpdatedAt the later reading).
func (m *Message) mergeText(told Message, asOf time.Time) {
	if told.Text == "" || told.Text == m.Text {
		m.UpdatedAt = later(m.UpdatedAt, told.UpdatedAt)
		return
	}
	newer := told.UpdatedAt.After(m.UpdatedAt) || (told.UpdatedAt.Equal(m.UpdatedAt) && asOf.After(m.TextAsOf))
	if m.Text == "" || newer {
		m.Text, m.TextAsOf = told.Text, asOf
	}
	m.UpdatedAt = later(m.UpdatedAt, told.UpdatedAt)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// mergeReactions takes the whole set where the fact knows it whole, and adds
// to it where it does not.
func (m *Message) mergeReactions(f MessageFact, asOf time.Time) {
	told := slices.Clone(f.Message.Reactions)
	for i, r := range told {
		told[i].SeenAt = asOf
		for _, known := range m.Reactions {
			if known.UserID == r.UserID && known.Emoji == r.Emoji {
				told[i].SeenAt = known.SeenAt
			}
		}
	}
	switch {
	case f.KnowsReactions:
		if !asOf.Before(m.ReactionsAsOf) && !slices.Equal(told, m.Reactions) {
			m.Reactions, m.ReactionsAsOf = told, asOf
		}
	case len(told) > 0:
		m.Reactions = addReactions(m.Reactions, told)
	}
}

func addReactions(have, more []Reaction) []Reaction {
	have = slices.Clone(have)
	for _, r := range more {
		i := slices.IndexFunc(have, func(h Reaction) bool { return h.UserID == r.UserID })
		if i < 0 {
			have = append(have, r)
		} else {
			have[i] = r
		}
	}
	slices.SortFunc(have, func(x, y Reaction) int { return strings.Compare(x.UserID, y.UserID) })
	return have
}

// mergeAttachments keeps the list that is longer, and the newest links: they
// expire, and each reading may bring fresh ones. The query of a CDN link is its
// signature and changes at every reading, so a link that differs only there is
// taken at most once an hour.
func (m *Message) mergeAttachments(told Message, asOf time.Time) {
	if len(told.Attachments) == 0 || len(told.Attachments) < len(m.Attachments) {
		return
	}
	merged := slices.Clone(told.Attachments)
	for i := range merged {
		merged[i].AsOf = asOf
		if i >= len(m.Attachments) {
			continue
		}
		have := m.Attachments[i]
		fill(&merged[i].URL, have.URL)
		fill(&merged[i].Title, have.Title)
		if merged[i].Type == "" {
			merged[i].Type = have.Type
		}
		merged[i].Bytes = max(merged[i].Bytes, have.Bytes)
		if sameLink(merged[i].URL, have.URL) && asOf.Sub(have.AsOf) < time.Hour {
			merged[i].URL, merged[i].AsOf = have.URL, have.AsOf
		}
		if merged[i].URL == have.URL {
			merged[i].AsOf = have.AsOf
		}
		if asOf.Before(have.AsOf) && have.URL != "" {
			merged[i].URL, merged[i].AsOf = have.URL, have.AsOf
		}
	}
	m.Attachments = merged
}

func sameLink(a, b string) bool {
	a, _, _ = strings.Cut(a, "?")
	b, _, _ = strings.Cut(b, "?")
	return a == b
}

func stampLinks(m *Message, asOf time.Time) {
	for i := range m.Attachments {
		m.Attachments[i].AsOf = asOf
	}
	for i := range m.Reactions {
		m.Reactions[i].SeenAt = asOf
	}
}

func fill(have *string, told string) {
	if *have == "" {
		*have = told
	}
}

// sameMessage compares what is stored.
func sameMessage(a, b Message) bool {
	return a.Direction == b.Direction && a.SenderID == b.SenderID && a.SenderName == b.SenderName &&
		a.Text == b.Text && a.Unsupported == b.Unsupported && a.Deleted == b.Deleted &&
		a.Provisional == b.Provisional && a.Outbox == b.Outbox &&
		a.CreatedAt.Equal(b.CreatedAt) && a.UpdatedAt.Equal(b.UpdatedAt) &&
		slices.Equal(a.Attachments, b.Attachments) && slices.Equal(a.Reactions, b.Reactions) &&
		(a.ReplyTo == b.ReplyTo || (a.ReplyTo != nil && b.ReplyTo != nil && *a.ReplyTo == *b.ReplyTo)) &&
		maps.EqualFunc(a.Extra, b.Extra, func(x, y json.RawMessage) bool { return bytes.Equal(x, y) })
}

// compactExtra stores unknown fields in the one form that comes back from the
// store, so that reading them again is no change.
func compactExtra(extra map[string]json.RawMessage) map[string]json.RawMessage {
	if len(extra) == 0 {
		return nil
	}
	out := make(map[string]json.RawMessage, len(extra))
	for k, v := range extra {
		var b bytes.Buffer
		if json.Compact(&b, v) == nil {
			out[CleanLine(k)] = b.Bytes()
		}
	}
	return out
}
