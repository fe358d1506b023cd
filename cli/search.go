package cli

// parley search: messages and customers by what is in them, from the full-text
// index beside the cache. The network is not asked.

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

type searchOptions struct {
	json  bool
	limit int
}

func (a *app) searchCommand() *cobra.Command {
	o := searchOptions{limit: 50}
	cmd := &cobra.Command{
		Use:   "search QUERY",
		Short: "Find messages and customers by their words, newest first",
		Long: `Search finds messages and notes by their words, and customers by their names, in
all that is in the cache; the network is not asked. QUERY is any of these, and all
of them have to be true. Case and accents do not count.

` + queryHelp() + `
With --json, one object per find: conversation_id, participant (id, name), at
(RFC 3339 in UTC), text (a cut of the message around the first match, or the
customer's names), marks (where the words are in text: pairs of bytes, from and
to), message (as parley show --json has it; null when the customer was found).`,
		Args:              between(1, 1<<10, "a QUERY"),
		ValidArgsFunction: a.completeQuery,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.search(cmd.Context(), strings.Join(args, " "), o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	cmd.Flags().Var(countFlag(&o.limit), "limit", "at most `N` finds (0: all)")
	return cmd
}

func (a *app) search(ctx context.Context, text string, o searchOptions) error {
	if _, err := parseQuery(text, inbox.Known{}); err != nil {
		return err // before anything is opened
	}
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		search, err := parseQuery(text, known(s.config))
		if err != nil {
			return err
		}
		if !s.shared { // nobody else follows the commits with the index
			if err := s.store.CatchUp(ctx); err != nil {
				return err
			}
		}
		out := bufio.NewWriter(a.stdout)
		print := s.printFind(out)
		if o.json {
			lines := jsonLines(out)
			print = func(r inbox.SearchResult) error { return lines.Encode(recordOfFind(r)) }
		}
		state, err := s.eachFind(ctx, search, o.limit, print)
		if err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
		a.tellIndex(state)
		return nil
	})
}

// findsAtOnce is how many finds are asked for in one call.
const findsAtOnce = 200

// eachFind calls f with what the search finds, newest first, limit of them at most
// (0: all). It returns how far the index had come.
func (s *session) eachFind(ctx context.Context, search inbox.Search, limit int, f func(inbox.SearchResult) error) (state inbox.IndexState, err error) {
	s.awaitIndex(ctx)
	q := inbox.SearchQuery{Search: search, By: s.listSearch(search).By}
	for found := 0; ; {
		q.Limit = findsAtOnce
		if limit > 0 {
			q.Limit = min(q.Limit, limit-found)
		}
		page, err := s.Search(ctx, q)
		if err != nil {
			return state, err
		}
		for _, r := range page.Results {
			if err := f(r); err != nil {
				return state, err
			}
			found++
		}
		if q.Next = page.Next; q.Next == "" || limit > 0 && found >= limit {
			return page.State, nil
		}
	}
}

// indexPatience is how long a search waits for the index of a running inbox.
const indexPatience = 2 * time.Second

// awaitIndex lets the index follow what is stored already: a script finds what its
// line before has sent. One that is being made anew takes longer than anybody waits.
func (s *session) awaitIndex(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, indexPatience)
	defer cancel()
	for {
		state, ok := s.IndexState()
		if !ok || state.Rebuilding || state.Broken != "" || state.Behind == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// tellIndex says on standard error what may not have been found.
func (a *app) tellIndex(state inbox.IndexState) {
	switch {
	case state.Broken != "":
		a.complain("the full-text index is not up to date: "+state.Broken, "")
	case state.Rebuilding:
		a.complain(fmt.Sprintf("the full-text index is being made: %d of %d messages are in it", state.Done, state.Total), "try again in a moment")
	case state.Behind > 0:
		a.complain("the full-text index is a moment behind the cache", "")
	}
}

type findRecord struct {
	ConversationID inbox.ConversationID `json:"conversation_id"`
	Participant    participantRecord    `json:"participant"`
	At             timestamp            `json:"at"`
	Text           string               `json:"text"`
	Marks          [][2]int             `json:"marks"`
	Message        *messageRecord       `json:"message"`
}

func recordOfFind(r inbox.SearchResult) findRecord {
	c := r.Conversation
	record := findRecord{
		ConversationID: c.ID, Participant: participantRecord{c.Participant.ID, c.Participant.DisplayName()},
		At: timestamp(r.At), Text: r.Text, Marks: [][2]int{},
	}
	for _, mark := range r.Marks {
		record.Marks = append(record.Marks, [2]int{mark.From, mark.To})
	}
	if r.IsMessage() {
		m := recordOfMessage(r.Message, c.ReadUpTo)
		record.Message = &m
	}
	return record
}

// printFind prints a find for people: platform, when, who, text, ID.
func (s *session) printFind(w *bufio.Writer) func(inbox.SearchResult) error {
	table := grid{w, []column{{width: 2}, {width: 16}, {width: 20}, {width: 60}}}
	return func(r inbox.SearchResult) error {
		text := r.Text
		switch {
		case r.Message.Note:
			text = "note: " + text
		case r.IsMessage() && r.Message.Direction == inbox.Sent:
			text = "you: " + text
		}
		at := minuteOf(r.At.Truncate(time.Second), s.config.Screen.TimeZone)
		return table.row(r.Conversation.ID.Platform().Tag(), at, r.Conversation.Participant.DisplayName(), text, string(r.Conversation.ID))
	}
}
