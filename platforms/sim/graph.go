package sim

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"parley/inbox"
)

// This file has the face of the Instagram API with Instagram Login: its paths.
// graphdoor.go lets in, graphread.go and graphpeople.go tell, graphsend.go takes
// messages, grapherror.go refuses.

const (
	graphVersion = "v24.0"

	// appScopedID is the account's id in the eyes of one app. GET /me has both;
	// webhooks and messages have the other one only, which is pageID's.
	appScopedID = "26011894418420077"
)

type graphFace struct {
	opts        Options
	language    int // of the texts of errors
	tokens      []graphToken
	code        string // of a log-in that was not used yet
	codeUntil   time.Time
	paced       []time.Time       // calls of the last second
	subscribed  []string          // fields of webhooks
	subscribing bool              // it was asked to be subscribed, or not to be
	uploads     map[string]string // attachment ids to the addresses that they were fetched from
	trace       atomic.Uint64
}

func newGraphFace(opts Options) *graphFace {
	f := &graphFace{opts: opts, language: int(opts.Seed % languages), uploads: map[string]string{}}
	f.tokens = []graphToken{{value: opts.Key, long: true}}
	f.age(opts.Now(), opts.TokenLeft)
	return f
}

func (*graphFace) base() string { return "/" + graphVersion }

// root is everything: tokens are asked for without a version.
func (*graphFace) root() string { return "/" }

// shown are the messages whose details can be read.
func (*graphFace) shown(c *conversation) int {
	return min(detailed, int(c.history-c.hidden)+len(c.live)-c.unsent)
}

func graphOp(name string, do func(*graphFace, *call) reply) operation {
	return operation{name: name, do: func(c *call) reply { return do(c.s.face.(*graphFace), c) }}
}

// The operations. Those that are paced share the bound of the Conversations API.
var (
	graphMe          = graphOp("user", (*graphFace).me)
	graphList        = paced(graphOp("read", (*graphFace).listConversations))
	graphThread      = paced(graphOp("read", (*graphFace).readConversation))
	graphMessages    = paced(graphOp("read", (*graphFace).readThread))
	graphMessage     = paced(graphOp("read", (*graphFace).readMessage))
	graphProfile     = graphOp("profile", (*graphFace).readProfile)
	graphMedia       = graphOp("posts", (*graphFace).listPosts)
	graphPost        = graphOp("posts", (*graphFace).readPost)
	graphSend        = graphOp("send", (*graphFace).send)
	graphSignal      = graphOp("signal", (*graphFace).send)
	graphUpload      = graphOp("upload", (*graphFace).upload)
	graphSubscribed  = graphOp("webhooks", (*graphFace).subscriptions)
	graphSubscribe   = graphOp("webhooks", (*graphFace).subscribe)
	graphUnsubscribe = graphOp("webhooks", (*graphFace).unsubscribe)
	graphRefresh     = open(graphOp("token", (*graphFace).refreshToken))
	graphExchange    = open(graphOp("token", (*graphFace).exchangeToken))
	graphLogin       = open(graphOp("token", (*graphFace).loginToken))
	graphNowhere     = open(graphOp("none", (*graphFace).unknownPath))
	graphNoMethod    = graphOp("none", (*graphFace).unsupported)
)

func paced(op operation) operation { op.paced = true; return op }

// open makes an operation that checks its keys itself.
func open(op operation) operation { op.open = true; return op }

var versionSegment = regexp.MustCompile(`^v2[0-5]\.0$`)

func (f *graphFace) route(c *call) operation {
	c.platform = inbox.Instagram
	segments, ok := splitPath(strings.Trim(c.req.URL.EscapedPath(), "/"))
	if !ok {
		return graphNowhere
	}
	if op, ok := tokenOperation(c.req.Method, segments); ok {
		return op
	}
	if versionSegment.MatchString(segments[0]) {
		segments = segments[1:]
	}
	if len(segments) == 0 || len(segments) > 2 || versionSegment.MatchString(segments[0]) {
		return graphNowhere
	}
	node, edge := segments[0], ""
	if len(segments) == 2 {
		edge = segments[1]
	}
	if node == "me" || node == appScopedID || node == pageID(inbox.Instagram) {
		return f.accountOperation(c, node, edge)
	}
	return f.nodeOperation(c, node, edge)
}

// tokenOperation are the paths without a version.
func tokenOperation(method string, segments []string) (operation, bool) {
	switch path := strings.Join(segments, "/"); {
	case path == "refresh_access_token" && method == http.MethodGet:
		return graphRefresh, true
	case path == "access_token" && method == http.MethodGet:
		return graphExchange, true
	case path == "oauth/access_token" && method == http.MethodPost:
		return graphLogin, true
	}
	return operation{}, false
}

// accountOperation is what concerns the account itself.
func (f *graphFace) accountOperation(c *call, node, edge string) operation {
	switch c.req.Method + " " + edge {
	case "GET ":
		return graphMe
	case "GET conversations":
		return graphList
	case "GET media":
		return graphMedia
	case "POST messages":
		if isSignal(c.body) {
			return graphSignal
		}
		return graphSend
	case "POST message_attachments":
		return graphUpload
	case "GET subscribed_apps":
		return graphSubscribed
	case "POST subscribed_apps":
		if node == "me" {
			return graphNoMethod // refused in practice, for all that is known
		}
		return graphSubscribe
	case "DELETE subscribed_apps":
		return graphUnsubscribe
	}
	return graphNoMethod
}

// nodeOperation is what concerns anything else that has an id.
func (f *graphFace) nodeOperation(c *call, node, edge string) operation {
	c.id = node
	isThread := strings.HasPrefix(node, "aWdfZAG06") // so does every conversation's id begin
	switch {
	case c.req.Method != http.MethodGet || (edge != "" && edge != "messages"):
		return graphNoMethod
	case edge == "messages":
		return graphMessages
	case isThread:
		return graphThread
	case strings.HasPrefix(node, "18"):
		return graphPost
	case isDigits(node):
		return graphProfile
	}
	return graphMessage
}

func isDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func (f *graphFace) unknownPath(c *call) reply {
	return f.refuse(graphProblem{status: http.StatusInternalServerError, code: 2500, about: "/" + pathEnd(c.req.URL)})
}

func pathEnd(u *url.URL) string { return u.Path[strings.LastIndexByte(u.Path, '/')+1:] }

func (f *graphFace) unsupported(c *call) reply {
	return f.refuse(graphProblem{code: 100, about: "method type: " + strings.ToLower(c.req.Method)})
}
