package sim

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// This file is chatt2me's /organization/webhook: addresses are registered,
// listed, changed and removed here, one for each kind of events.
// https://docs.chatt2.me/docs/latest/webhooks/create-webhook

// registration is what chatt2me knows of an address beside where it is.
type registration struct {
	label    string
	scope    string
	created  time.Time
	modified time.Time
	errors   int
	log      []*chattLogEntry
}

func newRegistration(label string, now time.Time) *registration {
	return &registration{label: label, created: now, modified: now}
}

func newUUID() string { return uuid(fingerprint(rand.Text())) }

// chattWebhook is what a client says of an address. Nil: not said.
type chattWebhook struct {
	Label             *string       `json:"label"`
	Endpoint          *string       `json:"endpoint"`
	EventType         *string       `json:"eventType"`
	Protocol          *string       `json:"authenticationProtocol"`
	Scope             *string       `json:"scope"`
	Headers           []chattHeader `json:"headers"`
	RequiresSignature *bool         `json:"requiresSignature"`
	Active            *bool         `json:"active"`
}

type chattHeader struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (f chatt2meFace) routeWebhooks(c *call, segments []string) operation {
	op := func(do func(*call) reply) operation { return operation{name: "webhooks", do: do} }
	if len(segments) == 0 {
		if c.req.Method == http.MethodPost {
			return op(f.createWebhook)
		}
		list := op(f.listWebhooks)
		list.also = "user"
		return f.only(c, http.MethodGet, list)
	}
	c.id = segments[0]
	switch rest := segments[1:]; {
	case len(rest) == 0:
		switch c.req.Method {
		case http.MethodDelete:
			return op(f.deleteWebhook)
		case http.MethodPatch:
			return op(f.changeWebhook)
		}
		return f.only(c, http.MethodGet, op(f.showWebhook))
	case len(rest) == 1 && rest[0] == "webhook-log":
		return f.only(c, http.MethodGet, op(f.listLog))
	case len(rest) == 2 && rest[0] == "webhook-log" && rest[1] == "retry":
		return f.only(c, http.MethodPost, op(f.retrySeveral))
	case len(rest) == 3 && rest[0] == "webhook-log" && rest[2] == "retry":
		return f.only(c, http.MethodPost, op(func(c *call) reply { return f.retryOne(c, rest[1]) }))
	}
	return f.noSuchPath()
}

func (f chatt2meFace) createWebhook(c *call) reply {
	var in chattWebhook
	if err := strictly(c.body, &in); err != nil {
		return f.refuse(http.StatusBadRequest, "Invalid payload: "+err.Error())
	}
	if in.Label == nil || in.Endpoint == nil || in.EventType == nil || in.Protocol == nil {
		return f.refuse(http.StatusBadRequest, "label, endpoint, eventType and authenticationProtocol are required")
	}
	e := &endpoint{id: newUUID(), registered: newRegistration("", c.now)}
	if err := in.apply(e); err != nil {
		return f.refuse(http.StatusBadRequest, err.Error())
	}
	o := c.s.hooks
	o.endpoints = append(slices.Clone(o.endpoints), e)
	if err := o.start(); err != nil {
		return f.refuse(http.StatusServiceUnavailable, err.Error())
	}
	out := f.describeWebhook(e)
	if len(e.secrets) > 0 {
		out["secret"] = e.secrets[0] // shown once
	}
	return jsonReply(http.StatusCreated, out)
}

// apply puts what was said into the endpoint. A new address has to verify
// itself; a new secret is made when signatures are asked for.
func (in chattWebhook) apply(e *endpoint) error {
	if in.Label != nil {
		e.registered.label = *in.Label
	}
	if in.Scope != nil {
		e.registered.scope = *in.Scope
	}
	if in.EventType != nil {
		if e.event = *in.EventType; e.event != chattMessage && e.event != chattStatus {
			return fmt.Errorf("eventType must be %s or %s", chattMessage, chattStatus)
		}
	}
	if in.Protocol != nil && *in.Protocol != "NoAuthentication" {
		return fmt.Errorf("authenticationProtocol %q: this simulator has NoAuthentication only", *in.Protocol)
	}
	if in.Active != nil {
		e.paused = !*in.Active
	}
	if in.Headers != nil {
		e.headers = http.Header{}
		for _, h := range in.Headers {
			e.headers.Add(h.Key, h.Value)
		}
	}
	if in.RequiresSignature != nil {
		e.secrets = nil
		if *in.RequiresSignature {
			e.secrets = []string{"whsec_" + rand.Text()}
		}
	}
	return in.move(e)
}

// move changes the address, if that was asked for.
func (in chattWebhook) move(e *endpoint) error {
	if in.Endpoint == nil || *in.Endpoint == e.url {
		return nil
	}
	if err := checkHTTPS(*in.Endpoint); err != nil {
		return err
	}
	e.url, e.token, e.greetNow, e.asked, e.greeted = *in.Endpoint, rand.Text(), true, false, time.Time{}
	return nil
}

// checkHTTPS lets an address be registered: https, or on this machine.
func checkHTTPS(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("%q is not an address", address)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("the address %q has to begin with https://", address)
}

// ofWebhook finds the address that the path names.
func (f chatt2meFace) ofWebhook(c *call, do func(*endpoint) reply) reply {
	for _, e := range c.s.hooks.endpoints {
		if e.id == c.id {
			return do(e)
		}
	}
	return f.refuse(http.StatusNotFound, "The webhook does not exist.")
}

func (f chatt2meFace) showWebhook(c *call) reply {
	return f.ofWebhook(c, func(e *endpoint) reply { return jsonReply(http.StatusOK, f.describeWebhook(e)) })
}

// changeWebhook replaces the endpoint: the old one may be in use at this moment.
func (f chatt2meFace) changeWebhook(c *call) reply {
	return f.ofWebhook(c, func(e *endpoint) reply {
		var in chattWebhook
		if err := strictly(c.body, &in); err != nil {
			return f.refuse(http.StatusBadRequest, "Invalid payload: "+err.Error())
		}
		changed := *e
		if err := in.apply(&changed); err != nil {
			return f.refuse(http.StatusBadRequest, err.Error())
		}
		changed.registered.modified = c.now
		o := c.s.hooks
		o.endpoints = slices.Clone(o.endpoints)
		o.endpoints[slices.Index(o.endpoints, e)] = &changed
		o.rouse()
		return jsonReply(http.StatusOK, f.describeWebhook(&changed))
	})
}

func (f chatt2meFace) deleteWebhook(c *call) reply {
	return f.ofWebhook(c, func(e *endpoint) reply {
		rest := slices.DeleteFunc(slices.Clone(c.s.hooks.endpoints), func(other *endpoint) bool { return other == e })
		if err := c.s.hooks.replace(rest); err != nil {
			return f.refuse(http.StatusServiceUnavailable, err.Error())
		}
		return reply{status: http.StatusNoContent, body: nothing}
	})
}

func (f chatt2meFace) listWebhooks(c *call) reply {
	var all []object
	for _, e := range c.s.hooks.endpoints {
		all = append(all, f.describeWebhook(e))
	}
	return f.page(c, all)
}

// page cuts a list as offset and limit say.
func (f chatt2meFace) page(c *call, all []object) reply {
	offset, err1 := number(c.query.Get("offset"), 0)
	limit, err2 := number(c.query.Get("limit"), 20)
	if err1 != nil || err2 != nil || offset < 0 || limit < 1 || limit > 50 {
		return f.refuse(http.StatusBadRequest, "offset must be 0 or more, and limit from 1 to 50")
	}
	total := len(all)
	data := append([]object{}, all[min(offset, total):min(offset+limit, total)]...)
	return jsonReply(http.StatusOK, object{
		"data":       data,
		"pagination": object{"offset": offset, "limit": limit, "total": total, "totalPages": (total + limit - 1) / limit},
	})
}

func number(text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	return strconv.Atoi(text)
}

func (f chatt2meFace) describeWebhook(e *endpoint) object {
	r := e.registered
	return object{
		"id": e.id, "applicationId": uuid(f.opts.Seed), "label": r.label, "active": !e.paused, "eventType": e.event,
		"endpoint": e.url, "numberOfErrors": r.errors, "authenticationProtocol": "NoAuthentication", "scope": r.scope,
		"requiresSignature": len(e.secrets) > 0, "isVerified": !e.greeted.IsZero(), "verifiedAt": optionalStamp(e.greeted),
		"createdDate": stamp(r.created.UnixMilli()), "lastModifiedDate": stamp(r.modified.UnixMilli()),
	}
}

// optionalStamp is null for no time.
func optionalStamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return stamp(at.UnixMilli())
}
