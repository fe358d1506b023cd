package cli

import (
	"errors"
	"slices"
	"testing"
)

func TestEditorOfTheConfigThenOfTheEnvironment(t *testing.T) {
	t.Parallel()
	programs := []string{"vim", "/opt/my editors/e", `C:\Program Files\Vim\gvim.exe`}
	find := func(name string) (string, error) {
		if slices.Contains(programs, name) {
			return name, nil
		}
		return "", errors.New("not found")
	}
	for _, tt := range []struct {
		configured     []string
		visual, editor string
		want           []string
	}{
		{[]string{"nvim", "+setlocal spell"}, "vim", "nano", []string{"nvim", "+setlocal spell"}},
		{nil, "vim", "nano", []string{"vim"}},
		{nil, "", "nano", []string{"nano"}},
		{nil, "  ", "", nil},
		{nil, "", "", nil},
		{nil, "code --wait", "", []string{"code", "--wait"}},
		{nil, "vim +'setlocal spell'", "", []string{"vim", "+setlocal spell"}},
		{nil, `emacsclient -c -a ""`, "", []string{"emacsclient", "-c", "-a", ""}},
		{nil, "/opt/my editors/e", "", []string{"/opt/my editors/e"}},
		{nil, `C:\Program Files\Vim\gvim.exe`, "", []string{`C:\Program Files\Vim\gvim.exe`}},
		{nil, "vim 'half", "", []string{"vim", "'half"}},
	} {
		getenv := func(name string) string {
			return map[string]string{"VISUAL": tt.visual, "EDITOR": tt.editor}[name]
		}
		if got := editorOf(tt.configured, getenv, find); !slices.Equal(got, tt.want) {
			t.Errorf("%q, VISUAL=%q, EDITOR=%q: %q, want %q", tt.configured, tt.visual, tt.editor, got, tt.want)
		}
	}
}
