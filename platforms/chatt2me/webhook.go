package chatt2me

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/platforms/hook"
	"parley/platforms/login"
)

// This file takes in a webhook call: the check of our address, and the signature.
//
// Documents: https://docs.chatt2.me/docs/latest/webhooks/endpoint-verification/ and
// …/verifying-signature/.

var (
	_ hook.Receiver = (*provider)(nil)
	_ hook.Adopter  = (*provider)(nil)
	_ hook.Kin      = (*provider)(nil)
)

const (
	headerToken     = "X-Validation-Token"
	headerSignature = "X-Hub-Signature"
)

// longestToken bounds what is given back of a stranger's call.
const longestToken = 512

// Greet gives the token back by which the hub makes sure that the address is
// ours. Anybody may ask that: such a call is trusted in nothing, and never read as
// an event.
//
// The answer is a JSON string where the call speaks JSON, as in all of the page's
// samples, and else the bare token, which the page allows too.
func (p *provider) Greet(call hook.Call) (hook.Answer, bool, error) {
	token := call.Header.Get(headerToken)
	if call.Method != http.MethodPost || token == "" {
		return hook.Answer{}, false, nil
	}
	if len(token) > longestToken || strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }) {
		return hook.Answer{}, true, hook.BadRequest("the header %s is longer than %d characters, or not printable", headerToken, longestToken)
	}
	if !speaksJSON(call.Header) {
		return hook.Answer{Type: "text/plain; charset=utf-8", Body: []byte(token)}, true, nil
	}
	body, err := json.Marshal(token)
	return hook.Answer{Type: "application/json", Body: body}, true, err
}

func speaksJSON(h http.Header) bool {
	for _, list := range append(h.Values("Content-Type"), h.Values("Accept")...) {
		for one := range strings.SplitSeq(list, ",") {
			if kind, _, err := mime.ParseMediaType(one); err == nil && kind == "application/json" {
				return true
			}
		}
	}
	return false
}

// tolerance is how far a signature's time may be from ours, in both directions:
// the verifying-signature page allows 300 s. It bounds how long a call that was
// listened to can be repeated.
const tolerance = 300 * time.Second

// Verify checks the signature over its time and the raw body, by any of the
// secrets: each webhook has its own, and two are needed.
func (p *provider) Verify(call hook.Call) error {
	secrets := p.signingSecrets()
	if !hook.AnySecret(secrets) {
		return hook.NoSecret(fieldSecrets)
	}
	header, err := hook.Signature(call.Header, headerSignature, "")
	if err != nil {
		return err
	}
	s, ok := parseSignature(header)
	if !ok {
		return hook.Unauthorized("the header %s is not of the form t=…,v1=…", headerSignature)
	}
	if away := call.At.Sub(s.at).Abs(); away > tolerance {
		return hook.Unauthorized("the signature is %v away from this machine's clock, %v is allowed", away.Round(time.Second), tolerance)
	}
	message := append([]byte(s.time+"."), call.Body...)
	for _, sum := range s.sums {
		if hook.MatchesHMAC(secrets, message, sum) {
			return nil
		}
	}
	return hook.Unauthorized("the signature is not made with any of %s", fieldSecrets)
}

// signature is what the header says: t=<Unix seconds>,v1=<hex>.
type signature struct {
	time string // as it was signed
	at   time.Time
	sums []string // several, should a secret ever be changed with both in force
}

// The header's bounds, which are ours.
const (
	longestSignature = 1 << 10
	mostSums         = 8
)

func parseSignature(header string) (s signature, ok bool) {
	if len(header) > longestSignature {
		return s, false
	}
	for part := range strings.SplitSeq(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case key == "v1" && len(s.sums) < mostSums:
			s.sums = append(s.sums, value)
		case key == "t" && s.time == "":
			s.time = value
		case key == "t", key == "v1":
			return s, false // of two times, one is not what was signed
		}
	}
	n, err := strconv.ParseUint(s.time, 10, 40) // 40 bits of seconds are 34,000 years
	if err != nil {
		return s, false
	}
	s.at = time.Unix(int64(n), 0)
	return s, len(s.sums) > 0
}

// signingSecrets are those of the config, and those that were made when the
// webhooks were registered.
func (p *provider) signingSecrets() []login.Secret {
	secrets := p.secrets
	for _, kind := range eventTypes {
		if kept := p.keptSecret(kind); !kept.Empty() {
			secrets = append(secrets[:len(secrets):len(secrets)], kept)
		}
	}
	return secrets
}

// KinOf tells whether the other login has the same key. Then both are channels of
// one application: each webhook of it tells of all its channels, and has a secret
// of its own.
func (p *provider) KinOf(other hook.Receiver) bool {
	o, ok := other.(*provider)
	return ok && o.base == p.base && hook.MatchesToken([]login.Secret{p.key}, o.key.Reveal())
}

// Decode says what a call tells. An error is for a body that is no JSON object
// or list.
func (p *provider) Decode(call hook.Call) ([]hook.Delivery, error) {
	if !json.Valid(call.Body) {
		return nil, fmt.Errorf("the body is no JSON (%d bytes)", len(call.Body))
	}
	r := newReader(p, call.At)
	if !r.body(call.Body) {
		return nil, fmt.Errorf("the body is JSON, but no event (%d bytes)", len(call.Body))
	}
	r.logSkipped()
	return r.deliveries(), nil
}
