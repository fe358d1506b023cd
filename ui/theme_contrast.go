package ui

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"github.com/charmbracelet/colorprofile"
)

// Contrast, as WCAG 2.2 defines it: the relation of two colours' luminances,
// from 1:1 to 21:1. Nobody knows which background an agent's terminal has until
// it tells; so the colours of a theme are starting points, which are moved away
// from what they stand on until they can be read there.

// The relations that WCAG 2.2 asks for a text of normal size: in success
// criterion 1.4.3 (level AA), and in 1.4.6 (level AAA).
const (
	readable   = 4.5
	contrasted = 7.0
)

// luminance is the relative luminance of a colour, from 0 for black to 1 for
// white.
func luminance(c color.RGBA) float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// linear is a channel of sRGB as an amount of light.
func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func contrast(a, b color.RGBA) float64 {
	high, low := luminance(a), luminance(b)
	if high < low {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

// leastContrast is the contrast to that of the surfaces which is nearest.
func leastContrast(c color.RGBA, surfaces []color.RGBA) float64 {
	least := 21.0
	for _, s := range surfaces {
		least = min(least, contrast(c, s))
	}
	return least
}

// legibleSteps is in how many steps a colour is moved to white or black.
const legibleSteps = 24

// legible moves a colour towards white or black until it has the contrast to all
// surfaces, as the terminal will show it. Where that cannot be, it is the better
// one of black and white.
func legible(c color.RGBA, ratio float64, p colorprofile.Profile, surfaces ...color.RGBA) color.RGBA {
	goal := color.RGBA{A: 255}
	if white := (color.RGBA{255, 255, 255, 255}); leastContrast(white, surfaces) > leastContrast(goal, surfaces) {
		goal = white
	}
	for step := range legibleSteps {
		if moved := shown(blend(c, goal, float64(step)/legibleSteps), p); leastContrast(moved, surfaces) >= ratio {
			return moved
		}
	}
	return goal
}

// blend mixes a part of b into a.
func blend(a, b color.RGBA, part float64) color.RGBA {
	mix := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*part + 0.5) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// shown is a colour as a terminal of the profile shows it.
func shown(c color.RGBA, p colorprofile.Profile) color.RGBA {
	if p != colorprofile.ANSI256 {
		return c
	}
	return rgba(p.Convert(c))
}

func rgba(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
}

// parseHex reads #rrggbb.
func parseHex(text string) (color.RGBA, error) {
	digits, ok := strings.CutPrefix(text, "#")
	rgb, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil || len(digits) != 6 {
		return color.RGBA{}, fmt.Errorf("%q is not of the form #rrggbb", text)
	}
	return color.RGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 255}, nil
}
