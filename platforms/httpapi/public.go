package httpapi

import "net/netip"

// This file tells which addresses are the public internet's. A link that somebody
// else has written must not be a way to reach what only this machine can reach:
// its own services, the network behind it, and the address at which a cloud tells
// a machine its keys. Whoever connects to one asks here about the address itself,
// behind all names and redirects.

// closed is a stretch of addresses that are not the public internet's.
type closed struct {
	prefix netip.Prefix
	why    string
}

// closedTo are the stretches, by IANA's registries of special-purpose addresses
// (https://www.iana.org/assignments/iana-ipv4-special-registry, and -ipv6-). Of
// IPv6, only 2000::/3 is given out; the rest need not be named.
func closedTo() []closed {
	stretch := func(prefix, why string) closed { return closed{netip.MustParsePrefix(prefix), why} }
	return []closed{
		stretch("0.0.0.0/8", "which means this network"),
		stretch("10.0.0.0/8", "which is private"),
		stretch("100.64.0.0/10", "which is a carrier's own"),
		stretch("127.0.0.0/8", "which is this machine"),
		stretch("168.63.129.16/32", "which tells a machine in Azure about itself"),
		stretch("169.254.0.0/16", "which is local to the link"),
		stretch("172.16.0.0/12", "which is private"),
		stretch("192.0.0.0/24", "which is reserved"),
		stretch("192.0.2.0/24", "which is for documents"),
		stretch("192.88.99.0/24", "which is a relay"),
		stretch("192.168.0.0/16", "which is private"),
		stretch("198.18.0.0/15", "which is for tests"),
		stretch("198.51.100.0/24", "which is for documents"),
		stretch("203.0.113.0/24", "which is for documents"),
		stretch("224.0.0.0/4", "which is for many receivers"),
		stretch("240.0.0.0/4", "which is reserved"),
		stretch("2001::/23", "which is reserved"), // Teredo, ORCHID and others
		stretch("2001:db8::/32", "which is for documents"),
		stretch("2002::/16", "which is a relay"), // 6to4: any IPv4 address may be behind it
		stretch("3fff::/20", "which is for documents"),
	}
}

// NotPublic says why an address is not one of the public internet, "" when it is.
// What it says follows the address in a sentence.
func NotPublic(a netip.Addr) (why string) {
	a = a.Unmap().WithZone("")
	if inner, ok := translated(a); ok {
		a = inner
	}
	for _, c := range closedTo() {
		if c.prefix.Contains(a) {
			return c.why
		}
	}
	switch public := netip.MustParsePrefix("2000::/3"); {
	case a.IsLoopback():
		return "which is this machine"
	case a.Is6() && !public.Contains(a):
		return "which is not public"
	}
	return ""
}

// translated is the IPv4 address behind one of NAT64 (RFC 6052), by which a
// network without IPv4 reaches it.
func translated(a netip.Addr) (netip.Addr, bool) {
	if nat64 := netip.MustParsePrefix("64:ff9b::/96"); !nat64.Contains(a) {
		return netip.Addr{}, false
	}
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:])), true
}
