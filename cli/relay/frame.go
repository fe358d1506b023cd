package relay

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// protocol is the version of what is said over the socket. Both ends must have
// the same.
const protocol = 1

// kind is what a frame says.
type kind string

const (
	kindHello     kind = "hello"
	kindInput     kind = "input"
	kindEnd       kind = "end" // of standard input
	kindCancel    kind = "cancel"
	kindAccepted  kind = "accepted"
	kindRefused   kind = "refused"
	kindOutput    kind = "output"
	kindComplaint kind = "complaint" // standard error
	kindWant      kind = "want"
	kindExit      kind = "exit"
)

// frame is one piece of what is said.
type frame struct {
	Kind  kind      `json:"kind"`
	Hello *greeting `json:"hello,omitempty"`
	Data  []byte    `json:"data,omitempty"`
	Code  int       `json:"code,omitempty"`
	Gone  bool      `json:"gone,omitempty"` // with exit: the holder is about to end
	Text  string    `json:"text,omitempty"` // with refused
	Hint  string    `json:"hint,omitempty"`
}

// greeting is what a client says first.
type greeting struct {
	Protocol int      `json:"protocol"`
	Version  string   `json:"version"`
	Config   string   `json:"config"`
	Args     []string `json:"args"`
	Caller   Caller   `json:"caller"`
}

const (
	// maxFrame bounds a frame. The arguments of a command are the longest that is
	// said: Linux allows 2 MiB of them in all (execve(2)), JSON up to doubles them.
	maxFrame = 4 << 20
	// chunk is how much of a stream goes into one frame.
	chunk = 32 << 10
)

var errFrame = errors.New("not a frame of the relay")

func writeFrame(w io.Writer, f frame) error {
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if len(body) > maxFrame {
		return fmt.Errorf("the arguments have %d bytes as they are passed on, at most %d are possible", len(body), maxFrame)
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...))
	return err
}

// readFrame takes the next frame. io.EOF when there is none; a length that is a
// lie costs no memory.
func readFrame(r io.Reader) (f frame, err error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return f, err
	}
	n := int64(binary.BigEndian.Uint32(head[:]))
	if n > maxFrame {
		return f, errFrame
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r, n); err != nil {
		return f, io.ErrUnexpectedEOF
	}
	if err := json.Unmarshal(body.Bytes(), &f); err != nil {
		return frame{}, errFrame
	}
	return f, nil
}
