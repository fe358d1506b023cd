package sim

import "strconv"

// This file has what Meta tells an account of, by the fields that it is
// subscribed to, and the ways of telling it that not everybody meets.

// field is what an account has to be subscribed to, to be told of the event.
// https://developers.facebook.com/docs/instagram-platform/webhooks
func (e *metaEvent) field() string {
	switch {
	case e.standby:
		return "standby"
	case e.Edit != nil:
		return "message_edit"
	case e.Reaction != nil:
		return "message_reactions"
	case e.Read != nil:
		return "messaging_seen"
	case e.Postback != nil:
		return "messaging_postbacks"
	case e.Referral != nil:
		return "messaging_referral"
	case e.TakeControl != nil, e.PassControl != nil:
		return "messaging_handover"
	}
	return "messages"
}

// announced is the event of a new message as some accounts get it: an edit that
// is none, with nothing but the message's id; half of them do not even say who
// has written.
func (e *metaEvent) announced() *metaEvent {
	if e.Message == nil || e.Message.IsDeleted {
		return e
	}
	a := &metaEvent{Timestamp: e.Timestamp, Edit: &metaEdit{MID: e.Message.MID}, standby: e.standby}
	if fingerprint(e.Message.MID)%2 == 0 {
		a.Sender, a.Recipient = e.Sender, e.Recipient
	}
	return a
}

// told is the update as the account is told of it; ok is false when it is not
// subscribed to that. What only edits are asked for, tells of messages as edits.
// Who has never asked to be subscribed is told everything: somebody has done that
// in the dashboard.
func (f *graphFace) told(u update) (_ update, ok bool) {
	e, isEvent := u.body.(*metaEvent)
	if !isEvent || !f.subscribing {
		return u, true
	}
	field := e.field()
	if field == "messages" && !f.isSubscribed(field) {
		e = e.announced()
		u.body, field = e, e.field()
	}
	return u, f.isSubscribed(field)
}

// otherwise is the event in the ways that faults ask for.
func (e *metaEvent) otherwise(plan hookPlan) *metaEvent {
	if plan.announce {
		e = e.announced()
	}
	if plan.changes {
		changed := *e
		changed.changes = true
		return &changed
	}
	return e
}

// besides tells whether two events can be in one entry.
func (e *metaEvent) besides(next *metaEvent) bool {
	return e.standby == next.standby && e.changes == next.changes
}

// metaChange is an event in the shape that the dashboard's test button has, and
// in some set-ups every message.
type metaChange struct {
	Field string `json:"field"`
	Value any    `json:"value"`
}

// change has its times in seconds, the event's in a string.
func (e *metaEvent) change() metaChange {
	return metaChange{e.field(), struct {
		*metaEvent
		Timestamp string `json:"timestamp"`
	}{e, strconv.FormatInt(e.Timestamp/1000, 10)}}
}
