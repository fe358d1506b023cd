package inbox_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

var (
	errTimeout = &inbox.Error{Kind: inbox.Unavailable, Text: "no answer in time", Delivery: inbox.DeliveryUnknown}
	errKey     = &inbox.Error{Kind: inbox.Auth, Text: "the key is refused"}
)

func TestASendIsStoredThenDeliveredOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		defer f.run()()
		item := f.send("hi Ann")
		synctest.Wait()
		f.wantState(item.ID, inbox.StateSent)
		if got := f.texts(); !slices.Equal(got, []string{"hello", "hi Ann"}) {
			t.Errorf("thread is %q", got)
		}
		if sends := f.provider.Sends(); len(sends) != 1 || sends[0].Recipient != "ann" {
			t.Errorf("sends: %+v", sends)
		}
		if c := f.conversation(); c.Unanswered || c.Unread != 0 || c.Outbox != (inbox.OutboxCounts{}) {
			t.Errorf("conversation: %+v", c)
		}
	})
}

func TestEchoesOfASendAreOneMessage(t *testing.T) {
	for name, echoID := range map[string]string{"under the ID that the POST told": "sent-a", "under another ID": "aWdf-other"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.ingest(batch(received("m1", "hello", minutesAgo(3))))
				defer f.run()()
				f.send("hi  Ann\n")
				synctest.Wait()
				echo := sent(echoID, "hi Ann", time.Now().Add(time.Second))
				for _, later := range []time.Duration{time.Second, 24 * time.Hour} {
					time.Sleep(later)
					f.ingest(batch(echo))
					if n := len(f.texts()); n != 2 {
						t.Fatalf("%s later the thread has %d messages: %q", later, n, f.texts())
					}
				}
				if c := f.conversation(); c.Messages != 2 || len(c.Provisional) != 0 {
					t.Errorf("conversation: %+v", c)
				}
			})
		})
	}
}

func TestTwoEqualSendsStayTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		defer f.run()()
		f.send("ok")
		f.send("ok")
		synctest.Wait()
		f.ingest(batch(sent("x1", "ok", time.Now()), sent("x2", "ok", time.Now().Add(time.Second))))
		f.ingest(batch(sent("x1", "ok", time.Now()), sent("x2", "ok", time.Now().Add(time.Second))))
		if got := f.texts(); !slices.Equal(got, []string{"hello", "ok", "ok"}) {
			t.Errorf("thread is %q", got)
		}
	})
}

// The provider's clock is known to about a second, from its Date headers.
func TestAnAnswerStandsBehindWhatItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", time.Now().Add(900*time.Millisecond))))
		defer f.run()()
		f.send("hi Ann")
		f.send("how are you?")
		synctest.Wait()
		if got := f.texts(); !slices.Equal(got, []string{"hello", "hi Ann", "how are you?"}) {
			t.Errorf("thread is %q", got)
		}
		if c := f.conversation(); c.Unanswered {
			t.Errorf("conversation: %+v", c)
		}
	})
}

func TestWhatIsWrittenDuringASendIsUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			f.ingest(batch(received("m2", "anybody?", time.Now().Add(900*time.Millisecond))))
			return inboxtest.Confirm(out, "sent"), nil
		}
		defer f.run()()
		f.send("hi Ann")
		synctest.Wait()
		if got := f.texts(); !slices.Equal(got, []string{"hello", "hi Ann", "anybody?"}) {
			t.Errorf("thread is %q", got)
		}
		if c := f.conversation(); !c.Unanswered {
			t.Errorf("conversation: %+v", c)
		}
	})
}

func TestAnEchoBeforeTheAnswerSettlesTheSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			time.Sleep(time.Second)
			f.ingest(batch(sent("echo", out.Parts[0].Text, time.Now())))
			time.Sleep(time.Second)
			return inboxtest.Confirm(out, "echo"), nil
		}
		defer f.run()()
		item := f.send("hi")
		time.Sleep(5 * time.Second)
		f.wantState(item.ID, inbox.StateSent)
		if got := f.texts(); !slices.Equal(got, []string{"hello", "hi"}) {
			t.Errorf("thread is %q", got)
		}
	})
}

func TestATimeoutIsUnknownAndNeverSentAgainByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3)), sent("old", "hi", minutesAgo(2))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
		}
		stop := f.run()
		item := f.send("hi")
		time.Sleep(2 * time.Hour)
		f.wantState(item.ID, inbox.StateUnknown)
		stop()
		f.restart()
		stop = f.run()
		defer stop()
		time.Sleep(time.Hour)
		f.wantState(item.ID, inbox.StateUnknown)
		if n := len(f.provider.Sends()); n != 1 {
			t.Fatalf("%d sends", n)
		}
		if c := f.conversation(); c.Outbox.Unknown != 1 {
			t.Errorf("the list row does not tell: %+v", c.Outbox)
		}
		// The old equal message, read again, proves nothing; a new one does.
		f.ingest(batch(sent("old", "hi", minutesAgo(2))))
		f.wantState(item.ID, inbox.StateUnknown)
		f.ingest(batch(sent("new", "hi", item.CreatedAt.Add(2*time.Second))))
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestASendInDoubtIsLookedForAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		var delivered []inbox.MessageFact
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			delivered = append(delivered, sent("real", out.Parts[0].Text, time.Now()))
			return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
		}
		f.provider.ReadFunc = func(_ context.Context, req inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
			if req.Conversation == "t_ann" {
				return inbox.ReadResult{}, emit(inbox.Batch{Messages: delivered})
			}
			return inbox.ReadResult{}, nil
		}
		defer f.run()()
		item := f.send("did this arrive?")
		time.Sleep(3 * time.Second)
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestACrashWhileSendingIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		hung := make(chan struct{})
		f.provider.SendFunc = func(ctx context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			<-hung
			return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
		}
		stop := f.run()
		item := f.send("hi")
		synctest.Wait()
		f.wantState(item.ID, inbox.StateSending)
		dead := f.in
		f.restart() // the store as a killed process leaves it
		f.wantState(item.ID, inbox.StateUnknown)
		close(hung)
		stop()
		_ = dead
	})
}

func TestAPartialFailureKeepsEachPartsState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		broken := &inbox.Error{Kind: inbox.Rejected, Code: "365", Text: "the attachment could not be sent"}
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			var res inbox.SendResult
			for _, p := range out.Parts {
				r := inbox.PartResult{State: inbox.StateSent, MessageID: "text-1"}
				if p.Kind != inbox.PartText {
					r = inbox.PartResult{State: inbox.StateFailed, Err: broken}
				}
				res.Parts = append(res.Parts, r)
			}
			return res, broken
		}
		defer f.run()()
		items, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "look", Media: []string{"https://img.example/a.jpg"}}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		id := items[0].ID
		f.wantState(id, inbox.StateFailed)
		if fail := f.item(id).Failure(); fail == nil || fail.Code != "365" {
			t.Errorf("failure is %+v", fail)
		}
		f.provider.SendFunc = nil
		if err := f.in.Retry(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		f.wantState(id, inbox.StateSent)
		if last := f.provider.Sends()[1]; len(last.Parts) != 1 || last.Parts[0].Kind != inbox.PartImage {
			t.Errorf("the second try sent %+v, want the image only", last.Parts)
		}
		if err := f.in.Retry(t.Context(), id); inbox.KindOf(err) != inbox.Rejected {
			t.Errorf("retry pressed twice: %v", err)
		}
	})
}

func TestADeadKeyKeepsTheQueueUntilItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		var dead atomic.Bool
		dead.Store(true)
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			if dead.Load() {
				return inboxtest.Refuse(out, inbox.StateQueued, errKey)
			}
			return inboxtest.Confirm(out, inbox.MessageID("id-"+out.Parts[0].Text)), nil
		}
		f.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			if dead.Load() {
				return inbox.ReadResult{}, errKey
			}
			return inbox.ReadResult{}, nil
		}
		defer f.run()()
		first, second := f.send("one"), f.send("two")
		time.Sleep(time.Hour)
		f.wantState(first.ID, inbox.StateQueued)
		f.wantState(second.ID, inbox.StateQueued)
		if v := f.in.Accounts()[0]; v.Health != inbox.Dead || v.Queued != 2 {
			t.Fatalf("account: %+v", v)
		}
		dead.Store(false)
		time.Sleep(20 * time.Minute)
		f.wantState(first.ID, inbox.StateSent)
		f.wantState(second.ID, inbox.StateSent)
		if got := f.texts(); !slices.Equal(got, []string{"hello", "one", "two"}) {
			t.Errorf("thread is %q", got)
		}
		if n := len(f.provider.Sends()); n > 6 {
			t.Errorf("%d sends while the key was dead", n)
		}
	})
}

func TestAQueuedMessageIsHeldWhenTheThreadMovesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "where is my order?", minutesAgo(3))))
		item := f.send("we are looking")
		f.ingest(batch(received("m2", "never mind, it has come", time.Now())))
		defer f.run()()
		synctest.Wait()
		f.wantState(item.ID, inbox.StateFailed)
		if n := len(f.provider.Sends()); n != 0 {
			t.Fatalf("%d sends", n)
		}
		if err := f.in.Retry(t.Context(), item.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestTheWindowIsCheckedBeforeQueueingAndBeforeLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", time.Now().Add(-7*24*time.Hour+time.Minute))))
		item := f.send("just in time?")
		time.Sleep(2 * time.Minute)
		defer f.run()()
		synctest.Wait()
		f.wantState(item.ID, inbox.StateFailed)
		if fail := f.item(item.ID).Failure(); fail.Kind != inbox.WindowIsOver {
			t.Errorf("failure is %+v", fail)
		}
		_, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "too late"}})
		if inbox.KindOf(err) != inbox.WindowIsOver {
			t.Errorf("got %v", err)
		}
		if n := len(f.provider.Sends()); n != 0 {
			t.Errorf("%d sends", n)
		}
	})
}

func TestTheProvidersRefusalClosesTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateFailed, &inbox.Error{Kind: inbox.WindowIsOver, Text: "outside of the allowed window"})
		}
		defer f.run()()
		f.send("hi")
		synctest.Wait()
		if w := f.in.Window(f.conversation()); w.Phase != inbox.WindowClosed || w.Reason != "outside of the allowed window" {
			t.Errorf("window is %+v", w)
		}
		time.Sleep(time.Second)
		f.ingest(batch(received("m2", "still there?", time.Now())))
		if w := f.in.Window(f.conversation()); w.Phase != inbox.WindowOpen {
			t.Errorf("after a new message the window is %+v", w)
		}
	})
}

func TestARateLimitWaitsAsLongAsItWasTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		var tries atomic.Int64
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			if tries.Add(1) == 1 {
				return inboxtest.Refuse(out, inbox.StateQueued, &inbox.Error{Kind: inbox.RateLimited, Text: "too many requests", RetryAfter: 40 * time.Second})
			}
			return inboxtest.Confirm(out, "ok"), nil
		}
		defer f.run()()
		item := f.send("hi")
		time.Sleep(39 * time.Second)
		synctest.Wait()
		if n := tries.Load(); n != 1 {
			t.Fatalf("%d tries before the time", n)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestDraftsSurviveAndASentOneDoesNotComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		typed := time.Now()
		time.Sleep(time.Second)
		save := func(text string, at time.Time) {
			if err := f.in.SaveDraft(t.Context(), inbox.Draft{Conversation: ann, Text: text, UpdatedAt: at}); err != nil {
				t.Fatal(err)
			}
		}
		save("hi A", typed)
		f.restart()
		if d := f.thread().Draft; d.Text != "hi A" || f.conversation().Draft != "hi A" {
			t.Fatalf("draft is %+v", d)
		}
		f.send("hi Ann")
		save("hi An", typed) // the save of an earlier key, overtaken by the send
		if d := f.thread().Draft; !d.Empty() {
			t.Errorf("the sent draft came back: %+v", d)
		}
	})
}

func TestRecallPutsTheTextBackBeforeTheDraft(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	item := f.send("first")
	if err := f.in.SaveDraft(t.Context(), inbox.Draft{Conversation: ann, Text: "second"}); err != nil {
		t.Fatal(err)
	}
	d, err := f.in.Recall(t.Context(), item.ID)
	if err != nil || d.Text != "first\nsecond" {
		t.Fatalf("%+v, %v", d, err)
	}
	if items := f.thread().Outbox; len(items) != 0 {
		t.Errorf("outbox: %+v", items)
	}
}

func TestSendRefusesAnotherRecipient(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	_, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "hi"}, Recipient: "bob"})
	if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), "Ann") {
		t.Errorf("got %v", err)
	}
}

func TestPiecesOfASplitTextLeaveInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			f := newFixture(t)
			f.ingest(batch(received("m1", "hello", minutesAgo(3))))
			stop := f.run()
			long := strings.TrimSpace(strings.Repeat("one word and another ", 200))
			items, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: long}, Split: true})
			if err != nil {
				t.Fatal(err)
			}
			last := f.send("and this")
			time.Sleep(time.Second)
			stop()
			var left []string
			for _, s := range f.provider.Sends() {
				left = append(left, s.Parts[0].Text)
			}
			var want []string
			for _, item := range append(items, last) {
				want = append(want, item.Text())
			}
			if len(items) < 4 || !slices.Equal(left, want) {
				t.Fatalf("left in this order: %q", left)
			}
		}
	})
}

func TestTheForgottenDoNotComeBackByThemselves(t *testing.T) {
	f := newFixture(t)
	history := batch(received("m1", "hello", minutesAgo(3)), sent("m2", "hi", minutesAgo(2)))
	history.Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", Participant: inbox.Participant{ID: "ann", Name: "Ann"}}}
	f.ingest(history)
	if err := f.in.Forget(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	f.restart()
	for _, backlog := range []bool{false, true} {
		again := history
		again.Backlog = backlog
		f.ingest(again)
		if _, err := f.in.Conversation(t.Context(), ann); inbox.KindOf(err) != inbox.NotFound {
			t.Fatalf("the provider's old history brought the conversation back: %v", err)
		}
	}
	history.Messages = append(history.Messages, received("m3", "me again", time.Now().Add(time.Minute)))
	f.ingest(history)
	f.ingest(history)
	if got := f.texts(); !slices.Equal(got, []string{"me again"}) {
		t.Errorf("thread is %q", got)
	}
	if name := f.conversation().Participant.Name; name != "Ann" {
		t.Errorf("the name is %q", name)
	}
}

func TestForgetLeavesNothing(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(3))))
	f.send("hi")
	if err := f.in.Forget(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	if _, err := f.in.Conversation(t.Context(), ann); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("conversation: %v", err)
	}
	if items, err := f.in.Outbox(t.Context(), true); err != nil || len(items) != 0 {
		t.Errorf("outbox: %+v, %v", items, err)
	}
	if v := f.in.Accounts()[0]; v.Queued != 0 {
		t.Errorf("the status line counts %d queued", v.Queued)
	}
}

// Whom a message is for is settled when the agent sends it, not when it leaves.
func TestAQueuedMessageNeverGoesToAnotherCustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		item := f.send("for Ann's eyes only")
		b := batch()
		b.Conversations = []inbox.ConversationFact{{RemoteID: "t_ann", Participant: inbox.Participant{ID: "bob", Name: "Bob"}}}
		f.ingest(b)
		defer f.run()()
		synctest.Wait()
		f.wantState(item.ID, inbox.StateFailed)
		if sends := f.provider.Sends(); len(sends) != 0 {
			t.Errorf("sent to %q", sends[0].Recipient)
		}
	})
}

// A part that certainly was not sent is tried again, whatever became of the
// others.
func TestAPartThatWaitsLeavesBesideOneInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			if out.Parts[0].Kind != inbox.PartText {
				return inboxtest.Confirm(out, "image"), nil
			}
			return inbox.SendResult{Parts: []inbox.PartResult{
				{State: inbox.StateUnknown, Err: errTimeout},
				{State: inbox.StateQueued, Err: &inbox.Error{Kind: inbox.Unavailable, Text: "not now"}},
			}}, errTimeout
		}
		defer f.run()()
		items, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "look", Media: []string{"https://img.example/a.jpg"}}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		item := f.item(items[0].ID)
		if item.Parts[0].State != inbox.StateUnknown || item.Parts[1].State != inbox.StateSent {
			t.Errorf("text is %s, image is %s", item.Parts[0].State, item.Parts[1].State)
		}
		if n := len(f.provider.Sends()); n != 2 {
			t.Errorf("%d sends", n)
		}
	})
}

func TestAResultWithoutAWordIsInDoubtAndNotTriedAtOnce(t *testing.T) {
	for name, c := range map[string]struct{ told, want inbox.State }{
		"nothing told":         {"", inbox.StateUnknown},
		"still being sent":     {inbox.StateSending, inbox.StateUnknown},
		"queued, not told why": {inbox.StateQueued, inbox.StateQueued},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.ingest(batch(received("m1", "hello", minutesAgo(3))))
				f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
					if len(f.provider.Sends()) > 50 {
						return inboxtest.Confirm(out, "at last"), nil
					}
					return inboxtest.Refuse(out, c.told, nil)
				}
				defer f.run()()
				item := f.send("hi")
				time.Sleep(time.Second)
				f.wantState(item.ID, c.want)
				if n := len(f.provider.Sends()); n != 1 {
					t.Errorf("%d sends in a second", n)
				}
			})
		})
	}
}

// fullDisk refuses to write while it is full.
type fullDisk struct {
	inbox.Store
	full atomic.Bool
}

func (d *fullDisk) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	if d.full.Load() {
		return &inbox.Error{Kind: inbox.Internal, Text: "no space left on device"}
	}
	return d.Store.Update(ctx, fn)
}

func TestTheResultOfASendOutlivesAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		disk := &fullDisk{Store: f.store}
		f.store = disk
		f.restart()
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			disk.full.Store(true)
			return inboxtest.Confirm(out, "real"), nil
		}
		stop := f.run()
		defer stop()
		item := f.send("hi")
		time.Sleep(10 * time.Second)
		f.wantState(item.ID, inbox.StateSending)
		disk.full.Store(false)
		time.Sleep(2 * time.Minute)
		f.wantState(item.ID, inbox.StateSent)
		if n := len(f.provider.Sends()); n != 1 {
			t.Errorf("%d sends", n)
		}
		f.send("and goodbye") // the disk is full again, and stays so
		synctest.Wait()
		began := time.Now()
		stop()
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("stopping took %s", took)
		}
	})
}

// An agent who does not wait for the word on a send types it once more: the
// second one's echo proves nothing of the first one.
func TestTheEchoOfALaterSendProvesNothingOfAnEarlierOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			if len(f.provider.Sends()) == 1 {
				return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
			}
			return inboxtest.Confirm(out, "told"), nil
		}
		defer f.run()()
		lost := f.send("ok")
		time.Sleep(time.Minute)
		again := f.send("ok")
		synctest.Wait()
		f.wantState(again.ID, inbox.StateSent)
		f.ingest(batch(sent("shown", "ok", time.Now())))
		f.wantState(lost.ID, inbox.StateUnknown)
		if got := f.texts(); !slices.Equal(got, []string{"hello", "ok"}) {
			t.Errorf("thread is %q", got)
		}
	})
}

func TestTheSameWordsADayLaterProveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
		}
		defer f.run()()
		item := f.send("thank you!")
		time.Sleep(24 * time.Hour)
		f.ingest(batch(sent("other", "thank you!", time.Now())))
		f.wantState(item.ID, inbox.StateUnknown)
		f.ingest(batch(sent("real", "thank you!", item.CreatedAt.Add(2*time.Second)))) // written then, read now
		f.wantState(item.ID, inbox.StateSent)
	})
}

func TestSendsOfLongAgoAreForgottenHoweverManyCameSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		old := f.send("old")
		if err := f.in.Flush(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * 24 * time.Hour)
		for range 510 {
			f.send("new")
		}
		if err := f.in.Flush(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * 24 * time.Hour)
		if err := f.in.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := f.in.OutboxItem(t.Context(), old.ID); inbox.KindOf(err) != inbox.NotFound {
			t.Errorf("a send of 8 days ago: %v", err)
		}
	})
}

// slowAfter is a store whose commits are followed by a pause, in which others
// can come first.
type slowAfter struct {
	inbox.Store
	once atomic.Bool
}

func (s *slowAfter) Update(ctx context.Context, fn func(inbox.Writer) error) error {
	err := s.Store.Update(ctx, fn)
	if s.once.CompareAndSwap(true, false) {
		time.Sleep(time.Second)
	}
	return err
}

func TestCountsFollowTheOrderOfTheCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		slow := &slowAfter{Store: f.store}
		f.store = slow
		f.restart()
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		slow.once.Store(true)
		go func() {
			if _, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: inbox.Composition{Conversation: ann, Text: "hi"}}); err != nil {
				t.Error(err)
			}
		}()
		time.Sleep(100 * time.Millisecond)
		if err := f.in.Discard(t.Context(), f.thread().Outbox[0].ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if v := f.in.Accounts()[0]; v.Queued != 0 {
			t.Errorf("the status line counts %d queued, the outbox is empty", v.Queued)
		}
	})
}

func TestFlushDoesNotWaitForAnOlderDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.ingest(batch(received("m1", "hello", minutesAgo(3))))
		f.provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
			return inboxtest.Refuse(out, inbox.StateUnknown, errTimeout)
		}
		flush := func(text string) time.Duration {
			start := time.Now()
			if text != "" {
				f.send(text)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if err := f.in.Flush(ctx, ""); err != nil {
				t.Fatal(err)
			}
			return time.Since(start)
		}
		if took := flush("lost?"); took < 25*time.Second {
			t.Errorf("its own doubt was given up after %s", took)
		}
		f.provider.SendFunc = nil
		f.restart()
		if took := flush("another"); took > 2*time.Second {
			t.Errorf("a send waited %s for the doubt of an older one", took)
		}
		conversation := 0
		for _, r := range f.provider.Reads() {
			if r.Conversation != "" {
				conversation++
			}
		}
		if conversation != 1 {
			t.Errorf("the conversation was read %d times within its cache time, also across a restart", conversation)
		}
	})
}
