package picture

import (
	"image"
	"image/color/palette"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/sixel"
	"golang.org/x/image/draw"
)

// Sixel paints a picture over so many cells, from the cursor on. The size of the
// cells has to be known. It is one row of pixels short of the last cell's end at
// the most, so that no terminal scrolls for it.
func Sixel(p *Picture, columns, rows int, cell Cell, dark bool) string {
	size := within(p.Size(), image.Pt(columns*cell.Width, rows*cell.Height))
	img := flat(scale(p.img, size), dark)
	few := image.NewPaletted(img.Rect, palette.Plan9)
	draw.FloydSteinberg.Draw(few, few.Rect, img, image.Point{})
	var b strings.Builder
	if err := new(sixel.Encoder).Encode(&b, few); err != nil {
		panic(err) // memory takes everything
	}
	return ansi.SixelGraphics(0, 1, 0, []byte(b.String()))
}
