package instagram

import (
	"cmp"
	"time"

	"parley/inbox"
	"parley/platforms/httpapi"
	"parley/platforms/loose"
	"parley/platforms/meta"
)

// This file makes errors of what went wrong. What a code means is in package
// meta.

// answer reads an answer that is short, whole, and closes it. A refusal is an
// error, whatever the status.
func (c *client) answer(op string, res *httpapi.Response) (loose.Object, error) {
	o, err := res.Object()
	if err != nil {
		if r, told := byStatusAlone(res, err); told {
			return nil, c.refused(op, r)
		}
		return nil, failed(op, err)
	}
	if r, refused := c.refusal(res, o); refused {
		return nil, c.refused(op, r)
	}
	return o, nil
}

// refusal reads the error in an answer. A status that is none of a success is
// one too.
func (c *client) refusal(res *httpapi.Response, o loose.Object) (meta.Refusal, bool) {
	r, refused := meta.RefusalOf(res.Status, o)
	r.RetryAfter = res.RetryAfter
	return r, refused || !res.OK()
}

// byStatusAlone is what is left of a refusal whose body cannot be read. What is
// no JSON comes from something between us and Instagram; only limiters mean what
// they say in that.
func byStatusAlone(res *httpapi.Response, err error) (meta.Refusal, bool) {
	if !res.StatusTells(err, httpapi.WebPage, httpapi.NotJSON) {
		return meta.Refusal{}, false
	}
	return meta.Refusal{Status: res.Status, RetryAfter: res.RetryAfter}, true
}

// refused makes the error of a refusal, and draws the conclusions that hold for
// every request.
func (c *client) refused(op string, r meta.Refusal) *inbox.Error {
	e := r.Error(op, c.graph.Words)
	switch e.Kind {
	case inbox.Auth:
		c.tokens.refuse()
	case inbox.RateLimited:
		e.RetryAfter = cmp.Or(e.RetryAfter, c.usage.left(time.Now()))
	case inbox.WindowIsOver:
		e.Hint = "only the customer can open it again, by writing; or answer in the Instagram app"
	}
	return e
}

// failed makes the error of a request that got no usable answer.
func failed(op string, err error) *inbox.Error { return httpapi.Error(op, "Instagram", err) }
