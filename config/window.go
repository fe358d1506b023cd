package config

// The [window] tables: where a reply window differs from what the provider's
// documents say.

import (
	"time"

	"parley/inbox"
	"parley/platforms"
)

// WindowKey is what a [window.<provider>.<platform>] is about.
type WindowKey struct {
	Provider string
	Platform inbox.Platform
}

// Window overrides what a provider says of a reply window. Durations of 0 are
// not given.
type Window struct {
	None bool
	Open time.Duration
	Late time.Duration
}

func (c *Config) takeWindows(root *table) {
	c.Windows = map[WindowKey]Window{}
	providers := root.sub("window")
	if providers == nil {
		return
	}
	for _, p := range platforms.All() {
		t := providers.sub(p.Name)
		if t == nil {
			continue
		}
		for _, platform := range p.Platforms {
			if w := t.sub(string(platform)); w != nil {
				c.Windows[WindowKey{p.Name, platform}] = takeWindow(w)
			}
		}
		t.finish()
	}
	providers.finish()
}

func takeWindow(t *table) Window {
	const example = `a duration such as "24h" or "7d"`
	w := Window{None: t.flag("none", false)}
	w.Open, _ = parsed(t, "open", example, inbox.ParseDuration)
	w.Late, _ = parsed(t, "late", example, inbox.ParseDuration)
	t.finish()
	switch {
	case w.None && (w.Open > 0 || w.Late > 0):
		t.problem(t.where("none"), "none", "a platform without a window has neither open nor late")
	case w.Late > 0 && w.Open > w.Late:
		t.problem(t.where("late"), "late", "counts from the customer's last message, as open does, so it must not be shorter than open")
	}
	return w
}

// apply gives the policy that is in force.
func (w Window) apply(p inbox.WindowPolicy) inbox.WindowPolicy {
	if w.None {
		return inbox.WindowPolicy{Source: "your config"}
	}
	if w.Open > 0 {
		p.Open, p.Limited = w.Open, true
	}
	if w.Late > 0 {
		p.Late, p.Limited = w.Late, true
	}
	p.Source = "your config"
	return p
}

// WindowsOf are the windows that the config changes for an account.
func (c *Config) WindowsOf(a Account, p inbox.Provider) map[inbox.Platform]inbox.WindowPolicy {
	windows := map[inbox.Platform]inbox.WindowPolicy{}
	for _, platform := range a.Platforms {
		if w, ok := c.Windows[WindowKey{a.Provider.Name, platform}]; ok {
			windows[platform] = w.apply(p.Capabilities(platform).Window)
		}
	}
	return windows
}
