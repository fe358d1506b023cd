package httpapi

// NewTransport is what a client uses for the network.
var NewTransport = newTransport
