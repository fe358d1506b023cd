package config

// The [ui] table: how the screen looks. The keys are in views.go, beside the views
// that have some.

import (
	"errors"
	"strings"
	"time"

	"parley/inbox"
	"parley/ui"
)

// Screen is [ui] and [keys].
type Screen struct {
	Title       string
	Plain       bool              // lines instead of a screen
	Theme       string            // one of ui.Themes
	Colours     map[string]string // over the theme, by role
	Density     string            // one of ui.Densities
	Notify      ui.Notify
	Mouse       bool
	Pictures    Pictures
	TimeZone    *time.Location
	Hours       int // 24 or 12
	ClosingSoon time.Duration
	Editor      []string      // a command; none: of the environment
	Agent       string        // the agent's name, for canned replies
	After       string        // one of ui.Afters
	Hold        time.Duration // how long a message can be taken back before it leaves
	FPS         int
	Keys        map[string][]string // action: keys
	Views       []ui.SavedView      // none: the usual ones
}

// UsualClosingSoon is what closes soon unless the config says otherwise.
const UsualClosingSoon = 12 * time.Hour

// UsualHold is how long a message can be taken back unless the config says
// otherwise: long enough to see the mistake, and shorter than a customer's
// patience.
const UsualHold = 5 * time.Second

func (c *Config) takeScreen(root *table) {
	t := root.sub("ui")
	c.Screen = takeScreen(t)
	c.takeLook(root, t)
	c.Screen.Pictures = takePictures(t)
	c.takeKeys(root, c.takeViews(root))
	if t != nil {
		t.finish()
	}
}

// takeScreen takes what [ui] says of times and of the screen as a whole.
func takeScreen(t *table) Screen {
	c := Screen{TimeZone: time.Local, Hours: 24, ClosingSoon: UsualClosingSoon, After: ui.AfterNext, Hold: UsualHold, FPS: 60}
	if t == nil {
		return c
	}
	c.Title = t.str("title", "a text in quotes")
	c.Plain = t.flag("plain", false)
	if zone, ok := parsed(t, "time_zone", `a zone such as "Europe/Berlin", "UTC" or "local"`, parseZone); ok {
		c.TimeZone = zone
	}
	if c.Hours = t.count("hours", 24, 1, 24); c.Hours != 12 && c.Hours != 24 {
		t.problem(t.where("hours"), "hours", "expected 12 or 24, found %d", c.Hours)
	}
	if soon, ok := parsed(t, "closing_soon", `a duration such as "12h"`, inbox.ParseDuration); ok {
		c.ClosingSoon = soon
	}
	c.Editor, _ = parsed(t, "editor", `a command in quotes, such as "vim"`, splitCommand)
	c.Agent = t.str("agent", "your name in quotes, for canned replies")
	if after, ok := parsed(t, "after", alternatives(ui.Afters()), oneOf(ui.Afters()...)); ok {
		c.After = after
	}
	if hold, ok := parsed(t, "hold", `a duration up to "60s", or "0s" for none`, parseHold); ok {
		c.Hold = hold
	}
	c.FPS = t.count("fps", 60, 1, 120)
	c.Notify = takeNotify(t)
	c.Mouse = t.flag("mouse", false)
	return c
}

func parseHold(text string) (time.Duration, error) {
	if text == "0" || text == "0s" {
		return 0, nil
	}
	d, err := inbox.ParseDuration(text)
	if err == nil && d > inbox.MaxHold {
		err = errors.New("too long")
	}
	return d, err
}

func parseZone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return time.Local, nil
	}
	return time.LoadLocation(name)
}
