// Package sim is Ayrshare's Messages API with a small shop's customers behind
// it: a real HTTP server on the loopback, for the demo, for tests and for
// benchmarks.
//
// It follows the vendor's public documents, not the client in this repository,
// so that a mistake in one is not hidden by the same mistake in the other. It
// is as strict and as rude as the original: answers stay the same until
// nextUpdate, wrong keys, bad media, closed windows, cold conversations and too
// many requests are refused, and the list of conversations is spelt
// "converstationsDetails".
//
// # The world
//
// Everything comes from Options.Seed. A conversation's history is a pure
// function of the seed, the conversation's number and the message's number, so
// a world of a million messages needs memory for its index only. What happens
// after the start is an overlay: customers write, react, read, and answer what
// they are told. The world has no clock of its own: it catches up whenever
// somebody looks, so an idle simulator costs nothing.
//
// # What is ours
//
// The documents leave gaps. Where a client could notice, the choice is ours:
//
//	missing or wrong key         HTTP 401 or 403, code 102
//	suspended profile            HTTP 403, code 103
//	X keys missing               HTTP 419, code 419; only one of them: HTTP 400, code 400
//	message too long             HTTP 400, code 371
//	window closed                HTTP 400, code 366
//	monthly conversation limit   HTTP 400, code 367
//	another app has the thread   HTTP 400, code 368, with the documented words
//	conversation not opened by   HTTP 400, code 369
//	the customer
//	text and media, or several   HTTP 200 with "messages", one entry a part
//	media, all delivered
//	archived conversation gets   it becomes active again
//	a message
//	Facebook's window            24 h, then human agents only until 7 days; the
//	                             simulator takes every sender for a human agent
//	media on broken.example      cannot be fetched: code 365
//
// # Faults
//
// A fault is written as
//
//	OP[@PLATFORM]:FAULT[=VALUE][:WHEN]...
//
// OP is one of any, read, send, archive, autoreply, user. FAULT is one of
//
//	latency=200ms, latency=50ms..2s   wait before doing anything
//	429, 429=30s                      too many requests, without or with Retry-After
//	500 502 503 504                   refused by the gateway, before it took effect
//	500-after … 504-after             the same answer, after it took effect
//	tear-before, tear-after           the connection breaks before or after the effect
//	hang, hang=5s                     no answer (until the client leaves, or for 5 s, then torn),
//	hang-after, hang-after=5s         before or after the effect
//	cut                               the answer stops in the middle of its body
//	html, html=503                    a web page where JSON is expected, without effect
//	status-error                      HTTP 200 with status "error", without effect
//	partial                           a part of a message with several is not delivered
//	thread-control                    another app has the thread
//	expired-key, suspended            the key, or the profile, is refused
//	strange                           a read has fields that nobody knows, and X's ids as numbers
//	next-update=past|missing|far|garbage   what a read says of its next update
//	date=24h, date=-24h               the Date header is wrong by so much
//
// WHEN narrows it: a probability such as 0.3, once, 5x (at most five times),
// after=3 (not the first three). Examples:
//
//	send:tear-after:0.3
//	read@twitter:429=10s:once
//	any:latency=50ms..400ms
//
// Chance comes from the seed too.
//
// # Control
//
// Tests and scripts steer the world and judge what a client did: the methods of
// [Server], or the same over HTTP under /control/ with its own token:
//
//	GET    /control/requests         every request under /api, oldest first
//	GET    /control/deliveries       what was really delivered, and to whom
//	GET    /control/conversations    the conversations as they are
//	POST   /control/faults           {"fault": "send:tear-after:once"}
//	DELETE /control/faults
//	POST   /control/customers        {"platform", "name", "username", "text", "cold"}: somebody new writes
//	POST   /control/messages         {"conversation_id", "text", "attachments", "at", "sent"}
//	POST   /control/reactions        {"conversation_id", "message_id", "emoji"}
//	POST   /control/reads            {"conversation_id"}: the customer has read everything
//	POST   /control/threads          {"conversation_id", "taken"}: another app takes the thread, or frees it
package sim
