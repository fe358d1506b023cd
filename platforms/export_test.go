package platforms

import (
	"context"
	"net"
)

// ListenBy takes connections from elsewhere, for tests without a network.
func (w *Webhooks) ListenBy(listen func(ctx context.Context, network, address string) (net.Listener, error)) {
	w.listen = listen
}

// What the tests have to know of the limits.
const (
	MaxBody        = maxBody
	SmallBody      = smallBody
	MaxCalls       = maxCalls
	MaxNotes       = maxNotes
	MaxConnections = maxConnections
	StopWithin     = stopWithin
	LogEvery       = logEvery
)
