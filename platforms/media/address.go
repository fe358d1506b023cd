package media

// Which addresses may be connected to. A link in a message must not be a way to
// reach what only this machine can reach: its own services, the network behind
// it, and the address at which a cloud tells a machine its keys.

import (
	"fmt"
	"net/netip"
	"net/url"
	"syscall"

	"parley/inbox"
	"parley/platforms/httpapi"
)

// doorman looks at each address between the look-up of a name and the
// connection to it.
type doorman struct {
	allowed netip.AddrPort // in spite of the rules; zero: none
}

// check is a [net.Dialer]'s Control.
func (d doorman) check(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return &refusal{"the link leads to no address of the internet"}
	}
	if d.allowed.IsValid() && to == d.allowed {
		return nil
	}
	if why := httpapi.NotPublic(to.Addr()); why != "" {
		return &refusal{fmt.Sprintf("the link leads to %s, %s: pictures are fetched from public addresses only", to.Addr(), why)}
	}
	if to.Port() != 443 {
		return &refusal{fmt.Sprintf("the link leads to port %d: pictures are fetched from port 443 only", to.Port())}
	}
	return nil
}

// parseStandIn reads the address that stands in for others. It must be an
// address of the loopback with a port, and plain HTTP.
func parseStandIn(base string) (*url.URL, netip.AddrPort, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, netip.AddrPort{}, inbox.Errorf(inbox.Rejected, "the stand-in for media is no URL")
	}
	to, err := netip.ParseAddrPort(u.Host)
	if err != nil || u.Scheme != "http" || !to.Addr().IsLoopback() {
		return nil, netip.AddrPort{}, inbox.Errorf(inbox.Rejected, "the stand-in for media is %q: expected http, an address of the loopback and a port", u.Scheme+"://"+u.Host)
	}
	return u, to, nil
}
