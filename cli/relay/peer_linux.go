package relay

import (
	"errors"
	"net"
	"os"
	"syscall"
)

var errStranger = errors.New("another user is at the other end of the socket")

// checkPeer refuses the other end when it is another user's process.
func checkPeer(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var peer *syscall.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		peer, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if int(peer.Uid) != os.Getuid() {
		return errStranger
	}
	return nil
}
