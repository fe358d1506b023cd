// Package fulltext is the full-text index: which messages hold which words, and
// which customers are called what.
//
// The files are segments as bleve writes them (github.com/blevesearch/zapx):
// sorted dictionaries with a bitmap of documents for each term, mapped into
// memory, never changed once written. What bleve has around them is not used.
// It writes, merges and removes segments in goroutines of its own, which nobody
// here could guard, and keeps its list of them in a second database, which
// could not be in step with the first. Here an [Index] changes only when it is
// told to, and its list of files is a value that the caller stores in the
// transaction that also says what was indexed. So a process may be killed
// between any two instructions: either the new list counts or the old one, and
// a file that is in no list is removed by the next [Open].
//
// One document stands for a message or an agents' note, one for a customer's names. There are no
// positions in the index. A search therefore has two steps: bitmaps tell which
// documents may match ([Search.Next] hands them out, newest first), and the
// caller reads these from its store and asks [Query.Message] whether they do,
// which also finds the words to mark. So the answer is right even where the
// index is behind.
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
