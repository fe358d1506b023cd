package meta

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// This file reads JSON leniently, because one odd field must never cost a
// customer's message: ids come as strings and as numbers, times in five forms,
// one value where a list was promised, and new fields at any time.

// Object is a JSON object of which fields are taken one by one. A field that was
// understood is removed, so that what remains in the end is what this version
// does not understand.
type Object map[string]json.RawMessage

// ParseObject reads an object; false when the JSON is anything else.
func ParseObject(raw json.RawMessage) (Object, bool) {
	if isNull(raw) {
		return nil, false
	}
	var o Object
	err := json.Unmarshal(raw, &o)
	return o, err == nil && o != nil
}

// Has tells that there is such a field, and that it is not null.
func (o Object) Has(key string) bool { return !isNull(o[key]) }

// Text takes a string, or a number as the digits that were sent. A null is as
// good as no field.
func (o Object) Text(key string) string {
	s, ok := textOf(o[key])
	if ok {
		delete(o, key)
	}
	return s
}

// Int takes a whole number, also one in quotes.
func (o Object) Int(key string) (n int64, ok bool) {
	if n, ok = intOf(o[key]); ok {
		delete(o, key)
	}
	return n, ok
}

// Flag takes a true or false, also one in quotes; anything else is false.
func (o Object) Flag(key string) bool {
	switch strings.Trim(string(o[key]), `"`) {
	case "true":
		delete(o, key)
		return true
	case "false", "null", "":
		delete(o, key)
	}
	return false
}

// Time takes a time in any of the forms in use, zero when it is none.
func (o Object) Time(key string) time.Time {
	t := timeOf(o[key])
	if !t.IsZero() || isNull(o[key]) {
		delete(o, key)
	}
	return t
}

// Object takes an object, nil when there is none: fields can be taken of that
// too.
func (o Object) Object(key string) Object {
	raw := o[key]
	inner, ok := ParseObject(raw)
	if ok || isNull(raw) {
		delete(o, key)
	}
	return inner
}

// List takes the values of an array; one value in place of an array counts as an
// array of it.
func (o Object) List(key string) []json.RawMessage {
	raw := o[key]
	delete(o, key)
	return listOf(raw)
}

// Objects takes an array and leaves out whatever in it is no object.
func (o Object) Objects(key string) []Object { return objectsOf(o.List(key)) }

// Data takes the objects of a Graph edge: {"data":[…]}, or the bare list.
func (o Object) Data(key string) []Object {
	if inner, ok := ParseObject(o[key]); ok {
		if raw, wrapped := inner["data"]; wrapped {
			delete(o, key)
			return objectsOf(listOf(raw))
		}
	}
	return o.Objects(key)
}

func listOf(raw json.RawMessage) []json.RawMessage {
	if isNull(raw) {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return []json.RawMessage{raw}
	}
	return list
}

func objectsOf(list []json.RawMessage) []Object {
	var objects []Object
	for _, raw := range list {
		if o, ok := ParseObject(raw); ok {
			objects = append(objects, o)
		}
	}
	return objects
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// textOf reads a string or a number.
func textOf(raw json.RawMessage) (s string, ok bool) {
	if isNull(raw) {
		return "", true
	}
	switch c := raw[0]; {
	case c == '"':
		return s, json.Unmarshal(raw, &s) == nil
	case c == '-' || (c >= '0' && c <= '9'):
		return string(raw), true
	}
	return "", false
}

func intOf(raw json.RawMessage) (n int64, ok bool) {
	s, ok := textOf(raw)
	if !ok {
		return 0, false
	}
	return parseInt(strings.TrimSpace(s))
}

// parseInt reads a whole number, also one that is written as 1.7e12.
func parseInt(s string) (n int64, ok bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53 // beyond it a float is no longer a whole number
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// The forms of a time in text, beside a number in quotes. The Graph API's own is
// the second: it has no colon in the zone, so it is not RFC 3339.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05.999999999-0700",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
}

func timeOf(raw json.RawMessage) time.Time {
	s, ok := textOf(raw)
	if !ok {
		return time.Time{}
	}
	return ParseTime(s)
}

// ParseTime reads a time: ISO 8601, or Unix seconds or milliseconds, which are
// told apart by their size. Zero when it is none of these.
func ParseTime(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return sane(t.UTC())
		}
	}
	if n, ok := parseInt(s); ok {
		return sane(fromEpoch(n))
	}
	return time.Time{}
}

func fromEpoch(n int64) time.Time {
	const msFrom = 1e11 // as milliseconds 1973, as seconds the year 5138
	if n >= msFrom || n <= -msFrom {
		return time.UnixMilli(n).UTC()
	}
	return time.Unix(n, 0).UTC()
}

// sane drops times that no message can have and that keys and JSON cannot hold.
func sane(t time.Time) time.Time {
	if t.Unix() <= 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
