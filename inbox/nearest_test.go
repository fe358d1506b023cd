package inbox

import "testing"

func TestNearestWord(t *testing.T) {
	known := []string{"unread", "unanswered", "closing", "closed", "platform"}
	for word, want := range map[string]string{
		"unraed": "unread", "unred": "unread", "UNREAD": "unread", "closin": "closing", "close": "closed", "platfrom": "platform",
		"unansweredd": "unanswered", "nothing": "", "": "", "x": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q is near to %q, not %q", word, got, want)
		}
	}
}

func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"form", "from", 1}, {"abcd", "badc", 2}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		if got := slips(c.a, c.b); got != c.want {
			t.Errorf("%q and %q are %d apart, not %d", c.a, c.b, got, c.want)
		}
	}
}
