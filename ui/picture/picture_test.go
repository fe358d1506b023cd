package picture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"parley/ui/picture"
)

var box = image.Pt(400, 300)

func asPNG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(tb testing.TB, frames ...color.Color) []byte {
	tb.Helper()
	g := &gif.GIF{}
	for _, c := range frames {
		frame := image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{c})
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// dotWebP is one pixel; there is no encoder to make more of them.
func dotWebP(tb testing.TB) []byte {
	tb.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// chunk is a part of a PNG, with its checksum.
func chunk(name, content string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	b = append(append(b, name...), content...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// claimed is a PNG that says how large it is and holds nothing.
func claimed(width, height uint32) []byte {
	header := binary.BigEndian.AppendUint32(nil, width)
	header = binary.BigEndian.AppendUint32(header, height)
	return []byte("\x89PNG\r\n\x1a\n" + chunk("IHDR", string(header)+"\x08\x06\x00\x00\x00"))
}

// claimedJPEG is the same as a JPEG of that kind of frame.
func claimedJPEG(frame byte, width, height uint16) []byte {
	b := []byte{0xff, 0xd8, 0xff, frame, 0, 17, 8}
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	b = append(b, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1)
	return append(b, 0xff, 0xda, 0, 12) // the picture would begin here
}

func TestPicturesAreDecodedAndMadeToFit(t *testing.T) {
	t.Parallel()
	soft := photo(800, 400)
	for _, c := range []struct {
		format         string
		data           []byte
		original, size image.Point
	}{
		{"png", asPNG(t, soft), image.Pt(800, 400), image.Pt(400, 200)},
		{"jpeg", asJPEG(t, soft), image.Pt(800, 400), image.Pt(400, 200)},
		{"gif", asGIF(t, color.White, color.Black), image.Pt(20, 10), image.Pt(20, 10)},
		{"webp", dotWebP(t), image.Pt(1, 1), image.Pt(1, 1)},
		{"png", asPNG(t, photo(10, 900)), image.Pt(10, 900), image.Pt(3, 300)},
		{"png", asPNG(t, photo(5000, 2)), image.Pt(5000, 2), image.Pt(400, 1)},
	} {
		p, err := picture.Decode(c.data, box)
		if err != nil {
			t.Errorf("%s: %v", c.format, err)
			continue
		}
		if p.Format != c.format || p.Original != c.original || p.Size() != c.size || p.Bytes() != 4*c.size.X*c.size.Y {
			t.Errorf("%s of %v: %s of %v, held as %v in %d bytes", c.format, c.original, p.Format, p.Original, p.Size(), p.Bytes())
		}
		if !picture.Shows("image/" + c.format) {
			t.Errorf("%s is not said to be shown", c.format)
		}
	}
	for _, other := range []string{"image/heic", "image/svg+xml", "text/html", "video/mp4", "png", ""} {
		if picture.Shows(other) {
			t.Errorf("%q is said to be shown", other)
		}
	}
}

func TestTheFirstFrameIsShown(t *testing.T) {
	t.Parallel()
	p, err := picture.Decode(asGIF(t, color.White, color.Black), box)
	if err != nil {
		t.Fatal(err)
	}
	if line := picture.Blocks(p, 1, 1, picture.TrueColour, true)[0]; !strings.Contains(line, "38;2;255;255;255") {
		t.Errorf("the first frame is white: %q", line)
	}
}

func TestWhatIsTooLargeIsRefusedBeforeThereIsRoomForIt(t *testing.T) {
	// Not beside other tests: it looks at what the whole program allocates.
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"a long side", claimed(16_385, 10), "16385 x 10 pixels: 16384 a side"},
		{"a high side", claimed(10, 1<<31-1), "10 x 2147483647 pixels"},
		{"all pixels", claimed(8000, 5001), "8000 x 5001 pixels: 40 million"},
		{"a JPEG", claimedJPEG(0xc0, 16_000, 16_000), "16000 x 16000 pixels: 40 million"},
		{"a JPEG in layers", claimedJPEG(0xc2, 4000, 3001), "4000 x 3001 pixels: 12 million"},
		{"a JPEG that is not too large", claimedJPEG(0xc0, 4000, 3001), "damaged"},
		{"nothing", nil, "not a picture"},
		{"text", []byte("<svg>"), "not a picture"},
		{"the beginning of one", asPNG(t, photo(40, 40))[:60], "damaged"},
		{"no size", claimed(0, 4), "damaged"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := picture.Decode(c.data, box)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", c.name, err, c.want)
		}
		if took := after.TotalAlloc - before.TotalAlloc; c.want != "damaged" && took > 1<<20 {
			t.Errorf("%s: %d bytes were taken for a refusal", c.name, took)
		}
	}
}

// turned is a JPEG, left half white and right half black, with that orientation.
func turned(tb testing.TB, order string, orientation byte) []byte {
	tb.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for i := range img.Pix {
		if img.Pix[i] = 0xff; i%4 != 3 && i/4%64 >= 32 {
			img.Pix[i] = 0
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		tb.Fatal(err)
	}
	tiff := "II*\x00\x08\x00\x00\x00" + "\x02\x00" + "\x0f\x01\x02\x00\x01\x00\x00\x00a\x00\x00\x00" +
		"\x12\x01\x03\x00\x01\x00\x00\x00" + string(orientation) + "\x00\x00\x00" + "\x00\x00\x00\x00"
	if order == "MM" {
		tiff = "MM\x00*\x00\x00\x00\x08" + "\x00\x01" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00" + "\x00\x00\x00\x00"
	}
	exif := "Exif\x00\x00" + tiff
	app1 := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append([]byte{0xff, 0xd8}, app1...), b.Bytes()[2:]...)
}

func TestPhotosAreTurnedUpright(t *testing.T) {
	t.Parallel()
	// Where the white half is to be seen then.
	for orientation, want := range map[byte]string{
		0: "left", 1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom", 9: "left",
	} {
		for _, order := range []string{"II", "MM"} {
			p, err := picture.Decode(turned(t, order, orientation), box)
			if err != nil {
				t.Fatal(err)
			}
			lying := p.Size() == image.Pt(64, 32) && p.Original == image.Pt(64, 32)
			if lying != (want == "left" || want == "right") {
				t.Errorf("%s %d: it is %v", order, orientation, p.Size())
			}
			lines := picture.Blocks(p, 2, 1, picture.Mono, true)
			if got := map[string]string{"█ ": "left", " █": "right", "▀▀": "top", "▄▄": "bottom"}[lines[0]]; got != want {
				t.Errorf("%s %d: white is at the %s (%q), expected %s", order, orientation, got, lines[0], want)
			}
		}
	}
}

func TestATurnedPhotoFitsIntoTheBox(t *testing.T) {
	t.Parallel()
	p, err := picture.Decode(turned(t, "II", 6), image.Pt(10, 100))
	if err != nil || p.Size() != image.Pt(10, 20) || p.Original != image.Pt(32, 64) {
		t.Errorf("%v of %v, %v", p.Size(), p.Original, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(asPNG(f, photo(9, 7)))
	f.Add(asJPEG(f, photo(9, 7)))
	f.Add(asGIF(f, color.White))
	f.Add(dotWebP(f))
	f.Add(turned(f, "II", 6))
	f.Add(turned(f, "MM", 8))
	f.Add(claimed(30_000, 30_000))
	f.Add(claimedJPEG(0xc2, 4000, 4000))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := picture.Decode(data, image.Pt(50, 40))
		if err != nil {
			return
		}
		if s := p.Size(); s.X < 1 || s.Y < 1 || s.X > 50 || s.Y > 40 {
			t.Errorf("held as %v", s)
		}
		if o := p.Original; o.X > picture.MostSide || o.Y > picture.MostSide || o.X*o.Y > picture.MostPixels {
			t.Errorf("decoded %v", o)
		}
		if lines := picture.Blocks(p, 4, 3, picture.TrueColour, false); len(lines) != 3 {
			t.Errorf("%d lines", len(lines))
		}
	})
}
