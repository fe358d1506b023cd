package meta

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/inbox"
	"parley/platforms/hook"
	"parley/platforms/loose"
)

// This file reads the envelope of a webhook call: which events there are, and
// for whom. Five shapes are in use:
//
//	entry[].messaging[]           what customers do
//	entry[].standby[]             the same, while another app owns the thread
//	entry[].changes[]{field,value} the dashboard's test button, comments, and messages in some set-ups
//	entry[]{field,value}          comments, as documented for Instagram Login
//	[…]                           a bare list of any of these
//
// The dashboard's test button sends entry id "0", times in seconds, and people
// that nobody is.

// Decoder tells what a body says to one login.
type Decoder struct {
	Platform inbox.Platform
	Own      []string  // the login's own ids, as far as they are known: beside an entry's id
	App      string    // the id of our app, "" when it is not known
	Now      time.Time // dates what has no time
}

// Decode reads the body of a webhook call. Whatever can be placed comes back, one
// delivery for each owner; what concerns no conversation (comments, mentions) is
// left out. An error is for a body that is no JSON object or array.
func (d Decoder) Decode(body []byte) ([]hook.Delivery, error) {
	if !json.Valid(body) {
		return nil, fmt.Errorf("the body is no JSON (%d bytes)", len(body))
	}
	top := loose.List(body)
	c := &collector{Decoder: d}
	read := 0
	for _, raw := range top {
		if o, ok := loose.ParseObject(raw); ok {
			c.envelope(o)
			read++
		}
	}
	if read == 0 && (len(top) > 0 || loose.IsNull(body)) {
		return nil, fmt.Errorf("the body is JSON, but no webhook event (%d bytes)", len(body))
	}
	return c.deliveries(), nil
}

// Event reads one event that comes without an envelope, as gateways pass them
// on. owner is the login's id where the gateway tells it.
func (d Decoder) Event(owner string, raw json.RawMessage) inbox.Batch {
	c := &collector{Decoder: d}
	if o, ok := loose.ParseObject(raw); ok {
		c.event(entry{owner: owner}, o)
	}
	for _, delivery := range c.deliveries() {
		return delivery.Batch
	}
	return inbox.Batch{Platform: d.Platform, AsOf: d.Now}
}

// collector sorts facts by owner.
type collector struct {
	Decoder
	found []*ownerFacts
}

// ownerFacts are the facts of one owner, in the order of the body.
type ownerFacts struct {
	owner string
	batch inbox.Batch
	taken map[string]takenFact
}

// takenFact is the newest word on who has control of a thread.
type takenFact struct {
	taken bool
	at    time.Time
}

// entry is what an event takes from what is around it.
type entry struct {
	owner   string
	time    time.Time
	standby bool
}

// testOwner is the id that the dashboard's test button makes up.
const testOwner = "0"

// envelope takes what stands at the top, or in a list there: an envelope, an
// entry, or an event.
func (c *collector) envelope(o loose.Object) {
	switch {
	case o.Has("entry"):
		for _, e := range o.Objects("entry") {
			c.entry(e)
		}
	case o.Has("messaging"), o.Has("standby"), o.Has("changes"), o.Has("field"):
		c.entry(o)
	case isEvent(o):
		c.event(entry{}, o)
	}
}

func (c *collector) entry(o loose.Object) {
	e := entry{owner: o.Text("id"), time: o.Time("time")}
	if e.owner == testOwner {
		e.owner = ""
	}
	for _, event := range o.Objects("messaging") {
		c.event(e, event)
	}
	onStandby := e
	onStandby.standby = true
	for _, event := range o.Objects("standby") {
		c.event(onStandby, event)
	}
	for _, change := range o.Objects("changes") {
		c.change(e, change)
	}
	if o.Has("value") {
		c.change(e, o)
	}
}

// change takes a value that is a messaging event, by its looks: which fields are
// in use has changed more than once.
func (c *collector) change(e entry, change loose.Object) {
	e.standby = change.Text("field") == "standby"
	for _, value := range change.Objects("value") {
		if isEvent(value) {
			c.event(e, value)
		}
	}
}

// isEvent tells an event from a comment, a mention and the like: it has two
// parties, or says something that only happens in conversations.
func isEvent(o loose.Object) bool {
	if o.Has("sender") || o.Has("recipient") {
		return true
	}
	return slices.ContainsFunc(eventKeys, func(key string) bool {
		_, ok := loose.ParseObject(o[key])
		return ok
	})
}

func (c *collector) of(owner string) *ownerFacts {
	for _, f := range c.found {
		if f.owner == owner {
			return f
		}
	}
	f := &ownerFacts{owner: owner, batch: inbox.Batch{Platform: c.Platform}, taken: map[string]takenFact{}}
	c.found = append(c.found, f)
	return f
}

// aged notes how new what was told is. A body that comes late, or again, is as
// old as what it tells.
func (f *ownerFacts) aged(at time.Time) {
	if at.After(f.batch.AsOf) {
		f.batch.AsOf = at
	}
}

// control notes who has control of a thread; the newest word of a body counts.
func (f *ownerFacts) control(peer string, taken bool, at time.Time) {
	if known, ok := f.taken[peer]; peer != "" && (!ok || !at.Before(known.at)) {
		f.taken[peer] = takenFact{taken, at}
	}
}

func (c *collector) deliveries() []hook.Delivery {
	var list []hook.Delivery
	for _, f := range c.found {
		for peer, t := range f.taken {
			f.batch.Conversations = append(f.batch.Conversations, inbox.ConversationFact{RemoteID: peer, Participant: inbox.Participant{ID: peer}, Taken: &t.taken})
		}
		slices.SortStableFunc(f.batch.Conversations, func(a, b inbox.ConversationFact) int { return strings.Compare(a.RemoteID, b.RemoteID) })
		if f.batch.AsOf.IsZero() {
			f.batch.AsOf = c.Now
		}
		if len(f.batch.Conversations)+len(f.batch.Messages)+len(f.batch.Events) > 0 {
			list = append(list, hook.Delivery{Owner: f.owner, Batch: f.batch})
		}
	}
	return list
}
