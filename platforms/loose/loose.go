// Package loose reads JSON leniently, because one odd field must never cost a
// customer's message: ids come as strings and as numbers, times in five forms,
// one value where a list was promised, and new fields at any time. What is sent
// is strict; what is received is read with this.
package loose

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Object is a JSON object of which fields are taken one by one. A field that was
// understood is removed, so that what remains in the end is what this version
// does not understand.
type Object map[string]json.RawMessage

// ParseObject reads an object; false when the JSON is anything else.
func ParseObject(raw json.RawMessage) (Object, bool) {
	if IsNull(raw) {
		return nil, false
	}
	var o Object
	err := json.Unmarshal(raw, &o)
	return o, err == nil && o != nil
}

// Has tells that there is such a field, and that it is not null.
func (o Object) Has(key string) bool { return !IsNull(o[key]) }

// Text takes a string, or a number as the digits that were sent. A null is as
// good as no field.
func (o Object) Text(key string) string {
	s, ok := Text(o[key])
	if ok {
		delete(o, key)
	}
	return s
}

// Peek is Text of a field that stays where it is.
func (o Object) Peek(key string) string { s, _ := Text(o[key]); return s }

// Int takes a whole number, also one in quotes.
func (o Object) Int(key string) (n int64, ok bool) {
	if n, ok = Int(o[key]); ok {
		delete(o, key)
	}
	return n, ok
}

// Bool takes a true or false, also one in quotes; told is false when it is
// neither.
func (o Object) Bool(key string) (value, told bool) {
	if value, told = Bool(o[key]); told {
		delete(o, key)
	}
	return value, told
}

// Flag takes a true or false, also one in quotes; anything else is false.
func (o Object) Flag(key string) bool {
	value, _ := o.Bool(key)
	if !o.Has(key) || string(o[key]) == `""` {
		delete(o, key) // it says nothing
	}
	return value
}

// Time takes a time in any of the forms in use, zero when it is none.
func (o Object) Time(key string) time.Time {
	t := Time(o[key])
	if !t.IsZero() || IsNull(o[key]) {
		delete(o, key)
	}
	return t
}

// Object takes an object, nil when there is none: fields can be taken of that
// too.
func (o Object) Object(key string) Object {
	raw := o[key]
	inner, ok := ParseObject(raw)
	if ok || IsNull(raw) {
		delete(o, key)
	}
	return inner
}

// List takes the values of an array; one value in place of an array counts as an
// array of it.
func (o Object) List(key string) []json.RawMessage {
	raw := o[key]
	delete(o, key)
	return List(raw)
}

// Objects takes an array and leaves out whatever in it is no object.
func (o Object) Objects(key string) []Object { return Objects(o.List(key)) }

// Data takes the objects of a Graph edge: {"data":[…]}, or the bare list.
func (o Object) Data(key string) []Object {
	if inner, ok := ParseObject(o[key]); ok {
		if raw, wrapped := inner["data"]; wrapped {
			delete(o, key)
			return Objects(List(raw))
		}
	}
	return o.Objects(key)
}

// List reads an array; one value in place of an array counts as an array of it.
func List(raw json.RawMessage) []json.RawMessage {
	if IsNull(raw) {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return []json.RawMessage{raw}
	}
	return list
}

// Objects leaves out whatever is no object.
func Objects(list []json.RawMessage) []Object {
	var objects []Object
	for _, raw := range list {
		if o, ok := ParseObject(raw); ok {
			objects = append(objects, o)
		}
	}
	return objects
}

// IsNull tells that there is nothing, or a null.
func IsNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// Text reads a string, or a number as the digits that were sent. A null is "".
func Text(raw json.RawMessage) (s string, ok bool) {
	if IsNull(raw) {
		return "", true
	}
	switch c := raw[0]; {
	case c == '"':
		return stringOf(raw)
	case c == '-' || (c >= '0' && c <= '9'):
		return string(raw), true
	}
	return "", false
}

// stringOf reads a JSON string. Most have nothing in them to decode, and a
// history has millions.
func stringOf(raw json.RawMessage) (s string, ok bool) {
	if inner := raw[1:max(1, len(raw)-1)]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	return s, json.Unmarshal(raw, &s) == nil
}

// Bool reads a true or false, also one in quotes.
func Bool(raw json.RawMessage) (value, ok bool) {
	switch string(bytes.Trim(raw, `"`)) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// Int reads a whole number, also one in quotes, also one that is written as
// 1.7e12.
func Int(raw json.RawMessage) (n int64, ok bool) {
	s, ok := Text(raw)
	if !ok {
		return 0, false
	}
	return parseInt(strings.TrimSpace(s))
}

// parseInt reads a whole number, also one that is written as 1.7e12.
func parseInt(s string) (n int64, ok bool) {
	if s == "" || s[len(s)-1] < '0' || s[len(s)-1] > '9' {
		return 0, false // such as "NaN", "1." or "0x1p"
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	const exact = 1 << 53 // beyond it a float is no longer a whole number
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// The forms of a time in text, beside a number in quotes. The Graph API's own is
// the second: it has no colon in the zone, so it is not RFC 3339. A time without
// a zone is UTC, as all providers' are.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
}

// Time reads a time as ParseTime does.
func Time(raw json.RawMessage) time.Time {
	s, ok := Text(raw)
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
