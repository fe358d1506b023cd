package config

// What [ui] says of pictures and files.

import (
	"cmp"
	"errors"

	"github.com/adrg/xdg"

	"parley/ui"
)

// Pictures are how pictures are shown, and where files go.
type Pictures struct {
	Way       string // one of ui.PictureWays
	Thread    string // one of ui.ThreadPictures
	ShowBytes int64  // the largest that is fetched to be shown
	Downloads string // folder
}

// mostShowBytes bounds what is fetched to be shown: it is decoded in memory.
const mostShowBytes = 64 << 20

func takePictures(t *table) Pictures {
	p := Pictures{Way: ui.PicturesAuto, Thread: ui.ThreadPicturesAuto, ShowBytes: ui.UsualPictureBytes, Downloads: xdg.UserDirs.Download}
	if t == nil {
		return p
	}
	if way, ok := parsed(t, "pictures", alternatives(ui.PictureWays()), oneOf(ui.PictureWays()...)); ok {
		p.Way = way
	}
	if when, ok := parsed(t, "thread_pictures", alternatives(ui.ThreadPictures()), oneOf(ui.ThreadPictures()...)); ok {
		p.Thread = when
	}
	if size, ok := parsed(t, "picture_size", `a size of at most 64MB, such as "8MB"`, parseShowBytes); ok {
		p.ShowBytes = size
	}
	p.Downloads = cmp.Or(ExpandHome(t.str("downloads", "the path of a folder in quotes")), p.Downloads)
	return p
}

func parseShowBytes(text string) (int64, error) {
	size, err := parseSize(text)
	if err == nil && size > mostShowBytes {
		err = errors.New("too large")
	}
	return size, err
}
