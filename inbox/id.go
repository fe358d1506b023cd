package inbox

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// AccountID is the name that the config gives to one login at one provider.
type AccountID string

// accountName is what an account may be called: the name is a part of every
// conversation ID, of file names and of webhook paths.
var accountName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// Valid tells whether the name can be used as an account ID.
func (a AccountID) Valid() bool { return accountName.MatchString(string(a)) }

// ConversationID names a conversation across all accounts:
// "<account>/<platform>/<the provider's own id>". The provider's id alone is
// not enough, because two accounts may be linked to one page.
type ConversationID string

// NewConversationID joins the three parts. The provider's id may contain
// anything, also slashes.
func NewConversationID(account AccountID, platform Platform, remoteID string) ConversationID {
	return ConversationID(string(account) + "/" + string(platform) + "/" + remoteID)
}

// Split returns the three parts, or ok = false when the text is not such an ID.
func (id ConversationID) Split() (account AccountID, platform Platform, remoteID string, ok bool) {
	a, rest, ok1 := strings.Cut(string(id), "/")
	p, r, ok2 := strings.Cut(rest, "/")
	if !ok1 || !ok2 || !AccountID(a).Valid() || p == "" || r == "" {
		return "", "", "", false
	}
	return AccountID(a), Platform(p), r, true
}

// Account is the first part of the ID, Platform the second, RemoteID the rest.
func (id ConversationID) Account() AccountID { a, _, _, _ := id.Split(); return a }

// Platform is the second part of the ID.
func (id ConversationID) Platform() Platform { _, p, _, _ := id.Split(); return p }

// RemoteID is the provider's own id of the conversation.
func (id ConversationID) RemoteID() string { _, _, r, _ := id.Split(); return r }

// MessageID is the provider's id of a message, unique within its conversation.
type MessageID string

// OutboxID names one message that an agent has sent. IDs sort by time.
type OutboxID string

var outboxEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewOutboxID makes an ID from the time and 80 random bits, so that IDs made
// by two processes never meet and a listing by ID is a listing by time.
func NewOutboxID(now time.Time) OutboxID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(max(now.UnixMilli(), 0))<<16)
	if _, err := rand.Read(b[6:]); err != nil {
		panic(fmt.Sprintf("no random numbers: %v", err)) // crypto/rand never fails on the systems that Go supports
	}
	return OutboxID(outboxEncoding.EncodeToString(b[:]))
}
