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
//
// shown says that a page of a feed has shown the message.
func (m *Message) merge(f MessageFact, shown bool) bool {
	old, told := *m, f.Message
	m.CreatedAt = mergeCreated(*m, told)
	m.confirm(shown)
	fill(&m.SenderID, told.SenderID)
	fill(&m.SenderName, told.SenderName)
	if m.Direction == "" {
		m.Direction = told.Direction
	}
	if m.Deleted = m.Deleted || told.Deleted; m.Deleted {
		m.empty()
		return !sameMessage(old, *m)
	}
	m.mergeText(told, f.AsOf)
	m.mergeReactions(f)
	m.mergeAttachments(told, f.AsOf)
	m.mergeUnsupported(old, told)
	m.ReplyTo = mergeReference(m.ReplyTo, told.ReplyTo)
	m.Origin = mergeOrigin(m.Origin, told.Origin)
	m.mergeExtra(told.Extra)
	return !sameMessage(old, *m)
}

// confirm says where the message is known from beside our own send.
func (m *Message) confirm(shown bool) {
	switch {
	case shown:
		m.Provisional, m.Pushed = false, false
	case m.Provisional:
		m.Provisional, m.Pushed = false, true
	}
}

// empty leaves the tombstone of a message that its sender has taken back: that
// it was there, when, and whose.
func (m *Message) empty() {
	m.Text, m.Edits, m.UpdatedAt, m.Unsupported = "", 0, time.Time{}, ""
	m.Attachments, m.Reactions, m.Withdrawn = nil, nil, nil
	m.ReplyTo, m.Origin, m.Extra = nil, nil, nil
}

// mergeUnsupported keeps a reading that could not show the message from saying
// so of one that we can show: shared posts and old messages read back empty.
func (m *Message) mergeUnsupported(old, told Message) {
	switch {
	case told.bare() && !m.bare():
	case old.bare() && !told.bare():
		m.Unsupported = told.Unsupported
	default:
		fill(&m.Unsupported, told.Unsupported)
	}
}

// bare tells that a message has neither text nor attachment.
func (m Message) bare() bool { return m.Text == "" && len(m.Attachments) == 0 }

// hasContent tells that there is something to show. A message without is the
// mere announcement of one.
func (m Message) hasContent() bool {
	return m.Deleted || m.Event || m.Text != "" || len(m.Attachments) > 0 || m.Unsupported != "" || m.Origin != nil
}

// mergeCreated takes the provider's time over the one that our send made up, and
// the finer of two that are the same: Ayrshare's webhook tells whole seconds,
// its reads tell more.
func mergeCreated(m, told Message) time.Time {
	if told.CreatedAt.IsZero() {
		return m.CreatedAt
	}
	finer := !told.CreatedAt.Equal(m.CreatedAt) && told.CreatedAt.Truncate(time.Second).Equal(m.CreatedAt)
	if m.Provisional || m.CreatedAt.IsZero() || finer {
		return told.CreatedAt
	}
	return m.CreatedAt
}

// mergeText takes a text where there is none, and an edit (a later UpdatedAt;
// with the same UpdatedAt the later reading). A reading that does not tell when
// the text was changed never wins over an edit: Instagram's reads do not, and
// edits "exist only as webhooks"
// (https://developers.facebook.com/docs/instagram-platform/webhooks).
func (m *Message) mergeText(told Message, asOf time.Time) {
	newer := told.UpdatedAt.After(m.UpdatedAt) || (told.UpdatedAt.Equal(m.UpdatedAt) && asOf.After(m.TextAsOf))
	if told.Text != "" && told.Text != m.Text && (m.Text == "" || newer) {
		m.Text, m.TextAsOf = told.Text, asOf
	}
	m.UpdatedAt, m.Edits = later(m.UpdatedAt, told.UpdatedAt), max(m.Edits, told.Edits)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
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
		if i < len(m.Attachments) {
			merged[i].merge(m.Attachments[i])
		}
	}
	m.Attachments = merged
}

// merge brings what was known before into what is told now.
func (a *Attachment) merge(have Attachment) {
	asOf := a.AsOf
	fill(&a.URL, have.URL)
	fill(&a.Title, have.Title)
	fill(&a.ID, have.ID)
	if kindRank(a.Type) < kindRank(have.Type) {
		a.Type = have.Type
	}
	a.Bytes = max(a.Bytes, have.Bytes)
	recent := sameLink(a.URL, have.URL) && asOf.Sub(have.AsOf) < time.Hour
	older := asOf.Before(have.AsOf) && have.URL != ""
	if recent || older || a.URL == have.URL {
		a.URL, a.AsOf = have.URL, have.AsOf
	}
}

// The ranks of attachment types: a reading that calls a reel a video makes it
// poorer.
const (
	noKind    = iota
	vagueKind // a file, whatever it is
	mediaKind // a picture, a film, a sound
	shapeKind // a sticker: a heart is one too
	namedKind // what it is to the platform: a post, a reel, a story, a card, a heart
)

func kindRank(kind string) int {
	switch kind {
	case "":
		return noKind
	case "file", "fallback", "media", "attachment":
		return vagueKind
	case "image", "video", "audio":
		return mediaKind
	case "sticker":
		return shapeKind
	}
	return namedKind
}

func sameLink(a, b string) bool {
	a, _, _ = strings.Cut(a, "?")
	b, _, _ = strings.Cut(b, "?")
	return a == b
}

// stampLinks writes down when the parts of a new message were told.
func stampLinks(m *Message, asOf time.Time) {
	for i := range m.Attachments {
		m.Attachments[i].AsOf = asOf
	}
	for i := range m.Reactions {
		m.Reactions[i].SeenAt = asOf
	}
}

// mergeReference fills in what is not known of the message or story that is
// answered.
func mergeReference(have, told *Reference) *Reference {
	if have == nil || told == nil {
		return firstOf(have, told)
	}
	merged := *have
	if merged.Message == "" {
		merged.Message = told.Message
	}
	fill(&merged.Kind, told.Kind)
	fill(&merged.URL, told.URL)
	fill(&merged.Text, told.Text)
	return &merged
}

// mergeOrigin does the same for where a message came from.
func mergeOrigin(have, told *Origin) *Origin {
	if have == nil || told == nil {
		return firstOf(have, told)
	}
	merged := *have
	fill(&merged.Kind, told.Kind)
	fill(&merged.Title, told.Title)
	fill(&merged.Ref, told.Ref)
	fill(&merged.URL, told.URL)
	return &merged
}

func firstOf[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// mergeExtra adds fields that were not told before.
func (m *Message) mergeExtra(told map[string]json.RawMessage) {
	var merged map[string]json.RawMessage
	for k, v := range told {
		if _, ok := m.Extra[k]; ok {
			continue
		}
		if merged == nil {
			merged = make(map[string]json.RawMessage, len(m.Extra)+len(told))
			maps.Copy(merged, m.Extra)
		}
		merged[k] = v
	}
	if merged != nil {
		m.Extra = merged
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
		a.Text == b.Text && a.Edits == b.Edits && a.Unsupported == b.Unsupported && a.Deleted == b.Deleted && a.Event == b.Event &&
		a.Provisional == b.Provisional && a.Pushed == b.Pushed && a.Outbox == b.Outbox && a.Echo == b.Echo &&
		a.CreatedAt.Equal(b.CreatedAt) && a.UpdatedAt.Equal(b.UpdatedAt) &&
		slices.Equal(a.Attachments, b.Attachments) && slices.Equal(a.Reactions, b.Reactions) && slices.Equal(a.Withdrawn, b.Withdrawn) &&
		sameValue(a.ReplyTo, b.ReplyTo) && sameValue(a.Origin, b.Origin) &&
		maps.EqualFunc(a.Extra, b.Extra, func(x, y json.RawMessage) bool { return bytes.Equal(x, y) })
}

func sameValue[T comparable](a, b *T) bool {
	return a == b || (a != nil && b != nil && *a == *b)
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
