package cache

import (
	"bytes"
	"cmp"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

// instant makes a time of any size out of two fuzzed numbers.
func instant(sec, nsec int64) time.Time { return time.Unix(sec, nsec%1e9).UTC() }

// outOfRange are seconds that time.Time itself cannot hold, or not with a
// second more or less: its own count begins in the year 1.
func outOfRange(sec int64) bool { return sec > math.MaxInt64-62135596800-1 || sec < math.MinInt64+2 }

func FuzzInstant(f *testing.F) {
	f.Add(int64(0), int64(0), int64(-1), int64(999_999_999))
	f.Add(int64(-62135596800), int64(0), int64(253402300799), int64(1))
	f.Add(int64(-1), int64(-1), int64(1), int64(1))
	f.Fuzz(func(t *testing.T, sec1, nsec1, sec2, nsec2 int64) {
		if outOfRange(sec1) || outOfRange(sec2) {
			t.Skip()
		}
		a, b := instant(sec1, nsec1), instant(sec2, nsec2)
		up := appendInstant(nil, a)
		down := appendInstantDown(nil, a)
		if got := parseInstant(up); !got.Equal(a) {
			t.Errorf("%v comes back as %v", a, got)
		}
		if got := parseInstantDown(down); !got.Equal(a) {
			t.Errorf("%v comes back as %v", a, got)
		}
		if got, want := bytes.Compare(up, appendInstant(nil, b)), a.Compare(b); got != want {
			t.Errorf("%v and %v are ordered %d, want %d", a, b, got, want)
		}
		if got, want := bytes.Compare(down, appendInstantDown(nil, b)), b.Compare(a); got != want {
			t.Errorf("%v and %v are ordered %d backwards, want %d", a, b, got, want)
		}
	})
}

func FuzzMessageKey(f *testing.F) {
	f.Add(uint32(1), int64(0), "m_1", uint32(1), int64(0), "m_2")
	f.Add(uint32(1), int64(-1), "\x00\xff", uint32(math.MaxUint32), int64(1), "")
	f.Fuzz(func(t *testing.T, n1 uint32, sec1 int64, id1 string, n2 uint32, sec2 int64, id2 string) {
		if outOfRange(sec1) || outOfRange(sec2) {
			t.Skip()
		}
		p := inbox.Position{At: instant(sec1, sec2), ID: inbox.MessageID(id1)}
		q := inbox.Position{At: instant(sec2, sec1), ID: inbox.MessageID(id2)}
		key, other := messageKey(number(n1), p), messageKey(number(n2), q)
		n, got, ok := parseMessageKey(key)
		if !ok || n != number(n1) || !got.At.Equal(p.At) || got.ID != p.ID {
			t.Errorf("%d %v comes back as %d %v", n1, p, n, got)
		}
		want := cmp.Or(cmp.Compare(n1, n2), p.At.Compare(q.At), strings.Compare(id1, id2))
		if bytes.Compare(key, other) != want {
			t.Errorf("%d %v and %d %v are not ordered %d", n1, p, n2, q, want)
		}
		end := append(numberKey(number(n1)), endOfThread...)
		if bytes.Compare(key, end) >= 0 {
			t.Errorf("%v is behind the end of its thread", p)
		}
		if n1 < n2 && bytes.Compare(end, other) >= 0 {
			t.Errorf("the end of thread %d is behind thread %d", n1, n2)
		}
		note := noteKey(inbox.ConversationID(id2), p)
		if place := bytes.TrimPrefix(note, notePrefix(inbox.ConversationID(id2))); !bytes.Equal(place, key[numberSize:]) || !bytes.Equal(place, placeOf(p)) {
			t.Errorf("a note and a message of one time and ID have places %q and %q", place, key[numberSize:])
		}
		if got, ok := parsePlace(placeOf(p)); !ok || !got.At.Equal(p.At) || got.ID != p.ID {
			t.Errorf("the place of %v comes back as %v", p, got)
		}
		if !bytes.HasPrefix(placeKey(number(n1), p.ID), numberKey(number(n1))) {
			t.Error("a place is outside of its conversation")
		}
	})
}

func FuzzListKeys(f *testing.F) {
	f.Add(int64(5), "acme/instagram/a", int64(6), "acme/instagram/b", int64(100))
	f.Add(int64(-5), "\x00", int64(-5), "\x00\x00", int64(-100))
	f.Fuzz(func(t *testing.T, sec1 int64, id1 string, sec2 int64, id2 string, end int64) {
		if outOfRange(sec1) || outOfRange(sec2) {
			t.Skip()
		}
		at1, at2 := instant(sec1, end), instant(sec2, end)
		a, b := inbox.ConversationID(id1), inbox.ConversationID(id2)

		newest := newestKey(at1, a)
		at, id, ok := parseNewestKey(newest)
		if !ok || !at.Equal(at1) || id != a {
			t.Errorf("%v %q comes back as %v %q", at1, a, at, id)
		}
		want := cmp.Or(at2.Compare(at1), strings.Compare(id1, id2))
		if bytes.Compare(newest, newestKey(at2, b)) != want {
			t.Error("newest is out of order")
		}
		if bytes.Compare(endlessKey(at1, a), endlessKey(at2, b)) != want {
			t.Error("without an end is out of order")
		}

		ending := endKey(end, a)
		gotEnd, id, ok := parseTimeLeftKey(ending)
		if !ok || gotEnd != end || id != a {
			t.Errorf("%d %q comes back as %d %q", end, a, gotEnd, id)
		}
		if bytes.Compare(ending, endKey(sec2, b)) != cmp.Or(cmp.Compare(end, sec2), strings.Compare(id1, id2)) {
			t.Error("ends are out of order")
		}
		if bytes.Compare(ending, endlessKey(at2, b)) >= 0 {
			t.Error("an end is behind what has none")
		}

		for sort, keys := range map[inbox.Sort][][]byte{inbox.SortNewest: {newest}, inbox.SortTimeLeft: {ending, endlessKey(at1, a)}} {
			for _, key := range keys {
				got, ok := idOfIndexKey(sort, key)
				if !ok || string(got) != id1 {
					t.Errorf("the id in a key by %s is %q, want %q", sort, got, id1)
				}
				back, ok := parseCursor(sort, cursorOf(sort, key))
				if !ok || !bytes.Equal(back, key) {
					t.Errorf("a cursor by %s leads to %x, want %x", sort, back, key)
				}
			}
		}
		if _, ok := parseCursor(inbox.SortTimeLeft, cursorOf(inbox.SortNewest, newest)); ok {
			t.Error("a cursor of another order was taken")
		}
	})
}

func FuzzParts(f *testing.F) {
	f.Add("a", "b", "a\x00", "b")
	f.Add("", "\x00\x01", "\x00", "\xff")
	f.Fuzz(func(t *testing.T, a1, b1, a2, b2 string) {
		key := outboxOfKey(inbox.ConversationID(a1), inbox.OutboxID(b1))
		c, item, ok := parseOutboxOfKey(key)
		if !ok || string(c) != a1 || string(item) != b1 {
			t.Errorf("%q %q comes back as %q %q", a1, b1, c, item)
		}
		other := outboxOfKey(inbox.ConversationID(a2), inbox.OutboxID(b2))
		if bytes.Compare(key, other) != cmp.Or(strings.Compare(a1, a2), strings.Compare(b1, b2)) {
			t.Errorf("%q %q and %q %q are out of order", a1, b1, a2, b2)
		}
		if bytes.HasPrefix(other, outboxOfKey(inbox.ConversationID(a1), "")) != (a1 == a2) {
			t.Errorf("the items of %q and %q run into each other", a1, a2)
		}
		sync := inbox.SyncKey{Account: inbox.AccountID(a1), Platform: inbox.Platform(b1), Request: a2}
		if got, ok := parseSyncKey(syncKey(sync)); !ok || got != sync {
			t.Errorf("%+v comes back as %+v", sync, got)
		}
		if !bytes.HasPrefix(syncKey(sync), syncPrefix(sync.Account)) {
			t.Error("a request is outside of its account")
		}
	})
}

func FuzzWaitKey(f *testing.F) {
	f.Add("acme", "instagram", "aWdf", "acme", "instagram", "aWdfZ")
	f.Add("a", "", "\x00\x01", "a\x00", "\xff", "")
	f.Fuzz(func(t *testing.T, account1, platform1, message1, account2, platform2, message2 string) {
		a := inbox.WaitKey{Account: inbox.AccountID(account1), Platform: inbox.Platform(platform1), Message: inbox.MessageID(message1)}
		b := inbox.WaitKey{Account: inbox.AccountID(account2), Platform: inbox.Platform(platform2), Message: inbox.MessageID(message2)}
		key, other := waitKey(a), waitKey(b)
		if got, ok := parseWaitKey(key); !ok || got != a {
			t.Errorf("%+v comes back as %+v", a, got)
		}
		want := cmp.Or(strings.Compare(account1, account2), strings.Compare(platform1, platform2), strings.Compare(message1, message2))
		if bytes.Compare(key, other) != want {
			t.Errorf("%+v and %+v are out of order", a, b)
		}
		if bytes.HasPrefix(other, waitPrefix(a.Account, "")) != (a.Account == b.Account) {
			t.Errorf("what waits in %q and %q runs into each other", account1, account2)
		}
		if platform1 != "" && bytes.HasPrefix(other, waitPrefix(a.Account, a.Platform)) != (a.Account == b.Account && a.Platform == b.Platform) {
			t.Errorf("what waits on %q and %q runs into each other", platform1, platform2)
		}
	})
}

// FuzzForeignKeys feeds the parsers what a damaged file may hold.
func FuzzForeignKeys(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{withEnd})
	f.Add([]byte{withoutEnd, 1, 2, 3})
	f.Add(bytes.Repeat([]byte{0}, 40))
	f.Fuzz(func(t *testing.T, key []byte) {
		parseNewestKey(key)
		parseTimeLeftKey(key)
		parseMessageKey(key)
		parseOldestKey(key)
		parseSyncKey(key)
		parseWaitKey(key)
		for _, sort := range []inbox.Sort{inbox.SortNewest, inbox.SortTimeLeft} {
			idOfIndexKey(sort, key)
			parseCursor(sort, inbox.Cursor(key))
		}
		if c, item, ok := parseOutboxOfKey(key); ok && !bytes.Equal(outboxOfKey(c, item), key) {
			t.Errorf("%x is read as %q %q, which is written otherwise", key, c, item)
		}
	})
}

func TestOldestKey(t *testing.T) {
	times := []time.Time{{}, time.Unix(-1, 0), time.Unix(0, 0), time.Unix(0, 1), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	var keys [][]byte
	for _, at := range times {
		for _, n := range []number{0, 1, math.MaxUint32} {
			key := oldestKey(at, n)
			gotAt, gotN, ok := parseOldestKey(key)
			if !ok || !gotAt.Equal(at) || gotN != n {
				t.Errorf("%v %d comes back as %v %d", at, n, gotAt, gotN)
			}
			keys = append(keys, key)
		}
	}
	if !slices.IsSortedFunc(keys, bytes.Compare) {
		t.Error("keys are out of order")
	}
}

func TestIDMatches(t *testing.T) {
	for _, c := range []struct {
		id       string
		account  inbox.AccountID
		platform inbox.Platform
		want     bool
	}{
		{"acme/instagram/t_1", "", "", true},
		{"acme/instagram/t_1", "acme", "", true},
		{"acme/instagram/t_1", "acm", "", false},
		{"acme/instagram/t_1", "acme2", "", false},
		{"acme/instagram/t_1", "acme", "instagram", true},
		{"acme/instagram/t_1", "acme", "insta", false},
		{"acme/instagram/t_1", "", "facebook", false},
		{"acme/instagram/facebook/x", "", "facebook", false},
		{"", "", "", true},
		{"acme", "acme", "", true},
		{"acme", "acme", "instagram", false},
	} {
		if got := idMatches([]byte(c.id), c.account, c.platform); got != c.want {
			t.Errorf("%q for account %q and platform %q: %v", c.id, c.account, c.platform, got)
		}
	}
}

// TestTreeIsDrawn compares the buckets with the drawing in the package comment.
func TestTreeIsDrawn(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var drawn []string
	top := ""
	for _, m := range regexp.MustCompile(`(?m)^//\t(    )?([a-z_]+)( |$)`).FindAllStringSubmatch(string(source), -1) {
		if m[1] == "" {
			top = m[2]
		} else {
			drawn = append(drawn, top+"/"+m[2])
		}
	}
	want := []string{"meta/" + string(keySchema), "meta/" + string(keyFactsSchema), "meta/" + string(keyScrub), "meta/" + string(keyMend), "meta/" + string(keyIndex), "facts/" + string(keyTotals)}
	for _, b := range tree {
		want = append(want, string(b.top)+"/"+string(b.name))
	}
	if !slices.Equal(drawn, want) {
		t.Errorf("drawn are\n%v\nthe file has\n%v", drawn, want)
	}
}
