package inbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind sorts errors by what an agent can do about them.
type Kind string

// The kinds of errors.
const (
	Auth          Kind = "auth"           // the key is wrong, expired or suspended: the account stands still
	RateLimited   Kind = "rate_limited"   // asked too often: wait for RetryAfter
	NotFound      Kind = "not_found"      // no such conversation, recipient, message
	Rejected      Kind = "rejected"       // the provider (or our own check) refuses this content
	WindowIsOver  Kind = "window_closed"  // too late to answer
	ThreadControl Kind = "thread_control" // another app owns the thread
	Unavailable   Kind = "unavailable"    // network, 5xx, unreadable answer
	Unsupported   Kind = "unsupported"    // the provider cannot do this
	Internal      Kind = "internal"       // our own fault
)

// Delivery is what is known about a send that returned an error.
type Delivery string

// The three things that can be known of a send after an error.
const (
	NotDelivered    Delivery = ""        // certainly not sent
	Delivered       Delivery = "sent"    // sent in spite of the error
	DeliveryUnknown Delivery = "unknown" // may have been sent: never again by itself
)

// Error is the one error type, made at the edge where the cause is understood.
// The agent sees Text and Hint; the cause goes to the log. None of them ever
// holds a secret.
type Error struct {
	Kind       Kind
	Op         string        // what was tried: "send", "read messages"
	Code       string        // the provider's own code, "" if it gave none
	Text       string        // lower case; names the thing and the limit; the provider's words where it gave any
	Hint       string        // what to do about it
	RetryAfter time.Duration // for RateLimited and Unavailable: not before; 0: not told
	Delivery   Delivery      // for sends
	Err        error         // the cause, for the log
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Text)
	if e.Code != "" {
		b.WriteString(" (code " + e.Code + ")")
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// AsError returns the *Error in err's chain; anything foreign becomes an
// internal error with err as its cause. nil stays nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Text: err.Error(), Err: err}
}

// KindOf is the kind of err, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return AsError(err).Kind
}

// Errorf makes an error of the kind.
func Errorf(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Text: err.Error(), Err: errors.Unwrap(err)}
}

// WithHint adds what to do.
func (e *Error) WithHint(hint string) *Error { e.Hint = hint; return e }

// Failure is an error as it is stored and as scripts see it.
type Failure struct {
	Kind Kind
	Code string
	Text string
	Hint string
}

// FailureOf makes the storable form of err; nil for nil.
func FailureOf(err error) *Failure {
	e := AsError(err)
	if e == nil {
		return nil
	}
	return &Failure{Kind: e.Kind, Code: e.Code, Text: CleanLine(e.Text), Hint: CleanLine(e.Hint)}
}

type failureJSON struct {
	Kind Kind            `json:"kind"`
	Code json.RawMessage `json:"code,omitempty"`
	Text string          `json:"text"`
	Hint string          `json:"hint,omitempty"`
}

// MarshalJSON writes the code as the provider does: a number where it is one
// (Ayrshare's 363), else a string (Meta's "10/2534022").
func (f Failure) MarshalJSON() ([]byte, error) {
	j := failureJSON{Kind: f.Kind, Text: f.Text, Hint: f.Hint}
	switch {
	case f.Code == "":
	case isNumber(f.Code):
		j.Code = json.RawMessage(f.Code)
	default:
		code, err := json.Marshal(f.Code)
		if err != nil {
			return nil, err
		}
		j.Code = code
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads both forms of the code.
func (f *Failure) UnmarshalJSON(b []byte) error {
	var j failureJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*f = Failure{Kind: j.Kind, Text: j.Text, Hint: j.Hint}
	if len(j.Code) > 0 && json.Unmarshal(j.Code, &f.Code) != nil {
		f.Code = string(j.Code)
	}
	return nil
}

func isNumber(s string) bool {
	if s == "" || len(s) > 15 || (s[0] == '0' && len(s) > 1) {
		return false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
