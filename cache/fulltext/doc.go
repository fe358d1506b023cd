// Package fulltext is the full-text index: which messages hold which words, and
// which customers are called what.
//
// The files are segments as bleve writes them (github.com/blevesearch/zapx):
// sorted dictionaries with a bitmap of documents for each term, mapped into
// memory, never changed once written. An [Index] changes only when it is told
// to, and its list of files is a value that the caller stores in the transaction
// that also says what was indexed. So a process may be killed between any two
// instructions: either the new list counts or the old one, and a file that is in
// no list is removed by the next [Open].
//
// What bleve v2.6.1 has around the segments was built in, measured and left out.
// It reads and merges them in goroutines of its own, where nobody can catch a
// fault: a file that lost its end while it was mapped ended the whole program,
// and here is an error after which the index is made anew. To import it costs
// every start 3 ms more (parley list took 12 instead of 9), the words of a
// forgotten customer leave the files only when all of them are merged (6 s
// instead of 1.4 at 200,000 messages), and its own query for one letter that
// 3,000 words begin with takes 200 ms instead of 16.
//
// One document stands for a message or an agents' note, one for a customer's
// names. There are no positions in the index. A search therefore has two steps:
// bitmaps tell which documents may match ([Search.Next] hands them out, newest
// first), and the caller reads these from its store and asks [Query.Message]
// whether they do, which also finds the words to mark. So the answer is right even
// where the index is behind.
//
// The fields of a document:
//
//	_id       kind, conversation number, instant, hash of the message's ID
//	text      words of the message
//	pair      two words that stand side by side, as one of some hash values:
//	          without it a phrase of common words would mean to read everything
//	name      words of the customer's name and handle
//	thread    conversation number
//	when      month, day and hour of the message: the search begins at the newest
//	fact      kind, account, platform, who wrote it, what is in it
//
// All methods of an Index that change it are for one goroutine at a time;
// searches run beside them.
package fulltext

// Version is the form of the documents. Raise it when the same message would
// give another document: indexes of other versions are made anew.
const Version = 2
