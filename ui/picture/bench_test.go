package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"parley/ui/picture"
)

// photo is a picture with soft colours and some grain, as a camera makes it.
func photo(width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	grain := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			n := uint8(grain.IntN(16))
			img.SetRGBA(x, y, color.RGBA{uint8(x*200/width) + n, uint8(y*200/height) + n, 90 + n, 255})
		}
	}
	return img
}

func asJPEG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func decoded(tb testing.TB, width, height int) *picture.Picture {
	tb.Helper()
	p, err := picture.Decode(asJPEG(tb, photo(width, height)), image.Pt(1600, 1200))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func BenchmarkDecodeTwelveMegapixels(b *testing.B) {
	data := asJPEG(b, photo(4000, 3000))
	for b.Loop() {
		if _, err := picture.Decode(data, image.Pt(1600, 1200)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlocks(b *testing.B) {
	p := decoded(b, 1600, 1200)
	for _, depth := range []picture.Depth{picture.TrueColour, picture.Palette, picture.Mono} {
		b.Run([]string{"mono", "16", "256", "true"}[depth], func(b *testing.B) {
			for b.Loop() {
				picture.Blocks(p, 120, 40, depth, true)
			}
		})
	}
}

func BenchmarkKittySend(b *testing.B) {
	p := decoded(b, 1600, 1200)
	for b.Loop() {
		b.SetBytes(int64(len(picture.KittySend(picture.Number(1), p, 80, 30, picture.Cell{}, false))))
	}
}

func BenchmarkSixel(b *testing.B) {
	p := decoded(b, 1600, 1200)
	for b.Loop() {
		b.SetBytes(int64(len(picture.Sixel(p, 80, 30, picture.UsualCell, true))))
	}
}
