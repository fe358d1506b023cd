// Package inboxtest holds what the tests of other packages need of an inbox: a
// [inbox.Store] in memory, and the contract that every Store keeps.
package inboxtest
