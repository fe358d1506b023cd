package sim

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// This file steers what only the Graph face has: tokens.

var errNoTokens = errors.New("simulator: only the face instagram has tokens that end")

// App is the app that a log-in is for.
func (s *Server) App() (id, secret string) { return s.opts.AppID, s.opts.AppSecret }

// AccountID is the platform's own id of the shop's account on the first
// platform of the world.
func (s *Server) AccountID() string { return pageID(s.opts.Platforms[0]) }

// LoginCode is what somebody brings back from the log-in page: good for one
// token, for an hour.
func (s *Server) LoginCode() (string, error) {
	f, ok := s.face.(*graphFace)
	if !ok {
		return "", errNoTokens
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f.code, f.codeUntil = "AQ"+rand.Text(), s.opts.Now().Add(codeLife)
	return f.code, nil
}

// AgeToken says how long the newest token is still good, of the 60 days that
// it was issued for; nothing or less is an expired one.
func (s *Server) AgeToken(left time.Duration) error {
	f, ok := s.face.(*graphFace)
	if !ok {
		return errNoTokens
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f.age(s.opts.Now(), left)
	return nil
}

// controlTokens offers them over HTTP.
func (s *Server) controlTokens(mux *http.ServeMux) {
	mux.HandleFunc("POST /control/tokens", takes(func(in struct {
		Left string `json:"left"`
	}) (any, error) {
		left, err := time.ParseDuration(in.Left)
		if err != nil {
			return nil, fmt.Errorf("left %q is not a time such as 240h", in.Left)
		}
		return nil, s.AgeToken(left)
	}))
	mux.HandleFunc("POST /control/logins", takes(func(struct{}) (any, error) {
		code, err := s.LoginCode()
		return map[string]string{"code": code}, err
	}))
}
