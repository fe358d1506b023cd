package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// This file offers control.go over HTTP, for scripts and other processes.

// control is the handler of the surface.
func (s *Server) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /control/requests", lists(s.Requests))
	mux.HandleFunc("GET /control/deliveries", lists(s.Deliveries))
	mux.HandleFunc("GET /control/conversations", lists(s.Conversations))
	mux.HandleFunc("DELETE /control/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /control/faults", takes(func(in struct {
		Fault string `json:"fault"`
	}) (any, error) {
		return nil, s.AddFault(in.Fault)
	}))
	mux.HandleFunc("POST /control/customers", takes(func(in Customer) (any, error) { return s.Arrive(in) }))
	mux.HandleFunc("POST /control/messages", takes(func(in Post) (any, error) {
		id, err := s.Write(in)
		return map[string]string{"message_id": id}, err
	}))
	mux.HandleFunc("POST /control/reactions", takes(func(in struct {
		ConversationID string `json:"conversation_id"`
		MessageID      string `json:"message_id"`
		Emoji          string `json:"emoji"`
	}) (any, error) {
		return nil, s.React(in.ConversationID, in.MessageID, in.Emoji)
	}))
	mux.HandleFunc("POST /control/reads", takes(func(in threadOrder) (any, error) {
		return nil, s.Read(in.ConversationID)
	}))
	mux.HandleFunc("POST /control/threads", takes(func(in threadOrder) (any, error) {
		return nil, s.TakeThread(in.ConversationID, in.Taken)
	}))
	mux.HandleFunc("POST /control/edits", takes(func(in messageOrder) (any, error) {
		return nil, s.Edit(in.ConversationID, in.MessageID, in.Text)
	}))
	mux.HandleFunc("POST /control/unsends", takes(func(in messageOrder) (any, error) {
		return nil, s.Unsend(in.ConversationID, in.MessageID)
	}))
	s.controlHooks(mux)
	s.controlTokens(mux)
	return s.guarded(mux)
}

type messageOrder struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
	Text           string `json:"text"` // of an edit
}

type threadOrder struct {
	ConversationID string `json:"conversation_id"`
	Taken          bool   `json:"taken"`
}

// guarded lets in only who knows the control token.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !same(token, s.opts.ControlToken) {
			tell(w, http.StatusUnauthorized, map[string]string{"error": "the control token is missing or wrong"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func lists[T any](get func() []T) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		all := get()
		if all == nil {
			all = []T{}
		}
		tell(w, http.StatusOK, all)
	}
}

func takes[T any](do func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
		dec.DisallowUnknownFields() // a mistyped field would be a test that tests nothing
		if err := dec.Decode(&in); err != nil {
			tell(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		out, err := do(in)
		switch {
		case err != nil:
			tell(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		case out == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			tell(w, http.StatusOK, out)
		}
	}
}

func tell(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if json.NewEncoder(w).Encode(v) != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
}
