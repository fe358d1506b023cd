package picture

import "image"

// Cell is the size of a terminal's cell in pixels.
type Cell struct{ Width, Height int }

// UsualCell is what is taken for a cell that the terminal does not tell: they are
// about twice as high as wide.
var UsualCell = Cell{8, 16}

// Known tells that the terminal has told its cells.
func (c Cell) Known() bool { return c.Width > 0 && c.Height > 0 }

// Fit is how many columns and rows a picture of that size takes in a box of so
// many cells: as large as fits, but no larger than its own pixels.
func (c Cell) Fit(size image.Point, columns, rows int) (int, int) {
	if !c.Known() {
		c = UsualCell
	}
	shown := within(size, image.Pt(columns*c.Width, rows*c.Height))
	up := func(pixels, cell int) int { return max((pixels+cell-1)/cell, 1) }
	return min(up(shown.X, c.Width), max(columns, 1)), min(up(shown.Y, c.Height), max(rows, 1))
}
