package inbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Reactions come in two ways, as a list that a read shows and as single events
// that a webhook tells, in any order. Each user has one reaction on a message;
// what was said of it last holds, by the time at which it was said.
//
// A list that is whole speaks for everybody at its time. A list that may be
// incomplete only adds. A reaction that was taken back leaves a note in
// Withdrawn, so that an older word on it is known to be old.

// sameUser tells that two reactions are of one person. The account itself is
// one user, whatever its IDs.
func (r Reaction) sameUser(o Reaction) bool {
	return r.Mine == o.Mine && (r.Mine || r.UserID == o.UserID)
}

// when is the time of the reaction; where none was told, when we learned of it.
func (r Reaction) when() time.Time {
	if r.At.IsZero() {
		return r.SeenAt
	}
	return r.At
}

func reactionOf(all []Reaction, user Reaction) (r Reaction, at int) {
	at = slices.IndexFunc(all, user.sameUser)
	if at >= 0 {
		r = all[at]
	}
	return r, at
}

// react puts a reaction on the message, or the newer one of a user over the
// older.
func (m *Message) react(r Reaction) (changed bool) {
	have, at := reactionOf(m.Reactions, r)
	if at >= 0 && have.Emoji == r.Emoji {
		if !r.At.After(have.At) {
			return false
		}
		r.SeenAt, r.UserID = have.SeenAt, cmp.Or(have.UserID, r.UserID)
	} else if m.knowsBetter(r, have) || !have.At.IsZero() && have.At.Equal(r.At) && have.Emoji > r.Emoji { // as in newerThan
		return false
	}
	r.UserID = cmp.Or(r.UserID, have.UserID)
	m.Reactions = withReaction(m.Reactions, r)
	m.Withdrawn = withoutUser(m.Withdrawn, r)
	return true
}

// knowsBetter tells that what is known of the user's reaction is newer. have is
// the one that is there.
func (m *Message) knowsBetter(r, have Reaction) bool {
	gone, at := reactionOf(m.Withdrawn, r)
	return m.ReactionsAsOf.After(r.At) || have.when().After(r.At) || at >= 0 && !gone.At.Before(r.At)
}

// unreact takes a user's reaction back.
func (m *Message) unreact(r Reaction) (changed bool) {
	have, at := reactionOf(m.Reactions, r)
	if m.knowsBetter(r, have) {
		return false
	}
	r.Emoji, r.SeenAt = "", time.Time{}
	if at >= 0 {
		m.Reactions = withoutUser(m.Reactions, r)
	}
	m.Withdrawn = withReaction(m.Withdrawn, r)
	return true
}

// setOwnReaction puts the account's reaction on the message, or takes it back
// (""), because the provider has just said that this was done. No clock has a
// word in that: the time of an answer has whole seconds.
func (m *Message) setOwnReaction(emoji string, at time.Time) (changed bool) {
	r := Reaction{Mine: true, Emoji: emoji, At: at, SeenAt: at}
	have, _ := reactionOf(m.Reactions, r)
	gone, _ := reactionOf(m.Withdrawn, r)
	for _, known := range []time.Time{m.ReactionsAsOf, have.when(), gone.At} {
		if !known.Before(r.At) {
			r.At = known.Add(time.Millisecond)
		}
	}
	if emoji == "" {
		return m.unreact(r)
	}
	return m.react(r)
}

// withReaction and withoutUser return new slices, in an order that does not
// depend on that of the events.
func withReaction(all []Reaction, r Reaction) []Reaction {
	all = append(withoutUser(all, r), r)
	slices.SortFunc(all, compareReactions)
	return all
}

func withoutUser(all []Reaction, user Reaction) []Reaction {
	return slices.DeleteFunc(slices.Clone(all), user.sameUser)
}

func compareReactions(x, y Reaction) int {
	return cmp.Or(strings.Compare(x.UserID, y.UserID), strings.Compare(x.Emoji, y.Emoji))
}

// mergeReactions takes the whole set where the fact knows it whole, and adds
// to it where it does not.
func (m *Message) mergeReactions(f MessageFact) {
	told := slices.Clone(f.Message.Reactions)
	for i := range told {
		told[i].SeenAt = f.AsOf
		if have, at := reactionOf(m.Reactions, told[i]); at >= 0 && have.Emoji == told[i].Emoji {
			told[i].SeenAt, told[i].At = have.SeenAt, later(have.At, told[i].At)
		}
	}
	if !f.KnowsReactions {
		for _, r := range told {
			m.addReaction(r, f.AsOf)
		}
		return
	}
	if f.AsOf.Before(m.ReactionsAsOf) {
		return
	}
	whole := m.newerThan(told, f.AsOf)
	if slices.Equal(whole, m.Reactions) {
		return
	}
	m.Reactions, m.ReactionsAsOf = whole, f.AsOf
	m.Withdrawn = slices.DeleteFunc(slices.Clone(m.Withdrawn), func(r Reaction) bool { return r.At.Before(f.AsOf) })
}

// newerThan is a whole reading, with what events have told since.
func (m *Message) newerThan(told []Reaction, asOf time.Time) []Reaction {
	for _, gone := range m.Withdrawn {
		if !gone.At.Before(asOf) {
			told = withoutUser(told, gone)
		}
	}
	for _, have := range m.Reactions {
		if !have.At.IsZero() && !have.At.Before(asOf) {
			told = withReaction(told, have)
		}
	}
	return told
}

// addReaction takes a reaction from a reading that may not show all.
func (m *Message) addReaction(r Reaction, asOf time.Time) {
	have, at := reactionOf(m.Reactions, r)
	if gone, taken := reactionOf(m.Withdrawn, r); taken >= 0 && !gone.At.Before(cmp.Or(r.At, asOf)) {
		return
	}
	if at >= 0 && (have == r || have.when().After(cmp.Or(r.At, asOf))) {
		return
	}
	m.Reactions = withReaction(m.Reactions, r)
	m.Withdrawn = withoutUser(m.Withdrawn, r)
}

// customersReactions counts those that are not ours.
func (m Message) customersReactions() (n int) {
	for _, r := range m.Reactions {
		if !r.Mine {
			n++
		}
	}
	return n
}
