package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"parley/inbox"
)

// headBytes is how much of a file tells what it is: its type, and where it keeps
// how long it plays.
const headBytes = 4 << 10

// Head tells the type and the size by asking for the beginning, because links
// that are signed for GET refuse HEAD. Of films and sounds it looks for their
// length too, at most a few bytes further on.
func (c *Client) Head(ctx context.Context, link string) (inbox.MediaInfo, error) {
	head, total, err := c.read(ctx, link, part{0, headBytes})
	if err != nil {
		return inbox.MediaInfo{}, explain(link, err)
	}
	info := inbox.MediaInfo{Type: kindOf(head), Bytes: total}
	info.Length = lengthOf(info.Type, &remote{c: c, ctx: ctx, link: link, window: head}, total)
	if err := ctx.Err(); err != nil { // the length was given up with it
		return inbox.MediaInfo{}, explain(link, err)
	}
	return info, nil
}

// Fetch gets the whole.
func (c *Client) Fetch(ctx context.Context, link string, limit int64) (inbox.MediaFile, error) {
	data, err := c.readAll(ctx, link, limit)
	if err != nil {
		return inbox.MediaFile{}, explain(link, err)
	}
	return inbox.MediaFile{Type: kindOf(data), Data: data}, nil
}

// read gets a part, or what there is of it, and tells the size of the whole, -1
// where nobody says.
func (c *Client) read(ctx context.Context, link string, p part) (data []byte, total int64, err error) {
	res, err := c.open(ctx, link, p)
	if err != nil {
		return nil, -1, err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusPartialContent:
		from, whole, ok := contentRange(res.Header.Get("Content-Range"))
		if !ok || from != p.from {
			return nil, -1, &refusal{"the answer is another part of the file than the one that was asked for"}
		}
		total = whole
	case http.StatusOK: // who does not know parts sends everything
		if p.from > 0 {
			return nil, -1, errNoParts
		}
		total = res.ContentLength
	case http.StatusRequestedRangeNotSatisfiable: // nothing there to have a part
		return nil, 0, nil
	default:
		return nil, -1, &status{res.StatusCode}
	}
	data, err = io.ReadAll(io.LimitReader(res.Body, p.to-p.from))
	return data, total, err
}

// readAll gets the whole, if it is not larger than the limit.
func (c *Client) readAll(ctx context.Context, link string, limit int64) ([]byte, error) {
	res, err := c.open(ctx, link, part{})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, &status{res.StatusCode}
	}
	if res.ContentLength > limit {
		return nil, tooLarge(res.ContentLength, limit)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, tooLarge(-1, limit)
	}
	return data, err
}

// contentRange reads "bytes 0-499/1234"; the size may be "*", not known.
func contentRange(s string) (from, total int64, ok bool) {
	rest, ok := strings.CutPrefix(s, "bytes ")
	span, size, cut := strings.Cut(rest, "/")
	first, _, dashed := strings.Cut(span, "-")
	if !ok || !cut || !dashed {
		return 0, 0, false
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 {
		return 0, 0, false
	}
	if size == "*" {
		return from, -1, true
	}
	total, err = strconv.ParseInt(size, 10, 64)
	return from, total, err == nil && total >= 0
}

// remote is a file at the other end, of which a window is read at a time.
type remote struct {
	c      *Client
	ctx    context.Context // of the look that it is for
	link   string
	window []byte
	at     int64 // where the window begins
	asks   int
}

// mostAsks bounds how often the length of a film is looked for.
const mostAsks = 3

var (
	errNoParts = errors.New("the server does not send parts of files")
	errAsked   = errors.New("asked often enough")
)

// ReadAt implements [io.ReaderAt].
func (r *remote) ReadAt(b []byte, at int64) (int, error) {
	if at < r.at || at+int64(len(b)) > r.at+int64(len(r.window)) {
		if r.asks++; r.asks > mostAsks {
			return 0, errAsked
		}
		window, _, err := r.c.read(r.ctx, r.link, part{at, at + headBytes})
		if err != nil {
			return 0, err
		}
		r.window, r.at = window, at
	}
	n := copy(b, r.window[at-r.at:])
	if n < len(b) {
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

// refusal is something that is not fetched, in words for the agent.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

// status is an answer that is not the file.
type status struct{ code int }

func (s *status) Error() string { return fmt.Sprintf("HTTP %d", s.code) }

func tooLarge(size, limit int64) *refusal {
	if size < 0 {
		return &refusal{fmt.Sprintf("the file is larger than %s, the most that is fetched here", inbox.ByteSize(limit))}
	}
	return &refusal{fmt.Sprintf("the file has %s, and %s is the most that is fetched here", inbox.ByteSize(size), inbox.ByteSize(limit))}
}
