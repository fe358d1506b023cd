// Package cache is the local store of Parley: an [inbox.Store] in one bbolt
// file, which belongs to one process at a time, and an [inbox.TextIndex] beside
// it.
//
// What is in the file falls into two parts, under two top buckets. Facts came
// from a provider and can be fetched again: a record that cannot be read counts
// as not there, and all of them are dropped when their version changes. What an
// agent has typed or done cannot: it is migrated from version to version, and a
// record that cannot be read is an error, never a loss.
//
// Some providers have no history: what their webhooks have told is told once. So
// when the version of the facts changes, those of an account that has never been
// read are carried over instead of dropped, and where they cannot be, the file is
// refused and stays as it is. Whoever raises that version has to keep the decoder
// of the older records for them.
//
//	meta
//	    schema           version of what is kept
//	    facts_schema     version of the facts
//	    scrub            there while deleted text is still to be overwritten
//	    mend             there while the indexes are to be rebuilt
//	    index            how far the full-text index has been made
//	facts
//	    totals           sizes of the views, number and bytes of messages
//	    ids              conversation ID -> number
//	    conversations    number -> standing, ID, record
//	    view_all         newest message (latest first), conversation ID -> entry
//	    view_unread      the same for conversations with unread messages
//	    view_unanswered  the same for those where the customer spoke last
//	    view_archived    the same for those that the provider has archived
//	    view_problems    the same for those with a send that failed or is unknown
//	    view_mine        the same for those that an agent here has taken
//	    view_snoozed     end of the snooze, conversation ID -> entry
//	    view_done        newest message (latest first), conversation ID -> entry, for those that are done or archived
//	    view_untold      the same for those whose provider has still to be told
//	    time_left        end of a phase, conversation ID -> entry; behind them those without an end
//	    labels           label, conversation ID -> nothing
//	    messages         number, instant, message ID -> record
//	    places           number, message ID -> instant
//	    oldest           instant of the oldest message, number -> nothing
//	kept                 its sequence is the newest arrival
//	    marks            conversation ID -> the agents' part of a conversation
//	    drafts           conversation ID -> draft
//	    outbox           outbox ID -> conversation ID, item
//	    outbox_active    outbox ID -> nothing, for items that are not sent
//	    outbox_of        conversation ID, outbox ID -> nothing
//	    syncs            account, platform, request -> state
//	    accounts         account -> state
//	    waiting          account, platform, message ID -> events that wait for the message
//	    notes            conversation ID, instant, note ID -> note
//	    journal          number of touches -> what a commit has touched, for the full-text index
//	    index            name of a file of the full-text index -> size, checksum, deleted documents
//
// A number stands for a conversation in the keys of its messages. An entry is
// the conversation's number, the end of its open phase and the text that a
// search looks at, so that neither paging nor searching decodes records. A
// standing is what the entries were made of: a change compares it with the new
// one and touches only what differs.
//
// A conversation whose window has an open and a late phase has two places in
// time_left, at the end of each; the second counts once the first has passed.
//
// The full-text index (the folder parley.idx, written by the package fulltext)
// follows every commit a moment later: see [Cache.RunIndex]. Which of its files
// count stands here, in the transaction that takes the notes away which they
// follow, so after a crash both are of one state. It can be made anew at any
// time, and is when it is missing, damaged, or of another version; then its two
// buckets are emptied.
//
// Nothing is held in memory between two transactions: what is read often is in
// the system's page cache, where it can be given up.
package cache
