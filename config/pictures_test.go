package config

import (
	"testing"

	"github.com/adrg/xdg"

	"parley/ui"
)

func TestPicturesAreUnderstood(t *testing.T) {
	t.Parallel()
	usual := Pictures{Way: ui.PicturesAuto, Thread: ui.ThreadPicturesAuto, ShowBytes: ui.UsualPictureBytes, Downloads: xdg.UserDirs.Download}
	for text, want := range map[string]Pictures{
		"":       usual,
		"[ui]\n": usual,
		"[ui]\n" + `pictures = "blocks"` + "\n" + `thread_pictures = "ask"` + "\n" + `picture_size = "64MB"` + "\n" + `downloads = "/srv/in"`: {
			Way: ui.PicturesBlocks, Thread: ui.ThreadPicturesAsk, ShowBytes: 64 << 20, Downloads: "/srv/in",
		},
	} {
		c, err := Parse("c.toml", []byte(account+text))
		if err != nil {
			t.Fatal(err)
		}
		if c.Screen.Pictures != want {
			t.Errorf("%q gives %+v, want %+v", text, c.Screen.Pictures, want)
		}
	}
}
