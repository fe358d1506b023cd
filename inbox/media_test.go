package inbox_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
)

// web is the world of links: what works, until it works no longer.
type web struct {
	files map[string]string // link -> content
	asked []string
}

func (w *web) Head(_ context.Context, link string) (inbox.MediaInfo, error) {
	file, err := w.get(link)
	return inbox.MediaInfo{Type: "image/png", Bytes: int64(len(file))}, err
}

func (w *web) Fetch(_ context.Context, link string, limit int64) (inbox.MediaFile, error) {
	file, err := w.get(link)
	if int64(len(file)) > limit {
		return inbox.MediaFile{}, inbox.Errorf(inbox.Rejected, "too large")
	}
	return inbox.MediaFile{Type: "image/png", Data: []byte(file)}, err
}

func (w *web) get(link string) (string, error) {
	w.asked = append(w.asked, link)
	file, ok := w.files[link]
	if !ok {
		return "", inbox.Errorf(inbox.NotFound, "HTTP 403")
	}
	return file, nil
}

// withPicture is an inbox with one message that has a picture, told two hours
// ago.
func withPicture(t *testing.T, files map[string]string) (*fixture, *web) {
	f := newFixture(t)
	w := &web{files: files}
	f.fetchBy(w)
	b := batch(pictureAt("https://cdn.example/a.png?sig=old"))
	b.AsOf = minutesAgo(120)
	f.ingest(b)
	return f, w
}

// fetchBy makes a new inbox over the same store that fetches so.
func (f *fixture) fetchBy(m inbox.Media) {
	f.t.Helper()
	in, err := inbox.New(context.Background(), inbox.Options{
		Store: f.store, Accounts: []inbox.Account{{ID: "acme", Provider: f.provider}}, Media: m,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.in = in
}

func pictureAt(link string) inbox.MessageFact {
	m := received("m1", "", minutesAgo(180))
	m.Message.Attachments = []inbox.Attachment{{Type: "image", URL: link}}
	m.Message.ReplyTo = &inbox.Reference{Kind: "story", URL: "https://cdn.example/story.jpg"}
	return m
}

// tells lets the provider answer with the picture under that link.
func (f *fixture) tells(link string) {
	f.provider.ReadFunc = func(_ context.Context, _ inbox.ReadRequest, emit func(inbox.Batch) error) (inbox.ReadResult, error) {
		return inbox.ReadResult{}, emit(batch(pictureAt(link)))
	}
}

func picture(index int) inbox.MediaRef {
	return inbox.MediaRef{Conversation: ann, Message: "m1", Index: index}
}

func TestAPictureIsFetchedByItsLink(t *testing.T) {
	f, _ := withPicture(t, map[string]string{"https://cdn.example/a.png?sig=old": "picture", "https://cdn.example/story.jpg": "story"})
	ctx := context.Background()
	if info, err := f.in.MediaInfo(ctx, picture(0)); err != nil || info.Bytes != 7 || info.Type != "image/png" {
		t.Errorf("info %+v, %v", info, err)
	}
	if file, err := f.in.Media(ctx, picture(0), 100); err != nil || string(file.Data) != "picture" {
		t.Errorf("file %q, %v", file.Data, err)
	}
	if file, err := f.in.Media(ctx, picture(inbox.MediaOfReference), 100); err != nil || string(file.Data) != "story" {
		t.Errorf("the story that it answers: %q, %v", file.Data, err)
	}
	if _, err := f.in.Media(ctx, picture(0), 3); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("a file beyond the limit: %v", err)
	}
	if n := len(f.provider.Reads()); n != 0 {
		t.Errorf("the provider was asked %d times, though every link works", n)
	}
	for _, ref := range []inbox.MediaRef{picture(1), picture(-2), {Conversation: ann, Message: "m9"}} {
		if _, err := f.in.Media(ctx, ref, 100); inbox.KindOf(err) != inbox.NotFound {
			t.Errorf("%+v is nothing, and gave %v", ref, err)
		}
	}
}

func TestAnExpiredLinkIsAskedForAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, w := withPicture(t, map[string]string{"https://cdn.example/a.png?sig=new": "picture"})
		f.tells("https://cdn.example/a.png?sig=new")
		file, err := f.in.Media(context.Background(), picture(0), 100)
		if err != nil || string(file.Data) != "picture" {
			t.Fatalf("got %q, %v after %q", file.Data, err, w.asked)
		}
		reads := f.provider.Reads()
		if len(reads) != 1 || reads[0].Conversation != "t_ann" || reads[0].Message != "" {
			t.Errorf("the provider was asked for %+v", reads)
		}
		// The new link is kept.
		if _, err := f.in.MediaInfo(context.Background(), picture(0)); err != nil || len(f.provider.Reads()) != 1 {
			t.Errorf("looked again: %v, %d reads", err, len(f.provider.Reads()))
		}
	})
}

func TestAPeekLeavesTheProviderAlone(t *testing.T) {
	f, w := withPicture(t, map[string]string{"https://cdn.example/a.png?sig=new": "picture"})
	f.tells("https://cdn.example/a.png?sig=new")
	ctx := context.Background()
	if _, err := f.in.PeekMediaInfo(ctx, picture(0)); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("looked at an expired link: %v", err)
	}
	if _, err := f.in.PeekMedia(ctx, picture(0), 100); inbox.KindOf(err) != inbox.NotFound {
		t.Errorf("fetched by an expired link: %v", err)
	}
	if n := len(f.provider.Reads()); n != 0 || len(w.asked) != 2 {
		t.Errorf("%d reads at the provider; asked for %q", n, w.asked)
	}
	w.files["https://cdn.example/a.png?sig=old"] = "picture"
	if info, err := f.in.PeekMediaInfo(ctx, picture(0)); err != nil || info.Bytes != 7 {
		t.Errorf("info %+v, %v", info, err)
	}
	if file, err := f.in.PeekMedia(ctx, picture(0), 100); err != nil || string(file.Data) != "picture" {
		t.Errorf("file %q, %v", file.Data, err)
	}
	for _, ref := range []inbox.MediaRef{picture(1), {Conversation: ann, Message: "m9"}} {
		if _, err := f.in.PeekMedia(ctx, ref, 100); inbox.KindOf(err) != inbox.NotFound {
			t.Errorf("%+v is nothing, and gave %v", ref, err)
		}
	}
}

func TestOnlyTheMessageIsReadWhereThatCanBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, w := withPicture(t, map[string]string{"https://cdn.example/a.png?sig=new": "picture"})
		f.provider.FeedList = []inbox.Feed{{Platform: inbox.Instagram, Name: inbox.MessagesFeed, CacheTime: time.Minute, Single: true}}
		f.fetchBy(w)
		f.tells("https://cdn.example/a.png?sig=new")
		if _, err := f.in.Media(context.Background(), picture(0), 100); err != nil {
			t.Fatal(err)
		}
		if reads := f.provider.Reads(); len(reads) != 1 || reads[0].Message != "m1" || reads[0].Conversation != "" {
			t.Errorf("the provider was asked for %+v", reads)
		}
	})
}

func TestALinkThatNobodyRenewsHasExpired(t *testing.T) {
	cases := map[string]func(f *fixture){
		"the provider tells the same link": func(f *fixture) { f.tells("https://cdn.example/a.png?sig=old") },
		"the newer link is dead too":       func(f *fixture) { f.tells("https://cdn.example/a.png?sig=dead") },
		"the provider tells nothing":       func(*fixture) {},
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, _ := withPicture(t, nil)
				prepare(f)
				for range 3 {
					_, err := f.in.Media(context.Background(), picture(0), 100)
					if e := inbox.AsError(err); inbox.KindOf(err) != inbox.NotFound || !strings.Contains(e.Text, "the link has expired") || !strings.Contains(e.Text, "scripted") {
						t.Fatalf("got %v", err)
					}
				}
				if n := len(f.provider.Reads()); n != 1 {
					t.Errorf("the provider was asked %d times in a moment", n)
				}
				time.Sleep(2 * time.Minute)
				_, _ = f.in.Media(context.Background(), picture(0), 100)
				if n := len(f.provider.Reads()); n != 2 {
					t.Errorf("two minutes later it was asked %d times in all", n)
				}
			})
		})
	}
}

func TestWhyANewerLinkCannotBeHadIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := withPicture(t, nil)
		f.provider.ReadFunc = func(context.Context, inbox.ReadRequest, func(inbox.Batch) error) (inbox.ReadResult, error) {
			return inbox.ReadResult{}, &inbox.Error{Kind: inbox.RateLimited, Text: "too many requests", RetryAfter: time.Hour}
		}
		_, err := f.in.Media(context.Background(), picture(0), 100)
		if inbox.KindOf(err) != inbox.RateLimited || !strings.Contains(err.Error(), "too many requests") {
			t.Errorf("got %v", err)
		}
		time.Sleep(2 * time.Minute) // the account pauses for an hour
		_, err = f.in.Media(context.Background(), picture(0), 100)
		if inbox.KindOf(err) != inbox.RateLimited || len(f.provider.Reads()) != 1 {
			t.Errorf("in the pause: %v, %d reads", err, len(f.provider.Reads()))
		}
	})
}

func TestWithoutAClientNothingIsFetched(t *testing.T) {
	f := newFixture(t)
	f.ingest(batch(pictureAt("https://cdn.example/a.png")))
	if _, err := f.in.Media(context.Background(), picture(0), 100); inbox.KindOf(err) != inbox.Unsupported {
		t.Errorf("got %v", err)
	}
}

func TestByteSizes(t *testing.T) {
	for n, want := range map[int64]string{
		-1: "0 B", 0: "0 B", 812: "812 B", 1024: "1 KB", 245_760: "240 KB", 1_022_000: "998 KB", 1_023_999: "1.0 MB",
		1 << 20: "1.0 MB", 1_258_291: "1.2 MB", 10_440_000: "10 MB", 104_857_600: "100 MB",
	} {
		if got := inbox.ByteSize(n); got != want {
			t.Errorf("%d is %q, expected %q", n, got, want)
		}
	}
}
