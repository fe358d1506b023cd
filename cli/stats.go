package cli

// parley stats: how answering goes, by rules that stand beside the numbers. What
// they are is in the package inbox.

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/inbox"
)

// aDay is the unit of the period.
const aDay = 24 * time.Hour

type statsOptions struct {
	since   time.Duration
	account string
	json    bool
}

func (a *app) statsCommand() *cobra.Command {
	o := statsOptions{since: 30 * aDay}
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Count messages, response times and missed windows",
		Long: `Stats counts what is in the cache, in days of the time_zone of the config; the
network is not asked. What retention has removed is not counted. The numbers and
their rules:

` + statsRules() + `
With --json, one object for all ("scope": "total"), one for each account and
platform ("account") and one for each day ("day"): scope, account, platform and
day (YYYY-MM-DD), each null where it is not what is counted by; received, sent,
contacts, answered, missed (numbers); first_response and resolution (each: count,
median_s and p90_s in seconds, null where there are none).`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stats(cmd.Context(), o) },
	}
	cmd.Flags().Var(flagOf[time.Duration]{&o.since, "duration", parseWait, describeDays}, "since", "how far back, in whole days")
	cmd.Flags().StringVar(&o.account, "account", "", "only this `ACCOUNT` of the config")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object per line")
	a.completeAccounts(cmd)
	return cmd
}

// statsRules are the rules for a help text.
func statsRules() string {
	var b strings.Builder
	for _, r := range inbox.StatsRules {
		fmt.Fprintf(&b, "  %-15s %s\n", r.Name, r.Rule)
	}
	return b.String()
}

// describeDays is a duration in days.
func describeDays(d time.Duration) string { return strconv.Itoa(int(d/aDay)) + "d" }

// statKey is what numbers are kept by; the zero value is all.
type statKey struct {
	account  inbox.AccountID
	platform inbox.Platform
	day      time.Time
}

func (a *app) stats(ctx context.Context, o statsOptions) error {
	return a.withSession(ctx, offline, func(ctx context.Context, s *session) error {
		account, err := accountNamed(s.config, o.account)
		if err != nil {
			return err
		}
		period := inbox.Period{Until: time.Now(), Zone: s.config.Screen.TimeZone}
		period.Since = period.Day(period.Until.Add(-o.since))
		tallies := map[statKey]*inbox.Tally{{}: {}}
		err = s.Stats(ctx, period, func(c inbox.ConversationTally) error {
			if account == "" || c.Account == account {
				addTally(tallies, c)
			}
			return nil
		})
		if err != nil {
			return err
		}
		out := bufio.NewWriter(a.stdout)
		if o.json {
			err = printStatRecords(out, tallies)
		} else {
			err = a.printStats(out, period, tallies)
		}
		return cmp.Or(err, out.Flush())
	})
}

// addTally adds a conversation to all, to its account and platform, and to the days.
func addTally(tallies map[statKey]*inbox.Tally, c inbox.ConversationTally) {
	for day, t := range c.Days {
		for _, key := range []statKey{{}, {account: c.Account, platform: c.Platform}, {day: day}} {
			if tallies[key] == nil {
				tallies[key] = &inbox.Tally{}
			}
			tallies[key].Add(t)
		}
	}
}

// compare orders all before accounts before days.
func (k statKey) compare(o statKey) int {
	return cmp.Or(k.day.Compare(o.day), cmp.Compare(k.account, o.account), cmp.Compare(k.platform, o.platform))
}

func statKeys(tallies map[statKey]*inbox.Tally) []statKey {
	return slices.SortedFunc(maps.Keys(tallies), statKey.compare)
}

type spanRecord struct {
	Count  int      `json:"count"`
	Median *float64 `json:"median_s"`
	P90    *float64 `json:"p90_s"`
}

func recordOfSpans(spans []time.Duration) spanRecord {
	r := spanRecord{Count: len(spans)}
	if median, ok := inbox.Percentile(spans, 50); ok {
		p90, _ := inbox.Percentile(spans, 90)
		r.Median, r.P90 = new(median.Seconds()), new(p90.Seconds())
	}
	return r
}

type statRecord struct {
	Scope         string           `json:"scope"`
	Account       *inbox.AccountID `json:"account"`
	Platform      *inbox.Platform  `json:"platform"`
	Day           *string          `json:"day"`
	Received      int              `json:"received"`
	Sent          int              `json:"sent"`
	Contacts      int              `json:"contacts"`
	Answered      int              `json:"answered"`
	Missed        int              `json:"missed"`
	FirstResponse spanRecord       `json:"first_response"`
	Resolution    spanRecord       `json:"resolution"`
}

func recordOfTally(k statKey, t *inbox.Tally) statRecord {
	r := statRecord{
		Scope: "total", Received: t.Received, Sent: t.Sent, Contacts: t.Contacts, Answered: t.Answered, Missed: t.Missed,
		FirstResponse: recordOfSpans(t.Responses), Resolution: recordOfSpans(t.Resolutions),
	}
	switch {
	case !k.day.IsZero():
		r.Scope, r.Day = "day", new(k.day.Format(time.DateOnly))
	case k.account != "":
		r.Scope, r.Account, r.Platform = "account", &k.account, &k.platform
	}
	return r
}

func printStatRecords(w io.Writer, tallies map[statKey]*inbox.Tally) error {
	lines := jsonLines(w)
	for _, key := range statKeys(tallies) {
		if err := lines.Encode(recordOfTally(key, tallies[key])); err != nil {
			return err
		}
	}
	return nil
}

// printStats prints a table by account and platform, a chart of the days, and the
// rules.
func (a *app) printStats(w io.Writer, p inbox.Period, tallies map[statKey]*inbox.Tally) error {
	zone := p.Zone.String()
	if p.Zone == time.Local {
		zone = "this machine's time zone"
	}
	fmt.Fprintf(w, "From %s to now, %s.\n\n", p.Since.Format(time.DateOnly), zone)
	table := grid{w, []column{{width: 16}, {width: 10}, {8, true}, {6, true}, {8, true}, {8, true}, {6, true}, {17, true}, {17, true}}}
	if err := table.row("account", "platform", "received", "sent", "contacts", "answered", "missed", "first response", "resolution"); err != nil {
		return err
	}
	for _, key := range statKeys(tallies) {
		if !key.day.IsZero() {
			continue
		}
		t := tallies[key]
		platform := ""
		if key.platform != "" {
			platform = key.platform.Label()
		}
		if err := table.row(cmp.Or(string(key.account), "all"), platform, strconv.Itoa(t.Received), strconv.Itoa(t.Sent),
			strconv.Itoa(t.Contacts), strconv.Itoa(t.Answered), strconv.Itoa(t.Missed), describeSpans(t.Responses), describeSpans(t.Resolutions)); err != nil {
			return err
		}
	}
	fmt.Fprint(w, "\nTimes: median, and what 90 % do not exceed.\n\nMessages received per day, and windows missed:\n")
	a.drawDays(w, p, tallies)
	_, err := fmt.Fprintf(w, "\nThe rules:\n%s", statsRules())
	return err
}

// describeSpans is the median and the 90th percentile of durations.
func describeSpans(spans []time.Duration) string {
	median, ok := inbox.Percentile(spans, 50)
	if !ok {
		return "-"
	}
	p90, _ := inbox.Percentile(spans, 90)
	return shortSpan(median) + ", " + shortSpan(p90)
}

// shortSpan is a duration in its two greatest units.
func shortSpan(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < aDay:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd%dh", int(d/aDay), int(d.Hours())%24)
}

const (
	usualWidth = 80 // where there is no terminal
	mostWidth  = 120
)

// drawDays draws a bar for each day of the period, as wide as the terminal.
func (a *app) drawDays(w io.Writer, p inbox.Period, tallies map[statKey]*inbox.Tally) {
	block := "#"
	switch {
	case a.terse: // a chart says nothing to somebody who hears it
		block = ""
	case a.showsUnicode():
		block = "█"
	}
	most := 1
	for key, t := range tallies {
		if !key.day.IsZero() {
			most = max(most, t.Received)
		}
	}
	const beside = len("2026-03-02  ") + len(" 12345, 123 missed")
	room := max(min(cmp.Or(a.caller.Width, usualWidth), mostWidth)-beside, 8)
	for day := p.Since; day.Before(p.Until); day = p.Day(day.Add(36 * time.Hour)) { // a day has 23 to 25 hours
		t := cmp.Or(tallies[statKey{day: day}], &inbox.Tally{})
		line := day.Format(time.DateOnly) + "  " + strings.Repeat(block, (t.Received*room+most-1)/most)
		if t.Received > 0 {
			line += " " + strconv.Itoa(t.Received)
		}
		if t.Missed > 0 {
			line += fmt.Sprintf(", %d missed", t.Missed)
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// showsUnicode tells whether the caller's locale can show more than ASCII.
func (a *app) showsUnicode() bool {
	env := a.caller.Env
	locale := cmp.Or(env["LC_ALL"], env["LC_CTYPE"], env["LANG"])
	return strings.Contains(strings.ReplaceAll(strings.ToLower(locale), "-", ""), "utf8")
}
