package cli

import (
	"context"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"html"
	"image/color"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"parley/config"
	"parley/inbox"
	"parley/platforms"
	"parley/ui"
)

// go test ./cli -run TestReadme -write brings the README's generated parts up to date.
var write = flag.Bool("write", false, "write the generated parts of the README")

const (
	readmeFile  = "../README.md"
	pictureFile = "../.github/screen.svg"
)

// TestReadmeTables: the README's tables of keys and of searches are the program's.
func TestReadmeTables(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	for name, want := range map[string]string{"keys": ui.KeyTable(), "search": searchTable()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok1 := strings.Cut(readme, begin)
		table, after, ok2 := strings.Cut(rest, end)
		switch {
		case !ok1 || !ok2:
			t.Fatalf("the README has no %s … %s", begin, end)
		case table != want && !*write:
			t.Fatalf("the README's table of %s is not the program's: go test ./cli -run TestReadme -write", name)
		}
		readme = before + begin + want + end + after
	}
	if readme == string(data) {
		return
	}
	if err := os.WriteFile(readmeFile, []byte(readme), 0o644); err != nil {
		t.Fatal(err)
	}
}

// searchTable describes the search language.
func searchTable() string {
	var b strings.Builder
	b.WriteString("| term | finds |\n|---|---|\n")
	for _, form := range inbox.SearchForms() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", form.Form, form.Means)
	}
	return b.String()
}

// TestReadmeConfig: the README's config is a valid one, and names every setting
// of every provider.
func TestReadmeConfig(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "```toml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the README has no config")
	}
	if _, err := config.Parse("README", []byte(example)); err != nil {
		t.Error(err)
	}
	for _, p := range platforms.All() {
		for _, f := range p.Fields {
			if !strings.Contains(example, f.Name) {
				t.Errorf("the README's config does not know %s of %s", f.Name, p.Name)
			}
		}
	}
}

// TestReadmePicture draws the README's picture from the real program; without
// -write it only makes sure that there is one.
func TestReadmePicture(t *testing.T) {
	t.Parallel()
	if !*write {
		if _, err := os.Stat(pictureFile); err != nil {
			t.Fatalf("%v: go test ./cli -run TestReadme -write", err)
		}
		return
	}
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	file, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := d.command(context.Background())
	cmd.Args = []string{file, "demo", "--seed", "4"}
	cmd.Env = append(d.env, "COLORTERM=truecolor")
	w := d.openCommand(cmd)
	w.resize(100, 24)
	w.waits("Enter open", "Unanswered")
	w.press("jj")
	w.press("r")
	w.waits("Enter send")
	w.press("I am sorry about the satchel! A new one leaves today,")
	w.waits("leaves today")
	time.Sleep(2 * time.Second) // for a picture with a life in it; nothing is judged here
	picture := w.picture()
	w.press("\x03")
	w.exits()
	if err := os.MkdirAll(filepath.Dir(pictureFile), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pictureFile, []byte(picture), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The picture's cell, in pixels.
const cellWidth, cellHeight = 8.4, 18.0

// picture is the screen as SVG, every cell in its own place, so that scripts of
// all widths line up whatever font the reader has.
func (w *terminal) picture() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	cols, rows := w.emu.Width(), w.emu.Height()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">`+"\n",
		float64(cols)*cellWidth+16, float64(rows)*cellHeight+16)
	b.WriteString(`<rect width="100%" height="100%" rx="6" fill="#16181d"/>` + "\n")
	for y := range rows {
		for x := 0; x < cols; {
			run := w.run(x, y, cols)
			run.draw(&b, x, y)
			x += max(run.width, 1)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// textRun is a stretch of a line in one style.
type textRun struct {
	text   string
	width  int // cells
	colour string
	bold   bool
}

// run is the stretch that begins at a cell. A wide character is a stretch alone.
func (w *terminal) run(x, y, cols int) (run textRun) {
	for ; x < cols; x++ {
		cell := w.emu.CellAt(x, y)
		if cell == nil || cell.Content == "" {
			break
		}
		colour, bold := hexColour(cell.Style.Fg), cell.Style.Attrs&uv.AttrBold != 0
		wide := cell.Width != 1 || len(cell.Content) > 3
		if run.width > 0 && (wide || colour != run.colour || bold != run.bold) {
			break
		}
		run = textRun{run.text + cell.Content, run.width + cell.Width, colour, bold}
		if wide {
			break
		}
	}
	return run
}

func (r textRun) draw(b *strings.Builder, x, y int) {
	text := strings.TrimRight(r.text, " ")
	lead := len(text) - len(strings.TrimLeft(text, " "))
	text = text[lead:]
	if text == "" {
		return
	}
	weight := ""
	if r.bold {
		weight = ` font-weight="bold"`
	}
	width := float64(ansi.StringWidth(text)) * cellWidth
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve" fill="%s"%s>%s</text>`+"\n",
		8+float64(x+lead)*cellWidth, 22+float64(y)*cellHeight, width, r.colour, weight, html.EscapeString(text))
}

// palette are the sixteen colours that a terminal's owner chooses; these are the
// picture's.
var palette = [16]string{
	"#4a4f5a", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
	"#7f8694", "#ef7f88", "#aed59a", "#f0d197", "#7dc0f5", "#d593e8", "#74c7d2", "#ffffff",
}

func hexColour(c color.Color) string {
	switch c := c.(type) {
	case nil:
		return "#d6d9e0"
	case ansi.BasicColor:
		return palette[c&15]
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// TestReadmeDependencies: every module that the program imports is in the README,
// with a line on why.
func TestReadmeDependencies(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	eachImport(t, "..", func(file, path string) {
		host, _, _ := strings.Cut(path, "/")
		if !strings.Contains(host, ".") {
			return
		}
		for module := path; module != "."; module = filepath.Dir(module) {
			if strings.Contains(string(readme), "| "+module+" |") {
				return
			}
		}
		t.Errorf("%s imports %s, and the README does not say why", file, path)
	})
}

// TestImportArrows: cli -> config -> ui, platforms -> inbox, cli -> cache -> inbox,
// and none sideways. Only cli knows the config. The domain uses the standard library only.
func TestImportArrows(t *testing.T) {
	t.Parallel()
	rules := map[string]func(path string) string{
		"inbox": func(path string) string {
			if strings.Contains(strings.SplitN(path, "/", 2)[0], ".") || path == "net/http" || strings.HasPrefix(path, "parley/") {
				return "inbox uses the standard library only, and no HTTP"
			}
			return ""
		},
		"config":    noneOf("parley/cli", "parley/cache", "net/http"),
		"ui":        noneOf("parley/cli", "parley/config", "parley/platforms", "parley/cache", "net/http"),
		"platforms": noneOf("parley/cli", "parley/config", "parley/ui", "parley/cache"),
		"cache":     noneOf("parley/cli", "parley/config", "parley/ui", "parley/platforms", "net/http"),
	}
	files := 0
	for folder, wrong := range rules {
		eachImport(t, filepath.Join("..", folder), func(file, path string) {
			files++
			if why := wrong(path); why != "" {
				t.Errorf("%s imports %s: %s", file, path, why)
			}
		})
	}
	if files < 50 {
		t.Errorf("only %d imports were looked at", files)
	}
}

func noneOf(forbidden ...string) func(string) string {
	return func(path string) string {
		for _, f := range forbidden {
			if path == f || strings.HasPrefix(path, f+"/") {
				return "the import arrows run from cli to the parts, and from the parts to inbox"
			}
		}
		return ""
	}
}

// eachImport goes through the imports of a folder's code. Test code may reach
// for more, and so may packages that are there for tests (their names say so).
func eachImport(t *testing.T, folder string, f func(file, path string)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasSuffix(entry.Name(), "test"):
			return filepath.SkipDir
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f(file, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
