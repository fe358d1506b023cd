// Package hook is what a provider and the webhook listener share: the call that
// came in, and what a provider can say of it. Providers satisfy [Receiver]
// and, where their API can manage webhooks, [Registrar]. hook.go has these
// nouns, signature.go and refusal.go what all receivers need.
package hook

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"parley/inbox"
)

// Call is one HTTP request to an account's webhook path, its body read whole.
type Call struct {
	Method string
	Header http.Header
	Query  url.Values
	Body   []byte    // the raw bytes, as they were signed
	At     time.Time // when it came
}

// Answer is what a provider wants to hear.
type Answer struct {
	Status int // 0: 200
	Type   string
	Body   []byte
}

// Delivery is a part of a call, for one login.
type Delivery struct {
	Owner string      // the provider's id of the login it is for, "" when it does not tell
	Batch inbox.Batch // account and provider are filled in by whoever takes it
}

// Receiver is a provider that is told of news by webhook. Its methods ask no
// network, keep no state and are safe for concurrent use.
type Receiver interface {
	// Greet answers a call that is no delivery: the provider makes sure that the
	// address is ours. ok is false for a delivery. A *Refusal is an answer too.
	Greet(Call) (a Answer, ok bool, err error)

	// Verify checks the signature over the raw body. A *Refusal says what is
	// wrong, without any secret or content.
	Verify(Call) error

	// Decode tells what a verified call says. Shapes and events that it does not
	// know are kept as far as they can be placed; an error is for a body that
	// cannot be read at all.
	Decode(Call) ([]Delivery, error)

	// Owns tells whether the provider's id is this login's.
	Owns(owner string) bool
}

// Adopter is a Receiver that names conversations by its own login: what another
// login of the same provider has decoded, but belongs to this one, has to be
// named anew.
type Adopter interface {
	Adopt(Delivery) Delivery
}

// Kin is a Receiver of which several logins may belong to one application at the
// provider's, which signs what concerns any of them with secrets of its own: what
// one of them has verified, the others believe.
type Kin interface {
	KinOf(other Receiver) bool
}

// Registrar is a provider whose webhooks can be managed by its API.
type Registrar interface {
	Register(ctx context.Context, address string) error
	Registered(ctx context.Context) ([]Registration, error)
	Unregister(ctx context.Context, address string) error
}

// Registration is one webhook that the provider knows of.
type Registration struct {
	Address string    `json:"address,omitempty"` // "" where the provider does not tell
	Events  []string  `json:"events"`            // in the provider's words
	Active  bool      `json:"active"`
	Since   time.Time `json:"since,omitzero"`
	Note    string    `json:"note,omitempty"` // what is wrong with it
}
