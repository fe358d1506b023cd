package meta

import (
	"fmt"
	"strconv"
	"strings"

	"parley/inbox"
)

// This file says what an error means, by code and subcode alone: Meta's texts
// are in the language of the account. The table follows
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
// and what was seen of the API. The HTTP status says little: a closed window came
// as 400, 403 and 500.

// Code is a code with its subcode, 0 where there is none.
type Code struct{ Code, Subcode int }

// String writes the code as people quote it: "10/2534022".
func (c Code) String() string {
	switch {
	case c.Subcode != 0:
		return fmt.Sprintf("%d/%d", c.Code, c.Subcode)
	case c.Code != 0:
		return strconv.Itoa(c.Code)
	}
	return ""
}

// ParseCode reads a code in any of the forms in which others pass it on:
// "10/2534022", "10", or a subcode alone.
func ParseCode(s string) Code {
	code, sub, _ := strings.Cut(strings.TrimSpace(s), "/")
	n, err := strconv.Atoi(code)
	m, _ := strconv.Atoi(sub)
	if err != nil {
		return Code{}
	}
	return Code{n, m}
}

// Meaning is what an error is to parley.
type Meaning struct {
	Kind inbox.Kind
	Text string // where Meta gives none
	Hint string // what to do

	// Thread tells that whatever else is to be said in this conversation will
	// be refused as well.
	Thread bool

	// OneByOne tells that several images have to be sent one at a time.
	OneByOne bool
}

// State is what such an error makes of a send. An account that stands still and
// a limit keep the queue; trouble on Meta's side says nothing of what became of
// it (1/1357046 is an error for what was delivered).
func (m Meaning) State() inbox.State {
	switch m.Kind {
	case inbox.Auth, inbox.RateLimited:
		return inbox.StateQueued
	case inbox.Unavailable:
		return inbox.StateUnknown
	}
	return inbox.StateFailed
}

// Meaning finds the code in the table; false when it is not there. A subcode
// means the same under whatever code it comes, and some pass it on in its place.
func (c Code) Meaning() (Meaning, bool) {
	for _, key := range []Code{c, {0, c.Subcode}, {0, c.Code}} {
		if m, ok := meanings[key]; ok {
			return m, true
		}
	}
	if c.Code == codeVarious && c.Subcode != 0 {
		return Meaning{}, false
	}
	m, ok := meanings[Code{c.Code, 0}]
	return m, ok
}

// codeVarious says that a permission is missing only when it stands alone: with
// a subcode it is also a window, a person, a policy.
const codeVarious = 10

const (
	hintWindow    = "only the customer can open it again, by writing; or answer in the app"
	hintLogin     = "log in again: parley login instagram; drafts and queue are kept"
	hintAccess    = "the app needs the permission to manage messages, and the account a role on the app as long as it is not live: connect the account again"
	hintRecipient = "the id belongs to another account, or another app has the thread"
	hintThread    = "another app or an automation holds the thread: wait until it lets go, or take the thread over in the app"
	hintMedia     = "the address must be public, quick, and answer with the type and size that the platform takes"
	hintPolicy    = "look for the notice in the app: Settings > Account status"
	hintRest      = "wait: each further request makes it longer"
	hintSwitch    = "switch it on in the Instagram app: Settings > Messages and story replies > Message controls > Connected tools > Allow access to messages"
)

var (
	windowClosed = Meaning{Kind: inbox.WindowIsOver, Text: "the reply window is closed", Hint: hintWindow, Thread: true}
	unreachable  = Meaning{Kind: inbox.NotFound, Text: "this person cannot be reached", Hint: "they have left, blocked the account, or do not take messages", Thread: true}
	restricted   = Meaning{Kind: inbox.Rejected, Text: "the account is restricted by the platform's policy", Hint: hintPolicy, Thread: true}
	noRecipient  = Meaning{Kind: inbox.NotFound, Text: "there is no such recipient", Hint: hintRecipient, Thread: true}
	threadTaken  = Meaning{Kind: inbox.ThreadControl, Text: "another app has control of this thread", Hint: hintThread, Thread: true}
	tokenDead    = Meaning{Kind: inbox.Auth, Text: "the login has ended", Hint: hintLogin, Thread: true}
	noPermission = Meaning{Kind: inbox.Auth, Text: "a permission is missing", Hint: hintAccess, Thread: true}
	tooOften     = Meaning{Kind: inbox.RateLimited, Text: "too many requests", Hint: hintRest, Thread: true}
	trouble      = Meaning{Kind: inbox.Unavailable, Text: "the platform has trouble", Hint: "the trouble is on the platform's side", Thread: true}
	privateReply = Meaning{Kind: inbox.Rejected, Text: "a comment can be answered privately only once, within 7 days"}
	gone         = Meaning{Kind: inbox.NotFound, Text: "it is gone, or too old to be read"}
)

func badMedia(text string) Meaning {
	return Meaning{Kind: inbox.Rejected, Text: text, Hint: hintMedia}
}

// meanings has subcodes, and codes that are also used as one, under code 0:
// they mean the same under each. Small ones, which do not, stand with their code.
var meanings = map[Code]Meaning{
	{0, 2534022}: windowClosed,
	{0, 2018278}: windowClosed,
	{0, 2018065}: windowClosed,

	{0, 2018108}: unreachable,
	{551, 0}:     unreachable,
	{0, 1545041}: unreachable,
	{0, 1893047}: unreachable,

	{0, 1893063}: restricted,
	{0, 2534029}: restricted,
	{0, 2022}:    restricted,
	{36103, 0}:   {Kind: inbox.Rejected, Text: "this account cannot use the API", Hint: "it must be a professional account, and not be restricted", Thread: true},

	{10, 0}:      noPermission,
	{0, 2534077}: {Kind: inbox.Auth, Text: "the connection to the account is broken", Hint: hintAccess, Thread: true},
	{0, 2534013}: {Kind: inbox.Auth, Text: "the account is not linked to the page", Hint: "this token is for another API: parley needs one of the Instagram Login", Thread: true},
	{200, 0}:     noPermission,
	{0, 2534041}: {Kind: inbox.Auth, Text: "the owner has switched off access to messages", Hint: hintSwitch, Thread: true},
	{3, 0}:       {Kind: inbox.Auth, Text: "the app may not do this", Hint: "base_url and the token's kind must belong together; " + hintAccess, Thread: true},

	{0, 2534014}: noRecipient,
	{0, 2018001}: noRecipient,
	{0, 2534001}: {Kind: inbox.NotFound, Text: "the thread was archived or deleted in the app", Hint: "open it again in the app", Thread: true},
	{0, 2534037}: threadTaken,
	{0, 2018300}: threadTaken,
	{0, 2018321}: threadTaken,

	{100, 0}:     {Kind: inbox.Rejected, Text: "the request is not accepted", Hint: "the content may be at fault; if everything is refused, the account has no accepted role on the app, or the app is not live"},
	{100, 33}:    {Kind: inbox.NotFound, Text: "there is no such thing, or it may not be seen", Hint: hintRecipient},
	{0, 2534015}: {Kind: inbox.Rejected, Text: "the message is not accepted"},
	{0, 2018047}: badMedia("the medium is of another type than it was sent as"),
	{0, 2018008}: badMedia("the medium could not be fetched"),
	{0, 2018074}: badMedia("the attachment is not accepted"),
	{0, 2018109}: badMedia("the medium is too large"),
	{0, 2018294}: badMedia("the video took longer than 75 s to be fetched"),
	{0, 36000}:   badMedia("the image is too large"),
	{0, 2018327}: badMedia("the medium's format is not accepted"),
	{0, 2534068}: {Kind: inbox.Unsupported, Text: "this account cannot send several images at once yet", Hint: "they are sent one by one", OneByOne: true},
	{0, 2018014}: {Kind: inbox.Internal, Text: "a message and an action cannot go together"},
	{2500, 0}:    {Kind: inbox.Internal, Text: "there is no such path", Hint: "base_url must end with the version, once"},
	{0, 2534025}: privateReply,
	{0, 2534023}: privateReply,
	{0, 2534122}: {Kind: inbox.Rejected, Text: "the link is refused for now", Hint: "send it again later, or without the link"},
	{508, 0}:     {Kind: inbox.Rejected, Text: "the link is refused for now", Hint: "send it again later, or without the link"},

	{190, 0}:   tokenDead,
	{190, 460}: {Kind: inbox.Auth, Text: "the password was changed or access was taken back", Hint: hintLogin, Thread: true},
	{190, 463}: {Kind: inbox.Auth, Text: "the token has expired", Hint: hintLogin, Thread: true},
	{190, 467}: {Kind: inbox.Auth, Text: "the token is no longer valid", Hint: hintLogin, Thread: true},

	{4, 0}:       tooOften,
	{17, 0}:      tooOften,
	{32, 0}:      tooOften,
	{613, 0}:     tooOften,
	{80002, 0}:   tooOften,
	{80006, 0}:   tooOften,
	{0, 2018338}: {Kind: inbox.Rejected, Text: "too many late answers to this person", Hint: "wait until they write", Thread: true},

	{1, 0}:       trouble,
	{2, 0}:       trouble,
	{0, 1545133}: trouble,
	{0, 1357046}: trouble,

	{230, 0}:     {Kind: inbox.NotFound, Text: "the person has not agreed to show their profile"},
	{0, 9000001}: gone,
}
