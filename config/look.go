package config

// How the screen looks and makes itself heard: themes, density, notifications.

import (
	"maps"
	"slices"

	"parley/ui"
)

// takeLook reads the part of [ui] that is about colours and lines, and the themes
// that the config makes itself.
func (c *Config) takeLook(root, screen *table) {
	s := &c.Screen
	s.Theme, s.Density = ui.ThemeAuto, ui.DensityComfortable
	own := takeThemes(root)
	if screen == nil {
		return
	}
	known := slices.Clone(ui.Themes())
	for name := range own {
		known = append(known, name)
	}
	slices.Sort(known[len(ui.Themes()):])
	if name, ok := parsed(screen, "theme", alternatives(known), oneOf(known...)); ok {
		s.Theme = name
	}
	if theme, ok := own[s.Theme]; ok {
		s.Theme, s.Colours = theme.base, theme.colours
	}
	s.Colours = over(s.Colours, takeColours(screen))
	for _, faint := range ui.FaintColours(s.Theme, s.Colours) {
		c.Warnings = append(c.Warnings, "the colour of "+faint)
	}
	if density, ok := parsed(screen, "density", alternatives(ui.Densities()), oneOf(ui.Densities()...)); ok {
		s.Density = density
	}
}

// theme is a [theme.NAME].
type theme struct {
	base    string
	colours map[string]string
}

func takeThemes(root *table) map[string]theme {
	t := root.sub("theme")
	if t == nil {
		return nil
	}
	themes := map[string]theme{}
	for _, name := range t.keys() {
		if slices.Contains(ui.Themes(), name) {
			t.problem(t.where(name), name, "is the name of a theme that parley has; choose another one")
		}
		if own := t.sub(name); own != nil {
			themes[name] = takeTheme(own)
		}
	}
	t.finish()
	return themes
}

func takeTheme(t *table) theme {
	own := theme{base: ui.ThemeAuto}
	if base, ok := parsed(t, "base", alternatives(ui.Themes()), oneOf(ui.Themes()...)); ok {
		own.base = base
	}
	own.colours = t.colours("base")
	return own
}

func takeColours(screen *table) map[string]string {
	t := screen.sub("colours")
	if t == nil {
		return nil
	}
	return t.colours()
}

// colours takes all keys of a table, but some, as colours of roles.
func (t *table) colours(but ...string) map[string]string {
	colours := map[string]string{}
	for _, role := range t.keys() {
		if !slices.Contains(but, role) {
			colours[role] = t.str(role, `a colour in quotes: "0" to "255", "#rrggbb" or "none"`)
		}
	}
	t.problems(ui.CheckColours(colours))
	return colours
}

// over puts values over others.
func over(under, values map[string]string) map[string]string {
	if len(under) == 0 {
		return values
	}
	maps.Copy(under, values)
	return under
}

// takeNotify reads the part of [ui] that is about notifications.
func takeNotify(t *table) ui.Notify {
	n := ui.Notify{Way: ui.NotifyAuto}
	if way, ok := parsed(t, "notify", alternatives(ui.NotifyWays()), oneOf(ui.NotifyWays()...)); ok {
		n.Way = way
	}
	n.Text = t.flag("notify_text", false)
	n.Only, _ = parsed(t, "notify_only", `a search such as "is:unanswered -platform:x", without phrases and has:`, func(text string) (string, error) {
		return text, ui.CheckNotify(text)
	})
	n.Quiet, _ = parsed(t, "quiet", `hours such as "22:00-07:00"`, ui.ParseQuiet)
	return n
}
