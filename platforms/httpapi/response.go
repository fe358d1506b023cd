package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"parley/platforms/loose"
)

// Response is an answer that has begun. Read it as a stream or with [Response.JSON],
// and close it. Errors of reading are *[Failure] with Left set.
type Response struct {
	Status     int
	Header     http.Header
	ServerTime time.Time     // the Date header, zero when there is none
	RetryAfter time.Duration // 0 when not told
	Rate       Rate

	body   *bufio.Reader
	stream *stream
	fail   func(Reason, error) *Failure
	redact *redactor
}

// OK tells that the status is 2xx.
func (r *Response) OK() bool { return r.Status >= 200 && r.Status <= 299 }

func (c *Client) response(ctx context.Context, watch *watchdog, waits Waits, req Request, res *http.Response) *Response {
	limit := req.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	r := &Response{
		Status:     res.StatusCode,
		Header:     res.Header,
		ServerTime: parseDate(res.Header.Get("Date")),
		Rate:       parseRate(res.Header),
		redact:     c.redact,
	}
	r.RetryAfter = parseRetryAfter(res.Header.Get("Retry-After"), r.now())
	r.fail = func(reason Reason, err error) *Failure {
		f := c.failure(req, reason, true, err)
		f.Status = res.StatusCode
		return f
	}
	r.stream = &stream{ctx: ctx, body: res.Body, watch: watch, idle: waits.Idle, limit: limit, fail: r.fail}
	r.body = bufio.NewReader(r.stream)
	watch.pause()
	return r
}

// now is the server's time where it told it.
func (r *Response) now() time.Time {
	if r.ServerTime.IsZero() {
		return time.Now()
	}
	return r.ServerTime
}

// Read reads the answer as it comes.
func (r *Response) Read(p []byte) (int, error) { return r.body.Read(p) }

// Close ends the request. A long rest of the answer is not waited for.
func (r *Response) Close() error { return r.stream.Close() }

// ExpectJSON looks at the beginning of the answer and fails when it cannot be a
// JSON object or array: a proxy's web page, a bare word, nothing. The
// Content-Type is not asked, since servers that get it wrong are common.
func (r *Response) ExpectJSON() error {
	first, err := r.skipSpace()
	var f *Failure
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, io.EOF):
		return r.fail(Empty, fmt.Errorf("the answer is empty (status %d)", r.Status))
	case first == '{' || first == '[':
		return nil
	}
	return r.notJSON(first)
}

// skipSpace moves to the first byte that says something.
func (r *Response) skipSpace() (byte, error) {
	if bom, _ := r.body.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = r.body.Discard(len(bom)) // just peeked: cannot fail
	}
	for {
		b, err := r.body.ReadByte()
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(b)) {
			return b, r.body.UnreadByte()
		}
	}
}

// excerptBytes is how much of an unreadable answer is looked at.
const excerptBytes = 1 << 10

func (r *Response) notJSON(first byte) *Failure {
	head, _ := io.ReadAll(io.LimitReader(r.body, excerptBytes)) // as much as comes is enough
	reason, what := NotJSON, "text"
	if first == '<' {
		reason, what = WebPage, "a web page"
	}
	f := r.fail(reason, fmt.Errorf("the answer is %s instead of JSON (status %d)", what, r.Status))
	excerpt := r.redact.text(strings.ToValidUTF8(string(head), "�")) // redacted before it is cut: half a key is still one
	f.Err = fmt.Errorf("%w: it begins with %q", f.Err, cutShort(excerpt, 200))
	return f
}

func cutShort(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}

// JSON reads the whole answer into v and closes it.
func (r *Response) JSON(v any) error {
	defer r.Close()
	if err := r.ExpectJSON(); err != nil {
		return err
	}
	raw, err := io.ReadAll(r.body)
	if err != nil {
		return err // already a *Failure
	}
	return r.decode(raw, v)
}

// Object reads the whole answer as an object and closes it.
func (r *Response) Object() (o loose.Object, err error) {
	if err := r.JSON(&o); err != nil {
		return nil, err
	}
	return o, nil
}

func (r *Response) decode(raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	if err == nil {
		return nil
	}
	return r.DecodeFailure(err)
}

// DecodeFailure turns the error of a JSON decoder that read this response into
// a *Failure: the answer was cut, or it is not what was asked for. Failures of
// the reading itself stay what they are.
func (r *Response) DecodeFailure(err error) *Failure {
	var (
		f      *Failure
		syntax *json.SyntaxError
	)
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return r.fail(Cut, fmt.Errorf("the answer was cut off after %d bytes", r.stream.read))
	case errors.As(err, &syntax):
		return r.fail(Unreadable, fmt.Errorf("the answer is broken JSON at byte %d", syntax.Offset))
	}
	return r.fail(Unreadable, fmt.Errorf("the answer is not of the expected form: %w", err))
}

// stream is the body with a bound on its length and on each wait.
type stream struct {
	ctx   context.Context // the request's
	body  io.ReadCloser
	watch *watchdog
	idle  time.Duration
	limit int64
	read  int64
	fail  func(Reason, error) *Failure
}

func (s *stream) Read(p []byte) (int, error) {
	if room := s.limit - s.read + 1; int64(len(p)) > room { // one more byte tells whether it ends here
		p = p[:room]
	}
	s.watch.expect("more of the answer", s.idle)
	n, err := s.body.Read(p)
	s.watch.pause()
	s.read += int64(n)
	switch cause := context.Cause(s.ctx); {
	case s.read > s.limit:
		return 0, s.fail(TooLong, fmt.Errorf("the answer is longer than %s", size(s.limit)))
	case err == nil, err == io.EOF:
		return n, err
	case cause != nil:
		return n, s.fail(Cut, cause)
	}
	return n, s.fail(Cut, fmt.Errorf("the answer was cut off after %d bytes", s.read))
}

func (s *stream) Close() error {
	s.watch.stop()
	return s.body.Close()
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
