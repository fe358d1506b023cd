package picture

import (
	"fmt"
	"image"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
)

// KittyID is the number under which the terminal keeps a picture. Its low byte is
// written as a colour of the palette and its high byte as a mark on a character:
// both survive whatever brings colours down to 256, and the tmux between.
type KittyID struct{ Colour, Mark uint8 }

// number of the picture, as the protocol has it.
func (id KittyID) number() int { return int(id.Mark)<<24 | int(id.Colour) }

// Number turns a count into an ID, so that a few thousand in a row are different
// ones, and none is zero or a colour that a terminal may take for one of its own
// sixteen.
func Number(n uint32) KittyID {
	const colours = 256 - 16
	return KittyID{Colour: uint8(16 + n%colours), Mark: uint8(1 + n/colours%127)}
}

// KittySend gives the terminal a picture, to be drawn in so many cells where its
// placeholders stand. Inside tmux each piece is wrapped, because tmux hands on
// only what it is told to (its option allow-passthrough).
//
// See https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders.
func KittySend(id KittyID, p *Picture, columns, rows int, cell Cell, inTmux bool) string {
	if !cell.Known() {
		cell = Cell{2 * UsualCell.Width, 2 * UsualCell.Height} // the display may be a fine one
	}
	size := within(p.Size(), image.Pt(columns*cell.Width, rows*cell.Height))
	var b strings.Builder
	err := kitty.EncodeGraphics(&b, scale(p.img, size), &kitty.Options{
		Action: kitty.TransmitAndPut, Quiet: 2, ID: id.number(), Transmission: kitty.Direct, Format: kitty.PNG,
		Columns: columns, Rows: rows, VirtualPlacement: true,
		Chunk: true, ChunkFormatter: func(chunk string) string { return wrapped(chunk, inTmux) },
	})
	if err != nil {
		panic(err) // memory takes everything, and no side is zero
	}
	return b.String()
}

// KittyLines are the lines that show the picture.
func KittyLines(id KittyID, columns, rows int) []string {
	columns, rows = min(columns, MostKittyCells), min(rows, MostKittyCells)
	lines := make([]string, rows)
	for y := range rows {
		var b strings.Builder
		fmt.Fprintf(&b, "\x1b[38;5;%dm", id.Colour)
		for x := range columns {
			b.WriteRune(kitty.Placeholder)
			b.WriteRune(kitty.Diacritic(y))
			b.WriteRune(kitty.Diacritic(x))
			b.WriteRune(kitty.Diacritic(int(id.Mark)))
		}
		b.WriteString("\x1b[m")
		lines[y] = b.String()
	}
	return lines
}

// MostKittyCells is how many rows or columns can be numbered by a mark.
const MostKittyCells = 297

// KittyDrop lets the terminal forget a picture.
func KittyDrop(id KittyID, inTmux bool) string {
	o := kitty.Options{Action: kitty.Delete, Delete: kitty.DeleteID, DeleteResources: true, Quiet: 2, ID: id.number()}
	return wrapped(ansi.KittyGraphics(nil, o.Options()...), inTmux)
}

func wrapped(sequence string, inTmux bool) string {
	if inTmux {
		return ansi.TmuxPassthrough(sequence)
	}
	return sequence
}
