package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestListOfAView(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	d := newDesk(t, v.URL+"/api", `
[[view]]
name = "Johns on Facebook"
query = "howdy john platform:facebook"

[[view]]
name = "Howdy"
query = "howdy"
`)
	d.parley("sync").exits(exitDone)
	listed := func(args ...string) []string {
		t.Helper()
		var ids []string
		for _, r := range d.parley(append([]string{"list", "--json"}, args...)...).exits(exitDone).records() {
			ids = append(ids, fmt.Sprint(r["id"]))
		}
		slices.Sort(ids)
		return ids
	}
	const john = "t_10161117434308444"
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"--view", "johns on facebook"}, []string{"acme/facebook/" + john}},
		{[]string{"--view", "Howdy"}, []string{"acme/facebook/" + john, "acme/instagram/" + john, "acme/twitter/" + john}},
		{[]string{"--view", "Howdy", "platform:x"}, []string{"acme/twitter/" + john}},
		{[]string{"--view", "Johns on Facebook", "platform:x"}, nil},
	} {
		if got := listed(tt.args...); !slices.Equal(got, tt.want) {
			t.Errorf("list %q: %v, want %v", tt.args, got, tt.want)
		}
	}
	wrong := d.parley("list", "--view", "Howdie").exits(exitUsage)
	if !strings.Contains(wrong.stderr, `there is no view "Howdie"`) || !strings.Contains(wrong.stderr, "known here: Johns on Facebook, Howdy") {
		t.Error(wrong.stderr)
	}
	if offered := d.parley("__complete", "list", "--view", "").exits(exitDone); !strings.Contains(offered.stdout, "Johns on Facebook\nHowdy\n") {
		t.Errorf("a shell is offered %q", offered.stdout)
	}
}

func TestUsualViewsCanBeListed(t *testing.T) {
	t.Parallel()
	_, d := newVendorDesk(t)
	d.parley("sync").exits(exitDone)
	if all := d.parley("list", "--view", "all", "--json").exits(exitDone).records(); len(all) != 6 {
		t.Errorf("%d conversations", len(all))
	}
	if snoozed := d.parley("list", "--view", "Snoozed", "--json").exits(exitDone).records(); len(snoozed) != 0 {
		t.Errorf("%v", snoozed)
	}
}

// TestListInAnOrder: the screen's key for the order has a flag.
func TestListInAnOrder(t *testing.T) {
	t.Parallel()
	_, d := newTriageDesk(t)
	order := func(args ...string) (ends []string) {
		t.Helper()
		for _, r := range d.parley(append([]string{"list", "--json"}, args...)...).exits(exitDone).records() {
			if at, limited := r["window"].(record)["closes_at"].(string); limited {
				ends = append(ends, at)
			}
		}
		return ends
	}
	newest := order("is:unanswered", "--sort", "newest")
	if len(newest) < 3 || slices.IsSorted(newest) {
		t.Fatalf("by the newest message: %v", newest)
	}
	for _, args := range [][]string{{"is:unanswered", "--sort", "time_left"}, {"--view", "Unanswered", "--sort", "time_left"}} {
		if ends := order(args...); len(ends) < 3 || !slices.IsSorted(ends) {
			t.Errorf("list %q: %v", args, ends)
		}
	}
	d.parley("list", "--sort", "time_left").exits(exitUsage).says("cannot be sorted by time_left", "is:unanswered")
	d.parley("list", "is:closing", "--sort", "newest").exits(exitUsage).says("cannot be sorted by newest")
	d.parley("list", "--sort", "age").exits(exitUsage).says(`there is no order "age"`, "newest, time_left or wake")
}
