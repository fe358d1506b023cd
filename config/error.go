package config

// What is wrong with a config: mistakes in the file, each with its place, and
// what no place in the file tells.

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Error is a file that cannot be used: all that is wrong with it, in its order.
type Error struct {
	File     string
	Problems []Problem
}

// maxProblems shown at once: behind one slip there are often many more of its
// kind.
const maxProblems = 12

// Error lists the problems, a line each.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i == maxProblems {
			fmt.Fprintf(&b, "\n(and %d more)", len(e.Problems)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: ", e.File, p.At.Line, p.At.Column)
		if p.Key != "" {
			b.WriteString(p.Key + ": ")
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Problem is one mistake in a config.
type Problem struct {
	At   Position
	Key  string // dotted, with its table: "account.api_key"; "" where none is meant
	Text string
}

// Position is a place in the file, counted from 1.
type Position struct{ Line, Column int }

func comparePositions(a, b Position) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// UnusableError is a config that cannot be used for a reason that has no place in
// the file.
type UnusableError struct{ Text, Hint string }

// Error is the text; the hint says what to do.
func (e *UnusableError) Error() string { return e.Text }

// ErrNone says that there is no config file yet.
var ErrNone = errors.New("no config")
