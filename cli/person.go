package cli

// parley person: who a customer is, as the screen's panel shows it. The network is
// not asked.

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

func (a *app) personCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "person CONVERSATION",
		Aliases: []string{"who"},
		Short:   "Tell who a customer is: window, notes, what is possible",
		Long: `Person tells what is known of a customer: names and page, the same person's other
conversations, the reply window with its rule, what agents have decided and noted,
first and last contact, and what the provider can do there.

With --json, one object: id, account, provider, platform, participant (id, name,
username, link: texts, which may be empty), related (IDs of conversations), window
(phase, closes_at, rule, source), done, snoozed_until, labels, muted, mine,
messages and unread (numbers), first_message_at, last_received_at, last_sent_at,
read_up_to (RFC 3339 in UTC, or null), notes (as show --json has them), can (names)
and cannot (for each name a reason, which may be empty).`,
		Args:              between(1, 1, "one CONVERSATION"),
		ValidArgsFunction: a.completeConversations,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.person(cmd.Context(), args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return cmd
}

// person is what is known of a customer.
type person struct {
	conversation inbox.Conversation
	window       inbox.Window
	ours         inbox.Window // the same by our clock
	can          inbox.Capabilities
	past         inbox.Past
	related      []inbox.Conversation
}

func (a *app) person(ctx context.Context, name string, asJSON bool) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		c, err := s.Find(ctx, name)
		if err != nil {
			return err
		}
		p := person{conversation: c, window: s.Window(c), ours: s.OurWindow(c), can: s.Capabilities(c.ID)}
		if p.past, err = s.Past(ctx, c.ID); err != nil {
			return err
		}
		if p.related, err = s.Related(ctx, c); err != nil {
			return err
		}
		if asJSON {
			return jsonLines(a.stdout).Encode(p.record())
		}
		now, zone := time.Now(), s.config.Screen.TimeZone
		window, when := windowSentence(p.ours, now, zone), func(at time.Time) string { return minuteOf(at, zone) }
		if a.terse { // it is heard
			window, when = s.spokenWindow(p.ours, now), func(at time.Time) string { return s.clock(at, now) }
		}
		lines := slices.DeleteFunc(p.lines(window, when), func(line string) bool { return line == "" })
		_, err = io.WriteString(a.stdout, strings.Join(lines, "\n")+"\n")
		return err
	})
}

type personRecord struct {
	ID           inbox.ConversationID   `json:"id"`
	Account      inbox.AccountID        `json:"account"`
	Provider     string                 `json:"provider"`
	Platform     inbox.Platform         `json:"platform"`
	Participant  personNames            `json:"participant"`
	Related      []inbox.ConversationID `json:"related"`
	Window       personWindow           `json:"window"`
	Done         bool                   `json:"done"`
	SnoozedUntil timestamp              `json:"snoozed_until"`
	Labels       []string               `json:"labels"`
	Muted        bool                   `json:"muted"`
	Mine         bool                   `json:"mine"`
	Messages     int                    `json:"messages"`
	Unread       int                    `json:"unread"`
	First        timestamp              `json:"first_message_at"`
	LastReceived timestamp              `json:"last_received_at"`
	LastSent     timestamp              `json:"last_sent_at"`
	ReadUpTo     timestamp              `json:"read_up_to"`
	Notes        []messageRecord        `json:"notes"`
	Can          []string               `json:"can"`
	Cannot       map[string]string      `json:"cannot"`
}

type personNames struct {
	participantRecord
	Username string `json:"username"`
	Link     string `json:"link"`
}

type personWindow struct {
	windowRecord
	Rule   string `json:"rule"`
	Source string `json:"source"`
}

func (p person) record() personRecord {
	c := p.conversation
	r := personRecord{
		ID: c.ID, Account: c.ID.Account(), Provider: c.Provider, Platform: c.ID.Platform(),
		Participant: personNames{participantRecord{c.Participant.ID, c.Participant.DisplayName()}, c.Participant.Username, c.Participant.ProfileLink(c.ID.Platform())},
		Window:      personWindow{windowRecord{p.window.Phase, timestamp(p.window.ClosesAt)}, p.can.Window.String(), p.can.Window.Source},
		Related:     []inbox.ConversationID{}, Notes: []messageRecord{}, Can: []string{}, Cannot: map[string]string{},
		Done: c.IsDone(), SnoozedUntil: timestamp(c.Triage.SnoozedUntil), Labels: append([]string{}, c.Triage.Labels...), Muted: c.Triage.Muted, Mine: c.Triage.Mine,
		Messages: c.Messages, Unread: c.Unread, First: timestamp(p.past.First),
		LastReceived: timestamp(c.LastReceivedAt), LastSent: timestamp(c.LastSentAt), ReadUpTo: timestamp(c.ReadUpTo),
	}
	for _, other := range p.related {
		r.Related = append(r.Related, other.ID)
	}
	for _, note := range p.past.Notes {
		r.Notes = append(r.Notes, recordOfMessage(note, c.ReadUpTo))
	}
	for _, ability := range p.can.Abilities() {
		if ability.OK {
			r.Can = append(r.Can, ability.Name)
		} else {
			r.Cannot[ability.Name] = ability.Reason
		}
	}
	return r
}

// lines are the same for people; an empty one says nothing. when writes a time.
func (p person) lines(window string, when func(time.Time) string) []string {
	c := p.conversation
	lines := []string{p.name(), inbox.CleanLine(string(c.ID)), c.Participant.ProfileLink(c.ID.Platform())}
	for _, other := range p.related {
		lines = append(lines, "also on "+other.ID.Platform().Label()+": "+inbox.CleanLine(string(other.ID)))
	}
	lines = append(lines,
		inbox.CleanLine(window),
		strings.TrimSuffix("rule: "+p.can.Window.String()+", by "+p.can.Window.Source, ", by "),
		p.decided(when), p.contact(when))
	for _, note := range p.past.Notes {
		lines = append(lines, "# "+when(note.CreatedAt)+"  "+inbox.CleanLine(note.Text))
	}
	for _, ability := range p.can.Abilities() {
		word := "cannot"
		if ability.OK {
			word = "can"
		}
		lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s: %s, %s", word, ability.Name, ability.Reason), ", "))
	}
	return lines
}

func (p person) name() string {
	who := p.conversation.Participant
	text := who.DisplayName()
	if who.Name != "" && who.Username != "" {
		text += " (@" + who.Username + ")"
	}
	id := p.conversation.ID
	return inbox.CleanLine(text) + " on " + id.Platform().Label() + ", account " + string(id.Account()) + " through " + p.conversation.Provider
}

// decided is what agents have decided, "" for nothing.
func (p person) decided(when func(time.Time) string) string {
	words := p.conversation.Stands(when)
	if labels := p.conversation.Triage.Labels; len(labels) > 0 {
		words = append(words, "labels "+strings.Join(labels, " "))
	}
	return strings.Join(words, ", ")
}

// contact is what has been between us.
func (p person) contact(when func(time.Time) string) string {
	c := p.conversation
	text := counted(c.Messages, "message") + ", " + fmt.Sprint(c.Unread) + " unread"
	for _, at := range []struct {
		what string
		time time.Time
	}{{"first", p.past.First}, {"the customer's last", c.LastReceivedAt}, {"ours", c.LastSentAt}, {"read up to", c.ReadUpTo}} {
		said := "-"
		if !at.time.IsZero() {
			said = when(at.time)
		}
		text += "; " + at.what + ": " + said
	}
	return text
}
