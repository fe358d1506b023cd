package ui

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// sgr is a prepared escape sequence that switches a style on. Styles are put
// together once, when the theme is chosen: rendering a style anew for every
// segment costs more than everything else that a key causes.
type sgr string

const (
	plain    sgr = ""
	bold     sgr = "\x1b[1m"
	dim      sgr = "\x1b[2m"
	italic   sgr = "\x1b[3m"
	reverse  sgr = "\x1b[7m"
	sgrReset     = "\x1b[m"
)

// role is what a colour says on the screen. The names are those of the config.
type role string

// The roles.
const (
	roleTitle  role = "title"  // the product's name, headings
	roleActive role = "active" // what has the focus
	roleFaint  role = "faint"  // what is seldom read: times, sources, rules
	roleUnread role = "unread" // what nobody has read yet
	roleOwn    role = "own"    // what we wrote
	roleGood   role = "good"   // it went well, there is time
	roleWarn   role = "warn"   // look at it soon
	roleUrgent role = "urgent" // look at it now: closing, failed, dead
	roleLink   role = "link"   // addresses, attachments
)

// styles is the style of each role.
type styles map[role]sgr

// theme picks the default colours. They are the terminal's own sixteen, so
// that they follow the colours that the agent has chosen there; yellow and
// cyan are unreadable on white, therefore the light set does without.
func theme(dark bool) map[role]string {
	colours := map[role]string{
		roleTitle: "6", roleActive: "6", roleFaint: "8", roleUnread: "3", roleOwn: "2",
		roleGood: "2", roleWarn: "3", roleUrgent: "9", roleLink: "4",
	}
	if dark {
		colours[roleLink] = "12"
		return colours
	}
	colours[roleTitle], colours[roleActive] = "4", "4"
	colours[roleUnread], colours[roleWarn] = "5", "5"
	colours[roleUrgent] = "1"
	return colours
}

// attributes work without any colour too: NO_COLOR and monochrome terminals
// still show what is urgent.
func attributes() map[role]sgr {
	return map[role]sgr{roleTitle: bold, roleActive: bold, roleUnread: bold, roleUrgent: bold}
}

// newStyles makes the styles of a theme with the config's colours over it.
func newStyles(dark bool, overrides map[string]string) (styles, error) {
	colours := theme(dark)
	for name, colour := range overrides {
		if _, known := colours[role(name)]; !known {
			return nil, fmt.Errorf("colour %q is none of %s", name, strings.Join(roleNames(colours), ", "))
		}
		colours[role(name)] = colour
	}
	attr := attributes()
	s := make(styles, len(colours))
	for r, colour := range colours {
		code, err := foreground(colour)
		if err != nil {
			return nil, fmt.Errorf("colour of %q: %w", r, err)
		}
		s[r] = attr[r] + code
	}
	return s, nil
}

func roleNames(colours map[role]string) []string {
	names := make([]string, 0, len(colours))
	for r := range maps.Keys(colours) {
		names = append(names, string(r))
	}
	slices.Sort(names)
	return names
}

// CheckColours says what is wrong with the colours of a config.
func CheckColours(overrides map[string]string) error {
	_, err := newStyles(true, overrides)
	return err
}

// foreground is the sequence of a colour: "" or "none" for the terminal's own,
// 0 to 255 for the palette, #rrggbb for an exact one. Bubble Tea brings it down
// to what the terminal can do.
func foreground(colour string) (sgr, error) {
	if colour == "" || colour == "none" {
		return plain, nil
	}
	if hex, ok := strings.CutPrefix(colour, "#"); ok {
		rgb, err := strconv.ParseUint(hex, 16, 32)
		if err != nil || len(hex) != 6 {
			return plain, fmt.Errorf("%q is not of the form #rrggbb", colour)
		}
		return sgr(fmt.Sprintf("\x1b[38;2;%d;%d;%dm", rgb>>16, rgb>>8&0xff, rgb&0xff)), nil
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
