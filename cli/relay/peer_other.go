//go:build !linux

package relay

import "net"

// checkPeer relies on the modes of socket and folder where the standard library
// has no way to ask who is at the other end.
func checkPeer(*net.UnixConn) error { return nil }
