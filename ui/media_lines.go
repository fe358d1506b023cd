package ui

import "strings"

// Pictures among the lines of a message, and how what is read stays where it is
// while they come, grow and go.

// laid is a picture that waits for its place in a block.
type laid struct {
	index   int // of the attachment
	drawing *drawing
}

// gap is the room between pictures that stand side by side.
const gap = 2

// hold keeps a picture until the lines of those beside it have been added. A
// drawing for another screen is shown until there is a better one, if it fits.
func (d *blockDrawer) hold(index int, th *thumb) {
	if th.drawing != nil && d.u.shows(th) && th.drawing.columns <= d.width {
		d.waiting = append(d.waiting, laid{index, th.drawing})
	}
}

// lay adds the pictures that are held, side by side where there is room.
func (d *blockDrawer) lay() {
	for len(d.waiting) > 0 {
		n, width := 1, d.waiting[0].drawing.columns
		for n < len(d.waiting) && width+gap+d.waiting[n].drawing.columns <= d.width {
			width += gap + d.waiting[n].drawing.columns
			n++
		}
		d.shelve(d.waiting[:n])
		d.waiting = d.waiting[n:]
	}
}

// shelve adds pictures that stand side by side.
func (d *blockDrawer) shelve(side []laid) {
	rows := 0
	for _, p := range side {
		rows = max(rows, p.drawing.rows)
	}
	d.block.pictures = append(d.block.pictures, stretch{d.block.plainLines(), rows, side[0].index, side[len(side)-1].index})
	for row := range rows {
		var b strings.Builder
		for i, p := range side {
			if i > 0 {
				b.WriteString(strings.Repeat(" ", gap))
			}
			if row < p.drawing.rows {
				b.WriteString(p.drawing.lines[row])
			} else {
				b.WriteString(strings.Repeat(" ", p.drawing.columns))
			}
		}
		d.block.lines = append(d.block.lines, b.String())
	}
}

// stretch is where pictures stand side by side in a block: below how many lines
// that belong to no picture, not counting the heads, and which attachments they are.
type stretch struct{ below, rows, first, last int }

// plainLines counts the lines of what is said that belong to no picture.
func (b *block) plainLines() int {
	n := len(b.lines) - b.heads
	for _, p := range b.pictures {
		n -= p.rows
	}
	return n
}

// footing is a line of a block by what stands in it: the plain line below so many
// others, or a row of a picture, which is below so many.
type footing struct {
	plain   int
	picture int // attachment, -1 for none
	row     int
}

// placeOf finds out what stands in a line, counted from the first after the heads.
func (b *block) placeOf(line int) footing {
	above := 0 // rows of pictures
	for _, p := range b.pictures {
		first := p.below + above
		switch {
		case line < first:
			return footing{line - above, -1, 0}
		case line < first+p.rows:
			return footing{p.below, p.first, line - first}
		}
		above += p.rows
	}
	return footing{line - above, -1, 0}
}

// lineOf finds the line again. Of a picture that is gone, it is the one above it,
// which tells of it.
func (b *block) lineOf(at footing) int {
	plain := at.plain
	if at.picture >= 0 {
		plain = max(plain-1, 0)
	}
	above := 0
	for _, p := range b.pictures {
		switch {
		case at.picture >= p.first && at.picture <= p.last:
			return p.below + above + min(at.row, p.rows-1)
		case plain >= p.below:
			above += p.rows
		}
	}
	return plain + above
}

// keepPlace changes something of the pictures. The end stays at the bottom of the
// screen; else the selected message stays where it is, or what is at the top.
func (u *UI) keepPlace(change func()) {
	t := &u.thread
	u.touch(partThread)
	top := t.index(t.topKey)
	if t.follow || top < 0 {
		change()
		return
	}
	if selected := t.index(t.cursor); selected >= 0 {
		if row, ok := t.rowOf(selected, u.block); ok {
			change()
			t.hold(t.shift(spot{selected, u.block(selected).heads}, -row, u.block), u.block)
			return
		}
	}
	if b := u.block(top); t.topLine < 0 { // its heads
		change()
	} else {
		at := b.placeOf(min(t.topLine, len(b.lines)-b.heads-1))
		change()
		t.topLine = u.block(top).lineOf(at)
	}
	t.hold(t.top(u.block), u.block) // nothing is below the end
}

// rowOf is the row of the screen in which an entry says something first.
func (t *thread) rowOf(entry int, blocks blockOf) (row int, ok bool) {
	top := t.top(blocks)
	first := spot{entry, blocks(entry).heads}
	if !first.below(top) {
		return 0, false
	}
	row = first.line - top.line
	for i := top.entry; i < entry && row < t.height; i++ {
		row += len(blocks(i).lines)
	}
	return row, row < t.height
}
