package cli

import (
	"errors"
	"slices"
	"testing"
)

func TestLinksOpenWhereTheAgentSits(t *testing.T) {
	t.Parallel()
	there := func(name string) (string, error) { return "/usr/bin/" + name, nil }
	missing := func(string) (string, error) { return "", errors.New("not found") }
	for name, c := range map[string]struct {
		system string
		env    map[string]string
		find   func(string) (string, error)
		want   []string
	}{
		"a Mac":                {"darwin", nil, missing, []string{"open"}},
		"Windows":              {"windows", nil, missing, []string{"rundll32", "url.dll,FileProtocolHandler"}},
		"X":                    {"linux", map[string]string{"DISPLAY": ":0"}, there, []string{"/usr/bin/xdg-open"}},
		"Wayland":              {"freebsd", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, there, []string{"/usr/bin/xdg-open"}},
		"a console":            {"linux", nil, there, nil},
		"without xdg-utils":    {"linux", map[string]string{"DISPLAY": ":0"}, missing, nil},
		"SSH to a desktop":     {"linux", map[string]string{"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, there, nil},
		"SSH without terminal": {"darwin", map[string]string{"SSH_CONNECTION": "a b c d"}, there, nil},
	} {
		if got := opener(c.system, func(key string) string { return c.env[key] }, c.find); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, expected %q", name, got, c.want)
		}
	}
}
