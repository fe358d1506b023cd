package sim

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"path"
	"time"
)

// This file makes what the links in messages lead to. The links name hosts under
// .example, which do not exist; whoever wants to see something asks here in
// their place. The same link is always the same picture.

// mediaRoot is where the pictures are served.
const mediaRoot = "/media"

// MediaURL is the base URL that stands in for the hosts in messages' links: what
// follows the host there follows this here.
func (s *Server) MediaURL() string { return s.origin() + mediaRoot }

// media serves a picture, or a voice message where the link looks like one.
func (s *Server) media(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(r.URL.Path + "?" + r.URL.RawQuery))
	d := rand.New(rand.NewPCG(seed.Sum64(), 0))
	var file bytes.Buffer
	var err error
	switch path.Ext(name) {
	case ".mp4":
		file.Write(recording(time.Duration(2000+d.IntN(40_000)) * time.Millisecond))
	case ".png":
		err = png.Encode(&file, drawing(d, 240, 240))
	default:
		err = jpeg.Encode(&file, drawing(d, 640, 480), nil)
	}
	if err != nil {
		http.Error(w, "the picture cannot be made", http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(file.Bytes()))
}

// drawing is a table with a few things on it, seen from above.
func drawing(d *rand.Rand, width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	table := someColour(d)
	for y := range height {
		for x := range width {
			shade := uint8(40 * y / height)
			img.SetRGBA(x, y, color.RGBA{table.R/2 + shade, table.G/2 + shade, table.B/2 + shade, 0xff})
		}
	}
	for range 3 + d.IntN(4) {
		at, size := image.Pt(d.IntN(width), d.IntN(height)), height/8+d.IntN(height/4)
		put(img, at, size, someColour(d), d.IntN(2) == 0)
	}
	return img
}

// put lays a round or a square thing down, with its shadow.
func put(img *image.RGBA, at image.Point, size int, c color.RGBA, round bool) {
	covers := func(x, y int) bool {
		x, y = x-at.X, y-at.Y
		if round {
			return x*x+y*y < size*size/4
		}
		return max(x, -x) < size/2 && max(y, -y) < size/3
	}
	offset := max(size/12, 1)
	for y := at.Y - size; y < at.Y+size; y++ {
		for x := at.X - size; x < at.X+size; x++ {
			switch {
			case !image.Pt(x, y).In(img.Rect):
			case covers(x, y):
				img.SetRGBA(x, y, c)
			case covers(x-offset, y-offset):
				under := img.RGBAAt(x, y)
				img.SetRGBA(x, y, color.RGBA{under.R / 2, under.G / 2, under.B / 2, 0xff})
			}
		}
	}
}

func someColour(d *rand.Rand) color.RGBA {
	return color.RGBA{uint8(60 + d.IntN(180)), uint8(60 + d.IntN(180)), uint8(60 + d.IntN(180)), 0xff}
}

// recording is a file of the ISO base media format that says how long it plays;
// nobody has spoken.
func recording(length time.Duration) []byte {
	header := make([]byte, 100)
	binary.BigEndian.PutUint32(header[12:], 1000) // units a second
	binary.BigEndian.PutUint32(header[16:], uint32(length.Milliseconds()))
	box := func(name string, content []byte) []byte {
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), name...), content...)
	}
	file := box("ftyp", []byte("isom\x00\x00\x02\x00isomiso2mp41"))
	file = append(file, box("mdat", make([]byte, length.Milliseconds()*2))...) // 16 kbit/s
	return append(file, box("moov", box("mvhd", header))...)
}
