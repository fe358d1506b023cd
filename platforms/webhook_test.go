package platforms_test

import (
	"net/http"
	"slices"
	"testing"

	"parley/inbox"
)

const ann = inbox.ConversationID("acme/instagram/t_ann")

func TestASignedCallIsInTheInboxWhenItIsAcknowledged(t *testing.T) {
	st := serve(t, setup{})
	got := st.call(call{body: listOf(t, said{From: "ann", ID: "m1", Text: "Is it in stock?"})})
	if got.status != http.StatusOK || got.body != "ok" {
		t.Errorf("answer %+v", got)
	}
	if texts := st.texts(ann); !slices.Equal(texts, []string{"Is it in stock?"}) {
		t.Errorf("thread %q", texts)
	}
	if state := st.in.WebhookState("acme"); state.Stored != 1 || state.LastAt.IsZero() || state.Refused != 0 {
		t.Errorf("state %+v", state)
	}
}
