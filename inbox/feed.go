package inbox

import (
	"time"
)

// How a feed's schedule and its place in the history move on: with each page, with
// the whole history at once, with an answer that broke off.

// quickPages of a long history are read at once. Then the rest is asked for in
// one answer where the provider can do that, and else page by page at a pace
// that leaves room under a limit of 300 requests in 5 minutes (Ayrshare).
const (
	quickPages = 10
	slowPage   = 1500 * time.Millisecond
)

// pageDelay is the pause before the next page.
func (f *feed) pageDelay() time.Duration {
	if f.pages < quickPages || f.wantsWhole() {
		return 0
	}
	return slowPage
}

// wantsWhole says that pages would take too long.
func (f *feed) wantsWhole() bool {
	return f.Whole && !f.paging && !f.Complete && f.Backfill != "" && f.pages >= quickPages
}

// pageInDoubt is more than any provider's page holds. While a page is read, so
// many messages are stored as unsure: if we die between storing the page and
// storing where the next one begins, the gap behind it is found again.
const pageInDoubt = 200

func (f *feed) doubt(messages int) {
	if f.Paged {
		f.Unsure += messages
	}
}

func (f *feed) succeeded(now time.Time, req ReadRequest, res ReadResult, g *gatherer) {
	f.Failures, f.Error = 0, nil
	if req.Cursor == "" {
		f.ReadAt = now
	}
	if req.newest() {
		f.LastUpdated = now
		if !res.LastUpdated.IsZero() && res.LastUpdated.Before(now) {
			f.LastUpdated = res.LastUpdated.UTC()
		}
		f.NextUpdate = nextRead(f.Feed, now, res.NextUpdate).Add(jitter(f.Feed))
	}
	n := g.n
	switch {
	case g.stopped:
	case !f.Paged:
		f.Complete, f.WholeAt = true, now
	case req.Whole:
		f.walkOn(res.Cursor)
	case req.newest():
		f.newestPage(res, n.Messages, n.Messages-n.New)
	default:
		f.olderPage(res, n.Messages-n.New)
	}
}

// newestPage decides whether older pages have to be read after the newest one.
// When it shows nothing that we know, something may lie between it and what we
// have.
func (f *feed) newestPage(res ReadResult, messages, known int) {
	if f.Backfill == "" {
		known = f.certain(known)
	}
	gap := messages > 0 && known == 0
	if res.Gap != nil {
		gap = *res.Gap || f.Backfill == "" && f.unsureOnce()
	}
	switch {
	case !f.Complete || f.Rewalk:
		if f.Backfill == "" || gap {
			f.walkOn(res.Cursor)
		}
	case gap:
		f.Rewalk = f.Backfill != "" // an older gap is still open: this walk must not end before it
		f.walkOn(res.Cursor)
	}
}

// olderPage goes on to the next page, until it meets what we have.
func (f *feed) olderPage(res ReadResult, known int) {
	f.pages++
	met := f.certain(known) > 0
	if res.Gap != nil {
		met = !*res.Gap && !f.unsureOnce()
	}
	if met && f.Complete && !f.Rewalk {
		res.Cursor = ""
	}
	f.walkOn(res.Cursor)
}

// unsureOnce tells that a read may have been broken off behind this page, after
// it had stored what the page shows. The provider, who goes by that, sees no gap
// then: so one page more is read.
func (f *feed) unsureOnce() bool {
	unsure := f.Unsure > 0
	f.Unsure = 0
	return unsure
}

func (f *feed) walkOn(cursor string) {
	f.Backfill = cursor
	if cursor == "" {
		f.Complete, f.Rewalk, f.Unsure, f.pages = true, false, 0, 0
	}
}

// brokeOff says that a read has failed after it had brought new messages. When
// it is repeated it shows them as known, and what lies behind them is not.
func (f *feed) brokeOff(req ReadRequest, fresh int) {
	switch {
	case !f.Paged || !f.Complete || fresh == 0:
	case req.newest() && f.Backfill != "": // behind it is the gap that is being closed, and perhaps another
		f.Rewalk = true
	default:
		f.Unsure += fresh
	}
}

// certain is how many of the known messages of a page tell that older ones are
// known too.
func (f *feed) certain(known int) int {
	unsure := min(known, f.Unsure)
	f.Unsure -= unsure
	return known - unsure
}

// newest tells that the request asks for what is new.
func (r ReadRequest) newest() bool { return r.Cursor == "" && !r.Whole }

// aside tells that it asks for one conversation or message only.
func (r ReadRequest) aside() bool { return r.Conversation != "" || r.Message != "" }

func (f *feed) failed(now time.Time, req ReadRequest, failure *Error) {
	f.Failures++
	f.Error = FailureOf(failure)
	f.NextUpdate = retryRead(f.Feed, now, f.Failures, failure)
	f.paging = f.paging || req.Whole
	if req.Cursor != "" && (failure.Kind == Rejected || failure.Kind == NotFound) {
		if f.Rewalk {
			f.walkOn("") // again: the provider does not tell more
		} else {
			f.Backfill, f.Rewalk = "", true // the cursor is no longer good: begin again with the newest page
		}
	}
}
