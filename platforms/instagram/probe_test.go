package instagram

import (
	"net/http"
	"testing"
)

// TestMediaAreAskedForOnPublicAddressesOnly: else an agent, or a server that
// redirects, could look at what only this machine can reach.
func TestMediaAreAskedForOnPublicAddressesOnly(t *testing.T) {
	var seen []http.Header
	here := newMediaHost(t, &seen) + "/image/png/5"
	if told, ok := newProber(BaseURL, nil).ask(t.Context(), here); ok || len(seen) != 0 {
		t.Errorf("this machine was asked, and told %+v", told)
	}
	if _, ok := newProber("http://127.0.0.1:8080/v24.0", nil).ask(t.Context(), here); !ok || len(seen) != 1 {
		t.Errorf("with a simulator: %v, %d requests", ok, len(seen))
	}
}

func TestTheAddressItselfIsLookedAt(t *testing.T) {
	for address, want := range map[string]bool{
		"157.240.0.35:443": true, "[2a03:2880:f12f:83:face:b00c::25de]:443": true,
		"127.0.0.1:443": false, "[::ffff:127.0.0.1]:443": false, "[64:ff9b::7f00:1]:443": false, "169.254.169.254:80": false, "100.100.100.200:80": false,
		"168.63.129.16:80": false, "media.example:443": false,
	} {
		if err := publicOnly("tcp", address, nil); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
