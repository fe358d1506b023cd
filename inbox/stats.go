package inbox

import (
	"slices"
	"time"
)

// The rules by which answering is measured. They are functions of the messages
// alone, so anybody can count again; StatsRules says them in words, and stands
// beside every number.

// StatsRules are the rules, each with the name of its number.
var StatsRules = []struct{ Name, Rule string }{
	{"received", "messages of customers; what happened in a thread and was not said does not count"},
	{"sent", "our messages, by whatever program; those that were taken back do not count"},
	{"contacts", "a contact begins with a customer's message that is the first of all, or comes 24 hours or more after the message before it"},
	{"answered", "contacts of the day on which they began that have a first response"},
	{"first response", "from the beginning of a contact to our first message in it that is not automatic; a reaction is no response"},
	{"automatic", "a message that says it is one, or that parley knows to have sent as such; never a first response"},
	{"resolution", "from the beginning of the newest contact to the moment at which an agent marked it done, where it still is; on the day of the mark"},
	{"missed", "reply windows, as they are configured now, that closed while a customer waited for an answer; on the day on which they closed"},
}

// ContactGap is the silence after which a customer's message begins a new contact.
const ContactGap = 24 * time.Hour

// StatMessage is a message as far as the rules ask.
type StatMessage struct {
	At        time.Time
	Received  bool // else it is ours
	Automatic bool // ours, and nobody has typed it
}

// StatMessageOf is what the rules see of a message; ok is false for what does not
// count. A message of ours is automatic where automated says so, or the text does.
func StatMessageOf(m Message, automated bool) (s StatMessage, ok bool) {
	received := m.Direction == Received
	if m.Event || m.Note || m.Deleted && !received {
		return s, false
	}
	return StatMessage{At: m.CreatedAt, Received: received, Automatic: !received && (automated || DisclosesAutomation(m.Text))}, true
}

// Contact is a stretch of a conversation that a customer has begun.
type Contact struct {
	Begin    time.Time
	Response time.Time // zero: none yet
}

// Contacts divides a conversation, oldest message first.
func Contacts(messages []StatMessage) (contacts []Contact) {
	var before time.Time
	for i, m := range messages {
		begins := m.Received && (i == 0 || m.At.Sub(before) >= ContactGap)
		before = m.At
		switch {
		case begins:
			contacts = append(contacts, Contact{Begin: m.At})
		case len(contacts) == 0 || m.Received || m.Automatic:
		case contacts[len(contacts)-1].Response.IsZero():
			contacts[len(contacts)-1].Response = m.At
		}
	}
	return contacts
}

// MissedWindows are the instants until now at which a window closed while the
// customer's newest message had no answer. A window begins anew with each message
// of the customer.
func MissedWindows(messages []StatMessage, policy WindowPolicy, now time.Time) (missed []time.Time) {
	if !policy.Limited {
		return nil
	}
	var closes time.Time // zero: nobody waits
	for _, m := range messages {
		if !m.Received && m.Automatic {
			continue
		}
		if !closes.IsZero() && m.At.After(closes) {
			missed = append(missed, closes)
		}
		closes = time.Time{}
		if m.Received {
			_, closes = policy.Ends(m.At)
		}
	}
	if !closes.IsZero() && !closes.After(now) {
		missed = append(missed, closes)
	}
	return missed
}

// Tally is what the rules make of some conversations, or of one day of them.
type Tally struct {
	Received, Sent             int
	Contacts, Answered, Missed int
	Responses, Resolutions     []time.Duration
}

// Add joins another tally to this one.
func (t *Tally) Add(o Tally) {
	t.Received += o.Received
	t.Sent += o.Sent
	t.Contacts += o.Contacts
	t.Answered += o.Answered
	t.Missed += o.Missed
	t.Responses = append(t.Responses, o.Responses...)
	t.Resolutions = append(t.Resolutions, o.Resolutions...)
}

// Period is the time that is counted, in days of a zone.
type Period struct {
	Since, Until time.Time
	Zone         *time.Location
}

// Day is the midnight at which the day of an instant begins.
func (p Period) Day(at time.Time) time.Time {
	y, m, d := at.In(p.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, p.Zone)
}

func (p Period) has(at time.Time) bool { return !at.Before(p.Since) && at.Before(p.Until) }

// TallyOf counts a conversation, day by day. messages are all that the rules ask
// about, oldest first: also those before the period that a contact or a window of
// it began with. doneAt is when it was marked done; zero where it is not.
func TallyOf(messages []StatMessage, policy WindowPolicy, doneAt time.Time, p Period) map[time.Time]Tally {
	days := map[time.Time]Tally{}
	count := func(at time.Time, change func(*Tally)) {
		if p.has(at) {
			t := days[p.Day(at)]
			change(&t)
			days[p.Day(at)] = t
		}
	}
	for _, m := range messages {
		count(m.At, func(t *Tally) {
			if m.Received {
				t.Received++
			} else {
				t.Sent++
			}
		})
	}
	contacts := Contacts(messages)
	for _, c := range contacts {
		count(c.Begin, func(t *Tally) {
			t.Contacts++
			if !c.Response.IsZero() {
				t.Answered++
				t.Responses = append(t.Responses, c.Response.Sub(c.Begin))
			}
		})
	}
	if n := len(contacts); n > 0 && doneAt.After(contacts[n-1].Begin) {
		count(doneAt, func(t *Tally) { t.Resolutions = append(t.Resolutions, doneAt.Sub(contacts[n-1].Begin)) })
	}
	for _, at := range MissedWindows(messages, policy, p.Until) {
		count(at, func(t *Tally) { t.Missed++ })
	}
	return days
}

// Percentile is the least of the durations that at least that many percent of
// them do not exceed; ok is false when there are none.
func Percentile(durations []time.Duration, percent int) (d time.Duration, ok bool) {
	if len(durations) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(durations))
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(rank, 1)-1], true
}
