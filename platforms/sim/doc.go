// Package sim is the APIs that parley talks to with a small shop's customers
// behind them: a real HTTP server on the loopback, for the demo, for tests and
// for benchmarks.
//
// It follows the vendors' public documents, not the clients in this repository,
// so that a mistake in one is not hidden by the same mistake in the other. It
// is as strict and as rude as the originals.
//
// # Faces
//
// The world is the same for all; a [Server] speaks one of three APIs, by
// Options.Face:
//
//	ayrshare    Ayrshare's Messages API, under /api
//	instagram   the Instagram Graph API with Instagram Login, under /v24.0
//	chatt2me    chatt2me's sends and webhooks, under /v1
//
// Ayrshare's answers stay the same until nextUpdate; wrong keys, bad media,
// closed windows, cold conversations and too many requests are refused; and the
// list of conversations is spelt "converstationsDetails".
//
// The Graph API says who may do what by codes and subcodes, never by a text that
// can be relied on: it is in one of three languages, by the seed. All messages of
// a thread are listed, but only the newest twenty are told; what customers share
// of others reads back empty; the account has two ids that look alike; lists end
// in one of two ways; two calls a second are all that the Conversations API
// takes.
//
// chatt2me has no history: what is not pushed is not known.
//
// # The world
//
// Everything comes from Options.Seed. A conversation's history is a pure
// function of the seed, the conversation's number and the message's number, so
// a world of a million messages needs memory for its index only. What happens
// after the start is an overlay: customers write, react, read, and answer what
// they are told. The world has no clock of its own: it catches up whenever
// somebody looks, so an idle simulator costs nothing. With a webhook it wakes up
// for what happens next.
//
// # Webhooks
//
// Options.Webhook or [Server.SetWebhook] name an address that is told what
// happens, signed and repeated as the face's documents say; Ayrshare's and
// chatt2me's own endpoints for webhooks work too. [Server.Pushes] are the calls
// that were made.
//
// # What is ours
//
// The documents leave gaps. Where a client could notice, the choice is ours. On
// the face of Ayrshare:
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
//	unsent message               it is not told any more
//
// On the face of the Graph API, where "100" is code 100 without a subcode:
//
//	no token, or an unknown one  HTTP 401, 190; expired 190/463, revoked 190/460
//	unknown key in a body        refused with 100; the original would ignore it,
//	                             and a client's mistake with it
//	unknown field in fields      100
//	more than Options.Rows rows  HTTP 500, code 1; nested ones are counted too
//	more than 2 calls a second   HTTP 500, code 613
//	old or unsent message        9000001 or 100/33, by its id; the thread lists an
//	                             old one with id and time, an unsent one not at all
//	profile without consent      230: somebody who never wrote, and one in eleven
//	                             of those who did
//	text over 1,000 bytes        100
//	link to broken.example       508/2534122; media there: 100/2018008
//	wrong file for its type      100/2018047, by the extension; none is taken as said
//	file too large               100/2018109; nothing is fetched: a name such as
//	                             photo-9MB.jpg says how large it is
//	HUMAN_AGENT not approved     HTTP 403, IGApiException, code 10 without a subcode
//	several images refused       100/2534068
//	never opened conversation    as a closed window: 10/2534022
//	POST /me/subscribed_apps     refused with 100, as others report
//	heart, sticker in a reading  an image with render_as_sticker
//	own post in a reading        a share with its permalink
//	own media in a reading       at the platform's own address, not where it came from
//	reactions in a reading       by name where they have one if the seed is even,
//	                             else as emojis
//	cursors of the last page     told if the seed is even
//	predecessor of a renewed     is good for one more hour
//	token
//
// On the face of chatt2me:
//
//	content                      one thing in one dialect; an unknown key is refused with 400
//	refusals of the platform     HTTP 200 with status "error", in both dialects; Meta's codes:
//	                             100 unknown message, or too long a text; 10 closed window
//	                             (Instagram 7 days, Messenger 24 h) or never opened; 2534014
//	                             unknown person; 2018300 another app has the thread; 2018008
//	                             media, by its extension
//	answers                      in the dialect of the request; a text's, where it is in neither,
//	                             as in the OpenAPI description, or as Options.Dialect says
//	text with a picture          two messages; the answer has the second one's id
//	too many requests            by RateLimit, in five minutes
//	unverified address           it is asked once, after it was registered, and told nothing until
//	                             it is moved; the secret is told once, as "secret"
//	a retry of the log           "success" is that the call is made; how it went is in the log
//
// In webhooks:
//
//	Graph: what is told          what the account is subscribed to; everything as long as it has
//	                             not asked for anything; messages as edits where only these are
//	Ayrshare's reactionCreated,  keys of messageRead, with id, reaction and senderDetails; the last
//	reactionDeleted,             two subActions were never seen
//	messageEdited, messageDeleted
//	chatt2me: what customers     content with the names of sends (imageUrl), or url; a button is
//	send beside text             interactive.button_reply
//	chatt2me: reactions, edits   Meta's event as the payload
//	and unsends of customers
//	chatt2me: a read             MessageStatus read of the newest own message
//
// # Faults
//
// A fault is written as
//
//	OP[@PLATFORM]:FAULT[=VALUE][:WHEN]...
//
// OP is any, read, send, archive, autoreply, user, webhooks; on the Graph face
// also profile, posts, signal (typing, seen), upload and token. On chatt2me's,
// which tells nothing else of an account, user is its list of webhooks. FAULT is
// one of
//
//	latency=200ms, latency=50ms..2s   wait before doing anything
//	429, 429=30s                      too many requests, without or with Retry-After; Graph: code 4,
//	                                  or 80002 with whole minutes in a usage header
//	500 502 503 504                   refused by the gateway, before it took effect
//	500-after … 504-after             the same answer, after it took effect
//	tear-before, tear-after           the connection breaks before or after the effect
//	hang, hang=5s                     no answer (until the client leaves, or for 5 s, then torn),
//	hang-after, hang-after=5s         before or after the effect
//	cut                               the answer stops in the middle of its body
//	html, html=503                    a web page where JSON is expected, without effect
//	status-error                      HTTP 200 with status "error", without effect; Graph: code 1 under 500
//	code=10/2534022/403               refused with this code, subcode and HTTP status, without effect;
//	                                  the last two may be left out
//	partial                           a part of a message with several is not delivered; Graph: every
//	                                  medium is refused, since each request is one message
//	thread-control                    another app has the thread
//	expired-key, suspended            the key, or the profile, is refused
//	strange                           a read has fields that nobody knows, and ids as numbers
//	next-update=past|missing|far|garbage   what a read says of its next update
//	date=24h, date=-24h               the Date header is wrong by so much
//	usage=80, usage=garbage           Graph: so much of the limits is used, by the headers
//	wrapped, flat                     Graph: GET /me inside of "data"; the log-in's token outside of it
//	no-id                             a send that took effect does not tell the message's id
//	answer=a, answer=b                chatt2me: a send is answered as in the one or the other document
//
// The calls of webhooks have OP hook, and faults of their own:
//
//	duplicate   the same call comes twice
//	reorder     the conversation's next news comes first
//	delay=2s    it comes so much later; a range is possible
//	drop        it never comes
//	forge       somebody else tells something untrue before, with a wrong signature
//	unsigned    the same without any signature
//	truncate    the call breaks off in the middle of its body
//	batch=1000  it waits until there are so many, for one call
//	announce    Graph: a new message is told as its edit number 0, without its words, and
//	            half of the time without who wrote it
//	changes     Graph: it is told in changes[], with times in seconds
//
// WHEN narrows it: a probability such as 0.3, once, 5x (at most five times),
// after=3 (not the first three). Examples:
//
//	send:tear-after:0.3
//	read@twitter:429=10s:once
//	any:latency=50ms..400ms
//	hook:duplicate:0.1
//
// Chance comes from the seed too.
//
// # Control
//
// Tests and scripts steer the world and judge what a client did: the methods of
// [Server], or the same over HTTP under /control/ with its own token:
//
//	GET    /control/requests         every request of the API, oldest first
//	GET    /control/deliveries       what was really delivered, and to whom
//	GET    /control/conversations    the conversations as they are
//	GET    /control/pushes           the calls of webhooks that were made
//	POST   /control/faults           {"fault": "send:tear-after:once"}
//	DELETE /control/faults
//	POST   /control/customers        {"platform", "name", "username", "text", "cold"}: somebody new writes
//	POST   /control/messages         {"conversation_id", "text", "attachments", "at", "sent", "origin"}
//	POST   /control/edits            {"conversation_id", "message_id", "text"}
//	POST   /control/unsends          {"conversation_id", "message_id"}: its sender takes it back
//	POST   /control/reactions        {"conversation_id", "message_id", "emoji"}
//	POST   /control/reads            {"conversation_id"}: the customer has read everything
//	POST   /control/threads          {"conversation_id", "taken"}: another app takes the thread, or frees it
//	POST   /control/referrals        {"conversation_id", "link"}: the customer comes through a link, and says nothing
//	POST   /control/webhooks         {"url", "secrets", "verify_token"}: who is told what happens
//	POST   /control/tokens           {"left": "240h"}: how long Graph's newest token is still good
//	POST   /control/logins           {}: a code as a log-in at Instagram brings it back
package sim
