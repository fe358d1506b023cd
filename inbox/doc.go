// Package inbox is the domain of Parley: what a conversation, a message and a
// reply window are, and the rules by which they change.
//
// It knows no HTTP, no terminal and no database, and uses the standard library
// only. The world outside is reached through ports:
//
//   - [Provider]: an API that customers' messages are read from and answers are
//     sent through (one implementation per folder under platforms/);
//   - [Store]: the local cache (the folder cache/);
//   - [TextIndex]: the full-text index beside it (cache/ too);
//   - [Media]: what the links in messages lead to (platforms/media);
//   - [Files] and [Uploader]: what agents send from this machine (platforms/upload).
//
// Facts travel one way:
//
//	poller --batch---+
//	webhook --batch--+-> Ingest -> one transaction -> after commit: hints -> screens re-read
//	outbox --result--+
//	                 ^
//	screen -> Send: one transaction that stores the message, then wakes the sender
//
// What agents decide beside answering (done, snoozed, labels, …) goes through
// Triage, in the same transactions; providers with an archive are told afterwards.
//
// Everything from outside is cleaned ([Clean]) once, in Ingest, so whatever is
// read back from the Store is safe to draw on a terminal.
package inbox
