package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// hostileMarkup is what a customer may write to get out of a document.
const hostileMarkup = "<script>alert(1)</script> **bold** [x](javascript:alert(1)) `code` | a\n# no heading\n<img src=http://evil.example/x.png>"

func newScriptDesk(t *testing.T) *desk {
	t.Helper()
	world := newSim(t, sim.Options{Seed: 6, Quiet: true, CacheTime: time.Second})
	hears(t, world, "Ursel <b>Kamp</b>", hostileMarkup)
	hears(t, world, "Ole Kern", "Wo bleibt die Espressomaschine?")
	d := newDesk(t, world.BaseURL(), "[ui]\ntime_zone = \"Asia/Kathmandu\"\n")
	d.parley("sync").exits(exitDone)
	d.parley("send", "ole", "Sie ist unterwegs.").exits(exitDone)
	d.parley("note", "ursel", "Call *her* back").exits(exitDone)
	return d
}

func TestSearchFindsMessages(t *testing.T) {
	t.Parallel()
	d := newScriptDesk(t)
	check := func() {
		t.Helper()
		find := d.parley("search", "espressomaschine", "--json").exits(exitDone).one()
		m, _ := find["message"].(record)
		if find["participant"].(record)["name"] != "Ole Kern" || m["text"] != "Wo bleibt die Espressomaschine?" || len(find["marks"].([]any)) != 1 {
			t.Errorf("found %v", find)
		}
		d.parley("search", "unterwegs").exits(exitDone).prints("you: Sie ist unterwegs.", "Ole Kern")
		d.parley("search", "espressomaschine -wo").exits(exitDone)
		d.parley("search", `"her back"`).exits(exitDone).prints("note: Call *her* back", "Ursel")
		d.parley("search").exits(exitUsage)
		d.parley("search", "is:nothing").exits(exitUsage)
	}
	check()
	run := d.holds()
	check()
	run.ends(syscall.SIGTERM, exitDone)
}

func TestExportAsJSON(t *testing.T) {
	t.Parallel()
	d := newScriptDesk(t)
	var doc struct {
		Conversation record   `json:"conversation"`
		Zone         string   `json:"zone"`
		ExportedAt   string   `json:"exported_at"`
		Messages     []record `json:"messages"`
	}
	out := d.parley("export", "ursel", "--format", "json").exits(exitDone).stdout
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	if doc.Zone != "Asia/Kathmandu" || doc.ExportedAt == "" || doc.Conversation["platform"] != "facebook" || len(doc.Messages) != 2 {
		t.Fatalf("%+v", doc)
	}
	first, note := doc.Messages[0], doc.Messages[1]
	utc, err1 := time.Parse(time.RFC3339, fmt.Sprint(first["created_at"]))
	local, err2 := time.Parse(time.RFC3339, fmt.Sprint(first["local_time"]))
	if err1 != nil || err2 != nil || !utc.Truncate(time.Second).Equal(local) || !strings.HasSuffix(fmt.Sprint(first["local_time"]), "+05:45") {
		t.Errorf("%v and %v", first["created_at"], first["local_time"])
	}
	if first["kind"] != "received" || first["text"] != hostileMarkup || note["kind"] != "note" || note["text"] != "Call *her* back" {
		t.Errorf("%v\n%v", first, note)
	}
}

func TestExportAsHTMLLoadsNothing(t *testing.T) {
	t.Parallel()
	d := newScriptDesk(t)
	out := d.parley("export", "ursel", "--format", "html").exits(exitDone).
		prints("default-src 'none'", "&lt;script&gt;alert(1)&lt;/script&gt;", "Ursel &lt;b&gt;Kamp&lt;/b&gt;", "0545", `<article class="note">`, "</html>").stdout
	for _, markup := range []string{"<script", "<img", "<link", "src=", "href=\"javascript", "url("} {
		if strings.Contains(strings.ReplaceAll(out, "&lt;img src=http", ""), markup) {
			t.Errorf("the page has %s:\n%s", markup, out)
		}
	}
}

func TestExportAsMarkdownIsText(t *testing.T) {
	t.Parallel()
	d := newScriptDesk(t)
	d.parley("export", "ursel").exits(exitDone).prints(
		`# Ursel \<b\>Kamp\</b\>`, `\*\*bold\*\* \[x\]\(javascript\:alert\(1\)\)`, `> \# no heading`, `\<img src\=http\:`, " · note\n", `Call \*her\* back`)
	d.parley("export", "ursel", "--format", "pdf").exits(exitUsage).says(`there is no format "pdf"`)
}

// TestExportOfAttachments has the link, its age, reactions and tombstones.
func TestExportOfAttachments(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	m := exportMessage{Zone: time.UTC, Kind: "received", Author: "Ole", Message: inbox.Message{
		ID: "m1", CreatedAt: at, UpdatedAt: at.Add(time.Hour),
		Attachments: []inbox.Attachment{{Type: "image", URL: "https://cdn.example/a.jpg", AsOf: at}, {Type: "file", URL: "javascript:alert(1)"}},
		Reactions:   []inbox.Reaction{{Emoji: "❤️", Mine: true}},
	}}
	gone := exportMessage{Zone: time.UTC, Kind: "sent", Author: "acme", Message: inbox.Message{ID: "m2", CreatedAt: at, Deleted: true}}
	for name, c := range map[string]struct {
		to    exporter
		wants []string
	}{
		"markdown": {markdownExport{}, []string{`\[image\] https\://cdn\.example/a\.jpg \(link of 2026\-03\-02 09\:00\)`, "❤️ (ours)", "· edited", "> *unsent*"}},
		"html":     {htmlExport{}, []string{`href="https://cdn.example/a.jpg"`, "(link of 2026-03-02 09:00)", "❤️ (ours)", "· edited", `class="unsent"`, "#ZgotmplZ"}},
		"json":     {&jsonExport{}, []string{`"link_from":"2026-03-02T09:00:00Z"`, `"mine":true`, `"edited_at":"2026-03-02T10:00:00Z"`, `"unsent":true`}},
	} {
		var b strings.Builder
		for _, m := range []exportMessage{m, gone} {
			if err := c.to.message(&b, m); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range c.wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, b.String())
			}
		}
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 6, Quiet: true, CacheTime: time.Second, Platforms: []inbox.Platform{inbox.Facebook}, Conversations: 1})
	d := newDesk(t, world.BaseURL(), "[ui]\ntime_zone = \"Asia/Kathmandu\"\n")
	d.write("config.toml", strings.Replace(d.read("config.toml"), "[ui]", "platforms = [\"facebook\"]\n[ui]", 1))
	d.parley("sync").exits(exitDone)
	before := d.parley("stats", "--json").exits(exitDone).records()[0]
	hears(t, world, "Ursel Kamp", "hallo")
	hears(t, world, "Ole Kern", "moin")
	await(t, "the customers", func() bool {
		d.parley("sync")
		return strings.Contains(d.parley("show", "ole").stdout, "moin") && strings.Contains(d.parley("show", "ursel").stdout, "hallo")
	})
	d.parley("send", "ole", "Moin, Ole.").exits(exitDone)
	d.parley("send", "ursel", inbox.AutomationNotice).exits(exitDone)
	d.parley("done", "ole").exits(exitDone)

	records := d.parley("stats", "--json").exits(exitDone).records()
	total := records[0]
	for field, more := range map[string]float64{"received": 2, "sent": 2, "contacts": 2, "answered": 1, "missed": 0} {
		if got := total[field].(float64) - before[field].(float64); got != more {
			t.Errorf("%s: %v more, want %v", field, got, more)
		}
	}
	for field, more := range map[string]float64{"first_response": 1, "resolution": 1} {
		spans := total[field].(record)
		if got := spans["count"].(float64) - before[field].(record)["count"].(float64); got != more || spans["median_s"] == nil || spans["p90_s"] == nil {
			t.Errorf("%s: %v", field, spans)
		}
	}
	if account := records[1]; account["scope"] != "account" || account["account"] != testAccountID || account["platform"] != "facebook" || account["received"] != total["received"] {
		t.Errorf("the account: %v", account)
	}
	if day := records[len(records)-1]; day["scope"] != "day" || day["account"] != nil || len(day["day"].(string)) != len(time.DateOnly) {
		t.Errorf("the last day: %v", day)
	}

	out := d.parley("stats", "--since", "3d").exits(exitDone).prints("all", "Facebook", "█", "a contact begins with", "Asia/Kathmandu")
	if days := strings.Count(out.stdout, "\n20"); days != 4 {
		t.Errorf("%d days:\n%s", days, out.stdout)
	}
	d.env = append(d.env, "LANG=C")
	if out := d.parley("stats").exits(exitDone).prints(" ##").stdout; strings.Contains(out, "█") {
		t.Error("a locale without Unicode gets blocks")
	}
	d.parley("stats", "--account", "nobody").exits(exitUsage)
}
