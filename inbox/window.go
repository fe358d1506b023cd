package inbox

import "time"

// Phase is where a conversation stands in its reply window.
type Phase string

// The phases of a reply window.
const (
	WindowOpen    Phase = "open"
	WindowLate    Phase = "late"    // human agents only
	WindowClosed  Phase = "closed"  // the platform refuses an answer
	WindowNone    Phase = "none"    // the platform has no window
	WindowUnknown Phase = "unknown" // no received message is known: nobody can tell
)

// Window is the reply window of a conversation at one instant.
type Window struct {
	Phase    Phase
	ClosesAt time.Time // the end of the phase; zero for none and unknown, the past for closed
	Reason   string    // why it is closed before its time: the provider's own words
}

// Left is the time until the phase ends, never negative. ok is false where
// nothing ends.
func (w Window) Left(now time.Time) (left time.Duration, ok bool) {
	if w.Phase != WindowOpen && w.Phase != WindowLate {
		return 0, false
	}
	return max(w.ClosesAt.Sub(now), 0), true
}

// Answerable tells whether a send has a chance: only closed has none.
func (w Window) Answerable() bool { return w.Phase != WindowClosed }

// WindowOf applies the policy to what is known of the conversation. Only
// received messages count: a reaction does not open a window (no platform says
// that it does).
func (p WindowPolicy) WindowOf(c Conversation, now time.Time) Window {
	if refused := c.RefusedAt; !refused.IsZero() && !c.LastReceivedAt.After(refused) {
		return Window{Phase: WindowClosed, ClosesAt: refused, Reason: c.RefusedText}
	}
	if !p.Limited {
		return Window{Phase: WindowNone}
	}
	if c.LastReceivedAt.IsZero() {
		return Window{Phase: WindowUnknown}
	}
	openEnd, lateEnd := p.Ends(c.LastReceivedAt)
	switch {
	case now.Before(openEnd):
		return Window{Phase: WindowOpen, ClosesAt: openEnd}
	case now.Before(lateEnd):
		return Window{Phase: WindowLate, ClosesAt: lateEnd}
	}
	return Window{Phase: WindowClosed, ClosesAt: lateEnd}
}

// Ends are the instants at which open and late end for a message received at
// the given time. They are the same where there is no late phase.
func (p WindowPolicy) Ends(received time.Time) (openEnd, lateEnd time.Time) {
	openEnd = received.Add(p.Open)
	return openEnd, received.Add(max(p.Open, p.Late))
}
