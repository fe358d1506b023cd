package chatt2me_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/login"
)

// now is when the calls of the tests come.
var now = time.Date(2025, 12, 18, 20, 9, 0, 0, time.UTC)

// sign makes the header as the documents say, with the standard library alone.
func sign(secret string, at time.Time, body string) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + sum(secret, t+"."+body)
}

func sum(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, message)
	return hex.EncodeToString(mac.Sum(nil))
}

func call(body string, header ...string) hook.Call {
	c := hook.Call{Method: http.MethodPost, Header: http.Header{}, Body: []byte(body), At: now}
	for i := 0; i+1 < len(header); i += 2 {
		c.Header.Add(header[i], header[i+1])
	}
	return c
}

// The header's form and the signed bytes, from a sum that was computed with
// openssl, apart from this program.
func TestTheSignatureIsTheOneOfTheDocuments(t *testing.T) {
	l := fullLogin("https://api.example/v1", io.Discard)
	l.Lists["webhook_secrets"] = []login.Secret{login.NewSecret("whsec_parley")}
	c := call(`{"eventType":"Message","a":"\u00fc\/"}`,
		"X-hub-Signature", "t=1766088540,v1=04e32ef4d06b44a318e241360c536def0c9e87503eb5825750da43c05e668703")
	if err := mustOpen(t, l).(hook.Receiver).Verify(c); err != nil {
		t.Error(err)
	}
}

func TestOnlySignedCallsAreBelieved(t *testing.T) {
	const body = `{"eventType":"Message"}`
	good := sign(hookSecret, now, body)
	stamp := strconv.FormatInt(now.Unix(), 10)
	for _, c := range []struct {
		name   string
		header []string
		body   string
		text   string // of the refusal; "" for none
	}{
		{"by the newest secret", []string{good}, body, ""},
		{"by an older one", []string{sign("an older one", now, body)}, body, ""},
		{"five minutes late", []string{sign(hookSecret, now.Add(-5*time.Minute), body)}, body, ""},
		{"five minutes early", []string{sign(hookSecret, now.Add(5*time.Minute), body)}, body, ""},
		{"with spaces", []string{strings.ReplaceAll(good, ",", " , ")}, body, ""},
		{"in another order", []string{"v1=" + sum(hookSecret, stamp+"."+body) + ",t=" + stamp}, body, ""},
		{"with two sums", []string{"t=" + stamp + ",v1=" + sum("another", stamp+"."+body) + ",v1=" + sum(hookSecret, stamp+"."+body)}, body, ""},
		{"with a newer scheme beside it", []string{good + ",v2=zzz"}, body, ""},
		{"a body with escapes as they came", []string{sign(hookSecret, now, `{"a":"\u00fc\/"}`)}, `{"a":"\u00fc\/"}`, ""},
		{"no signature", nil, body, "not signed"},
		{"an empty one", []string{""}, body, "not signed"},
		{"twice", []string{good, good}, body, "2 headers"},
		{"by nobody's secret", []string{sign("guessed", now, body)}, body, "not made with any"},
		{"by the empty secret", []string{sign("", now, body)}, body, "not made with any"},
		{"of another body", []string{good}, body + " ", "not made with any"},
		{"of the body alone", []string{"t=" + stamp + ",v1=" + sum(hookSecret, body)}, body, "not made with any"},
		{"of another time", []string{strings.Replace(good, stamp, stamp[:len(stamp)-1]+"1", 1)}, body, "not made with any"},
		{"too late", []string{sign(hookSecret, now.Add(-301*time.Second), body)}, body, "5m1s away"},
		{"too early", []string{sign(hookSecret, now.Add(301*time.Second), body)}, body, "5m1s away"},
		{"cut short", []string{good[:len(good)-2]}, body, "not made with any"},
		{"without a time", []string{"v1=" + sum(hookSecret, "."+body)}, body, "not of the form"},
		{"without a sum", []string{"t=" + stamp}, body, "not of the form"},
		{"with two times", []string{"t=1," + good}, body, "not of the form"},
		{"with a time that is none", []string{"t=now,v1=00"}, body, "not of the form"},
		{"with a negative time", []string{"t=-5,v1=00"}, body, "not of the form"},
		{"with a time beyond all calendars", []string{"t=99999999999999999999,v1=00"}, body, "not of the form"},
		{"of Meta", []string{"sha256=" + sum(hookSecret, body)}, body, "not of the form"},
		{"with very many sums", []string{"t=" + stamp + strings.Repeat(",v1=00", 9)}, body, "not of the form"},
		{"very long", []string{good + "," + strings.Repeat("x", 1<<10)}, body, "not of the form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := call(c.body)
			for _, h := range c.header {
				one.Header.Add("X-hub-Signature", h)
			}
			refused(t, receiver(t).Verify(one), http.StatusUnauthorized, c.text)
		})
	}
}

// refused checks a refusal, or with text "" that there is none.
func refused(t *testing.T, err error, status int, text string) {
	t.Helper()
	if text == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var r *hook.Refusal
	if !errors.As(err, &r) || r.Status != status || !strings.Contains(r.Text, text) {
		t.Fatalf("err = %v, want a refusal with %d and %q", err, status, text)
	}
	mustContainNoSecret(t, "a refusal", r.Text)
}

func TestWithoutASecretNothingIsBelieved(t *testing.T) {
	l := fullLogin("https://api.example/v1", io.Discard)
	l.Lists, l.Memory = map[string][]login.Secret{"webhook_secrets": {login.NewSecret("")}}, &notebook{}
	const body = `{}`
	err := mustOpen(t, l).(hook.Receiver).Verify(call(body, "X-hub-Signature", sign("", now, body)))
	refused(t, err, http.StatusForbidden, "webhook_secrets is not set")
}

func TestTheHubFindsOutThatTheAddressIsOurs(t *testing.T) {
	const token = `a"b\c/<d> é`
	for _, c := range []struct {
		name   string
		method string
		header []string
		kind   string
		body   string
		text   string // of a refusal
	}{
		{"that speaks JSON", "POST", []string{"X-Validation-Token", "tok-1", "Content-Type", "application/json; charset=utf-8"}, "application/json", `"tok-1"`, ""},
		{"that reads JSON", "POST", []string{"x-validation-token", "tok-1", "Accept", "text/html, application/json;q=0.9"}, "application/json", `"tok-1"`, ""},
		{"that says nothing of it", "POST", []string{"X-Validation-Token", "tok-1"}, "text/plain; charset=utf-8", "tok-1", ""},
		{"with quotes", "POST", []string{"X-Validation-Token", token[:8], "Content-Type", "application/json"}, "application/json", `"a\"b\\c/\u003cd"`, ""},
		{"with a token of 512", "POST", []string{"X-Validation-Token", strings.Repeat("t", 512)}, "text/plain; charset=utf-8", strings.Repeat("t", 512), ""},
		{"with a token that is too long", "POST", []string{"X-Validation-Token", strings.Repeat("t", 513)}, "", "", "longer than 512"},
		{"with a token that is not printable", "POST", []string{"X-Validation-Token", token}, "", "", "not printable"},
		{"with an escape sequence", "POST", []string{"X-Validation-Token", "a\x1b[2J"}, "", "", "not printable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := call(`{"eventType":"Message","from":"71","content":{"text":"forged"}}`, c.header...)
			one.Method = c.method
			got, greeted, err := receiver(t).Greet(one)
			if !greeted {
				t.Fatal("it is taken for a delivery")
			}
			if c.text != "" {
				refused(t, err, http.StatusBadRequest, c.text)
				return
			}
			if err != nil || (got.Status != 0 && got.Status != 200) || got.Type != c.kind || string(got.Body) != c.body {
				t.Errorf("%d %s %s, %v", got.Status, got.Type, got.Body, err)
			}
		})
	}
	for name, one := range map[string]hook.Call{
		"a delivery":       call(`{}`, "X-hub-Signature", "t=1,v1=00"),
		"without a token":  call(`{}`, "X-Validation-Token", ""),
		"a GET":            {Method: http.MethodGet, Header: http.Header{"X-Validation-Token": {"tok-1"}}},
		"a call with less": {Method: http.MethodPost, Header: http.Header{}},
	} {
		if _, greeted, err := receiver(t).Greet(one); greeted || err != nil {
			t.Errorf("%s: greeted %v, %v", name, greeted, err)
		}
	}
}

func TestSecretsThatWereKeptAreUsed(t *testing.T) {
	l := fullLogin("https://api.example/v1", io.Discard)
	l.Lists = nil
	l.Memory = &notebook{notes: map[string]string{"webhook secret MessageStatus": "kept-secret"}}
	var hidden []login.Secret
	l.Hide = func(s login.Secret) { hidden = append(hidden, s) }
	r := mustOpen(t, l).(hook.Receiver)
	const body = `{}`
	refused(t, r.Verify(call(body, "X-hub-Signature", sign("kept-secret", now, body))), 0, "")
	refused(t, r.Verify(call(body, "X-hub-Signature", sign(hookSecret, now, body))), http.StatusUnauthorized, "not made with any")
	if len(hidden) == 0 || hidden[0].Reveal() != "kept-secret" {
		t.Error("nobody was told to hide the secret")
	}
}

func TestWhoseChannelItIs(t *testing.T) {
	r := receiver(t)
	for owner, want := range map[string]bool{channel: true, strings.ToUpper(channel): true, other: false, "": false, "847495": false} {
		if r.Owns(owner) != want {
			t.Errorf("owns %q: %v", owner, !want)
		}
	}
}

// FuzzVerify: no header is believed that was not made with the secret, and none
// makes the check fall over.
func FuzzVerify(f *testing.F) {
	const body = `{"eventType":"Message"}`
	good := sign(hookSecret, now, body)
	for _, header := range []string{good, "t=,v1=", "t=1766088540", ",,=,", "t=1766088540,v1=" + strings.Repeat("0", 64), good + ",t=1"} {
		f.Add(header, body)
	}
	r := receiver(f)
	f.Fuzz(func(t *testing.T, header, body string) {
		if r.Verify(call(body, "X-hub-Signature", header)) != nil {
			return
		}
		stamp := ""
		for part := range strings.SplitSeq(header, ",") {
			if after, ok := strings.CutPrefix(strings.TrimSpace(part), "t="); ok {
				stamp = after
			}
		}
		for _, secret := range []string{hookSecret, "an older one"} {
			if strings.Contains(strings.ToLower(header), sum(secret, stamp+"."+body)) {
				return
			}
		}
		t.Errorf("believed: %q with %q", header, body)
	})
}

// decode reads a body, which must be one that can be read.
func decode(t testing.TB, r hook.Receiver, body string) []hook.Delivery {
	t.Helper()
	found, err := r.Decode(call(body))
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return found
}

// the ability of the inbox's facts to be compared rests on their times.
func mustBeTimed(t testing.TB, found []hook.Delivery) {
	t.Helper()
	for _, d := range found {
		if d.Batch.AsOf.IsZero() {
			t.Error("a batch has no age")
		}
		for _, m := range d.Batch.Messages {
			if m.Message.CreatedAt.IsZero() || m.AsOf.IsZero() || m.RemoteID == "" || m.Message.Direction == "" {
				t.Errorf("a message is not placed: %+v", m)
			}
			if m.Message.Direction == inbox.Received && m.Message.Conversation != "" {
				t.Errorf("the inbox names conversations: %+v", m)
			}
		}
		for _, e := range d.Batch.Events {
			if e.At.IsZero() || e.Message == "" {
				t.Errorf("an event is not placed: %+v", e)
			}
		}
	}
}

// TestChannelsOfOneApplicationAreKin: their webhooks tell of one another.
func TestChannelsOfOneApplicationAreKin(t *testing.T) {
	const other = "11111111-2222-4333-8444-555555555555"
	ours := mustOpen(t, fullLogin("https://api.example/v1", io.Discard)).(hook.Receiver)
	for _, c := range []struct {
		name, base, key string
		want            bool
	}{
		{"another channel", "https://api.example/v1", "", true},
		{"another application", "https://api.example/v1", "key-of-somebody-else", false},
		{"the same key elsewhere", "https://api.other.example/v1", "", false},
	} {
		l := fullLogin(c.base, io.Discard)
		l.Values["channel"] = other
		if c.key != "" {
			l.Secrets["api_key"] = login.NewSecret(c.key)
		}
		if got := mustOpen(t, l).(hook.Kin).KinOf(ours); got != c.want {
			t.Errorf("%s: kin = %v", c.name, got)
		}
	}
}

// TestForgedCallsLearnNothing: a kept secret is told to who hides it once, not
// with each call that anybody makes.
func TestForgedCallsLearnNothing(t *testing.T) {
	l := fullLogin("https://api.example/v1", io.Discard)
	l.Memory = &notebook{notes: map[string]string{"webhook secret Message": "kept-secret"}}
	told := 0
	l.Hide = func(login.Secret) { told++ }
	r := mustOpen(t, l).(hook.Receiver)
	for range 20 {
		if err := r.Verify(call("{}", "X-hub-Signature", sign("guessed", now, "{}"))); err == nil {
			t.Fatal("a forged call is believed")
		}
	}
	if told != 1 {
		t.Errorf("it is told %d times", told)
	}
}
