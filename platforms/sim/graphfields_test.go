package sim

import (
	"reflect"
	"strings"
	"testing"
)

func TestFieldsAreRead(t *testing.T) {
	for text, want := range map[string][]field{
		"":                    nil,
		"id":                  {{name: "id"}},
		"id, updated_time":    {{name: "id"}, {name: "updated_time"}},
		"messages.limit(5)":   {{name: "messages", limit: 5}},
		"messages{id,from}":   {{name: "messages", sub: []field{{name: "id"}, {name: "from"}}}},
		"m.limit(2).after(x)": {{name: "m", limit: 2, after: "x"}},
		"m.limit(2){s{link}},id": {
			{name: "m", limit: 2, sub: []field{{name: "s", sub: []field{{name: "link"}}}}}, {name: "id"},
		},
	} {
		got, err := parseFields(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		",", "id,", "id{", "id{}", "id}", "id.limit", "id.limit(0)", "id.limit(x)", "id.limit(5", "id.order(x)", "ID", "a b",
		strings.Repeat("a{", 9) + "a" + strings.Repeat("}", 9), strings.Repeat("a,", 200) + "a",
	} {
		if got, err := parseFields(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

func FuzzFields(f *testing.F) {
	for _, seed := range []string{"id", "a.limit(5){b,c{d}},e", "a{", "a.after(x).limit(1)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fields, err := parseFields(text)
		if err != nil {
			return
		}
		again, err := parseFields(writeFields(fields))
		if err != nil || !reflect.DeepEqual(again, fields) {
			t.Errorf("%q is read as %+v, which is written as %q and read as %+v, %v", text, fields, writeFields(fields), again, err)
		}
	})
}
