package sim

import (
	"net/http"
	"strconv"
	"time"

	"parley/inbox"
)

// This file understands GET /messages/:platform; answer.go answers it.

// The documented times for which answers stay the same.
const (
	cacheTime  = 60 * time.Second // Facebook and Instagram
	cacheTimeX = 15 * time.Second
)

// largestPage is the documented bound of X's limit.
const largestPage = 100

const timeFormat = "2006-01-02T15:04:05.000Z"

// readQuery is what GET /messages/:platform understands.
type readQuery struct {
	platform     inbox.Platform
	archived     bool
	listOnly     bool
	conversation string
	limit        int // 0: everything
	next         string
}

func (c *call) readMessages() reply {
	q, bad := c.parseReadQuery()
	if bad != "" {
		return refuse(http.StatusBadRequest, "messages", 101, bad)
	}
	a, err := c.s.answer(q, c.req.Header.Get("Profile-Key"), c.now)
	if err != nil {
		return refuse(http.StatusBadRequest, "messages", 101, "The parameter next is not a cursor of this request.")
	}
	c.cached = a.served
	a.served = true
	frozen := *a
	frozen.nextField, frozen.strange = c.faults.nextUpdate, c.faults.strange
	return reply{status: http.StatusOK, body: frozen.write}
}

// parseReadQuery reads the parameters. What only X knows is ignored elsewhere.
func (c *call) parseReadQuery() (q readQuery, bad string) {
	q.platform = c.platform
	switch status := c.query.Get("status"); status {
	case "", "active":
	case "archived":
		q.archived = true
	default:
		return q, "The parameter status must be active or archived."
	}
	if raw := c.query.Get("conversationsOnly"); raw != "" {
		only, err := strconv.ParseBool(raw)
		if err != nil {
			return q, "The parameter conversationsOnly must be true or false."
		}
		q.listOnly = only
	}
	if !q.listOnly {
		q.conversation = c.query.Get("conversationId")
	}
	if c.platform != inbox.Twitter {
		return q, ""
	}
	if raw := c.query.Get("limit"); raw != "" {
		limit, err := strconv.Atoi(raw)
		if err != nil || limit < 1 || limit > largestPage {
			return q, "The parameter limit must be between 1 and 100."
		}
		q.limit = limit
	}
	q.next = c.query.Get("next")
	return q, ""
}
