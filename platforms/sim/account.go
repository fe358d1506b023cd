package sim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"parley/inbox"
)

// This file has what concerns the profile itself or a thread as a whole:
// archiving, the automatic answer, the monthly limit, and GET /user.

// archive is PUT /messages/:platform/:conversationId.
func (c *call) archive() reply {
	var body struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(c.body, &body) != nil || (body.Status != "active" && body.Status != "archived") {
		return refuse(http.StatusBadRequest, "messages", codeBadRequest, "The status must be active or archived.")
	}
	w := c.s.world
	conv, ok := w.byID[c.id]
	if !ok || conv.platform != c.platform {
		return refuse(http.StatusNotFound, "messages", 404, "The conversation was not found.")
	}
	w.archive(conv, body.Status == "archived")
	return jsonReply(http.StatusOK, map[string]string{"status": "success"})
}

// defaultAutoMessage is what an empty message is reset to.
const defaultAutoMessage = "Thank you for your message. We will get back to you soon."

// defaultAutoWait is the documented time between two automatic answers to the
// same customer.
const defaultAutoWait = 86_400

// autoResponse is the automatic answer, of the whole profile.
type autoResponse struct {
	set     bool
	active  bool
	message string
	wait    int64 // seconds
}

// autoFields are the fields as the API has them; those not told are nil.
type autoFields struct {
	Active  *bool    `json:"autoResponseActive,omitempty"`
	Message *string  `json:"autoResponseMessage,omitempty"`
	Wait    *float64 `json:"autoResponseWaitSeconds,omitempty"`
}

func (c *call) readAutoResponse() reply {
	a := c.s.world.auto
	answer := struct {
		Status string `json:"status"`
		autoFields
	}{Status: "success"}
	if a.set {
		wait := float64(a.wait)
		answer.autoFields = autoFields{&a.active, &a.message, &wait}
	}
	return jsonReply(http.StatusOK, answer)
}

func (c *call) setAutoResponse() reply {
	var f autoFields
	if err := json.Unmarshal(c.body, &f); err != nil {
		return refuse(http.StatusBadRequest, "messages", codeBadRequest, "The body is not valid JSON for this endpoint.")
	}
	if f.Wait != nil && *f.Wait < 0 {
		return refuse(http.StatusBadRequest, "messages", codeBadRequest, "The autoResponseWaitSeconds cannot be negative.")
	}
	if f.Message != nil && *f.Message == "" {
		stock := defaultAutoMessage
		f.Message = &stock
	}
	c.s.world.auto.update(f)
	return jsonReply(http.StatusOK, struct {
		Status  string     `json:"status"`
		Updated autoFields `json:"updated"`
	}{"success", f})
}

func (a *autoResponse) update(f autoFields) {
	if !a.set {
		*a = autoResponse{set: true, message: defaultAutoMessage, wait: defaultAutoWait}
	}
	if f.Active != nil {
		a.active = *f.Active
	}
	if f.Message != nil {
		a.message = *f.Message
	}
	if f.Wait != nil {
		a.wait = int64(*f.Wait)
	}
}

// autoRespond answers a customer's message by itself, where that is switched
// on and the same customer was not answered so a short time ago.
func (w *world) autoRespond(c *conversation, at int64) {
	if !w.auto.active || (c.lastAuto != 0 && at-c.lastAuto < w.auto.wait*1000) {
		return
	}
	c.lastAuto = at
	text := w.auto.message
	w.plan(time.UnixMilli(at).Add(time.Second), func(now time.Time) {
		w.autoAnswers(c, text, now)
	})
}

// activeMonth counts the conversations of a calendar month, up to the limit:
// those that come later can be read, and not answered until the month is over.
type activeMonth struct {
	limit int // negative or 0: none
	month string
	seen  map[*conversation]bool
}

func newActiveMonth(limit int) activeMonth {
	return activeMonth{limit: limit, seen: map[*conversation]bool{}}
}

func monthOf(at time.Time) string { return at.UTC().Format("2006-01") }

// note takes a message into account, whoever wrote it. Messages of earlier
// months do not count.
func (a *activeMonth) note(c *conversation, at int64) {
	month := monthOf(time.UnixMilli(at))
	if month < a.month {
		return
	}
	a.turnTo(month)
	if a.limit <= 0 || len(a.seen) < a.limit {
		a.seen[c] = true
	}
}

func (a *activeMonth) turnTo(month string) {
	if month > a.month {
		a.month = month
		clear(a.seen)
	}
}

// admits tells whether the conversation may be answered this month.
func (a *activeMonth) admits(c *conversation, now time.Time) bool {
	a.turnTo(monthOf(now))
	return a.limit <= 0 || a.seen[c] || len(a.seen) < a.limit
}

// user is GET /user.
func (c *call) user() reply {
	w := c.s.world
	w.active.turnTo(monthOf(c.now))
	linked := utc(w.linkedAt)
	return jsonReply(http.StatusOK, map[string]any{
		"activeSocialAccounts":              c.s.opts.Platforms,
		"displayNames":                      c.displayNames(linked),
		"messagingEnabled":                  true,
		"messagingConversationMonthlyCount": len(w.active.seen),
		"email":                             "hello@marlow-finch.example",
		"title":                             "Primary Profile",
		"refId":                             refIDOf(c.s.opts),
		"created":                           map[string]any{"_seconds": w.linkedAt / 1000, "_nanoseconds": 0, "utc": linked},
		"lastApiCall":                       utc(c.now.UnixMilli()),
		"monthlyApiCalls":                   len(c.s.log.list),
		"lastUpdated":                       stamp(c.now.UnixMilli()),
		"nextUpdate":                        stamp(c.now.Add(cacheTime).UnixMilli()),
	})
}

func (c *call) displayNames(linked string) []map[string]any {
	var names []map[string]any
	for _, p := range c.s.opts.Platforms {
		entry := map[string]any{
			"platform":    p,
			"id":          pageID(p),
			"displayName": shopName,
			"username":    shopUsername,
			"profileUrl":  "https://" + string(p) + ".example/marlowandfinch",
			"userImage":   "https://cdn.example/shop.jpg",
			"created":     linked,
		}
		if p != inbox.Twitter {
			entry["messagingActive"] = true
		}
		if p == inbox.Facebook {
			entry["pageName"] = shopName
		}
		names = append(names, entry)
	}
	return names
}

func utc(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }
