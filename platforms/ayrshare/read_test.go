package ayrshare_test

import (
	"testing"

	"parley/inbox"
)

func TestReadsThePublishedMessages(t *testing.T) {
	s := newServer(t, sample(t, 200, "messages_facebook.json"))
	p := s.connect()
	batch, result, err := readAll(t, p, inbox.ReadRequest{Feed: feed(t, p, inbox.Facebook, "messages")})
	if err != nil {
		t.Fatal(err)
	}
	if len(batch.Messages) != 3 || result.NextUpdate.Sub(result.LastUpdated).Seconds() != 60 {
		t.Fatalf("%+v %+v", batch, result)
	}
	t.Logf("%+v", batch)
	t.Logf("%+v", result)
}
