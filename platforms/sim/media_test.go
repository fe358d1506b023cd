package sim_test

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"testing"
	"time"

	"parley/platforms/media"
	"parley/platforms/sim"
)

func TestLinksLeadToPicturesAndVoices(t *testing.T) {
	t.Parallel()
	for _, face := range sim.Faces {
		s, err := sim.Start(sim.Options{Face: face, Quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		c, err := media.New(media.Options{StandIn: s.MediaURL()})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		ctx := context.Background()
		seen := map[string]string{}
		for _, link := range []string{"https://cdn.example/photo/5c0ffee1.jpg", "https://lookaside.example/ig_story/?asset_id=1", "https://cdn.example/sticker/7.png"} {
			file, err := c.Fetch(ctx, link, 1<<20)
			if err != nil {
				t.Fatalf("%s, %s: %v", face, link, err)
			}
			img, _, err := image.Decode(bytes.NewReader(file.Data))
			if err != nil || img.Bounds().Dx() < 200 {
				t.Errorf("%s, %s: %v, %v", face, link, img.Bounds(), err)
			}
			if other, ok := seen[string(file.Data)]; ok {
				t.Errorf("%s: %s and %s are the same picture", face, link, other)
			}
			seen[string(file.Data)] = link
			again, err := c.Fetch(ctx, link, 1<<20)
			if err != nil || !bytes.Equal(again.Data, file.Data) {
				t.Errorf("%s, %s: another picture the second time, %v", face, link, err)
			}
		}
		voice, err := c.Head(ctx, "https://cdn.example/voice/0b5e55ed.mp4")
		if err != nil || voice.Type != "video/mp4" || voice.Length < 2*time.Second || voice.Length > time.Minute {
			t.Errorf("%s: a voice is %+v, %v", face, voice, err)
		}
	}
}
