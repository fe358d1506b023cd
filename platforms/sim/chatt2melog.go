package sim

import (
	"io"
	"net"
	"net/http"
	"slices"
)

// This file is chatt2me's log of webhook calls. Nothing is tried again by
// itself; by this log, a client can ask for it.
// https://docs.chatt2.me/docs/latest/webhooks/logs

// chattLogEntry is one call.
type chattLogEntry struct {
	id     string
	push   *Push
	parcel *parcel
	told   *endpoint
}

// note logs a call that was made.
func (r *registration) note(p *Push, out letter) {
	entry := &chattLogEntry{id: out.parcels[0].log, push: p, parcel: out.parcels[0], told: out.endpoint}
	if entry.id == "" {
		entry.id = newUUID()
	}
	if !entry.good() {
		r.errors++
	}
	if len(r.log) >= maxLog {
		r.log = slices.Clone(r.log[maxLog/2:])
	}
	r.log = append(r.log, entry)
}

func (e *chattLogEntry) good() bool { return e.push.Status == http.StatusOK }

// state is named differently in the vendor's two generations of documents.
func (f chatt2meFace) state(e *chattLogEntry) string {
	switch {
	case e.good():
		return "Success"
	case f.opts.Dialect == DialectMeta:
		return "Error"
	}
	return "Failed"
}

func (f chatt2meFace) describeEntry(e *chattLogEntry) object {
	out := object{
		"id": e.id, "webhookId": e.told.id, "statusCode": nil, "responseBody": nil, "status": f.state(e),
		"sendAt": stamp(e.push.At.UnixMilli()), "createdDate": stamp(e.push.At.UnixMilli()), "isDeleted": false,
		"messageId": nil, "webhook": object{"id": e.told.id, "endpoint": e.told.url, "eventType": e.told.event},
	}
	if e.push.Status != 0 {
		out["statusCode"], out["responseBody"] = e.push.Status, e.push.Answer
	}
	if body, ok := e.parcel.body.(object); ok && body["messageId"] != nil {
		out["messageId"] = body["messageId"]
	}
	return out
}

// listLog is the newest first, of one status if that is asked for.
func (f chatt2meFace) listLog(c *call) reply {
	return f.ofWebhook(c, func(e *endpoint) reply {
		var all []object
		for _, entry := range slices.Backward(e.registered.log) {
			if want := c.query.Get("status"); want == "" || want == f.state(entry) {
				all = append(all, f.describeEntry(entry))
			}
		}
		return f.page(c, all)
	})
}

func (f chatt2meFace) retryOne(c *call, id string) reply {
	return f.ofWebhook(c, func(e *endpoint) reply {
		newID, ok := c.s.hooks.again(e, id)
		if !ok {
			return f.refuse(http.StatusNotFound, "The log does not exist.")
		}
		return jsonReply(http.StatusOK, object{"success": true, "newLogId": newID})
	})
}

func (f chatt2meFace) retrySeveral(c *call) reply {
	return f.ofWebhook(c, func(e *endpoint) reply {
		var in struct {
			IDs []string `json:"webhookLogIds"`
		}
		if err := strictly(c.body, &in); err != nil || len(in.IDs) == 0 {
			return f.refuse(http.StatusBadRequest, "webhookLogIds needs at least one id")
		}
		results := make([]object, len(in.IDs))
		for i, id := range in.IDs {
			results[i] = object{"webhookLogId": id, "success": false, "newLogId": nil}
			if newID, ok := c.s.hooks.again(e, id); ok {
				results[i]["success"], results[i]["newLogId"] = true, newID
			}
		}
		return jsonReply(http.StatusOK, object{"results": results})
	})
}

// again queues a call of the log once more, and tells under which id the log
// will have it.
func (o *hookOffice) again(e *endpoint, id string) (newID string, ok bool) {
	i := slices.IndexFunc(e.registered.log, func(entry *chattLogEntry) bool { return entry.id == id })
	if i < 0 {
		return "", false
	}
	p := o.enqueue(e, e.registered.log[i].parcel.update)
	if p == nil { // a fault has left it out
		return "", false
	}
	p.log = newUUID()
	return p.log, true
}

// nothing is the body of an answer that has none.
func nothing(io.Writer) error { return nil }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
