package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"parley/platforms/login"
)

// TestLogHidesSecrets: whatever form an encoder gives a secret, the log does not
// have it.
func TestLogHidesSecrets(t *testing.T) {
	t.Parallel()
	const key = `k3y "with" <odd>/characters`
	r := &redactor{}
	r.learn(login.NewSecret(key))
	r.learn(login.NewSecret("abc")) // too short to be a key, too common to be hidden
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(r.writer(&out), nil))
	log.Error("failed "+key, "err", fmt.Errorf("GET /x?key=%s", key), "header", map[string]string{"Authorization": "Bearer " + key}, "abc", "abc")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatalf("the line is no JSON any more: %v\n%s", err, out.String())
	}
	if strings.Contains(out.String(), "odd") || !strings.Contains(out.String(), "[hidden]") || line["abc"] != "abc" {
		t.Errorf("logged %s", out.String())
	}
}
