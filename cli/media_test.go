package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/config"
	"parley/inbox"
	"parley/inbox/inboxtest"
)

// gallery is what links lead to.
type gallery map[string]inbox.MediaFile

func (g gallery) Head(ctx context.Context, link string) (inbox.MediaInfo, error) {
	file, err := g.Fetch(ctx, link, 0)
	info := inbox.MediaInfo{Type: file.Type, Bytes: int64(len(file.Data))}
	if strings.HasPrefix(file.Type, "video/") {
		info.Length = 92 * time.Second
	}
	return info, err
}

func (g gallery) Fetch(_ context.Context, link string, _ int64) (inbox.MediaFile, error) {
	file, ok := g[link]
	if !ok {
		return file, inbox.Errorf(inbox.NotFound, "cdn.example has it no longer (HTTP 403)")
	}
	return file, nil
}

// withGallery is a session in this process: Maya has sent three things, of which one
// has expired.
func withGallery(t *testing.T) (a *app, out *bytes.Buffer, downloads string) {
	t.Helper()
	in, err := inbox.New(t.Context(), inbox.Options{
		Store: inboxtest.NewStore(), Accounts: []inbox.Account{{ID: "acme", Provider: inboxtest.NewProvider()}},
		Media: gallery{
			"https://cdn.example/lamp": {Type: "image/jpeg", Data: []byte("a picture")},
			"https://cdn.example/film": {Type: "video/mp4", Data: []byte("a film")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-3 * time.Hour)
	maya := inbox.Participant{ID: "1", Name: "Maya Lind"}
	batch := inbox.Batch{Account: "acme", Provider: "scripted", Platform: inbox.Instagram, AsOf: at}
	for i, m := range []inbox.Message{
		{ID: "m1", Text: "old", Attachments: []inbox.Attachment{{Type: "image", URL: "https://cdn.example/gone"}}},
		{ID: "m2", Text: "and", Attachments: []inbox.Attachment{{Type: "image", URL: "https://cdn.example/lamp", Title: "a lamp"}, {Type: "like_heart"}, {Type: "share", URL: "javascript:alert(1)"}}},
		{ID: "m3", Text: "new", ReplyTo: &inbox.Reference{Kind: "story", URL: "https://cdn.example/film"}},
	} {
		m.Direction, m.SenderID, m.CreatedAt = inbox.Received, maya.ID, at.Add(time.Duration(i)*time.Minute)
		batch.Messages = append(batch.Messages, inbox.MessageFact{RemoteID: "maya", Peer: maya, Message: m})
	}
	if _, err := in.Ingest(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	downloads = filepath.Join(t.TempDir(), "downloads")
	a, out = appWith(t, in, &config.Config{Screen: config.Screen{TimeZone: time.UTC, Pictures: config.Pictures{Downloads: downloads}}})
	return a, out, downloads
}

func TestMediaTellsWhatCame(t *testing.T) {
	t.Parallel()
	a, out, _ := withGallery(t)
	if err := a.media(t.Context(), []string{"maya"}, mediaOptions{limit: 20}); !errors.Is(err, errReported) {
		t.Errorf("one has expired, and it ends with %v", err)
	}
	text := out.String()
	for _, want := range []string{
		"image  m1\n    https://cdn.example/gone (given 3h ago)\n    the link has expired",
		"image, image/jpeg, 9 B  m2\n    https://cdn.example/lamp (given",
		"story, video/mp4, plays 1m32s, 6 B  m3\n    https://cdn.example/film",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "javascript") || strings.Index(text, "m1") > strings.Index(text, "m3") {
		t.Errorf("it says\n%s", text)
	}
}

func TestMediaAsJSON(t *testing.T) {
	t.Parallel()
	a, out, _ := withGallery(t)
	if err := a.media(t.Context(), []string{"maya", "last"}, mediaOptions{json: true, limit: 20}); err != nil {
		t.Fatal(err)
	}
	r := outcome{t: t, stdout: out.String()}.one()
	if r["message_id"] != "m3" || r["index"] != -1.0 || r["media_type"] != "video/mp4" || r["seconds"] != 92.0 || r["bytes"] != 6.0 || r["error"] != nil || r["saved_as"] != nil {
		t.Errorf("%v", r)
	}
	out.Reset()
	if err := a.media(t.Context(), []string{"maya"}, mediaOptions{json: true, cached: true, limit: 2}); err != nil {
		t.Fatal(err)
	}
	all := outcome{t: t, stdout: out.String()}.records()
	if len(all) != 2 || all[0]["message_id"] != "m2" || all[0]["title"] != "a lamp" || all[0]["media_type"] != nil || all[0]["bytes"] != nil {
		t.Errorf("%v", all)
	}
}

func TestMediaIsSavedAndNothingWrittenOver(t *testing.T) {
	t.Parallel()
	a, out, downloads := withGallery(t)
	for range 2 {
		if err := a.media(t.Context(), []string{"maya", "m2"}, mediaOptions{save: true, limit: 20}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(downloads, "* Maya Lind*.jpg"))
	if err != nil || len(files) != 2 {
		t.Fatalf("saved %q, %v\n%s", files, err, out)
	}
	for _, file := range files {
		if data, err := os.ReadFile(file); err != nil || string(data) != "a picture" || !strings.Contains(out.String(), "saved as "+file) {
			t.Errorf("%s: %q, %v\n%s", file, data, err, out)
		}
	}
	other := t.TempDir()
	a.caller.Dir = filepath.Dir(other)
	if err := a.media(t.Context(), []string{"maya"}, mediaOptions{save: true, to: filepath.Base(other), limit: 20}); !errors.Is(err, errReported) {
		t.Errorf("one has expired, and it ends with %v", err)
	}
	if files, _ := os.ReadDir(other); len(files) != 2 {
		t.Errorf("saved %v\n%s", files, out)
	}
}

func TestMediaUsage(t *testing.T) {
	t.Parallel()
	_, d := newSharedDesk(t)
	d.parley("media").exits(exitUsage).says("a CONVERSATION")
	d.parley("media", "ursel", "--save", "--cached").exits(exitUsage).says("--cached asks nobody")
	d.parley("media", "ursel", "--cached").exits(exitDone).says("there is nothing with a link")
	d.parley("media", "ursel", "--json").exits(exitDone)
	d.parley("media", "nobody").exits(exitFailed).says("nobody")
}
