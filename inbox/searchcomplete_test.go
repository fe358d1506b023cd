package inbox

import (
	"slices"
	"strings"
	"testing"
)

// offered are the texts that are offered for what is typed up to the |.
func offered(t *testing.T, typed string, known Known) (text string, found []Completion, texts []string) {
	t.Helper()
	before, after, _ := strings.Cut(typed, "|")
	text = before + after
	found = Complete(text, len(before), known)
	for _, c := range found {
		texts = append(texts, c.Text)
	}
	return text, found, texts
}

func TestSearchIsCompleted(t *testing.T) {
	known := Known{Accounts: []AccountID{"acme", "shop"}, Platforms: []Platform{Instagram, Twitter}, Labels: []string{"vip", "late-parcel"}, Customers: []string{"Anna Berg", "Åsa", `Be "B" Ben`}}
	for typed, want := range map[string]string{
		"|":                    "is: from: has: left< platform: account: label: after: before:",
		"sara |":               "is: from: has: left< platform: account: label: after: before:",
		"a|":                   "account: after:",
		"-a|":                  "-account: -after:",
		"-|":                   "-is: -from: -has: -left< -platform: -account: -label: -after: -before:",
		"unr|":                 "is:unread",
		"-unr|":                "-is:unread",
		"FACE|":                "",
		"insta|":               "platform:instagram",
		"is:un|":               "is:unread is:unanswered",
		"sara is:clos|":        "is:closing is:closed",
		"is:cl| sara":          "is:closing is:closed",
		"is:unread|":           "",
		"IS:UNREAD|":           "",
		"has:|":                "has:image has:video has:audio has:link has:reaction",
		"account:|":            "account:acme account:shop",
		"left<|":               "left<1h left<2h left<12h left<1d",
		"-left>1|":             "-left>1h -left>12h -left>1d",
		"from:|":               `from:me from:"Anna Berg" from:Åsa from:"Be B Ben"`,
		"from:ann|":            `from:"Anna Berg"`,
		"from:ber|":            `from:"Anna Berg"`,
		`from:"anna b|`:        `from:"Anna Berg"`,
		"from:å|":              "from:Åsa",
		"label:|":              "label:vip label:late-parcel",
		"late|":                "label:late-parcel",
		"l|":                   "left< label:",
		"before:y|":            "before:yesterday",
		"form:ann|":            "from:ann",
		`"late|`:               "",
		`"late parcel" is:dr|`: "is:draft",
		"http://|":             "",
	} {
		if _, _, texts := offered(t, typed, known); strings.Join(texts, " ") != want {
			t.Errorf("%q offers %q, not %q", typed, strings.Join(texts, " "), want)
		}
	}
	if _, _, texts := offered(t, "|", Known{}); slices.Contains(texts, "account:") || slices.Contains(texts, "label:") {
		t.Errorf("names are offered where there are none: %q", texts)
	}
}

func TestCompletionIsPutIntoTheSearch(t *testing.T) {
	for typed, want := range map[string]string{
		"|":               "is:|",
		"unr|":            "is:unread |",
		"is:unr| sara":    "is:unread| sara",
		"sara -is:unr|xx": "sara -is:unread |xx",
		"-pl|":            "-platform:|",
	} {
		text, found, _ := offered(t, typed, Known{})
		if len(found) == 0 {
			t.Errorf("%q offers nothing", typed)
			continue
		}
		completed, cursor := found[0].Apply(text)
		if got := completed[:cursor] + "|" + completed[cursor:]; got != want {
			t.Errorf("%q becomes %q, not %q", typed, got, want)
		}
		if found[0].Help == "" {
			t.Errorf("%q is not explained", found[0].Text)
		}
	}
}

// TestEveryOfferIsUnderstood: whatever is offered is a term, or becomes one with
// what is offered next.
func TestEveryOfferIsUnderstood(t *testing.T) {
	known := Known{Accounts: []AccountID{"acme"}, Labels: []string{"vip"}, Customers: []string{"Anna Berg"}}
	n := 0
	for _, key := range Complete("", 0, known) {
		for _, value := range Complete(key.Text, len(key.Text), known) {
			n++
			for _, text := range []string{value.Text, "-" + value.Text} {
				if s, err := ParseSearch(text, known); err != nil || len(s.Terms) != 1 || s.Terms[0].Kind == TermWord {
					t.Errorf("%q is offered and is %v, %v", text, s, err)
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d values are offered", n)
	}
	for _, form := range SearchForms() {
		if s, err := ParseSearch(form.Form, Known{}); err != nil || form.Means == "" {
			t.Errorf("%q is described, and is %v, %v", form.Form, s, err)
		}
	}
}
