package fulltext

import (
	"slices"

	"parley/inbox"
)

// Query is a question, taken apart once. What it means is told here by what
// [Query.Message] and [Query.Customer] say of one message and one customer; the
// index only makes sure that few have to be asked.
type Query struct {
	inbox.TextQuery
	all, none     []term
	from, notFrom senders
}

// senders are those that a message is from.
type senders struct {
	us    bool
	names []term
}

// Compile takes a query apart.
func Compile(q inbox.TextQuery) *Query {
	return &Query{
		TextQuery: q,
		all:       termsOf(q.All),
		none:      termsOf(q.None),
		from:      sendersOf(q.From),
		notFrom:   sendersOf(q.NotFrom),
	}
}

func sendersOf(texts []string) (s senders) {
	for _, text := range texts {
		if text == inbox.FromUs {
			s.us = true
		} else if t := termOf(inbox.TextTerm{Text: text, Prefix: true}); len(t.words) > 0 {
			s.names = append(s.names, t)
		}
	}
	return s
}

// Empty tells that the query has words to look for, but none that could be
// found: only punctuation.
func (q *Query) Empty() bool { return len(q.TextQuery.All) > 0 && len(q.all) == 0 }

// asksNotes tells whether an agents' note can be an answer.
func (q *Query) asksNotes() bool {
	return !q.NoNotes && q.asksWords()
}

// asksWords tells that nothing is asked that only messages have.
func (q *Query) asksWords() bool {
	return len(q.all) > 0 && len(q.From) == 0 && len(q.NotFrom) == 0 && len(q.Has) == 0 && len(q.HasNot) == 0
}

// AsksCustomers tells whether a customer can be an answer by the name alone. A
// name was not written at a time.
func (q *Query) AsksCustomers() bool {
	return q.asksWords() && q.Since.IsZero() && q.Before.IsZero()
}

// place tells whether the conversation is one of those that are asked for.
func (q *Query) place(id inbox.ConversationID) bool {
	account, platform, _, _ := id.Split()
	return (q.Conversation == "" || q.Conversation == id) &&
		(q.Account == "" || q.Account == account) && !slices.Contains(q.NotAccounts, account) &&
		(q.Platform == "" || q.Platform == platform) && !slices.Contains(q.NotPlatforms, platform)
}

// Customer tells whether the query finds a customer by name, and by which words.
func (q *Query) Customer(c inbox.Conversation) (found []string, ok bool) {
	if !q.AsksCustomers() || !q.place(c.ID) {
		return nil, false
	}
	called := wordsOf(names(c.Participant))
	if occurAny(q.none, called) {
		return nil, false
	}
	for _, t := range q.all {
		some := called.find(t)
		if len(some) == 0 {
			return nil, false
		}
		found = addNew(found, some)
	}
	return found, true
}

// Message tells whether the query finds a message or a note, and by which words of
// its text. A word may also be in its customer's name, but not all of them: then
// the customer is found, and not each message.
func (q *Query) Message(m inbox.Message, c inbox.Conversation) (found []string, ok bool) {
	if m.Deleted || m.Note && !q.asksNotes() || !q.place(m.Conversation) || !inTime(m.CreatedAt, q.Since, q.Before) || !q.traits(m) {
		return nil, false
	}
	called := wordsOf(names(c.Participant))
	if !q.sender(m, called) {
		return nil, false
	}
	said := wordsOf(m.Texts())
	if occurAny(q.none, said) || occurAny(q.none, called) {
		return nil, false
	}
	for _, t := range q.all {
		some := said.find(t)
		if len(some) == 0 && !called.has(t) {
			return nil, false
		}
		found = addNew(found, some)
	}
	return found, len(q.all) == 0 || len(found) > 0
}

func (q *Query) traits(m inbox.Message) bool {
	if len(q.Has) == 0 && len(q.HasNot) == 0 {
		return true
	}
	traits := m.Traits()
	return !slices.ContainsFunc(q.Has, func(t inbox.MessageTrait) bool { return !slices.Contains(traits, t) }) &&
		!slices.ContainsFunc(q.HasNot, func(t inbox.MessageTrait) bool { return slices.Contains(traits, t) })
}

func (q *Query) sender(m inbox.Message, called texts) bool {
	ours := m.Direction == inbox.Sent
	if q.from.us && !ours || len(q.from.names) > 0 && ours || q.notFrom.us && ours {
		return false
	}
	for _, t := range q.from.names {
		if !called.has(t) {
			return false
		}
	}
	return ours || !occurAny(q.notFrom.names, called)
}

// texts are some texts with their words: no term reaches from one to the next.
type texts []analyzed

type analyzed struct {
	text  string
	words []word
}

func wordsOf(all []string) (t texts) {
	for _, text := range all {
		t = append(t, analyzed{text, words(text)})
	}
	return t
}

func (t texts) has(wanted term) bool {
	return slices.ContainsFunc(t, func(a analyzed) bool { return wanted.occurs(a.words) })
}

func (t texts) find(wanted term) (found []string) {
	for _, a := range t {
		found = addNew(found, cut(a.text, wanted.find(a.words)))
	}
	return found
}

func occurAny(terms []term, t texts) bool { return slices.ContainsFunc(terms, t.has) }

func addNew(all, more []string) []string {
	for _, s := range more {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
