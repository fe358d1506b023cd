// Package login is the form that a provider gives the config to fill in: which
// settings an account needs, which of them are secret, and how they reach the
// provider without ever being printed.
package login

import (
	"encoding/json"
	"log/slog"

	"parley/inbox"
)

// Field is one setting of an account in the config.
type Field struct {
	Name     string   // key in the [[account]] table: "api_key", "profile_key"
	Secret   bool     // may be given as NAME, NAME_env, NAME_file or NAME_command
	List     bool     // several values: a list in each of these forms
	Flag     bool     // true or false; Values has "true" for true
	OneOf    []string // the only values; nil: any text
	Required bool
	Usual    bool           // the first run asks for it, although it may be left out
	For      inbox.Platform // this platform does not work without it; "" for none
	Hook     HookUse        // what webhooks need it for
	Help     string         // one line for the config that explains itself
}

// HookUse tells what a field is to the account's webhooks: who has made it, and
// who has to be told of it.
type HookUse string

// What a field may be to webhooks.
const (
	HookNone  HookUse = ""
	HookGiven HookUse = "given" // the provider has made it, and it is copied from there
	HookMade  HookUse = "made"  // any long random text: `webhook register` tells the provider
	HookTyped HookUse = "typed" // any long random text: it is typed in at the provider as well
)

// Login is a filled-in form.
type Login struct {
	Account   inbox.AccountID
	BaseURL   string
	Platforms []inbox.Platform
	Values    map[string]string // fields that are not secret
	Secrets   map[string]Secret
	Lists     map[string][]Secret // secrets of which there may be several
	Memory    Memory              // nil: nothing is remembered
	Hide      func(Secret)        // tells of a secret that was not in the form, so that it never shows; nil: nobody listens
	Log       *slog.Logger        // never nil
}

// Memory keeps what a login has to remember between runs and what must not be
// in the cache: tokens that were renewed, refusals. It belongs to one account,
// in a file that only its owner can read.
type Memory interface {
	// Get returns what was stored under the name, "" when nothing was.
	Get(name string) (string, error)
	// Set stores, and has been fsynced when it returns nil. "" forgets.
	Set(name, value string) error
}

// Secret is a value that must not be seen. It prints, logs and marshals as a
// placeholder; only Reveal gives it out.
type Secret struct{ value string }

// NewSecret hides a value.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal gives the value out: to put it in a request header, for nothing else.
func (s Secret) Reveal() string { return s.value }

// Empty tells that no value was given.
func (s Secret) Empty() bool { return s.value == "" }

const hidden = "[hidden]"

func (s Secret) String() string { return hidden }

// GoString keeps %#v from showing the value.
func (s Secret) GoString() string { return hidden }

// LogValue keeps loggers from showing the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON keeps encoders from showing the value.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// MarshalText keeps encoders from showing the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
