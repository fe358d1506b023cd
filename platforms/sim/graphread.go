package sim

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/inbox"
)

// This file is the Conversations API: the list, a thread, one message.

const (
	graphTime = "2006-01-02T15:04:05-0700"

	// detailed is how many of a thread's messages are told in full.
	// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/conversations-api
	detailed = 20

	graphPage    = 25  // rows without a limit
	longestPage  = 100 // a greater limit is the same as this
	defaultRows  = 250 // that an answer may have, with those inside of others; ours
	defaultPaced = 2   // calls a second
)

func graphStamp(ms int64) string { return time.UnixMilli(ms).UTC().Format(graphTime) }

// graphQuery is what all readings understand.
type graphQuery struct {
	fields []field
	limit  int
	after  string
}

func (c *call) graphQuery() (q graphQuery, bad string) {
	fields, err := parseFields(c.query.Get("fields"))
	if err != nil {
		return q, "fields"
	}
	q = graphQuery{fields: fields, limit: graphPage, after: c.query.Get("after")}
	if raw := c.query.Get("limit"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 {
			return q, "limit"
		}
		q.limit = min(n, longestPage)
	}
	return q, ""
}

// listConversations is GET /me/conversations.
func (f *graphFace) listConversations(c *call) reply {
	q, bad := c.graphQuery()
	user := c.query.Get("user_id")
	switch {
	case bad != "":
		return f.refuse(invalid(bad))
	case user == "" && c.query.Get("platform") != string(inbox.Instagram):
		return f.refuse(invalid("platform"))
	case q.limit*nestedLimit(q.fields) > f.opts.Rows:
		return f.refuse(tooMuchProblem)
	}
	found, end, err := c.conversationPage(q, user)
	if err != nil {
		return f.refuse(invalid("after"))
	}
	rows := make([]any, len(found))
	for i, conv := range found {
		node, p := f.conversationNode(c, conv, q.fields)
		if p != nil {
			return f.refuse(*p)
		}
		rows[i] = node
	}
	return f.tell(c, f.edge(c, rows, end))
}

// nestedLimit is how many messages each conversation of a list is to bring.
func nestedLimit(fields []field) int {
	for _, f := range fields {
		if f.name == "messages" {
			return cmp.Or(f.limit, graphPage)
		}
	}
	return 1
}

// conversationPage are the conversations, the liveliest first.
func (c *call) conversationPage(q graphQuery, user string) (page []*conversation, end pageEnd, err error) {
	scope := readQuery{platform: inbox.Instagram, conversation: "list", next: q.after}
	from, err := openCursor(scope)
	if err != nil {
		return nil, end, err
	}
	end.path, end.query = c.req.URL.Path, c.req.URL.Query()
	for _, conv := range c.s.world.conversations {
		if conv.lastActivity != 0 && (user == "" || conv.participant == user) && from.before(conv.lastActivity, conv.id) {
			page = append(page, conv)
		}
	}
	slices.SortFunc(page, func(x, y *conversation) int {
		return cmp.Or(cmp.Compare(y.lastActivity, x.lastActivity), cmp.Compare(y.id, x.id))
	})
	if end.more = len(page) > q.limit; end.more {
		page = page[:q.limit]
	}
	if n := len(page); n > 0 {
		end.after = cursor{At: page[n-1].lastActivity, ID: page[n-1].id}.seal(scope)
	}
	return page, end, nil
}

// pageEnd is where a page ends, whether another one follows, and where that is.
type pageEnd struct {
	after string
	more  bool
	path  string
	query url.Values
}

// edge is a page of rows as the API tells it. Where a page follows, its address
// has the token in it. Half of the worlds tell the cursors of the last page too,
// and the one before each page; the others do not.
func (f *graphFace) edge(c *call, rows []any, end pageEnd) map[string]any {
	if rows == nil {
		rows = []any{}
	}
	talkative := f.opts.Seed%2 == 0
	edge := map[string]any{"data": rows}
	if len(rows) == 0 || !(end.more || talkative) {
		return edge
	}
	cursors := map[string]any{"after": end.after}
	if talkative {
		cursors["before"] = end.after
	}
	paging := map[string]any{"cursors": cursors}
	if end.more {
		end.query.Set("after", end.after)
		end.query.Set("access_token", presented(c))
		paging["next"] = c.s.origin() + end.path + "?" + end.query.Encode()
	}
	edge["paging"] = paging
	return edge
}

// readConversation is GET /{conversation-id}.
func (f *graphFace) readConversation(c *call) reply {
	conv, ok := c.s.world.byID[c.id]
	q, bad := c.graphQuery()
	switch {
	case !ok:
		return f.refuse(missing(c.id))
	case bad != "":
		return f.refuse(invalid(bad))
	case nestedLimit(q.fields) > f.opts.Rows:
		return f.refuse(tooMuchProblem)
	}
	node, p := f.conversationNode(c, conv, q.fields)
	if p != nil {
		return f.refuse(*p)
	}
	return f.tell(c, node)
}

// readThread is GET /{conversation-id}/messages.
func (f *graphFace) readThread(c *call) reply {
	conv, ok := c.s.world.byID[c.id]
	q, bad := c.graphQuery()
	switch {
	case !ok:
		return f.refuse(missing(c.id))
	case bad != "":
		return f.refuse(invalid(bad))
	case q.limit > f.opts.Rows:
		return f.refuse(tooMuchProblem)
	}
	edge, p := f.messageEdge(c, conv, field{limit: q.limit, after: q.after, sub: q.fields})
	if p != nil {
		return f.refuse(*p)
	}
	return f.tell(c, edge)
}

// conversationNode is a conversation with the fields that are asked for.
func (f *graphFace) conversationNode(c *call, conv *conversation, fields []field) (map[string]any, *graphProblem) {
	if fields == nil {
		fields = []field{{name: "id"}, {name: "updated_time"}}
	}
	node := map[string]any{"id": conv.id}
	for _, asked := range fields {
		switch asked.name {
		case "id":
		case "updated_time":
			node["updated_time"] = graphStamp(conv.lastActivity)
		case "participants":
			both := []any{c.s.world.graphCustomer(conv), graphShop()}
			node["participants"] = cut(map[string]any{"data": both}, asked.sub)
		case "is_owner":
			node["is_owner"] = !conv.taken
		case "messages":
			edge, p := f.messageEdge(c, conv, asked)
			if p != nil {
				return nil, p
			}
			node["messages"] = edge
		default:
			return nil, new(invalid("nonexisting field (" + asked.name + ")"))
		}
	}
	return node, nil
}

// messageEdge are messages of a conversation, newest first: all by their ids,
// but only the newest in full.
func (f *graphFace) messageEdge(c *call, conv *conversation, asked field) (map[string]any, *graphProblem) {
	if p := checkMessageFields(asked.sub); p != nil {
		return nil, p
	}
	scope := readQuery{platform: inbox.Instagram, conversation: conv.id, next: asked.after}
	from, err := openCursor(scope)
	if err != nil {
		return nil, new(invalid("after"))
	}
	var rows []any
	rank, limit := 0, min(cmp.Or(asked.limit, graphPage), longestPage)
	end := pageEnd{path: f.base() + "/" + conv.id + "/messages", query: url.Values{"limit": {strconv.Itoa(limit)}}}
	if asked.sub != nil {
		end.query.Set("fields", writeFields(asked.sub))
	}
	for m := range c.s.world.newestFirst(conv) {
		rank++
		if !from.before(m.at, m.id) {
			continue
		}
		if len(rows) == limit {
			end.more = true
			break
		}
		rows = append(rows, f.messageNode(c.s.world, m, asked.sub, rank <= detailed))
		end.after = cursor{At: m.at, ID: m.id}.seal(scope)
	}
	return f.edge(c, rows, end), nil
}

// newestFirst are the messages of a conversation that were not unsent.
func (w *world) newestFirst(c *conversation) iter.Seq[*message] {
	return func(yield func(*message) bool) {
		live, k, at := c.live, c.history-1, c.lastAt
		for len(live) > 0 || k >= c.hidden {
			var m *message
			if n := len(live); n > 0 && (k < c.hidden || newer(live[n-1].at, live[n-1].id, at, messageID(c, int(k)))) {
				m, live = live[n-1], live[:n-1]
			} else {
				m = w.remembered(c, k, at)
				at -= c.gapBefore(k)
				k--
			}
			if !m.unsent && !yield(m) {
				return
			}
		}
	}
}

// remembered is message k of the history, whose time is known, as it is now.
func (w *world) remembered(c *conversation, k int32, at int64) *message {
	if m, ok := w.feeds[c.platform].edits[ref{conv: c, k: k}]; ok {
		return m
	}
	return w.compose(c, k, at)
}

// readMessage is GET /{message-id}.
func (f *graphFace) readMessage(c *call) reply {
	q, bad := c.graphQuery()
	if bad != "" {
		return f.refuse(invalid(bad))
	}
	if p := checkMessageFields(q.fields); p != nil {
		return f.refuse(*p)
	}
	conv, ok := c.s.world.conversationOf(c.id)
	if !ok {
		return f.refuse(missing(c.id))
	}
	rank := 0
	for m := range c.s.world.newestFirst(conv) {
		if m.id == c.id {
			return f.tell(c, f.messageNode(c.s.world, m, q.fields, true))
		}
		if rank++; rank >= detailed {
			break
		}
	}
	if _, _, known := c.s.world.find(conv, c.id); known {
		return f.refuse(f.gone(c.id))
	}
	return f.refuse(missing(c.id))
}

// gone is what an old or an unsent message answers: one of two codes.
func (f *graphFace) gone(id string) graphProblem {
	if id[len(id)-1]%2 == 0 {
		return missing(id)
	}
	return goneProblem
}

// conversationOf finds the conversation that a message id names inside.
func (w *world) conversationOf(id string) (*conversation, bool) {
	inside, ok := strings.CutPrefix(id, instagramMessage)
	if !ok {
		return nil, false
	}
	b, err := base64.RawURLEncoding.DecodeString(inside)
	if err != nil || len(b) != 18 {
		return nil, false
	}
	index := int(binary.BigEndian.Uint32(b[8:12]))
	if index >= len(w.conversations) {
		return nil, false
	}
	return w.conversations[index], true
}

// tell answers, with what a fault adds.
func (f *graphFace) tell(c *call, v any) reply {
	if c.faults.strange {
		v = strangely(v)
	}
	return jsonReply(http.StatusOK, v)
}

// strangely makes of a value what an API may do some day without asking: fields
// that nobody knows, and ids as numbers.
func strangely(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = strangely(element)
		}
		return out
	case map[string]any:
		out := map[string]any{"mood": map[string]any{"guess": []any{"calm", nil, 1e3}}}
		for name, value := range v {
			out[name] = strangely(value)
		}
		if id, ok := v["id"].(string); ok && isDigits(id) {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				out["id"] = n
			}
		}
		return out
	}
	return v
}
