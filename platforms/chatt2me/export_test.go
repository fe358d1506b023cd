package chatt2me

// Open over a transport, for tests that want no network at all.
var OpenOver = open
