package ui_test

import (
	"image/color"
	"strings"
	"testing"

	"parley/ui"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

func TestThemeChangesNoText(t *testing.T) {
	texts := map[string]string{}
	for _, theme := range ui.Themes() {
		atShop(t, 120, 40, ui.Options{Theme: theme}, threeCustomers, func(s *shop) {
			s.Press("j")
			texts[theme] = s.Screen()
			if coloured := strings.Contains(s.View().Content, "38;2;"); coloured == (theme == ui.ThemeMono) {
				t.Errorf("%s: colours %v", theme, coloured)
			}
		})
	}
	for theme, text := range texts {
		if text != texts[ui.ThemeDark] {
			t.Errorf("%s shows another text than dark:\n%s", theme, text)
		}
	}
}

func TestColoursFollowTheTerminal(t *testing.T) {
	atShop(t, 120, 40, ui.Options{}, threeCustomers, func(s *shop) {
		dark := s.View().Content
		s.Send(tea.BackgroundColorMsg{Color: color.White})
		light := s.View().Content
		if light == dark {
			t.Error("the same on white")
		}
		s.Send(uv.DarkColorSchemeEvent{}) // and the terminal does not tell its background
		if s.View().Content != dark {
			t.Error("the same after the scheme has become dark")
		}
		s.Send(tea.ColorProfileMsg{Profile: colorprofile.ASCII}) // as with NO_COLOR
		if content := s.View().Content; strings.Contains(content, "38;") || !strings.Contains(content, "\x1b[7m") {
			t.Errorf("without colours: %q", content)
		}
	})
}

func TestCompactListHasOneLineForEach(t *testing.T) {
	atShop(t, 120, 40, ui.Options{Density: ui.DensityCompact}, threeCustomers, func(s *shop) {
		lines := s.Lines()
		for i, name := range []string{"Maya", "Jamal", "Priya"} {
			if line, _, _ := strings.Cut(lines[1+i], "│"); !strings.Contains(line, name) {
				t.Errorf("line %d: %q", i, line)
			}
		}
		s.Press("j")
		s.Sees("Jamal · Facebook · acme")
	})
}
