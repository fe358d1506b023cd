package media

// How long a film or a sound plays, where its container says so in a place that
// can be found without fetching the rest.

import (
	"encoding/binary"
	"io"
	"math"
	"time"
)

// longest is what is believed of a file from a message: what claims more is
// wrong.
const longest = 48 * time.Hour

// mostBoxes bounds how many parts of a file are stepped over.
const mostBoxes = 64

// lengthOf is how long a file of that type and size (-1: not known) plays, 0
// when that is not known.
func lengthOf(kind string, file io.ReaderAt, size int64) time.Duration {
	if size < 0 {
		size = math.MaxInt64
	}
	var seconds float64
	switch kind {
	case "video/mp4", "audio/mp4", "video/quicktime":
		seconds = movieSeconds(file, size)
	case "audio/wav":
		seconds = waveSeconds(file, size)
	}
	if !(seconds > 0 && seconds < longest.Seconds()) {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// movieSeconds reads the movie header of the ISO base media format (ISO/IEC
// 14496-12, 8.2.2). It is at the beginning of a file that is made to be watched
// while it loads, and at the end of others.
func movieSeconds(file io.ReaderAt, size int64) float64 {
	movie, ok := findBox(file, span{0, size}, "moov")
	if !ok {
		return 0
	}
	header, ok := findBox(file, movie, "mvhd")
	if !ok {
		return 0
	}
	var b [32]byte
	need := int64(20)
	if !header.read(file, b[:1]) {
		return 0
	}
	if b[0] == 1 {
		need = 32 // times of 64 bits
	}
	if header.to-header.from < need || !header.read(file, b[:need]) {
		return 0
	}
	scale, length := binary.BigEndian.Uint32(b[12:]), uint64(binary.BigEndian.Uint32(b[16:]))
	if need == 32 {
		scale, length = binary.BigEndian.Uint32(b[20:]), binary.BigEndian.Uint64(b[24:])
	}
	return float64(length) / float64(scale)
}

// span is a stretch of a file.
type span struct{ from, to int64 }

func (s span) read(file io.ReaderAt, b []byte) bool {
	n, _ := file.ReadAt(b, s.from)
	return n == len(b)
}

// findBox is the content of the first box of that name in a stretch.
func findBox(file io.ReaderAt, in span, name string) (content span, ok bool) {
	for range mostBoxes {
		var b [16]byte
		if in.to-in.from < 8 || !in.read(file, b[:8]) {
			return span{}, false
		}
		head, size := int64(8), uint64(binary.BigEndian.Uint32(b[:]))
		switch {
		case size == 1: // it stands behind the name, in 64 bits
			if in.to-in.from < 16 || !in.read(file, b[:]) {
				return span{}, false
			}
			head, size = 16, binary.BigEndian.Uint64(b[8:])
		case size == 0: // up to the end
			size = uint64(in.to - in.from)
		}
		if size < uint64(head) || size > uint64(in.to-in.from) {
			return span{}, false
		}
		if string(b[4:8]) == name {
			return span{in.from + head, in.from + int64(size)}, true
		}
		in.from += int64(size)
	}
	return span{}, false
}

// waveSeconds divides the size of the samples by how many bytes a second takes
// (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0").
func waveSeconds(file io.ReaderAt, size int64) float64 {
	in := span{12, size} // behind "RIFF", a size and "WAVE"
	var perSecond uint32
	for range mostBoxes {
		var b [20]byte
		if in.to-in.from < 8 || !in.read(file, b[:8]) {
			return 0
		}
		length := int64(binary.LittleEndian.Uint32(b[4:]))
		if length > in.to-in.from-8 || length == math.MaxUint32 { // not known yet when it was written
			return 0
		}
		switch string(b[:4]) {
		case "fmt ":
			if length < 16 || in.to-in.from < 20 || !in.read(file, b[:]) {
				return 0
			}
			perSecond = binary.LittleEndian.Uint32(b[16:])
		case "data":
			return float64(length) / float64(perSecond)
		}
		in.from += 8 + length + length&1 // chunks begin at even places
	}
	return 0
}
