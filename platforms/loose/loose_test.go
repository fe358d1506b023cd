package loose_test

import (
	"encoding/json"
	"testing"
	"time"

	"parley/platforms/loose"
)

func TestTextAndNumbers(t *testing.T) {
	for _, c := range []struct {
		raw    string
		text   string
		isText bool
		number int64
		isInt  bool
	}{
		{`"a\u00e9\/b"`, "aé/b", true, 0, false},
		{`17841400999123456`, "17841400999123456", true, 17841400999123456, true},
		{`" 42 "`, " 42 ", true, 42, true},
		{`1.7e12`, "1.7e12", true, 1_700_000_000_000, true},
		{`1e300`, "1e300", true, 0, false},
		{`"NaN"`, "NaN", true, 0, false},
		{`-0x10`, "-0x10", true, 0, false},
		{`null`, "", true, 0, false},
		{``, "", true, 0, false},
		{`true`, "", false, 0, false},
		{`{"a":1}`, "", false, 0, false},
		{`["a"]`, "", false, 0, false},
	} {
		if text, ok := loose.Text(json.RawMessage(c.raw)); text != c.text || ok != c.isText {
			t.Errorf("text of %s: %q, %v", c.raw, text, ok)
		}
		if n, ok := loose.Int(json.RawMessage(c.raw)); n != c.number || ok != c.isInt {
			t.Errorf("number of %s: %d, %v", c.raw, n, ok)
		}
	}
}

func TestTimes(t *testing.T) {
	moment := time.Date(2026, 11, 3, 14, 5, 6, 0, time.UTC)
	for raw, want := range map[string]time.Time{
		`"2026-11-03T14:05:06Z"`:          moment,
		`"2026-11-03T15:05:06+01:00"`:     moment,
		`"2026-11-03T15:05:06+0100"`:      moment,
		`"2026-11-03T14:05:06.250+0000"`:  moment.Add(250 * time.Millisecond),
		`"2026-11-03T14:05:06.250"`:       moment.Add(250 * time.Millisecond),
		`" 2026-11-03 14:05:06 "`:         moment,
		`1793714706`:                      moment,
		`"1793714706"`:                    moment,
		`1793714706250`:                   moment.Add(250 * time.Millisecond),
		`"yesterday"`:                     {},
		`0`:                               {},
		`-5`:                              {},
		`9223372036854775807`:             {},
		`"0001-01-01T00:00:00Z"`:          {},
		`"99999-01-01T00:00:00Z"`:         {},
		`{"seconds":1793714706}`:          {},
		`"2026-11-03T25:00:00Z"`:          {},
		`null`:                            {},
		`"2026-11-03T14:05:06+99999:999"`: {},
	} {
		if got := loose.Time(json.RawMessage(raw)); !got.Equal(want) {
			t.Errorf("%s is %v, want %v", raw, got, want)
		}
	}
}

// TestWhatWasUnderstoodIsTaken: what remains of an object is what nobody
// understood.
func TestWhatWasUnderstoodIsTaken(t *testing.T) {
	o, ok := loose.ParseObject(json.RawMessage(`{"id":7,"on":"true","off":"perhaps","at":"soon","list":"one","edge":{"data":[{"id":"a"},3]},"inner":[],"gone":null}`))
	if !ok {
		t.Fatal("it is an object")
	}
	if id := o.Peek("id"); id != "7" || !o.Has("id") {
		t.Errorf("a look tells %q, and leaves it: %v", id, o.Has("id"))
	}
	if id := o.Text("id"); id != "7" {
		t.Errorf("id %q", id)
	}
	if on, told := o.Bool("on"); !on || !told {
		t.Errorf("on is %v, told %v", on, told)
	}
	if off, told := o.Bool("off"); off || told {
		t.Errorf("off is %v, told %v", off, told)
	}
	if at := o.Time("at"); !at.IsZero() {
		t.Errorf("at %v", at)
	}
	if list := o.List("list"); len(list) != 1 || string(list[0]) != `"one"` {
		t.Errorf("list %s", list)
	}
	if edge := o.Data("edge"); len(edge) != 1 || edge[0].Text("id") != "a" {
		t.Errorf("edge %v", edge)
	}
	if inner := o.Object("inner"); inner != nil {
		t.Errorf("inner %v", inner)
	}
	if gone := o.Text("gone"); gone != "" {
		t.Errorf("gone %q", gone)
	}
	for _, key := range []string{"off", "at", "inner"} {
		if !o.Has(key) {
			t.Errorf("%s was not understood, and is gone", key)
		}
	}
	if len(o) != 3 {
		t.Errorf("left: %v", o)
	}
}

// FuzzObject: whatever comes, nothing panics, and a time can be kept.
func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"a":"1","b":[1,{"c":2}],"d":1.7e12,"e":{"data":[]}}`))
	f.Add([]byte(`{"a":"\ud800","b":"\u0000"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, ok := loose.ParseObject(data)
		if !ok {
			return
		}
		for key := range o {
			loose.Text(o[key])
			loose.Int(o[key])
			loose.Bool(o[key])
			loose.Objects(loose.List(o[key]))
			if at := loose.Time(o[key]); !at.IsZero() {
				if _, err := json.Marshal(at); err != nil {
					t.Errorf("%s: %v", o[key], err)
				}
			}
		}
	})
}
