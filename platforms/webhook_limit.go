package platforms

// This file bounds what strangers can use up at a public address: connections,
// and lines of the log.

import (
	"net"
	"sync"
	"time"
)

// limitConnections lets so many connections be open at a time; the others wait
// in the system's queue. File descriptors are what sends and reads need too.
func limitConnections(l net.Listener, most int) net.Listener {
	return &limitedListener{Listener: l, open: make(chan struct{}, most), closed: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	open   chan struct{}
	once   sync.Once
	closed chan struct{}
}

func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.open <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.open
		return nil, err
	}
	return &limitedConn{Conn: c, listener: l}, nil
}

func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	once     sync.Once
	listener *limitedListener
}

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.listener.open })
	return err
}

// CloseWrite lets net/http refuse a request that it has not read to its end: the
// refusal would be lost if the connection just broke.
func (c *limitedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// logEvery is how often the same kind of trouble is logged: anybody can make
// trouble at a public address.
const logEvery = time.Minute

// throttle tells what may be logged. The keys are ours, so they are few.
type throttle struct {
	mu   sync.Mutex
	seen map[string]*trouble
}

type trouble struct {
	logged time.Time
	more   int // that were not logged since
}

// allow tells whether trouble of that kind may be logged now, and how much was
// not since the last time.
func (t *throttle) allow(kind string) (more int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[string]*trouble{}
	}
	s := t.seen[kind]
	if s == nil {
		s = &trouble{}
		t.seen[kind] = s
	}
	if !s.logged.IsZero() && time.Since(s.logged) < logEvery {
		s.more++
		return 0, false
	}
	more, s.logged, s.more = s.more, time.Now(), 0
	return more, true
}
