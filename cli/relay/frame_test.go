package relay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func FuzzReadFrame(f *testing.F) {
	for _, sample := range []frame{
		{Kind: kindHello, Hello: &greeting{Protocol: 1, Args: []string{"list", "is:unread"}, Caller: Caller{Env: map[string]string{"TZ": "UTC"}}}},
		{Kind: kindInput, Data: []byte("\x00\xff")},
		{Kind: kindExit, Code: 2, Gone: true},
	} {
		var b bytes.Buffer
		if err := writeFrame(&b, sample); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()-1])
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, '{'})
	f.Add([]byte{0, 0, 0, 2, '[', ']'})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			got, err := readFrame(r)
			if err != nil {
				return
			}
			var again bytes.Buffer
			if err := writeFrame(&again, got); err != nil {
				return // JSON that grows beyond the limit when it is written anew
			}
			back, err := readFrame(&again)
			if err != nil {
				t.Fatalf("%+v was written and cannot be read: %v", got, err)
			}
			if len(got.Data) == 0 {
				got.Data, back.Data = nil, nil
			}
			if !reflect.DeepEqual(got.Data, back.Data) || got.Kind != back.Kind || got.Code != back.Code {
				t.Errorf("got %+v, want %+v", back, got)
			}
		}
	})
}

func TestFramesThatAreNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"nothing":             {"", io.EOF},
		"half a length":       {"\x00\x00", io.ErrUnexpectedEOF},
		"a length and no end": {"\x00\x00\x00\x09{}", io.ErrUnexpectedEOF},
		"too long":            {string(binary.BigEndian.AppendUint32(nil, maxFrame+1)) + "{}", errFrame},
		"no object":           {"\x00\x00\x00\x02no", errFrame},
		"another type":        {"\x00\x00\x00\x0c" + `{"code":"x"}`, errFrame},
	} {
		if _, err := readFrame(strings.NewReader(c.data)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestAFrameThatIsTooLongIsNotWritten(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := writeFrame(&b, frame{Kind: kindInput, Data: make([]byte, maxFrame)}); err == nil || b.Len() != 0 {
		t.Errorf("%d bytes were written, %v", b.Len(), err)
	}
}
