package instagram

import (
	"net/http"
	"net/netip"
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

func TestWhatIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"157.240.0.35": true, "2a03:2880:f12f:83:face:b00c::25de": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "fe80::1": false, "fd00:ec2::254": false, "0.0.0.0": false, "::": false,
		"100.100.100.200": false, "224.0.0.1": false, "255.255.255.255": false, "::ffff:127.0.0.1": false,
		"64:ff9b::7f00:1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address).Unmap()); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
