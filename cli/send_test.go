package cli

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parley/config"
	"parley/inbox"
	"parley/inbox/inboxtest"
)

// appWith is a command line in this process, with an inbox that is open.
func appWith(t *testing.T, in *inbox.Inbox, c *config.Config) (a *app, out *bytes.Buffer) {
	t.Helper()
	out = &bytes.Buffer{}
	log := slog.New(slog.DiscardHandler)
	s := &session{Inbox: in, config: c, guard: &guard{dir: t.TempDir(), redactor: &redactor{}, log: log, stop: func() {}}}
	return &app{stdout: out, stderr: out, redactor: &redactor{}, log: log, held: &held{session: s}}, out
}

// TestSendAndDoneLeavesWhatCameMeanwhile: the provider takes its time, and the
// customer writes.
func TestSendAndDoneLeavesWhatCameMeanwhile(t *testing.T) {
	t.Parallel()
	provider := inboxtest.NewProvider()
	in, err := inbox.New(t.Context(), inbox.Options{Store: inboxtest.NewStore(), Accounts: []inbox.Account{{ID: "acme", Provider: provider}}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	writes := func(id inbox.MessageID, at time.Time) {
		maya := inbox.Participant{ID: "1", Name: "Maya Lind"}
		_, err := in.Ingest(t.Context(), inbox.Batch{Account: "acme", Provider: "scripted", Platform: inbox.Instagram, AsOf: at, Messages: []inbox.MessageFact{{
			RemoteID: "maya", Peer: maya,
			Message: inbox.Message{ID: id, Direction: inbox.Received, SenderID: maya.ID, Text: "hello", CreatedAt: at},
		}}})
		if err != nil {
			t.Error(err)
		}
	}
	writes("m1", now.Add(-time.Hour))
	meanwhile := true
	provider.SendFunc = func(_ context.Context, out inbox.Outgoing) (inbox.SendResult, error) {
		if meanwhile {
			writes("m2", now)
		}
		return inboxtest.Confirm(out, inbox.MessageID("answer "+out.Parts[0].Text)), nil
	}
	ended := make(chan error, 1)
	go func() { ended <- in.Run(t.Context()) }()
	t.Cleanup(func() { // the context of the test has ended
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	a, out := appWith(t, in, &config.Config{})
	isDone := func() bool {
		c, err := in.Find(t.Context(), "maya")
		return err == nil && c.IsDone()
	}
	o := sendOptions{wait: 30 * time.Second, done: true}
	if err := a.send(t.Context(), []string{"maya", "it leaves today"}, o); err != nil || isDone() || !strings.Contains(out.String(), "not done: Maya Lind on Instagram has written again") {
		t.Errorf("done: %v, %v\n%s", isDone(), err, out)
	}
	meanwhile = false
	if err := a.send(t.Context(), []string{"maya", "tomorrow"}, o); err != nil || !isDone() {
		t.Errorf("done: %v, %v\n%s", isDone(), err, out)
	}
}
