package picture_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"parley/ui/picture"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/sixel"
)

func TestFitKeepsTheShapeAndIsNeverLargerThanThePicture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		size                  image.Point
		columns, rows         int
		cell                  picture.Cell
		wantColumns, wantRows int
	}{
		{image.Pt(1600, 1200), 80, 30, picture.Cell{}, 80, 30},
		{image.Pt(1600, 1200), 80, 10, picture.Cell{}, 27, 10},
		{image.Pt(1200, 1600), 80, 30, picture.Cell{}, 45, 30},
		{image.Pt(16, 16), 80, 30, picture.Cell{}, 2, 1},
		{image.Pt(17, 17), 80, 30, picture.Cell{}, 3, 2},
		{image.Pt(1, 5000), 80, 30, picture.Cell{}, 1, 30},
		{image.Pt(1600, 1200), 80, 30, picture.Cell{Width: 10, Height: 20}, 80, 30},
		{image.Pt(1600, 1200), 80, 60, picture.Cell{Width: 20, Height: 20}, 80, 60},
		{image.Pt(1600, 1200), 0, 0, picture.Cell{}, 1, 1},
	} {
		if columns, rows := c.cell.Fit(c.size, c.columns, c.rows); columns != c.wantColumns || rows != c.wantRows {
			t.Errorf("%v in %dx%d: %dx%d, expected %dx%d", c.size, c.columns, c.rows, columns, rows, c.wantColumns, c.wantRows)
		}
	}
}

func TestBlocksHaveTheirSizeAndNothingButColours(t *testing.T) {
	t.Parallel()
	p := decoded(t, 320, 200)
	colour := map[picture.Depth]*regexp.Regexp{
		picture.TrueColour: regexp.MustCompile(`^(\x1b\[[34]8;2;\d+;\d+;\d+m|▀|\x1b\[m)+$`),
		picture.Palette:    regexp.MustCompile(`^(\x1b\[[34]8;5;(1[6-9]|[2-9]\d|\d{3})m|▀|\x1b\[m)+$`),
		picture.Sixteen:    regexp.MustCompile(`^(\x1b\[[34]8;5;(\d|1[0-5])m|▀|\x1b\[m)+$`),
		picture.Mono:       regexp.MustCompile(`^[ ▀▄█]+$`),
	}
	for depth, pattern := range colour {
		lines := picture.Blocks(p, 40, 12, depth, true)
		if len(lines) != 12 {
			t.Errorf("depth %d: %d lines", depth, len(lines))
		}
		for _, line := range lines {
			if !pattern.MatchString(line) {
				t.Errorf("depth %d: %q", depth, line)
			}
			if w := ansi.StringWidth(line); w != 40 {
				t.Errorf("depth %d: %d cells", depth, w)
			}
		}
	}
}

// half is two pixels, of which the upper one is clear.
func half(t *testing.T) *picture.Picture {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 1, 2))
	img.Set(0, 1, color.NRGBA{255, 0, 0, 255})
	p, err := picture.Decode(asPNG(t, img), box)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatIsClearIsTheBackground(t *testing.T) {
	t.Parallel()
	for dark, want := range map[bool]string{true: "\x1b[38;2;0;0;0m\x1b[48;2;255;0;0m▀\x1b[m", false: "\x1b[38;2;255;255;255m\x1b[48;2;255;0;0m▀\x1b[m"} {
		if got := picture.Blocks(half(t), 1, 1, picture.TrueColour, dark)[0]; got != want {
			t.Errorf("dark %t: %q", dark, got)
		}
	}
	if got := picture.Blocks(half(t), 1, 1, picture.Palette, true)[0]; got != "\x1b[38;5;16m\x1b[48;5;196m▀\x1b[m" {
		t.Errorf("of 256 colours: %q", got)
	}
}

var graphics = regexp.MustCompile("\x1b_G([^;]*);?([^\x1b]*)\x1b\\\\")

func TestKittyTakesThePictureInPieces(t *testing.T) {
	t.Parallel()
	p := decoded(t, 640, 400)
	id := picture.Number(300)
	out := picture.KittySend(id, p, 40, 12, picture.Cell{Width: 10, Height: 20}, false)
	pieces := graphics.FindAllStringSubmatch(out, -1)
	var payload strings.Builder
	length := 0
	for i, piece := range pieces {
		length += len(piece[0])
		if len(piece[2]) > 4096 || i < len(pieces)-1 && len(piece[2])%4 != 0 {
			t.Errorf("piece %d has %d bytes", i, len(piece[2]))
		}
		if more := strings.Contains(piece[1], "m=1"); more != (i < len(pieces)-1) || !strings.Contains(piece[1], "q=2") {
			t.Errorf("piece %d of %d: %q", i+1, len(pieces), piece[1])
		}
		payload.WriteString(piece[2])
	}
	if length != len(out) || len(pieces) < 2 {
		t.Errorf("%d bytes in %d pieces of %d in all", length, len(pieces), len(out))
	}
	for _, want := range []string{"a=T", "U=1", "f=100", "c=40", "r=12", "i=33554508"} { // 2<<24 | 76
		if !strings.Contains(","+pieces[0][1]+",", ","+want+",") {
			t.Errorf("the first piece does not say %s: %q", want, pieces[0][1])
		}
	}
	data, err := base64.StdEncoding.DecodeString(payload.String())
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Size() != image.Pt(384, 240) {
		t.Errorf("the terminal is given %v, %v", img, err)
	}
}

func TestKittyThroughTmux(t *testing.T) {
	t.Parallel()
	out := picture.KittySend(picture.Number(0), decoded(t, 64, 64), 4, 2, picture.Cell{}, true) + picture.KittyDrop(picture.Number(0), true)
	rest := out
	for rest != "" {
		piece, after, ok := strings.Cut(rest, "\x1b\x1b\\\x1b\\")
		if !ok || !strings.HasPrefix(piece, "\x1bPtmux;\x1b\x1b_G") {
			t.Fatalf("not wrapped: %.60q", rest)
		}
		rest = after
	}
}

func TestKittyForgetsByID(t *testing.T) {
	t.Parallel()
	if got := picture.KittyDrop(picture.Number(300), false); got != "\x1b_Gq=2,i=33554508,d=I,a=d\x1b\\" {
		t.Errorf("%q", got)
	}
}

func TestPlaceholdersAreOneCellEach(t *testing.T) {
	t.Parallel()
	id := picture.Number(500)
	for _, size := range []image.Point{{40, 12}, {1, 1}, {picture.MostKittyCells, 2}} {
		lines := picture.KittyLines(id, size.X, size.Y)
		if len(lines) != size.Y {
			t.Errorf("%v: %d lines", size, len(lines))
		}
		for _, line := range lines {
			if g, w := ansi.StringWidth(line), ansi.StringWidthWc(line); g != size.X || w != size.X {
				t.Fatalf("%v: %d cells by graphemes, %d by wcwidth", size, g, w)
			}
		}
	}
	// Row 1, column 2 of the picture, and the high byte of its number.
	if line := picture.KittyLines(id, 3, 2)[1]; !strings.HasSuffix(line, "\U0010eeee\u030d\u030e\u0310\x1b[m") || !strings.HasPrefix(line, "\x1b[38;5;36m\U0010eeee\u030d\u0305\u0310") {
		t.Errorf("%q", line)
	}
}

func TestNumbersAreDifferentAndKeepTheirColours(t *testing.T) {
	t.Parallel()
	seen := map[picture.KittyID]bool{}
	for n := range uint32(20_000) {
		id := picture.Number(n)
		if seen[id] || id.Colour < 16 || id.Mark == 0 {
			t.Fatalf("%d: %+v", n, id)
		}
		seen[id] = true
	}
}

func TestSixelPaintsWithinItsCells(t *testing.T) {
	t.Parallel()
	cell := picture.Cell{Width: 10, Height: 20}
	out := picture.Sixel(decoded(t, 640, 400), 20, 5, cell, true)
	body, ok := strings.CutPrefix(out, "\x1bP0;1q")
	body, closed := strings.CutSuffix(body, "\x1b\\")
	if !ok || !closed || strings.ContainsRune(body, '\x1b') {
		t.Fatalf("%.40q", out)
	}
	img, err := new(sixel.Decoder).Decode(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size != image.Pt(160, 100) {
		t.Errorf("%v pixels for 200 x 100", size)
	}
}
