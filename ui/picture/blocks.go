package picture

import (
	"image"
	"image/color"
	"strconv"
	"strings"

	"golang.org/x/image/draw"
)

// Depth is how many colours the terminal has.
type Depth int

// The depths. Mono is two: those of the text and of what is behind it.
const (
	Mono Depth = iota
	Sixteen
	Palette // 256
	TrueColour
)

// Blocks draws a picture in half blocks, two pixels to a cell, one line for each
// row. With few colours the rest is mixed of them, dot by dot. What is
// transparent is black or white, whichever is the background.
func Blocks(p *Picture, columns, rows int, depth Depth, dark bool) []string {
	img := flat(scale(p.img, image.Pt(max(columns, 1), max(rows, 1)*2)), dark)
	switch depth {
	case TrueColour:
		return drawBlocks(img.Rect.Size(), func(x, y int) string {
			at := img.PixOffset(x, y)
			return "2;" + strconv.Itoa(int(img.Pix[at])) + ";" + strconv.Itoa(int(img.Pix[at+1])) + ";" + strconv.Itoa(int(img.Pix[at+2]))
		})
	case Mono:
		return drawDots(dither(img, color.Palette{color.Black, color.White}), dark)
	}
	first, palette := 0, xterm()[:16]
	if depth == Palette {
		first, palette = 16, xterm()[16:] // the first sixteen look different everywhere
	}
	dots := dither(img, palette)
	return drawBlocks(img.Rect.Size(), func(x, y int) string {
		return "5;" + strconv.Itoa(first+int(dots.ColorIndexAt(x, y)))
	})
}

// flat lays a picture over the background.
func flat(img *image.RGBA, dark bool) *image.RGBA {
	ground := image.White
	if dark {
		ground = image.Black
	}
	out := image.NewRGBA(img.Rect)
	draw.Draw(out, out.Rect, ground, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, image.Point{}, draw.Over)
	return out
}

// dither brings a picture down to a few colours, and spreads what is wrong of
// each dot over its neighbours.
func dither(img *image.RGBA, palette color.Palette) *image.Paletted {
	out := image.NewPaletted(img.Rect, palette)
	draw.FloydSteinberg.Draw(out, out.Rect, img, image.Point{})
	return out
}

// drawBlocks writes the lines. The upper pixel is the colour of the block, the
// lower one that behind it; a colour is written where it changes.
func drawBlocks(size image.Point, colour func(x, y int) string) []string {
	lines := make([]string, 0, size.Y/2)
	for y := 0; y+1 < size.Y; y += 2 {
		var b strings.Builder
		var upper, lower string
		for x := range size.X {
			if c := colour(x, y); c != upper {
				b.WriteString("\x1b[38;" + c + "m")
				upper = c
			}
			if c := colour(x, y+1); c != lower {
				b.WriteString("\x1b[48;" + c + "m")
				lower = c
			}
			b.WriteString("▀")
		}
		b.WriteString("\x1b[m")
		lines = append(lines, b.String())
	}
	return lines
}

// drawDots writes the lines without any colour.
func drawDots(dots *image.Paletted, dark bool) []string {
	size := dots.Rect.Size()
	lines := make([]string, 0, size.Y/2)
	for y := 0; y+1 < size.Y; y += 2 {
		var b strings.Builder
		for x := range size.X {
			// On a dark background the text is what is light.
			upper, lower := (dots.ColorIndexAt(x, y) == 1) == dark, (dots.ColorIndexAt(x, y+1) == 1) == dark
			switch {
			case upper && lower:
				b.WriteString("█")
			case upper:
				b.WriteString("▀")
			case lower:
				b.WriteString("▄")
			default:
				b.WriteString(" ")
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// xterm are the colours of xterm's palette (its 256colres.pl). The first sixteen
// are those of its defaults.
func xterm() color.Palette {
	palette := make(color.Palette, 0, 256)
	add := func(r, g, b uint8) { palette = append(palette, color.RGBA{r, g, b, 0xff}) }
	for _, c := range [16][3]uint8{
		{0, 0, 0}, {205, 0, 0}, {0, 205, 0}, {205, 205, 0}, {0, 0, 238}, {205, 0, 205}, {0, 205, 205}, {229, 229, 229},
		{127, 127, 127}, {255, 0, 0}, {0, 255, 0}, {255, 255, 0}, {92, 92, 255}, {255, 0, 255}, {0, 255, 255}, {255, 255, 255},
	} {
		add(c[0], c[1], c[2])
	}
	steps := [6]uint8{0, 95, 135, 175, 215, 255}
	for _, r := range steps {
		for _, g := range steps {
			for _, b := range steps {
				add(r, g, b)
			}
		}
	}
	for i := range uint8(24) {
		add(8+10*i, 8+10*i, 8+10*i)
	}
	return palette
}
