package ayrshare

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// This file is the JSON of the API, as its pages show it and as servers send
// it. What is sent is strict; what is received is read leniently, because one
// odd field must never cost a customer's message: ids come as strings and as
// numbers, times in four forms, and new fields at any time.

// sendBody is the body of a send. The request says mediaUrls, the answer
// mediaUrl.
type sendBody struct {
	RecipientID    string   `json:"recipientId,omitempty"`
	ConversationID string   `json:"conversationId,omitempty"` // X only, in place of the recipient
	Message        string   `json:"message,omitempty"`
	MediaURLs      []string `json:"mediaUrls,omitempty"`
}

type statusBody struct {
	Status string `json:"status"`
}

// autoResponseBody is what is set; nil is left as it is. An empty message is
// not blank: the provider puts its own text there.
type autoResponseBody struct {
	Active      *bool   `json:"autoResponseActive,omitempty"`
	Message     *string `json:"autoResponseMessage,omitempty"`
	WaitSeconds *int64  `json:"autoResponseWaitSeconds,omitempty"`
}

// object is a JSON object of which fields are taken one by one. A field that
// was understood is removed, so that what remains in the end is what this
// version does not understand.
type object map[string]json.RawMessage

func parseObject(raw json.RawMessage) (object, bool) {
	if isNull(raw) {
		return nil, false
	}
	var o object
	err := json.Unmarshal(raw, &o)
	return o, err == nil && o != nil
}

// text takes a string, or a number as the digits that were sent. A null is as
// good as no field.
func (o object) text(key string) string {
	s, ok := textOf(o[key])
	if ok {
		delete(o, key)
	}
	return s
}

// time takes a time in any of the forms in use, zero when it is none.
func (o object) time(key string) time.Time {
	t := timeOf(o[key])
	if !t.IsZero() || isNull(o[key]) {
		delete(o, key)
	}
	return t
}

// object takes an object, nil when there is none: fields can be taken of that
// too.
func (o object) object(key string) object {
	raw := o[key]
	inner, ok := parseObject(raw)
	if ok || isNull(raw) {
		delete(o, key) // anything else stays among the unknown
	}
	return inner
}

// list takes an array; one value in place of an array counts as an array of it.
func (o object) list(key string) []json.RawMessage {
	raw := o[key]
	delete(o, key)
	if isNull(raw) {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return []json.RawMessage{raw}
	}
	return list
}

func (o object) bool(key string) (value, told bool) {
	b, ok := boolOf(o[key])
	return b, ok
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// textOf reads a string or a number.
func textOf(raw json.RawMessage) (s string, ok bool) {
	if isNull(raw) {
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
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	return s, json.Unmarshal(raw, &s) == nil
}

func boolOf(raw json.RawMessage) (value, ok bool) {
	switch string(bytes.Trim(raw, `"`)) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

func intOf(raw json.RawMessage) (n int64, ok bool) {
	s, ok := textOf(raw)
	if !ok {
		return 0, false
	}
	return parseInt(s)
}

// parseInt reads a whole number, also one that is written as 1.7e12.
func parseInt(s string) (n int64, ok bool) {
	if s == "" || s[len(s)-1] < '0' || s[len(s)-1] > '9' {
		return 0, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < -1e15 || f > 1e15 {
		return 0, false
	}
	return int64(f), true
}

// The forms of a time in text, beside a number in quotes. A time without a zone
// is UTC: all of the provider's are.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700"}

// timeOf reads a time: ISO 8601 with or without milliseconds, or Unix seconds
// or milliseconds, both of which the API uses, at times in one payload. Zero
// when it is none of these.
func timeOf(raw json.RawMessage) time.Time {
	s, ok := textOf(raw)
	if !ok || s == "" {
		return time.Time{}
	}
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
