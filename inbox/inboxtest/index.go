package inboxtest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"parley/inbox"
)

// Index is a [inbox.TextIndex] that reads the whole store for each question: what
// it answers is what a real one has to. It is made for tests: simple before fast.
type Index struct{ Store inbox.Store }

// IndexState of an index that is never behind.
func (x Index) IndexState() inbox.IndexState { return inbox.IndexState{} }

// SearchText looks at every message and every customer.
func (x Index) SearchText(ctx context.Context, q inbox.TextQuery) (page inbox.TextPage, err error) {
	var hits []inbox.TextHit
	err = x.Store.View(ctx, func(r inbox.Reader) error {
		for _, view := range inbox.WholeViews {
			list, err := r.List(inbox.ListQuery{View: view, After: everything})
			if err != nil {
				return err
			}
			for _, row := range list.Rows {
				found, err := hitsIn(r, row.Conversation, q)
				if err != nil {
					return err
				}
				hits = append(hits, found...)
			}
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	slices.SortFunc(hits, compareHits)
	if q.Next != "" {
		var last inbox.TextHit
		if err := json.Unmarshal([]byte(q.Next), &last); err != nil {
			return page, inbox.Errorf(inbox.Internal, "%q is no place in a search", q.Next)
		}
		hits = slices.DeleteFunc(hits, func(h inbox.TextHit) bool { return compareHits(h, last) <= 0 })
	}
	if page.Hits = hits; len(hits) > q.Limit {
		page.Hits = hits[:q.Limit]
		page.Next = cursorAt(page.Hits)
	}
	return page, nil
}

// everything is more than any test has.
const everything = 1 << 20

func compareHits(a, b inbox.TextHit) int {
	return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.Message, b.Message))
}

func cursorAt(hits []inbox.TextHit) inbox.TextCursor {
	if len(hits) == 0 {
		return ""
	}
	last := hits[len(hits)-1]
	last.Words = nil
	text, err := json.Marshal(last)
	if err != nil {
		panic(err) // times that JSON cannot write have no place in a test
	}
	return inbox.TextCursor(text)
}

// hitsIn are the finds in one conversation: itself, when the query asks for
// nothing but its names, and its messages.
func hitsIn(r inbox.Reader, c inbox.Conversation, q inbox.TextQuery) (hits []inbox.TextHit, err error) {
	if !placeWanted(c.ID, q) {
		return nil, nil
	}
	names := []string{c.Participant.Name, c.Participant.Username}
	if words, ok := textWanted(names, nil, q); ok && len(q.All) > 0 && !asksForMessages(q) && inTime(c.LastActivity(), q) {
		hits = append(hits, inbox.TextHit{Conversation: c.ID, At: c.LastActivity(), Words: words})
	}
	thread, err := r.Thread(inbox.ThreadQuery{Conversation: c.ID, Before: everything, Notes: true})
	for _, m := range thread.Messages {
		if m.Note && (q.NoNotes || len(q.All) == 0 || asksForMessages(q)) {
			continue
		}
		words, ok := textWanted(m.Texts(), names, q)
		if ok && !m.Deleted && inTime(m.CreatedAt, q) && traitsWanted(m, q) && sendersWanted(m, names, q) {
			hits = append(hits, inbox.TextHit{Conversation: c.ID, Message: m.ID, Note: m.Note, At: m.CreatedAt, Words: words})
		}
	}
	return hits, err
}

func placeWanted(id inbox.ConversationID, q inbox.TextQuery) bool {
	account, platform, _, _ := id.Split()
	return (q.Account == "" || q.Account == account) && (q.Platform == "" || q.Platform == platform) &&
		(q.Conversation == "" || q.Conversation == id) &&
		!slices.Contains(q.NotAccounts, account) && !slices.Contains(q.NotPlatforms, platform)
}

func asksForMessages(q inbox.TextQuery) bool {
	return len(q.From)+len(q.NotFrom)+len(q.Has)+len(q.HasNot) > 0
}

func inTime(at time.Time, q inbox.TextQuery) bool {
	return !at.Before(q.Since) && (q.Before.IsZero() || at.Before(q.Before))
}

func traitsWanted(m inbox.Message, q inbox.TextQuery) bool {
	traits := m.Traits()
	for _, t := range q.Has {
		if !slices.Contains(traits, t) {
			return false
		}
	}
	return !slices.ContainsFunc(q.HasNot, func(t inbox.MessageTrait) bool { return slices.Contains(traits, t) })
}

func sendersWanted(m inbox.Message, names []string, q inbox.TextQuery) bool {
	wrote := func(name string) bool {
		if name == inbox.FromUs {
			return m.Direction == inbox.Sent
		}
		return m.Direction == inbox.Received && termWords(inbox.TextTerm{Text: name, Phrase: true, Prefix: true}, names) != nil
	}
	return !slices.ContainsFunc(q.From, func(name string) bool { return !wrote(name) }) && !slices.ContainsFunc(q.NotFrom, wrote)
}

// textWanted tells whether all terms are in the texts or the names, and none of
// the others; words are the ones found in the texts, as they stand there.
func textWanted(texts, names []string, q inbox.TextQuery) (words []string, ok bool) {
	for _, t := range q.All {
		found := termWords(t, texts)
		if found == nil && termWords(t, names) == nil {
			return nil, false
		}
		words = append(words, found...)
	}
	for _, t := range q.None {
		if termWords(t, texts) != nil || termWords(t, names) != nil {
			return nil, false
		}
	}
	return words, true
}

// termWords are the words of the first place at which a term stands in any of
// the texts, nil when it is in none.
func termWords(t inbox.TextTerm, texts []string) []string {
	wanted := wordsIn(strings.ToLower(t.Text))
	for _, text := range texts {
		words := wordsIn(text)
		for i := 0; len(wanted) > 0 && i+len(wanted) <= len(words); i++ {
			if stretch := words[i : i+len(wanted)]; sameWords(stretch, wanted, t.Prefix) {
				return stretch
			}
		}
	}
	return nil
}

func sameWords(words, wanted []string, prefix bool) bool {
	for i, w := range wanted {
		word := strings.ToLower(words[i])
		if last := i == len(wanted)-1; word != w && !(last && prefix && strings.HasPrefix(word, w)) {
			return false
		}
	}
	return true
}

func wordsIn(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}
