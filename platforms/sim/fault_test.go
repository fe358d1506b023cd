package sim_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]sim.Fault{
		"send:tear-after:0.3":           {Op: "send", Kind: "tear-after", Chance: 0.3},
		"read:429:once":                 {Op: "read", Kind: "429", Times: 1},
		"read@twitter:429=10s:once":     {Op: "read", Platform: "twitter", Kind: "429", Least: 10 * time.Second, Most: 10 * time.Second, Times: 1},
		"any:latency=200ms":             {Op: "any", Kind: "latency", Least: 200 * time.Millisecond, Most: 200 * time.Millisecond},
		"any:latency=50ms..2s:0.5:5x":   {Op: "any", Kind: "latency", Least: 50 * time.Millisecond, Most: 2 * time.Second, Chance: 0.5, Times: 5},
		"archive:html=503:after=3":      {Op: "archive", Kind: "html", Choice: "503", After: 3},
		"hook:delay=1s..2s:once":        {Op: "hook", Kind: "delay", Least: time.Second, Most: 2 * time.Second, Times: 1},
		"hook@instagram:batch=1000":     {Op: "hook", Platform: "instagram", Kind: "batch", Choice: "1000"},
		"send:answer=b":                 {Op: "send", Kind: "answer", Choice: "b"},
		"read:next-update=garbage":      {Op: "read", Kind: "next-update", Choice: "garbage"},
		"any:date=-24h":                 {Op: "any", Kind: "date", Most: -24 * time.Hour},
		"user:502-after":                {Op: "user", Kind: "502-after"},
		"send@instagram:thread-control": {Op: "send", Platform: "instagram", Kind: "thread-control"},
	} {
		got, err := sim.ParseFault(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestParseFaultSaysWhatIsWrong(t *testing.T) {
	for text, says := range map[string]string{
		"":                          "OP:FAULT",
		"send":                      "OP:FAULT",
		"sned:cut":                  `"sned": one of any, read, send`,
		"send@tiktok:cut":           `"tiktok": facebook, instagram or twitter`,
		"send@:cut":                 "facebook, instagram or twitter",
		"send:explode":              `"explode": one of 429, 500`,
		"hook:cut":                  `"cut": one of announce, batch, changes, delay`,
		"any:duplicate":             `"duplicate": one of 429`,
		"hook:batch":                "from 2 to 1000",
		"hook:batch=1001":           "from 2 to 1000",
		"send:answer=c":             "a, b",
		"send:cut=1":                `takes no value, but has "1"`,
		"any:latency":               "200ms",
		"any:latency=slow":          `"slow" is not a time`,
		"any:latency=2s..1s":        "ends before it begins",
		"any:latency=-1s":           "not between",
		"any:hang=25h":              "not between",
		"any:html=99":               "HTTP status",
		"read:next-update=tomorrow": "past, missing, far, garbage",
		"read:cut:1.5":              "probability",
		"read:cut:NaN":              "probability",
		"read:cut:0":                "probability",
		"read:cut:often":            `"often": once, 5x`,
		"read:cut:0x":               "positive",
		"read:cut:after=-1":         "positive",
	} {
		_, err := sim.ParseFault(text)
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), fmt.Sprintf("%q", text)) {
			t.Errorf("%q: %v, wanted %s", text, err, says)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	for _, text := range []string{"send:tear-after:0.3", "any:latency=50ms..2s:5x:after=2", "read@twitter:429=1m0s:once", "any:date=-3h", "hook:delay=1ms..2s", "hook:batch=7:0.5"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := sim.ParseFault(text)
		if err != nil {
			return
		}
		second, err := sim.ParseFault(first.String())
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Errorf("%q is written as %q and read as %+v, %v", text, first, second, err)
		}
	})
}

// attempt sends one message and tells the status, 0 when there was no answer.
func attempt(s *sim.Server, c sim.Conversation) int {
	req, err := http.NewRequest("POST", s.BaseURL()+"/messages/"+string(c.Platform), strings.NewReader(`{"recipientId":"`+c.Participant+`","message":"hi"}`))
	if err != nil {
		return -1
	}
	req.Header.Set("Authorization", "Bearer "+s.Key())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); err != nil {
		return 0
	}
	return res.StatusCode
}

func TestFaultsStrikeAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		fault     string
		statuses  string
		delivered int
	}{
		{"send:tear-before:once", "[0 200 200]", 2},
		{"send:tear-after:once", "[0 200 200]", 3},
		{"send:cut:2x", "[0 0 200]", 3},
		{"send:503:after=1", "[200 503 503]", 1},
		{"send:503-after:after=2", "[200 200 503]", 3},
		{"send:hang=1ms:once", "[0 200 200]", 2},
		{"send:hang-after=1ms:once", "[0 200 200]", 3},
		{"send:html:once", "[200 200 200]", 2},
		{"send:html=502:once", "[502 200 200]", 2},
		{"send:status-error:once", "[200 200 200]", 2},
		{"send:429:once", "[429 200 200]", 2},
		{"any:expired-key", "[403 403 403]", 0},
		{"any:suspended:once", "[403 200 200]", 2},
		{"send:thread-control:once", "[400 200 200]", 2},
		{"send@instagram:503", "[200 200 200]", 3},
		{"read:503", "[200 200 200]", 3},
		{"send:latency=1ms..2ms", "[200 200 200]", 3},
	} {
		opts := quiet(newClock())
		opts.Faults = []string{c.fault}
		s := start(t, opts)
		to := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
		statuses := []int{attempt(s, to), attempt(s, to), attempt(s, to)}
		if got := fmt.Sprint(statuses); got != c.statuses || len(s.Deliveries()) != c.delivered {
			t.Errorf("%s: %s and %d delivered, wanted %s and %d", c.fault, got, len(s.Deliveries()), c.statuses, c.delivered)
		}
	}
}

func TestChanceComesFromTheSeed(t *testing.T) {
	run := func(seed uint64) string {
		opts := quiet(newClock())
		opts.Seed, opts.Faults = seed, []string{"send:503:0.5"}
		s := start(t, opts)
		to := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
		var statuses []int
		for range 40 {
			statuses = append(statuses, attempt(s, to))
		}
		return fmt.Sprint(statuses)
	}
	one := run(1)
	if one != run(1) {
		t.Error("the same seed gives other faults")
	}
	if one == run(2) || !strings.Contains(one, "200") || !strings.Contains(one, "503") {
		t.Errorf("the faults are not a matter of chance: %s", one)
	}
}

func TestA429TellsTheWaitOnlyWhenAsked(t *testing.T) {
	s := start(t, quiet(newClock()))
	for fault, want := range map[string]string{"user:429:once": "", "user:429=1500ms:once": "2"} {
		if err := s.AddFault(fault); err != nil {
			t.Fatal(err)
		}
		res := do(t, s, "GET", "/user", "")
		res.Body.Close()
		if got := res.Header.Get("Retry-After"); res.StatusCode != 429 || got != want {
			t.Errorf("%s: %s, Retry-After %q", fault, res.Status, got)
		}
	}
}

func TestPartialFailure(t *testing.T) {
	opts := quiet(newClock())
	opts.Faults = []string{"send:partial"}
	s := start(t, opts)
	c := arrive(t, s, sim.Customer{Platform: inbox.Instagram, Text: "hi"})
	status, o := post(t, s, c, "see", "https://img.example/a.jpg")
	if status != 400 || o["code"] != 337.0 || len(s.Deliveries()) != 1 {
		t.Errorf("%d %v, %d delivered", status, o, len(s.Deliveries()))
	}
}

func TestAKeyThatExpiresAndReturns(t *testing.T) {
	s := start(t, quiet(newClock()))
	to := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
	if err := s.AddFault("any:expired-key"); err != nil {
		t.Fatal(err)
	}
	if status := attempt(s, to); status != 403 {
		t.Errorf("status %d with an expired key", status)
	}
	s.ClearFaults()
	if status := attempt(s, to); status != 200 {
		t.Errorf("status %d after its return", status)
	}
}

func TestStrangeFieldsAreStillJSON(t *testing.T) {
	opts := quiet(newClock())
	opts.Faults = []string{"read:strange"}
	s := start(t, opts)
	for _, p := range inbox.Platforms {
		for _, m := range list(get(t, s, "/messages/"+string(p)), "messages") {
			_, number := m["id"].(float64)
			if m["mood"] == nil || number != (p == inbox.Twitter) {
				t.Fatalf("%s: %v", p, m)
			}
		}
	}
}

func TestCloseEndsRequestsThatHang(t *testing.T) {
	opts := quiet(newClock())
	opts.Faults = []string{"send:hang"}
	s := start(t, opts)
	to := arrive(t, s, sim.Customer{Platform: inbox.Facebook, Text: "hi"})
	done := make(chan int)
	go func() { done <- attempt(s, to) }()
	for len(s.Requests()) == 0 {
		runtime.Gosched() // the request is on its way through the kernel
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if status := <-done; status != 0 {
		t.Errorf("status %d", status)
	}
	var stacks bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(stacks.String(), "sim.(*Server)") {
		t.Errorf("a goroutine of the server is left:\n%s", &stacks)
	}
}
