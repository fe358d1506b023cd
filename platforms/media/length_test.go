package media_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"parley/platforms/media"
)

// box is one of the ISO base media format.
func box(name string, content ...[]byte) []byte {
	body := bytes.Join(content, nil)
	return append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), append([]byte(name), body...)...)
}

// largeBox is one whose size has 64 bits.
func largeBox(name string, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, 1)
	b = binary.BigEndian.AppendUint64(append(b, name...), uint64(16+len(content)))
	return append(b, content...)
}

func movieHeader(scale, length uint32) []byte {
	b := make([]byte, 100)
	binary.BigEndian.PutUint32(b[12:], scale)
	binary.BigEndian.PutUint32(b[16:], length)
	return box("mvhd", b)
}

func movieHeader64(scale uint32, length uint64) []byte {
	b := make([]byte, 112)
	b[0] = 1
	binary.BigEndian.PutUint32(b[20:], scale)
	binary.BigEndian.PutUint64(b[24:], length)
	return box("mvhd", b)
}

var brand = box("ftyp", []byte("isom\x00\x00\x02\x00"))

// wave is a sound of so many bytes, at so many a second.
func wave(data, perSecond uint32) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF\x00\x00\x00\x00WAVELIST"), le.AppendUint32(nil, 3)...)
	b = append(append(b, "abc\x00fmt "...), le.AppendUint32(nil, 16)...)
	b = append(b, 1, 0, 1, 0, 0, 0, 0, 0)
	b = append(le.AppendUint32(b, perSecond), 2, 0, 16, 0)
	b = le.AppendUint32(append(b, "data"...), data)
	return append(b, make([]byte, min(data, 1000))...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestLengthOfFilmsAndSounds(t *testing.T) {
	t.Parallel()
	samples := make([]byte, 9000)
	cases := []struct {
		name string
		kind string
		file []byte
		want time.Duration
	}{
		{"header first", "video/mp4", join(brand, box("moov", movieHeader(1000, 12_500)), box("mdat", samples)), 12500 * time.Millisecond},
		{"header last", "video/mp4", join(brand, box("mdat", samples), box("moov", movieHeader(90_000, 360_000))), 4 * time.Second},
		{"large samples", "video/mp4", join(brand, largeBox("mdat", samples), box("moov", movieHeader(10, 5))), 500 * time.Millisecond},
		{"64 bits", "audio/mp4", join(brand, box("moov", movieHeader64(48_000, 96_000))), 2 * time.Second},
		{"header behind others", "video/quicktime", join(brand, box("free"), box("moov", box("udta", []byte("x")), movieHeader(1, 7))), 7 * time.Second},
		{"movie up to the end", "video/mp4", join(brand, []byte("\x00\x00\x00\x00moov"), movieHeader(1, 7)), 7 * time.Second},
		{"in fragments", "video/mp4", join(brand, box("moov", movieHeader(1000, 0)), box("moof", samples)), 0},
		{"no scale", "video/mp4", join(brand, box("moov", movieHeader(0, 5))), 0},
		{"a year", "video/mp4", join(brand, box("moov", movieHeader(1, 31_536_000))), 0},
		{"not known", "video/mp4", join(brand, box("moov", movieHeader64(1, math.MaxUint64))), 0},
		{"cut", "video/mp4", join(brand, box("moov", movieHeader(1, 7)))[:40], 0},
		{"a size of nothing", "video/mp4", []byte("\x00\x00\x00\x07moov"), 0},
		{"without end", "video/mp4", bytes.Repeat(box("free"), 5000), 0},
		{"wave", "audio/wav", wave(48_000, 16_000), 0}, // more than there is
		{"short wave", "audio/wav", wave(1000, 500), 2 * time.Second},
		{"wave that is still written", "audio/wav", wave(math.MaxUint32, 16_000), 0},
		{"wave without a rate", "audio/wav", wave(1000, 0), 0},
		{"another sound", "audio/ogg", wave(1000, 500), 0},
	}
	for _, c := range cases {
		if got := media.LengthOf(c.kind, bytes.NewReader(c.file), int64(len(c.file))); got != c.want {
			t.Errorf("%s: %s, expected %s", c.name, got, c.want)
		}
	}
	whole := wave(1000, 500)
	if got := media.LengthOf("audio/wav", bytes.NewReader(whole), -1); got != 2*time.Second {
		t.Errorf("a sound whose size nobody tells: %s", got)
	}
}

func FuzzLengthOf(f *testing.F) {
	f.Add(join(brand, box("moov", movieHeader(1000, 12_500))), int64(-1))
	f.Add(join(brand, largeBox("mdat", nil), box("moov", movieHeader64(1, 9))), int64(300))
	f.Add(wave(1000, 500), int64(-1))
	f.Fuzz(func(t *testing.T, file []byte, size int64) {
		for _, kind := range []string{"video/mp4", "audio/wav"} {
			if got := media.LengthOf(kind, bytes.NewReader(file), size); got < 0 || got > 48*time.Hour {
				t.Errorf("%s: %s", kind, got)
			}
		}
		_ = media.KindOf(file)
	})
}

func TestKindsAreKnownByTheirFirstBytes(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"\x89PNG\r\n\x1a\n":                       "image/png",
		"\xff\xd8\xff\xe0":                        "image/jpeg",
		"GIF89a":                                  "image/gif",
		"RIFF\x00\x00\x00\x00WEBPVP8 ":            "image/webp",
		"RIFF\x00\x00\x00\x00WAVEfmt ":            "audio/wav",
		"\x00\x00\x00\x18ftypmp42\x00\x00\x00":    "video/mp4",
		"\x00\x00\x00\x18ftypM4A \x00\x00\x00":    "audio/mp4",
		"\x00\x00\x00\x14ftypqt  \x00\x00\x00":    "video/quicktime",
		"\x00\x00\x00\x18ftypheic\x00\x00\x00":    "image/heic",
		"\x00\x00\x00\x18ftypavif\x00\x00\x00":    "image/avif",
		"OggS\x00\x02":                            "audio/ogg",
		"ID3\x03\x00":                             "audio/mpeg",
		"\xff\xfb\x90\x00":                        "audio/mpeg",
		"%PDF-1.7":                                "application/pdf",
		"<!DOCTYPE html><title>Log in</title>":    "text/html",
		"<svg xmlns='http://www.w3.org/2000/svg'": "text/plain",
		"\x00\x01\x02\x03":                        "",
	} {
		if got := media.KindOf([]byte(head)); got != want {
			t.Errorf("%q is %q, expected %q", head, got, want)
		}
	}
	if got := media.KindOf(nil); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("nothing is %q", got)
	}
}
