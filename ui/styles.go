package ui

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// sgr is a prepared escape sequence that switches a style on. Styles are put
// together once, when the theme is chosen: rendering a style anew for every
// segment costs more than everything else that a key causes.
type sgr string

const (
	plain     sgr = ""
	bold      sgr = "\x1b[1m"
	dim       sgr = "\x1b[2m"
	italic    sgr = "\x1b[3m"
	underline sgr = "\x1b[4m"
	reverse   sgr = "\x1b[7m"
	sgrReset      = "\x1b[m"
)

// role is what a colour says on the screen. The names are those of the config.
type role string

// The roles.
const (
	roleTitle     role = "title"     // the product's name, headings
	roleActive    role = "active"    // what has the focus
	roleFaint     role = "faint"     // what is seldom read: times, sources, rules
	roleUnread    role = "unread"    // what nobody has read yet
	roleOwn       role = "own"       // what we wrote
	roleGood      role = "good"      // it went well, there is time
	roleWarn      role = "warn"      // look at it soon
	roleUrgent    role = "urgent"    // look at it now: closing, failed, dead
	roleLink      role = "link"      // addresses, attachments
	roleNote      role = "note"      // private notes: what no customer sees
	roleSelection role = "selection" // the background of the selected row
	roleText      role = "text"      // what has no other role, on the selection
)

// styles is the style of each role.
type styles map[role]sgr

// attributes work without any colour too: NO_COLOR and monochrome terminals
// still show what is urgent.
func attributes() styles {
	return styles{
		roleTitle: bold, roleActive: bold, roleUnread: bold, roleUrgent: bold, roleSelection: reverse,
	}
}

// foreground is the sequence of a colour: "" or "none" for the terminal's own,
// 0 to 255 for the palette, #rrggbb for an exact one. Bubble Tea brings it down
// to what the terminal can do.
func foreground(colour string) (sgr, error) {
	if colour == "" || colour == "none" {
		return plain, nil
	}
	if strings.HasPrefix(colour, "#") {
		c, err := parseHex(colour)
		return exactly(c), err
	}
	n, err := strconv.Atoi(colour)
	switch {
	case err != nil || n < 0 || n > 255:
		return plain, fmt.Errorf("%q is no number from 0 to 255, no #rrggbb and not none", colour)
	case n < 8:
		return sgr(fmt.Sprintf("\x1b[%dm", 30+n)), nil
	case n < 16:
		return sgr(fmt.Sprintf("\x1b[%dm", 90+n-8)), nil
	}
	return sgr(fmt.Sprintf("\x1b[38;5;%dm", n)), nil
}

func exactly(c color.RGBA) sgr { return sgr(fmt.Sprintf("\x1b[38;2;%d;%d;%dm", c.R, c.G, c.B)) }

func backdrop(c color.RGBA) sgr { return sgr(fmt.Sprintf("\x1b[48;2;%d;%d;%dm", c.R, c.G, c.B)) }

// backgroundOf is the sequence of a foreground for the background: SGR counts
// them ten apart.
func backgroundOf(code sgr) sgr {
	digits, rest := strings.TrimPrefix(string(code), "\x1b["), ""
	if end := strings.IndexAny(digits, ";m"); end >= 0 {
		digits, rest = digits[:end], digits[end:]
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return plain
	}
	return sgr(fmt.Sprintf("\x1b[%d%s", n+10, rest))
}
