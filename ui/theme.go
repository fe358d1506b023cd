package ui

import (
	"fmt"
	"image/color"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// Themes. A terminal with exact colours gets a palette that is fitted to its own
// background; one with sixteen gets those, as its owner has chosen them; one with
// none gets attributes. What is told by a colour is always told by a word too.

// The themes that need no config.
const (
	ThemeAuto     = "auto" // dark or light, as the terminal's background is
	ThemeDark     = "dark"
	ThemeLight    = "light"
	ThemeMono     = "mono"     // no colours
	ThemeContrast = "contrast" // 7:1 at the least, on either background
)

// Themes lists them.
func Themes() []string {
	return []string{ThemeAuto, ThemeDark, ThemeLight, ThemeMono, ThemeContrast}
}

// ink is the colour of a role: an exact one, and its like among the terminal's
// own sixteen.
type ink struct{ exact, basic string }

// inks are the colours of a palette. Yellow and cyan of the sixteen cannot be
// read on white, therefore the light ones do without.
func inks(dark, contrasted bool) map[role]ink {
	switch {
	case contrasted && dark:
		return map[role]ink{
			roleTitle: {exact: "#8be9ff"}, roleActive: {exact: "#8be9ff"}, roleFaint: {exact: "#d0d4dc"}, roleUnread: {exact: "#ffe066"},
			roleOwn: {exact: "#b6ff9e"}, roleGood: {exact: "#b6ff9e"}, roleWarn: {exact: "#ffe066"}, roleUrgent: {exact: "#ffb3ab"},
			roleLink: {exact: "#b9d3ff"}, roleText: {exact: "#ffffff"}, roleNote: {exact: "#f2b8ff"},
		}
	case contrasted:
		return map[role]ink{
			roleTitle: {exact: "#003b57"}, roleActive: {exact: "#003b57"}, roleFaint: {exact: "#3a3f47"}, roleUnread: {exact: "#5b1a78"},
			roleOwn: {exact: "#17420d"}, roleGood: {exact: "#17420d"}, roleWarn: {exact: "#5a3000"}, roleUrgent: {exact: "#7a0016"},
			roleLink: {exact: "#0b3a91"}, roleText: {exact: "#000000"}, roleNote: {exact: "#63105c"},
		}
	case dark:
		return map[role]ink{
			roleTitle: {"#7fd4e6", "6"}, roleActive: {"#7fd4e6", "6"}, roleFaint: {"#9aa5b8", "7"}, roleUnread: {"#f5c86b", "3"},
			roleOwn: {"#9ccf8a", "2"}, roleGood: {"#9ccf8a", "2"}, roleWarn: {"#f5c86b", "3"}, roleUrgent: {"#ff8a80", "9"},
			roleLink: {"#8ab4f8", "12"}, roleText: {exact: "#e8eaed"}, roleNote: {"#d7a6e8", "13"},
		}
	}
	return map[role]ink{
		roleTitle: {"#005f87", "4"}, roleActive: {"#005f87", "4"}, roleFaint: {"#5f6672", "8"}, roleUnread: {"#8a3ea8", "5"},
		roleOwn: {"#2e6b1f", "2"}, roleGood: {"#2e6b1f", "2"}, roleWarn: {"#8a4b00", "5"}, roleUrgent: {"#b00020", "1"},
		roleLink: {"#1a56c4", "4"}, roleText: {exact: "#1a1c1f"}, roleNote: {"#8b2180", "5"},
	}
}

// What the background is taken for until the terminal has told, and what is mixed
// into it, how much, for the selection.
func assumed(dark bool) (background, tint color.RGBA, part float64) {
	if dark {
		return color.RGBA{0x16, 0x18, 0x1d, 255}, color.RGBA{0x4f, 0x86, 0xc0, 255}, 0.32
	}
	return color.RGBA{255, 255, 255, 255}, color.RGBA{0x4f, 0x8f, 0xd0, 255}, 0.2
}

// look is everything that the styles depend on.
type look struct {
	theme      string
	dark       bool
	background *color.RGBA // nil: the terminal has not told
	profile    colorprofile.Profile
	own        map[string]string // the config's colours, by role
}

// isDark tells which palette is meant.
func (k look) isDark() bool {
	switch k.theme {
	case ThemeDark:
		return true
	case ThemeLight:
		return false
	}
	return k.dark
}

// surface is the background that the colours are fitted to. What a terminal tells
// is not used where the config wants the other kind: then somebody knows better.
func (k look) surface() color.RGBA {
	if k.background != nil && k.dark == k.isDark() {
		return *k.background
	}
	background, _, _ := assumed(k.isDark())
	return background
}

// monochrome tells that there are no colours, by the config or because the
// terminal has none, or is asked for none by NO_COLOR.
func (k look) monochrome() bool { return k.theme == ThemeMono || k.profile <= colorprofile.ASCII }

// styles makes the style of each role.
func (k look) styles() (styles, error) {
	if err := checkRoles(k.own); err != nil {
		return nil, err
	}
	s := attributes()
	if k.monochrome() {
		s[roleLink] = underline
		return s, k.addOwn(styles{})
	}
	under := k.selection()
	for r, i := range inks(k.isDark(), k.theme == ThemeContrast) {
		s[r] += k.ink(i, under)
	}
	if under != nil {
		s[roleSelection] = backdrop(*under) + s[roleText]
	}
	delete(s, roleText)
	return s, k.addOwn(s)
}

// ink is the sequence of a palette's colour.
func (k look) ink(i ink, under *color.RGBA) sgr {
	if under == nil {
		code, _ := foreground(i.basic) // the tables are right; a test reads them all
		return code
	}
	c, _ := parseHex(i.exact)
	return exactly(legible(c, k.ratio(), k.profile, k.surface(), *under))
}

func (k look) ratio() float64 {
	if k.theme == ThemeContrast {
		return contrasted
	}
	return readable
}

// selection is the background of what is selected, nil where it is drawn in
// reverse: nobody knows what the terminal's sixteen colours look like.
func (k look) selection() *color.RGBA {
	if k.profile < colorprofile.ANSI256 {
		return nil
	}
	_, tint, part := assumed(k.isDark())
	if k.theme == ThemeContrast {
		part /= 2
	}
	c := shown(blend(k.surface(), tint, part), k.profile)
	return &c
}

// addOwn puts the config's colours over the theme's. They are taken as they are
// written.
func (k look) addOwn(s styles) error {
	attr := attributes()
	for name, colour := range k.own {
		if role(name) == roleSelection {
			code, err := selectionOf(colour)
			if err != nil {
				return fmt.Errorf("colour of %q: %w", name, err)
			}
			s[roleSelection] = code
			continue
		}
		code, err := foreground(colour)
		if err != nil {
			return fmt.Errorf("colour of %q: %w", name, err)
		}
		s[role(name)] = attr[role(name)] + code
	}
	return nil
}

func selectionOf(colour string) (sgr, error) {
	if colour == "" || colour == "none" {
		return reverse, nil
	}
	code, err := foreground(colour)
	return backgroundOf(code), err
}

// checkRoles refuses colours of what is no role.
func checkRoles(own map[string]string) error {
	known := roles()
	for name := range own {
		if !slices.Contains(known, name) {
			return fmt.Errorf("colour %q is none of %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// roles are the names that a config may give a colour.
func roles() []string {
	names := []string{string(roleSelection)}
	for r := range maps.Keys(inks(true, false)) {
		if r != roleText {
			names = append(names, string(r))
		}
	}
	slices.Sort(names)
	return names
}

// CheckColours says what is wrong with the colours of a config.
func CheckColours(own map[string]string) error {
	_, err := look{own: own, dark: true, profile: colorprofile.TrueColor}.styles()
	return err
}

// FaintColours are those of a config's colours that can hardly be read on a
// theme's background, each with its contrast, in the order of their names. The
// colours of the palette cannot be judged: they are the terminal's.
func FaintColours(theme string, own map[string]string) (faint []string) {
	for _, name := range slices.Sorted(maps.Keys(own)) {
		c, err := parseHex(own[name])
		if err != nil || role(name) == roleSelection {
			continue
		}
		for _, dark := range []bool{true, false} {
			k := look{theme: theme, dark: dark, profile: colorprofile.TrueColor}
			if k.isDark() != dark {
				continue
			}
			if ratio := contrast(c, k.surface()); ratio < k.ratio() {
				faint = append(faint, fmt.Sprintf("%s %s has a contrast of %.1f:1 on a %s background, %.1f:1 can be read", name, own[name], ratio, tone(dark), k.ratio()))
			}
		}
	}
	return faint
}

func tone(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}

// recolour follows what the terminal tells of its colours. That its scheme has
// changed says little: the background is asked for again.
func (u *UI) recolour(msg tea.Msg) tea.Cmd {
	var ask tea.Cmd
	switch msg := msg.(type) {
	case tea.BackgroundColorMsg:
		if msg.Color == nil {
			return nil
		}
		background := rgba(msg.Color)
		u.look.background, u.look.dark = &background, msg.IsDark()
	case tea.ColorProfileMsg:
		u.look.profile = msg.Profile
	case uv.DarkColorSchemeEvent, uv.LightColorSchemeEvent:
		_, u.look.dark = msg.(uv.DarkColorSchemeEvent)
		u.look.background, ask = nil, tea.RequestBackgroundColor
	}
	if style, err := u.look.styles(); err == nil && !maps.Equal(style, u.style) { // New has refused wrong colours
		u.style = style
		u.restyled()
	}
	return ask
}

// selectLine makes a line stand out.
func (u *UI) selectLine(l *lineBuilder, strong bool) {
	style := u.style[roleSelection]
	if strong {
		style += bold
	}
	if strings.HasPrefix(string(style), string(reverse)) {
		l.base = style
		return
	}
	l.under = style
}

// How many lines a conversation has in the list.
const (
	DensityCompact     = "compact"     // one
	DensityComfortable = "comfortable" // two, where there is room
)

// Densities lists them.
func Densities() []string { return []string{DensityCompact, DensityComfortable} }

// roomy is the height from which a list has room for two lines a conversation.
const roomy = 12

// rowHeight is how many lines a conversation takes in a list of the height.
func (u *UI) rowHeight(lines int) int {
	if u.opts.Density == DensityCompact || lines < roomy {
		return 1
	}
	return 2
}
