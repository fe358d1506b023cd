package ayrshare_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/ayrshare"
	"parley/platforms/hook"
	"parley/platforms/login"
)

const hookSecret, olderHookSecret = "WS-whispered-2026", "WS-whispered-2025"

// receiver is an account that takes webhooks signed with any of the secrets.
func receiver(t testing.TB, secrets ...string) hook.Receiver {
	t.Helper()
	l := fullLogin("", io.Discard)
	l.Lists = map[string][]login.Secret{}
	for _, s := range secrets {
		l.Lists["webhook_secrets"] = append(l.Lists["webhook_secrets"], login.NewSecret(s))
	}
	p, err := ayrshare.Open(l)
	if err != nil {
		t.Fatal(err)
	}
	return p.(hook.Receiver)
}

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestVerify(t *testing.T) {
	const body = `{"action":"messages","message":"Gr\u00fc\u00dfe \/ ❤"}`
	good, older, forged := sign(hookSecret, body), sign(olderHookSecret, body), sign("guessed", body)
	for _, c := range []struct {
		name    string
		secrets []string
		v1, v2  []string
		status  int // 0: taken
	}{
		{"signed", []string{hookSecret}, []string{good}, nil, 0},
		{"signed with the older of two secrets", []string{hookSecret, olderHookSecret}, []string{older}, nil, 0},
		{"while the secret is changed, the new one known", []string{hookSecret}, []string{older}, []string{"v1=" + older + ",v1=" + good}, 0},
		{"with spaces between", []string{hookSecret}, nil, []string{"v1=" + older + " v1=" + good}, 0},
		{"with semicolons between", []string{hookSecret}, nil, []string{"v1=" + older + "; v1=" + good}, 0},
		{"in two headers", []string{hookSecret}, nil, []string{"v1=" + older, "v1=" + good}, 0},
		{"V2 alone", []string{hookSecret}, nil, []string{"v1=" + good}, 0},
		{"forged", []string{hookSecret}, []string{forged}, nil, 401},
		{"forged in both", []string{hookSecret}, []string{forged}, []string{"v1=" + forged}, 401},
		{"not signed", []string{hookSecret}, nil, nil, 401},
		{"signed with nothing", []string{hookSecret}, []string{sign("", body)}, nil, 401},
		{"an empty header", []string{hookSecret}, []string{""}, []string{""}, 401},
		{"with a prefix that is not Ayrshare's", []string{hookSecret}, []string{"sha256=" + good}, nil, 401},
		{"in a version to come", []string{hookSecret}, nil, []string{"v2=" + good}, 401},
		{"V2 without its version", []string{hookSecret}, nil, []string{good}, 401},
		{"cut short", []string{hookSecret}, []string{good[:40]}, nil, 401},
		{"no secret is set", nil, []string{good}, nil, 403},
		{"only an empty secret is set", []string{""}, []string{sign("", body)}, nil, 403},
		{"the right one behind too many", []string{hookSecret}, nil, []string{strings.Repeat("v1="+forged+",", 100) + "v1=" + good}, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.Header{}
			for _, v := range c.v1 {
				h.Add("X-Authorization-Content-SHA256", v)
			}
			for _, v := range c.v2 {
				h.Add("X-Authorization-Content-SHA256-V2", v)
			}
			err := receiver(t, c.secrets...).Verify(hook.Call{Method: "POST", Header: h, Body: []byte(body)})
			if c.status == 0 {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var r *hook.Refusal
			if !errors.As(err, &r) || r.Status != c.status {
				t.Fatalf("err = %v, want a refusal with %d", err, c.status)
			}
			for _, hidden := range []string{hookSecret, olderHookSecret, good, forged} {
				if strings.Contains(r.Text, hidden) {
					t.Errorf("the refusal holds a secret or a signature: %s", r.Text)
				}
			}
		})
	}
}

func TestARefusalWithoutSecretNamesTheSetting(t *testing.T) {
	err := receiver(t).Verify(hook.Call{})
	if err == nil || !strings.Contains(err.Error(), "webhook_secrets") {
		t.Errorf("err = %v", err)
	}
}

func TestAyrshareGreetsNobody(t *testing.T) {
	r := receiver(t, hookSecret)
	if _, ok, err := r.Greet(hook.Call{Method: "GET"}); ok || err != nil {
		t.Errorf("Greet = %v, %v", ok, err)
	}
	if r.Owns("9abf") || r.Owns("") {
		t.Error("the account owns a profile that it cannot know")
	}
}

// FuzzSignatureHeaders: whatever stands in the headers, a call is taken exactly
// when one of the first signatures in them is right.
func FuzzSignatureHeaders(f *testing.F) {
	const body = `{"action":"messages"}`
	good := sign(hookSecret, body)
	for _, v := range []string{"", good, "v1=" + good, "v1=" + good + ",v1=" + good, "v1= ;v1=,,v1=" + good, "t=1,v1=" + good, "v1", "=", "\x00v1=\xff"} {
		f.Add(v, v)
	}
	r := receiver(f, hookSecret)
	f.Fuzz(func(t *testing.T, v1, v2 string) {
		h := http.Header{"X-Authorization-Content-Sha256": {v1}, "X-Authorization-Content-Sha256-V2": {v2}}
		err := r.Verify(hook.Call{Method: "POST", Header: h, Body: []byte(body), At: time.Now()})
		holds := strings.Contains(strings.ToLower(v1+" "+v2), good)
		if err == nil && !holds {
			t.Errorf("taken with %q and %q", v1, v2)
		}
		if err != nil && v1 == good {
			t.Errorf("refused although %q is right", v1)
		}
	})
}

// decode reads a body that nobody has to sign.
func decode(t testing.TB, r hook.Receiver, body string) []inbox.Batch {
	t.Helper()
	deliveries, err := r.Decode(hook.Call{Method: "POST", Body: []byte(body), At: came})
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	var batches []inbox.Batch
	for _, d := range deliveries {
		if d.Owner != "" {
			t.Errorf("a delivery is for %q: the config does not know refIds", d.Owner)
		}
		batches = append(batches, d.Batch)
	}
	return batches
}

// came is when the calls of the tests come, later than all that they tell.
var came = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
