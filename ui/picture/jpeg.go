package picture

import (
	"encoding/binary"
	"iter"
)

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	markerSOF2 = 0xc2 // a progressive picture
	markerSOS  = 0xda // the picture itself begins
	markerAPP1 = 0xe1 // Exif among others
)

// segments are what stands before the picture itself in a JPEG: markers with
// their content.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for at := 2; at+4 <= len(data) && data[at] == 0xff; {
			marker, length := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
			end := at + 2 + length
			if marker == markerSOS || length < 2 || end > len(data) || !yield(marker, data[at+4:end]) {
				return
			}
			at = end
		}
	}
}

// isProgressive tells that a JPEG comes in layers, which are all in memory until
// the last one has come: four bytes for each coefficient of each colour.
func isProgressive(data []byte) bool {
	for marker := range segments(data) {
		if marker == markerSOF2 {
			return true
		}
	}
	return false
}
