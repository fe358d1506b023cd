// Package picture turns pictures into what a terminal can show. It is pure: bytes
// in, text out; nothing is fetched, kept or written here.
//
// A terminal shows a picture in one of three ways:
//
//   - [Blocks]: two pixels to a cell, as coloured half blocks. These are ordinary
//     characters, every terminal has them, and whatever redraws or scrolls a
//     screen does it with them too.
//   - [Kitty]: the terminal is given the picture once, and a character that stands
//     for a piece of it is drawn in each cell (kitty's Unicode placeholders). To
//     everything between, they are ordinary characters too.
//   - [Sixel]: the picture is painted over the cells at the cursor. The terminal
//     forgets it there as soon as anything else is written, and nobody tells, so
//     it is for pages that stand still.
//
// The bytes are a stranger's: [Decode] looks at the size that a picture claims
// before it makes room for it.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// The largest picture that is decoded. A photo of today's telephones has 12 to 50
// megapixels; what comes through a messenger has been made smaller. Decoding takes
// four bytes for each pixel.
const (
	MostPixels      = 40_000_000
	MostProgressive = 12_000_000 // of a JPEG in layers, which takes up to four times as much
	MostSide        = 16_384
)

// Picture is a decoded picture, small enough for any terminal.
type Picture struct {
	Format   string      // "jpeg"
	Original image.Point // its size as it came

	img *image.RGBA
}

// Size of the picture as it is held.
func (p *Picture) Size() image.Point { return p.img.Rect.Size() }

// Bytes that it takes in memory.
func (p *Picture) Bytes() int { return len(p.img.Pix) }

// Within is a copy that fits into a box, or the picture itself where it does.
func (p *Picture) Within(box image.Point) *Picture {
	size := within(p.Size(), box)
	if size == p.Size() {
		return p
	}
	return &Picture{p.Format, p.Original, scale(p.img, size)}
}

// format is a kind of picture that can be decoded.
type format struct {
	name   string
	magic  string // "?" is any byte
	config func(*bytes.Reader) (image.Config, error)
	decode func(*bytes.Reader) (image.Image, error)
}

// formats are called by name instead of through image.Decode, whose register is
// shared by the whole program.
func formats() []format {
	return []format{
		{"png", "\x89PNG\r\n\x1a\n",
			func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }},
		{"jpeg", "\xff\xd8",
			func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }},
		{"gif", "GIF8?a",
			func(r *bytes.Reader) (image.Config, error) { return gif.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return gif.Decode(r) }}, // the first frame
		{"webp", "RIFF????WEBPVP8",
			func(r *bytes.Reader) (image.Config, error) { return webp.DecodeConfig(r) },
			func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) }},
	}
}

// Shows tells whether pictures of that media type can be decoded.
func Shows(mediaType string) bool {
	name, ok := strings.CutPrefix(mediaType, "image/")
	for _, f := range formats() {
		if ok && f.name == name {
			return true
		}
	}
	return false
}

// errUnknown says which kinds there are.
var errUnknown = errors.New("not a picture that can be shown here: png, jpeg, gif and webp can")

// Decode reads a picture and makes it fit into a box of pixels; it is never made
// larger. A decoder that panics has met bytes that were made for that: it must not
// end the program.
func Decode(data []byte, box image.Point) (p *Picture, err error) {
	defer func() {
		if recover() != nil {
			p, err = nil, errors.New("the picture is damaged")
		}
	}()
	f, ok := formatOf(data)
	if !ok {
		return nil, errUnknown
	}
	if err := check(f, data); err != nil {
		return nil, err
	}
	img, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return nil, damaged(err)
	}
	turn := upright
	if f.name == "jpeg" {
		turn = orientationOf(data)
	}
	if turn.sideways() {
		box = image.Pt(box.Y, box.X)
	}
	small := turn.apply(scale(img, within(img.Bounds().Size(), box)))
	size := img.Bounds().Size()
	if turn.sideways() {
		size = image.Pt(size.Y, size.X)
	}
	return &Picture{Format: f.name, Original: size, img: small}, nil
}

func formatOf(data []byte) (format, bool) {
	for _, f := range formats() {
		if matches(data, f.magic) {
			return f, true
		}
	}
	return format{}, false
}

func matches(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

// check refuses what would take too much room.
func check(f format, data []byte) error {
	config, err := f.config(bytes.NewReader(data))
	if err != nil {
		return damaged(err)
	}
	width, height, most := config.Width, config.Height, MostPixels
	if f.name == "jpeg" && isProgressive(data) {
		most = MostProgressive
	}
	switch {
	case width <= 0 || height <= 0:
		return errors.New("the picture is damaged: it has no size")
	case width > MostSide || height > MostSide:
		return fmt.Errorf("the picture has %d x %d pixels: %d a side are the most that are shown", width, height, MostSide)
	case width*height > most:
		return fmt.Errorf("the picture has %d x %d pixels: %d million in all are the most that are shown", width, height, most/1_000_000)
	}
	return nil
}

// damaged says what a decoder could not read, without the decoder's name.
func damaged(err error) error {
	_, text, found := strings.Cut(err.Error(), ": ")
	if !found {
		text = err.Error()
	}
	return errors.New("the picture is damaged: " + text)
}

// within is the largest size of the same shape that fits into a box, and is not
// larger than it was.
func within(size, box image.Point) image.Point {
	box = image.Pt(max(box.X, 1), max(box.Y, 1))
	if size.X <= box.X && size.Y <= box.Y {
		return size
	}
	if size.X*box.Y > size.Y*box.X {
		return image.Pt(box.X, max(size.Y*box.X/size.X, 1))
	}
	return image.Pt(max(size.X*box.Y/size.Y, 1), box.Y)
}

// scale makes a copy of that size, with its origin at 0, 0.
func scale(img image.Image, size image.Point) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: size})
	if size == img.Bounds().Size() {
		draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
		return out
	}
	draw.BiLinear.Scale(out, out.Rect, img, img.Bounds(), draw.Src, nil)
	return out
}
