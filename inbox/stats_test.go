package inbox_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

// statDay is a Monday.
var statDay = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// statThread reads a thread as hours of statDay: "9c" is a customer's message at
// nine, "10u" is ours, "11a" an automatic one of ours.
func statThread(t *testing.T, text string) (messages []inbox.StatMessage) {
	t.Helper()
	for _, word := range strings.Fields(text) {
		var hour float64
		var who string
		if _, err := fmt.Sscanf(word, "%f%s", &hour, &who); err != nil {
			t.Fatal(word, err)
		}
		at := statDay.Add(time.Duration(hour * float64(time.Hour)))
		messages = append(messages, inbox.StatMessage{At: at, Received: who == "c", Automatic: who == "a"})
	}
	return messages
}

// statHours are instants as hours of statDay.
func statHours(times ...time.Time) (hours []float64) {
	for _, at := range times {
		hours = append(hours, at.Sub(statDay).Hours())
	}
	return hours
}

func TestContacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, thread string
		begins       []float64
		responses    []float64 // hours after the beginning; -1 for none
	}{
		{"nothing", "", nil, nil},
		{"answered at once", "9c 9.5u", []float64{9}, []float64{0.5}},
		{"several messages are one contact", "9c 9.1c 10u 11c 12u", []float64{9}, []float64{1}},
		{"not answered", "9c 9.5c", []float64{9}, []float64{-1}},
		{"an automatic answer is no response", "9c 9.01a 11u", []float64{9}, []float64{2}},
		{"an automatic answer alone", "9c 9.01a", []float64{9}, []float64{-1}},
		{"a day of silence begins a new one", "9c 10u 34c 35u", []float64{9, 34}, []float64{1, 1}},
		{"less than a day does not", "9c 10u 33.9c 35u", []float64{9}, []float64{1}},
		{"an answer after a day belongs to the contact before", "9c 40u", []float64{9}, []float64{31}},
		{"we wrote first", "9u 10c 11u", nil, nil},
		{"we wrote first, long ago", "9u 40c 41u", []float64{40}, []float64{1}},
	} {
		contacts := inbox.Contacts(statThread(t, c.thread))
		var begins, responses []float64
		for _, contact := range contacts {
			begins = append(begins, statHours(contact.Begin)...)
			took := -1.0
			if !contact.Response.IsZero() {
				took = contact.Response.Sub(contact.Begin).Hours()
			}
			responses = append(responses, took)
		}
		if !reflect.DeepEqual(begins, c.begins) || !reflect.DeepEqual(responses, c.responses) {
			t.Errorf("%s: begin at %v with responses after %v, want %v and %v", c.name, begins, responses, c.begins, c.responses)
		}
	}
}

func TestMissedWindows(t *testing.T) {
	t.Parallel()
	day := inbox.WindowPolicy{Limited: true, Open: 24 * time.Hour}
	late := inbox.WindowPolicy{Limited: true, Open: 24 * time.Hour, Late: 7 * 24 * time.Hour}
	for _, c := range []struct {
		name, thread string
		policy       inbox.WindowPolicy
		now          float64
		missed       []float64
	}{
		{"answered in time", "9c 10u", day, 100, nil},
		{"never answered", "9c", day, 100, []float64{33}},
		{"still open", "9c", day, 32, nil},
		{"closed this instant", "9c", day, 33, []float64{33}},
		{"answered too late", "9c 34u", day, 100, []float64{33}},
		{"each message opens it anew", "9c 20c", day, 100, []float64{44}},
		{"missed twice", "9c 40c", day, 100, []float64{33, 64}},
		{"an automatic answer is none", "9c 9.1a", day, 100, []float64{33}},
		{"human agents have longer", "9c 100u", late, 300, nil},
		{"but not for ever", "9c", late, 300, []float64{9 + 7*24}},
		{"no window", "9c", inbox.WindowPolicy{}, 1000, nil},
	} {
		now := statDay.Add(time.Duration(c.now * float64(time.Hour)))
		if got := statHours(inbox.MissedWindows(statThread(t, c.thread), c.policy, now)...); !reflect.DeepEqual(got, c.missed) {
			t.Errorf("%s: missed at %v, want %v", c.name, got, c.missed)
		}
	}
}

func TestATallyCountsByTheDayOfTheZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UTC+2", 2*60*60)
	period := inbox.Period{Since: statDay.Add(-2 * time.Hour), Until: statDay.Add(71 * time.Hour), Zone: zone}
	policy := inbox.WindowPolicy{Limited: true, Open: 24 * time.Hour}
	// The message at 21:30 UTC is of the day before it is in the zone; the one at
	// 22:30 of the next. The first was before the period.
	days := inbox.TallyOf(statThread(t, "-30c 21.5c 22.5u 23c"), policy, statDay.Add(50*time.Hour), period)
	first, second, third := period.Day(statDay), period.Day(statDay.Add(23*time.Hour)), period.Day(statDay.Add(47*time.Hour))
	want := map[time.Time]inbox.Tally{
		first:  {Received: 1, Contacts: 1, Answered: 1, Responses: []time.Duration{time.Hour}},
		second: {Received: 1, Sent: 1},
		third:  {Missed: 1, Resolutions: []time.Duration{28*time.Hour + 30*time.Minute}},
	}
	if !reflect.DeepEqual(days, want) {
		t.Errorf("got  %+v\nwant %+v", days, want)
	}
}

func TestWhatCountsAsAMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		m         inbox.Message
		automated bool
		want      inbox.StatMessage
		ok        bool
	}{
		"received":                  {inbox.Message{Direction: inbox.Received, Text: "an automatic door?"}, false, inbox.StatMessage{Received: true}, true},
		"received and taken back":   {inbox.Message{Direction: inbox.Received, Deleted: true}, false, inbox.StatMessage{Received: true}, true},
		"sent":                      {inbox.Message{Direction: inbox.Sent, Text: "hello"}, false, inbox.StatMessage{}, true},
		"sent and taken back":       {inbox.Message{Direction: inbox.Sent, Deleted: true}, false, inbox.StatMessage{}, false},
		"sent by a machine":         {inbox.Message{Direction: inbox.Sent, Text: "hello"}, true, inbox.StatMessage{Automatic: true}, true},
		"says that it is automatic": {inbox.Message{Direction: inbox.Sent, Text: inbox.AutomationNotice}, false, inbox.StatMessage{Automatic: true}, true},
		"a note":                    {inbox.Message{Note: true, Text: "call back"}, false, inbox.StatMessage{}, false},
		"happened and was not said": {inbox.Message{Direction: inbox.Received, Event: true}, false, inbox.StatMessage{}, false},
	} {
		if got, ok := inbox.StatMessageOf(c.m, c.automated); got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

func TestPercentiles(t *testing.T) {
	t.Parallel()
	of := func(seconds ...int) (list []time.Duration) {
		for _, s := range seconds {
			list = append(list, time.Duration(s)*time.Second)
		}
		return list
	}
	for _, c := range []struct {
		list    []time.Duration
		percent int
		want    time.Duration
		ok      bool
	}{
		{nil, 50, 0, false},
		{of(7), 50, 7 * time.Second, true},
		{of(3, 1, 2), 50, 2 * time.Second, true},
		{of(4, 3, 1, 2), 50, 2 * time.Second, true},
		{of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 90, 9 * time.Second, true},
		{of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 90, 10 * time.Second, true},
		{of(1, 2), 0, time.Second, true},
	} {
		if got, ok := inbox.Percentile(c.list, c.percent); got != c.want || ok != c.ok {
			t.Errorf("%d%% of %v: %v, %v, want %v", c.percent, c.list, got, ok, c.want)
		}
	}
}

// TestStatsReadWhatTheyNeed: also of what is done, and from before the period.
func TestStatsReadWhatTheyNeed(t *testing.T) {
	f := newFixture(t)
	now := time.Now().UTC().Truncate(time.Hour)
	f.ingest(batch(received("m0", "long ago", now.Add(-90*24*time.Hour)), received("m1", "hello", now.Add(-50*time.Hour)), sent("m2", "hi", now.Add(-49*time.Hour))))
	other := received("o1", "anybody?", now.Add(-26*24*time.Hour))
	other.RemoteID = "t_ole"
	f.ingest(batch(other))
	if _, err := f.in.Triage(t.Context(), []inbox.ConversationID{ann}, inbox.MarkDone{}); err != nil {
		t.Fatal(err)
	}
	var total inbox.Tally
	period := inbox.Period{Since: now.Add(-20 * 24 * time.Hour), Until: time.Now().Add(time.Second), Zone: time.UTC}
	err := f.in.Stats(t.Context(), period, func(c inbox.ConversationTally) error {
		if c.Account != "acme" || c.Platform != inbox.Instagram {
			t.Errorf("%+v", c)
		}
		for _, day := range c.Days {
			total.Add(day)
		}
		return nil
	})
	_, ends := f.in.Capabilities(ann).Window.Ends(other.Message.CreatedAt)
	missed := 0
	if !ends.Before(period.Since) {
		missed = 1
	}
	if err != nil || total.Received != 1 || total.Sent != 1 || total.Contacts != 1 || total.Answered != 1 || len(total.Resolutions) != 1 || total.Missed != missed {
		t.Errorf("%+v (missed: want %d), %v", total, missed, err)
	}
}

// TestALongWindowIsFoundBehindShortOnes: the config may give a platform a longer
// one than the others have.
func TestALongWindowIsFoundBehindShortOnes(t *testing.T) {
	f := newFixture(t)
	const day = 24 * time.Hour
	var err error
	f.in, err = inbox.New(t.Context(), inbox.Options{Store: f.store, Accounts: []inbox.Account{{
		ID: "acme", Provider: f.provider, Windows: map[inbox.Platform]inbox.WindowPolicy{inbox.Facebook: {Limited: true, Open: 60 * day}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	f.ingest(batch(received("i1", "hello", now.Add(-55*day))))
	long := batch(received("f1", "hello", now.Add(-65*day)))
	long.Platform = inbox.Facebook
	f.ingest(long)
	missed := map[inbox.Platform]int{}
	err = f.in.Stats(t.Context(), inbox.Period{Since: now.Add(-20 * day), Until: now, Zone: time.UTC}, func(c inbox.ConversationTally) error {
		for _, tally := range c.Days {
			missed[c.Platform] += tally.Missed
		}
		return nil
	})
	if err != nil || !reflect.DeepEqual(missed, map[inbox.Platform]int{inbox.Facebook: 1}) {
		t.Errorf("missed %v, %v", missed, err)
	}
}
