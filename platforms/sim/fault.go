package sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// This file has the language of faults; inject.go makes them happen.

// Fault is one line of the fault language, which the package's documentation
// describes.
type Fault struct {
	Op          string         // any, or what it concerns: read, send, …
	Platform    inbox.Platform // "" for all
	Kind        string         // what goes wrong
	Least, Most time.Duration  // the value where it is a time; Most is 0 without one
	Choice      string         // the value where it is a word or a number
	Chance      float64        // 0 for always
	Times       int            // at most so often; 0 for no bound
	After       int            // not the first so many requests
}

var faultOps = []string{"any", "read", "send", "archive", "autoreply", "user", "profile", "posts", "signal", "upload", "token", "webhooks", hookOp}

// valueKind is what a fault may have after "=".
type valueKind int

const (
	noValue valueKind = iota
	maybeTime
	needsRange
	needsSignedTime
	maybeStatus
	needsNextUpdate
	needsAnswer
	needsCount
	needsUsage
	needsCode
)

var faultKinds = map[string]valueKind{
	"latency": needsRange, "429": maybeTime,
	"500": noValue, "502": noValue, "503": noValue, "504": noValue,
	"500-after": noValue, "502-after": noValue, "503-after": noValue, "504-after": noValue,
	"tear-before": noValue, "tear-after": noValue, "hang": maybeTime, "hang-after": maybeTime,
	"cut": noValue, "html": maybeStatus, "status-error": noValue,
	"partial": noValue, "thread-control": noValue, "expired-key": noValue, "suspended": noValue,
	"strange": noValue, "next-update": needsNextUpdate, "date": needsSignedTime,
	"answer": needsAnswer,
	"code":   needsCode, "usage": needsUsage, "wrapped": noValue, "flat": noValue, "no-id": noValue,
}

var (
	nextUpdateLies = []string{"past", "missing", "far", "garbage"}
	answerShapes   = []string{"a", "b"}
)

// maxFaultTime keeps a mistyped time from looking like a hang.
const maxFaultTime = 24 * time.Hour

// ParseFault reads one fault.
func ParseFault(text string) (Fault, error) {
	fail := func(format string, args ...any) (Fault, error) {
		return Fault{}, fmt.Errorf("fault %q: %s", text, fmt.Sprintf(format, args...))
	}
	fields := strings.Split(text, ":")
	if len(fields) < 2 {
		return fail("expected OP:FAULT, for example send:tear-after:0.3")
	}
	var f Fault
	op, platform, onPlatform := strings.Cut(fields[0], "@")
	if f.Op = op; !slices.Contains(faultOps, op) {
		return fail("unknown operation %q: one of %s", op, strings.Join(faultOps, ", "))
	}
	if f.Platform = inbox.Platform(platform); onPlatform && !slices.Contains(inbox.Platforms, f.Platform) {
		return fail("unknown platform %q: facebook, instagram or twitter", platform)
	}
	kind, value, hasValue := strings.Cut(fields[1], "=")
	f.Kind = kind
	kinds := kindsOf(op)
	wants, ok := kinds[kind]
	if !ok {
		return fail("unknown fault %q: one of %s", kind, strings.Join(faultNames(kinds), ", "))
	}
	if err := f.setValue(wants, value, hasValue); err != nil {
		return fail("%s: %v", kind, err)
	}
	for _, when := range fields[2:] {
		if err := f.setWhen(when); err != nil {
			return fail("%v", err)
		}
	}
	return f, nil
}

// kindsOf are the faults that an operation can have.
func kindsOf(op string) map[string]valueKind {
	if op == hookOp {
		return hookKinds
	}
	return faultKinds
}

func faultNames(kinds map[string]valueKind) []string {
	return slices.Sorted(maps.Keys(kinds))
}

func (f *Fault) setValue(wants valueKind, value string, given bool) (err error) {
	switch wants {
	case noValue:
		if given {
			return fmt.Errorf("takes no value, but has %q", value)
		}
	case maybeTime:
		if given {
			f.Most, err = parseTime(value, time.Millisecond)
			f.Least = f.Most
		}
	case needsRange:
		return f.setRange(value)
	case needsSignedTime:
		f.Most, err = parseTime(value, -maxFaultTime)
	case needsCount:
		return f.setBatch(value)
	case maybeStatus:
		if given {
			return f.setStatus(value)
		}
	case needsUsage:
		n, err := strconv.Atoi(value)
		if f.Choice = value; value != "garbage" && (err != nil || n < 1 || n > 100) {
			return fmt.Errorf("%q is not a percentage from 1 to 100, nor garbage", value)
		}
	case needsCode:
		f.Choice = value
		_, _, _, err = splitCode(value)
	case needsNextUpdate:
		return f.setChoice(value, nextUpdateLies)
	case needsAnswer:
		return f.setChoice(value, answerShapes)
	}
	return err
}

func (f *Fault) setRange(value string) (err error) {
	least, most, isRange := strings.Cut(value, "..")
	if f.Least, err = parseTime(least, 0); err != nil {
		return err
	}
	if f.Most = f.Least; !isRange {
		return nil
	}
	if f.Most, err = parseTime(most, 0); err != nil {
		return err
	}
	if f.Most < f.Least {
		return fmt.Errorf("the range %q ends before it begins", value)
	}
	return nil
}

func (f *Fault) setChoice(value string, from []string) error {
	if f.Choice = value; !slices.Contains(from, value) {
		return fmt.Errorf("unknown value %q: one of %s", value, strings.Join(from, ", "))
	}
	return nil
}

func (f *Fault) setBatch(value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 2 || n > largestBatch {
		return fmt.Errorf("%q is not a number from 2 to %d", value, largestBatch)
	}
	f.Choice = strconv.Itoa(n)
	return nil
}

func (f *Fault) setStatus(value string) error {
	status, err := strconv.Atoi(value)
	if err != nil || status < 200 || status > 599 {
		return fmt.Errorf("%q is not an HTTP status from 200 to 599", value)
	}
	f.Choice = strconv.Itoa(status)
	return nil
}

// splitCode reads CODE, CODE/SUBCODE or CODE/SUBCODE/STATUS; the status is 400
// when it is not said.
func splitCode(value string) (status, code, subcode int, err error) {
	numbers := [3]int{2: http.StatusBadRequest}
	fields := strings.Split(value, "/")
	for i, text := range fields {
		if i >= len(numbers) || err != nil {
			break
		}
		numbers[i], err = strconv.Atoi(text)
	}
	if status = numbers[2]; err != nil || len(fields) > len(numbers) || status < 200 || status > 599 {
		return 0, 0, 0, fmt.Errorf("%q is not CODE, CODE/SUBCODE or CODE/SUBCODE/STATUS, such as 10/2534022/403", value)
	}
	return status, numbers[0], numbers[1], nil
}

func parseTime(text string, least time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time such as 200ms or 5s", text)
	}
	if d < least || d > maxFaultTime {
		return 0, fmt.Errorf("the time %s is not between %s and %s", d, least, maxFaultTime)
	}
	return d, nil
}

func (f *Fault) setWhen(when string) error {
	if when == "once" {
		f.Times = 1
		return nil
	}
	if n, ok := strings.CutPrefix(when, "after="); ok {
		return setCount(&f.After, n, when)
	}
	if n, ok := strings.CutSuffix(when, "x"); ok {
		return setCount(&f.Times, n, when)
	}
	chance, err := strconv.ParseFloat(when, 64)
	if err != nil || !(chance > 0 && chance <= 1) {
		return fmt.Errorf("unknown condition %q: once, 5x, after=3, or a probability from 0 to 1", when)
	}
	f.Chance = chance
	return nil
}

func setCount(field *int, digits, when string) error {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 {
		return fmt.Errorf("the count in %q is not a positive number", when)
	}
	*field = n
	return nil
}

// String is the fault in its language; ParseFault reads it back.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Op)
	if f.Platform != "" {
		b.WriteString("@" + string(f.Platform))
	}
	b.WriteString(":" + f.Kind + f.value())
	if f.Chance > 0 {
		b.WriteString(":" + strconv.FormatFloat(f.Chance, 'g', -1, 64))
	}
	if f.Times > 0 {
		b.WriteString(":" + strconv.Itoa(f.Times) + "x")
	}
	if f.After > 0 {
		b.WriteString(":after=" + strconv.Itoa(f.After))
	}
	return b.String()
}

func (f Fault) value() string {
	switch {
	case f.Choice != "":
		return "=" + f.Choice
	case kindsOf(f.Op)[f.Kind] == needsRange && f.Least != f.Most:
		return "=" + f.Least.String() + ".." + f.Most.String()
	case kindsOf(f.Op)[f.Kind] == needsRange, faultKinds[f.Kind] == needsSignedTime, f.Most != 0:
		return "=" + f.Most.String()
	}
	return ""
}
