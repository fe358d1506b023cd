package picture

// A telephone stores what its sensor saw, and beside it how it was held. Without
// a look at that, half of all photos lie on their side.

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how the rows and columns of a picture are to be shown, as Exif
// numbers them (CIPA DC-008-2023, Exif 3.0, tag 274).
type orientation int

const (
	upright orientation = iota + 1
	mirrored
	turnedHalf
	mirroredHalf
	mirroredLeft
	turnedRight
	mirroredRight
	turnedLeft
)

// sideways tells that width and height change places.
func (o orientation) sideways() bool { return o >= mirroredLeft }

// apply turns a picture upright.
func (o orientation) apply(img *image.RGBA) *image.RGBA {
	if o <= upright || o > turnedLeft {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	size := image.Pt(w, h)
	if o.sideways() {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			from := o.source(x, y, w, h)
			copy(out.Pix[out.PixOffset(x, y):][:4], img.Pix[img.PixOffset(from.X, from.Y):][:4])
		}
	}
	return out
}

// source is where a pixel of the upright picture is stored, in one of w x h.
func (o orientation) source(x, y, w, h int) image.Point {
	switch o {
	case mirrored:
		return image.Pt(w-1-x, y)
	case turnedHalf:
		return image.Pt(w-1-x, h-1-y)
	case mirroredHalf:
		return image.Pt(x, h-1-y)
	case mirroredLeft:
		return image.Pt(y, x)
	case turnedRight:
		return image.Pt(y, h-1-x)
	case mirroredRight:
		return image.Pt(w-1-y, h-1-x)
	case turnedLeft:
		return image.Pt(w-1-y, x)
	}
	return image.Pt(x, y)
}

// orientationOf reads the orientation of a JPEG, upright where it says nothing
// that can be understood.
func orientationOf(data []byte) orientation {
	for marker, content := range segments(data) {
		if tiff, ok := bytes.CutPrefix(content, []byte("Exif\x00\x00")); ok && marker == markerAPP1 {
			return orientationIn(tiff)
		}
	}
	return upright
}

// The tag of the orientation in a TIFF directory, whose entries have 12 bytes.
const (
	orientationTag = 274
	entryBytes     = 12
)

// orientationIn reads it from the first directory of the TIFF that Exif is.
func orientationIn(tiff []byte) orientation {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(tiff, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00*")):
		order = binary.BigEndian
	}
	if order == nil || len(tiff) < 8 {
		return upright
	}
	first := int64(order.Uint32(tiff[4:]))
	if first+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(entries) < entryBytes {
			break
		}
		if order.Uint16(entries) == orientationTag {
			if o := orientation(order.Uint16(entries[8:])); o >= upright && o <= turnedLeft {
				return o
			}
			break
		}
		entries = entries[entryBytes:]
	}
	return upright
}
