package hook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"

	"parley/platforms/hook"
	"parley/platforms/login"
)

func secretsOf(values ...string) []login.Secret {
	var list []login.Secret
	for _, v := range values {
		list = append(list, login.NewSecret(v))
	}
	return list
}

func sign(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}

// The vector is test case 2 of RFC 4231: https://www.rfc-editor.org/rfc/rfc4231
func TestHMACIsTheOneOfTheStandard(t *testing.T) {
	const sum = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	if !hook.MatchesHMAC(secretsOf("Jefe"), []byte("what do ya want for nothing?"), sum) {
		t.Error("the vector of RFC 4231 does not match")
	}
}

func TestMatchesHMAC(t *testing.T) {
	const body = `{"text":"Gr\u00fc\u00dfe","url":"https:\/\/shop.example"}`
	good := sign("blue", body)
	for _, c := range []struct {
		name    string
		secrets []login.Secret
		message string
		sum     string
		want    bool
	}{
		{"by the only secret", secretsOf("blue"), body, good, true},
		{"by the second of three", secretsOf("red", "blue", "green"), body, good, true},
		{"in capitals", secretsOf("blue"), body, strings.ToUpper(good), true},
		{"by another secret", secretsOf("red"), body, good, false},
		{"of another body", secretsOf("blue"), body + " ", good, false},
		{"of the same body written otherwise", secretsOf("blue"), strings.ReplaceAll(body, `\/`, "/"), good, false},
		{"by no secret", nil, body, good, false},
		{"by an empty secret", secretsOf(""), body, sign("", body), false},
		{"by an empty secret beside another", secretsOf("blue", ""), body, sign("", body), false},
		{"cut short", secretsOf("blue"), body, good[:62], false},
		{"one byte more", secretsOf("blue"), body, good + "00", false},
		{"no sum", secretsOf("blue"), body, "", false},
		{"not hex", secretsOf("blue"), body, strings.Repeat("zz", 32), false},
		{"with its prefix", secretsOf("blue"), body, "sha256=" + good, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := hook.MatchesHMAC(c.secrets, []byte(c.message), c.sum); got != c.want {
				t.Errorf("matches = %v, want %v", got, c.want)
			}
		})
	}
}

func TestAnyOfSeveralSumsWillDo(t *testing.T) {
	const body = "{}"
	good, other := sign("blue", body), sign("red", body)
	for _, c := range []struct {
		sums []string
		want bool
	}{
		{[]string{other, good}, true},
		{[]string{"zz", "", good}, true},
		{[]string{other, good[:10]}, false},
		{nil, false},
	} {
		if got := hook.MatchesHMAC(secretsOf("blue", "green"), []byte(body), c.sums...); got != c.want {
			t.Errorf("%q: matches = %v, want %v", c.sums, got, c.want)
		}
	}
}

func TestMatchesToken(t *testing.T) {
	for _, c := range []struct {
		name    string
		secrets []login.Secret
		token   string
		want    bool
	}{
		{"the token", secretsOf("tok-1"), "tok-1", true},
		{"the second token", secretsOf("tok-1", "tok-2"), "tok-2", true},
		{"another", secretsOf("tok-1"), "tok-9", false},
		{"the beginning", secretsOf("tok-1"), "tok", false},
		{"nothing for nothing", secretsOf(""), "", false},
		{"nothing", secretsOf("tok-1"), "", false},
		{"no secret", nil, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := hook.MatchesToken(c.secrets, c.token); got != c.want {
				t.Errorf("matches = %v, want %v", got, c.want)
			}
		})
	}
}

func TestSignatureIsTakenFromItsHeader(t *testing.T) {
	const name, prefix = "X-Hub-Signature-256", "sha256="
	for _, c := range []struct {
		test   string
		values []string
		prefix string
		want   string
		text   string // of the refusal
	}{
		{"with its prefix", []string{"sha256=abc"}, prefix, "abc", ""},
		{"between spaces", []string{" sha256=abc "}, prefix, "abc", ""},
		{"without a prefix", []string{"abc"}, "", "abc", ""},
		{"none", nil, prefix, "", "not signed"},
		{"an empty one", []string{""}, prefix, "", "not signed"},
		{"an older kind", []string{"sha1=abc"}, prefix, "", "does not begin with"},
		{"no prefix where one belongs", []string{"abc"}, prefix, "", "does not begin with"},
		{"two", []string{"sha256=abc", "sha256=def"}, prefix, "", "2 headers"},
	} {
		t.Run(c.test, func(t *testing.T) {
			got, err := hook.Signature(http.Header{name: c.values}, "x-hub-signature-256", c.prefix)
			if c.text == "" {
				if got != c.want || err != nil {
					t.Errorf("Signature = %q, %v, want %q", got, err, c.want)
				}
				return
			}
			var r *hook.Refusal
			if !errors.As(err, &r) || r.Status != http.StatusUnauthorized || !strings.Contains(r.Text, c.text) {
				t.Errorf("err = %v, want a refusal with 401 and %q", err, c.text)
			}
			if err != nil && strings.Contains(err.Error(), "abc") {
				t.Errorf("the refusal repeats what was sent: %v", err)
			}
		})
	}
}

func TestNoSecretIsForbidden(t *testing.T) {
	var r *hook.Refusal
	if err := hook.NoSecret("webhook_secrets"); !errors.As(err, &r) || r.Status != http.StatusForbidden || !strings.Contains(r.Text, "webhook_secrets") {
		t.Errorf("err = %v", err)
	}
	if hook.AnySecret(secretsOf("", "")) || hook.AnySecret(nil) || !hook.AnySecret(secretsOf("", "x")) {
		t.Error("AnySecret does not tell empty secrets from others")
	}
}
