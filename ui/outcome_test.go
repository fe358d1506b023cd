package ui_test

import (
	"context"
	"testing"
	"time"

	"parley/inbox"
	"parley/ui"
)

// sends lets the outbox try what it holds.
func (s *shop) sends() {
	ctx, cancel := context.WithTimeout(s.ctx, time.Second)
	defer cancel()
	_ = s.in.Flush(ctx, "") // an error is what some tests want
	s.Settle()
	s.Wait(200 * time.Millisecond)
}

// answers lets every send end in one way.
func answers(state inbox.State, err *inbox.Error) func(*shop) {
	return func(s *shop) {
		threeCustomers(s)
		s.provider.SendFunc = func(context.Context, inbox.Outgoing) (inbox.SendResult, error) {
			if err == nil {
				return inbox.SendResult{Parts: []inbox.PartResult{{State: state}}}, nil
			}
			return inbox.SendResult{Parts: []inbox.PartResult{{State: state, Err: err}}}, err
		}
	}
}

func TestNoticeFollowsWhatBecomesOfTheMessage(t *testing.T) {
	refused := &inbox.Error{Kind: inbox.Rejected, Text: "the recipient ID was not found"}
	torn := &inbox.Error{Kind: inbox.Unavailable, Text: "the connection was torn"}
	for _, tt := range []struct {
		state inbox.State
		err   *inbox.Error
		want  string
	}{
		{inbox.StateSent, nil, "sent to Maya"},
		{inbox.StateFailed, refused, "not sent to Maya: the recipient ID was not found"},
		{inbox.StateUnknown, torn, "nobody knows whether it reached Maya: the connection was torn"},
	} {
		t.Run(string(tt.state), func(t *testing.T) {
			atShop(t, 120, 40, ui.Options{}, answers(tt.state, tt.err), func(s *shop) {
				s.Press("r")
				s.Type("hello")
				s.Press("enter")
				s.Sees("queued for Maya")
				s.sends()
				s.Sees(tt.want)
				s.Misses("queued for Maya")
			})
		})
	}
}

func TestQueuedMessageSaysWhyItWaits(t *testing.T) {
	busy := &inbox.Error{Kind: inbox.RateLimited, Text: "too many requests", RetryAfter: 10 * time.Minute}
	atShop(t, 120, 40, ui.Options{}, answers(inbox.StateQueued, busy), func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.sends()
		s.Sees("waits: ", "too many requests", "next try at 10:10", "x discard · c take back into the draft")
	})
}

func TestTheOnlyMessageInQuestionNeedsNoSelection(t *testing.T) {
	refused := &inbox.Error{Kind: inbox.Rejected, Text: "no"}
	atShop(t, 120, 40, ui.Options{}, answers(inbox.StateFailed, refused), func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.sends()
		s.Press("enter", "K", "K", "x") // the customer's message is selected
		s.Sees("Discard the message?", "hello")
		s.Press("n", "r")
		s.Type("again")
		s.Press("enter")
		s.sends()
		s.Press("enter", "esc", "enter")
		s.Sees("K J select this one of several")
		s.Press("K")
		s.Sees("t try again · x discard")
	})
}

func TestFarewellSaysWhatIsLeftBehind(t *testing.T) {
	refused := &inbox.Error{Kind: inbox.Rejected, Text: "no"}
	atShop(t, 120, 40, ui.Options{}, answers(inbox.StateFailed, refused), func(s *shop) {
		s.Press("r")
		s.Type("hello")
		s.Press("enter")
		s.sends()
		s.Press("j", "r")
		s.Type("half a sent")
		s.Press("esc")
		want := "1 draft is kept\n1 message was not sent: the view Failed shows why"
		if got := s.screen.Farewell(); got != want {
			t.Errorf("farewell: %q", got)
		}
	})
}

// TestProvidersSentenceEndsOnce: some end with a full stop, others do not.
func TestProvidersSentenceEndsOnce(t *testing.T) {
	for _, text := range []string{"The service is not available.", "The service is not available"} {
		refused := &inbox.Error{Kind: inbox.Unavailable, Text: text, Hint: "try later"}
		atShop(t, 120, 40, ui.Options{}, answers(inbox.StateFailed, refused), func(s *shop) {
			s.Press("r")
			s.Type("hello")
			s.Press("enter")
			s.sends()
			s.Sees("The service is not available. try later")
		})
	}
}
