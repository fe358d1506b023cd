package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestWayToNotify(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version string
		env     []string
		want    string
	}{
		{"", nil, NotifyBell},
		{"", []string{"TERM=xterm-256color"}, NotifyBell},
		{"", []string{"TERM=xterm-kitty"}, NotifyOSC99},
		{"", []string{"TERM=foot-extra"}, NotifyOSC777},
		{"", []string{"TERM=xterm-256color", "TERM_PROGRAM=WezTerm"}, NotifyOSC9},
		{"", []string{"TERM=xterm-256color", "LC_TERMINAL=iTerm2"}, NotifyOSC9},
		{"", []string{"WT_SESSION=0a-1b"}, NotifyOSC9},
		{"", []string{"WT_SESSION="}, NotifyBell},
		{"kitty(0.42.1)", []string{"TERM=xterm-256color"}, NotifyOSC99}, // as over SSH
		{"ghostty 1.2.0", []string{"TERM=xterm-256color", "KITTY_WINDOW_ID=3"}, NotifyOSC777},
		{"XTerm(390)", []string{"TERM=xterm"}, NotifyBell},
		{"tmux 3.6", []string{"TERM=tmux-256color", "TERM_PROGRAM=tmux", "WEZTERM_PANE=0"}, NotifyOSC9},
	} {
		if got := (terminal{env: tea.EnvMsg(tt.env), version: tt.version}).way(); got != tt.want {
			t.Errorf("%q %q: %s, want %s", tt.version, tt.env, got, tt.want)
		}
	}
}

func TestNotificationThroughMultiplexers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, way string
		env       []string
		want      string
	}{
		{"no multiplexer", NotifyAuto, []string{"TERM=foot"}, "\x1b]777;notify;Ann;hello\x1b\\"},
		{"unknown terminal", NotifyAuto, []string{"TERM=xterm"}, "\a"},
		{"tmux", NotifyOSC9, []string{"TMUX=/s,1,0"}, "\x1bPtmux;\x1b\x1b]9;Parley: Ann: hello\x1b\x1b\\\x1b\\"},
		{"tmux, of itself", NotifyAuto, []string{"TMUX=/s,1,0", "WEZTERM_PANE=1"}, "\x1bPtmux;\x1b\x1b]9;Parley: Ann: hello\x1b\x1b\\\x1b\\\a"},
		{"tmux around an unknown one", NotifyAuto, []string{"TMUX=/s,1,0"}, "\a"},
		{"screen", NotifyAuto, []string{"STY=1.pts", "KITTY_WINDOW_ID=1"}, "\a"},
		{"screen, asked for", NotifyOSC9, []string{"STY=1.pts"}, "\x1bP\x1b]9;Parley: Ann: hello\x1b\\\x1b\\"},
		{"kitty", NotifyOSC99, nil, "\x1b]99;i=parley:d=0:e=1;QW5u\x1b\\\x1b]99;i=parley:d=1:e=1:p=body;aGVsbG8=\x1b\\"},
	} {
		if got := (terminal{env: tea.EnvMsg(tt.env)}).notification(tt.way, "Ann", "hello"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzNotification(f *testing.F) {
	f.Add("Ann", "hello")
	f.Add("4;1", "\x1b\\\x1b]52;c;AA\a")
	f.Add("\u009d", "\xff\xfe;;")
	f.Fuzz(func(t *testing.T, title, text string) {
		for _, way := range []string{NotifyOSC9, NotifyOSC99, NotifyOSC777} {
			seq := terminal{}.notification(way, title, text)
			for part := range strings.SplitSeq(strings.TrimSuffix(seq, "\x1b\\"), "\x1b\\") {
				inner, ok := strings.CutPrefix(part, "\x1b]")
				if !ok || strings.ContainsFunc(inner, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
					t.Fatalf("%s: %q", way, seq)
				}
			}
		}
		if seq := notificationOf(NotifyOSC777, spoken(title), spoken(text)); strings.Count(seq, ";") != 3 {
			t.Fatalf("fields: %q", seq)
		}
	})
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		quiet, at string
		want      bool
	}{
		{"22:00-07:00", "23:30", true}, {"22:00-07:00", "22:00", true}, {"22:00-07:00", "06:59", true},
		{"22:00-07:00", "07:00", false}, {"22:00-07:00", "12:00", false},
		{"12:00-13:30", "12:15", true}, {"12:00-13:30", "13:30", false}, {" 9:00 - 10:00 ", "09:59", true},
	} {
		q, err := ParseQuiet(tt.quiet)
		if err != nil {
			t.Fatal(err)
		}
		at, _ := time.Parse("15:04", tt.at)
		if got := q.at(at); got != tt.want {
			t.Errorf("%s at %s: %v", tt.quiet, tt.at, got)
		}
	}
	for _, wrong := range []string{"", "22-7", "25:00-07:00", "22:00", "08:00-08:00"} {
		if _, err := ParseQuiet(wrong); err == nil {
			t.Errorf("%q is accepted", wrong)
		}
	}
	if (Quiet{}).at(time.Now()) {
		t.Error("no quiet hours are quiet")
	}
}
