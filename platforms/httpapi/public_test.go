package httpapi_test

import (
	"net/netip"
	"strings"
	"testing"

	"parley/platforms/httpapi"
)

func TestPublicAddressesAreToldFromOthers(t *testing.T) {
	t.Parallel()
	closed := map[string]string{
		"0.0.0.0":              "this network",
		"10.1.2.3":             "private",
		"100.64.0.1":           "carrier",
		"100.100.100.200":      "carrier", // Alibaba's metadata
		"127.0.0.1":            "this machine",
		"127.9.9.9":            "this machine",
		"168.63.129.16":        "Azure",
		"169.254.169.254":      "local to the link", // most clouds' metadata
		"172.16.0.1":           "private",
		"172.31.255.255":       "private",
		"192.0.0.192":          "reserved", // Oracle's metadata
		"192.0.2.1":            "documents",
		"192.88.99.1":          "relay",
		"192.168.1.1":          "private",
		"198.18.0.1":           "tests",
		"198.51.100.7":         "documents",
		"203.0.113.7":          "documents",
		"224.0.0.251":          "many receivers",
		"255.255.255.255":      "reserved",
		"::":                   "not public",
		"::1":                  "this machine",
		"::ffff:127.0.0.1":     "this machine",
		"::ffff:10.0.0.1":      "private",
		"::ffff:169.254.1.1":   "local to the link",
		"::10.0.0.1":           "not public", // the old IPv4-compatible form
		"64:ff9b::a00:1":       "private",    // 10.0.0.1 through NAT64
		"64:ff9b::a9fe:a9fe":   "local to the link",
		"64:ff9b:1::1":         "not public",
		"100::1":               "not public",
		"2001::1":              "reserved", // Teredo
		"2001:db8::1":          "documents",
		"2002:a00:1::":         "relay", // 10.0.0.1 through 6to4
		"3fff::1":              "documents",
		"fc00::1":              "not public",
		"fd00:ec2::254":        "not public", // Amazon's metadata
		"fe80::1":              "not public",
		"fe80::1%eth0":         "not public",
		"fec0::1":              "not public",
		"ff02::1":              "not public",
		"5f00::1":              "not public",
		"::ffff:0:169.254.1.1": "not public",
	}
	for address, why := range closed {
		if got := httpapi.NotPublic(netip.MustParseAddr(address)); !strings.Contains(got, why) {
			t.Errorf("%s: not public because %q, expected %q", address, got, why)
		}
	}
	for _, address := range []string{
		"1.1.1.1", "31.13.64.1", "100.63.255.255", "100.128.0.1", "157.240.0.1", "168.63.129.17", "172.15.0.1", "172.32.0.1",
		"192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "::ffff:157.240.0.1", "64:ff9b::9df0:1",
		"2001:4860:4860::8888", "2606:4700::1111", "2a03:2880:f003::1",
	} {
		if why := httpapi.NotPublic(netip.MustParseAddr(address)); why != "" {
			t.Errorf("%s is public, and said not to be: %s", address, why)
		}
	}
}
