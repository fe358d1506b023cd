package inbox_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/inbox"
	"parley/inbox/inboxtest"
)

// disk is a machine with a few files, by path and size.
type disk map[string]int64

func (d disk) Look(path string) (inbox.LocalFile, error) {
	size, ok := d[path]
	if !ok {
		return inbox.LocalFile{}, inbox.Errorf(inbox.NotFound, "there is no file %s", path)
	}
	return inbox.LocalFile{Path: path, Bytes: size}, nil
}

// bucket is where a team keeps what it sends.
type bucket func(ctx context.Context, f inbox.LocalFile) (string, error)

func (b bucket) Upload(ctx context.Context, f inbox.LocalFile) (string, error) { return b(ctx, f) }

// uploadingProvider is one whose API takes files.
type uploadingProvider struct {
	*inboxtest.Provider
	bucket
}

func (f *fixture) uploadBy(files inbox.Files, to inbox.Uploader, p inbox.Provider) {
	f.t.Helper()
	in, err := inbox.New(context.Background(), inbox.Options{
		Store: f.store, Accounts: []inbox.Account{{ID: "acme", Provider: p}}, Files: files, Uploader: to,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.in = in
}

func toCDN(_ context.Context, f inbox.LocalFile) (string, error) {
	return "https://cdn.example/" + f.Name(), nil
}

func TestFileURLsComeBackAsTheirPaths(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/home/ada/sara j.jpg", "/tmp/100% #1?.png", "/tmp/größe/写真.jpg", "/tmp/a%20b.jpg", "/a: new/b.jpg"} {
		link := inbox.FileURL(path)
		if got, ok := inbox.FilePath(link); !ok || got != path {
			t.Errorf("%q became %q, and that %q", path, link, got)
		}
	}
	for _, link := range []string{"https://cdn.example/a.jpg", "file://elsewhere/a.jpg", "file:", "/home/ada/a.jpg", "file://%zz"} {
		if path, ok := inbox.FilePath(link); ok {
			t.Errorf("%q is taken for the file %q", link, path)
		}
	}
}

func TestUploadGivesAFileAnAddress(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.uploadBy(disk{"/home/ada/lamp.jpg": 1 << 20}, bucket(toCDN), f.provider)
	link, err := f.in.Upload(t.Context(), ann, "/home/ada/lamp.jpg")
	if err != nil || link != "https://cdn.example/lamp.jpg" {
		t.Errorf("%q, %v", link, err)
	}
}

func TestWhoUploads(t *testing.T) {
	t.Parallel()
	files := disk{"/a.jpg": 1}
	own := bucket(func(context.Context, inbox.LocalFile) (string, error) { return "https://own.example/a.jpg", nil })
	f := newFixture(t)
	able := uploadingProvider{f.provider, bucket(toCDN)}
	for name, tt := range map[string]struct {
		files    inbox.Files
		command  inbox.Uploader
		provider inbox.Provider
		want     string // "": nobody
	}{
		"the provider":                      {files, nil, able, "https://cdn.example/a.jpg"},
		"the command instead":               {files, own, able, "https://own.example/a.jpg"},
		"nobody":                            {files, nil, f.provider, ""},
		"nobody where files are not looked": {nil, own, able, ""},
	} {
		f.uploadBy(tt.files, tt.command, tt.provider)
		can := f.in.CanUpload(ann)
		link, err := f.in.Upload(t.Context(), ann, "/a.jpg")
		if link != tt.want || can.OK != (tt.want != "") || (err == nil) != can.OK {
			t.Errorf("%s: %q, %v, %+v", name, link, err, can)
		}
		if !can.OK && !strings.Contains(can.Reason, "upload_command") {
			t.Errorf("%s: it does not say what is needed: %q", name, can.Reason)
		}
	}
}

func TestFilesThatThePlatformWouldRefuseAreNotUploaded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	platform := ann.Platform()
	caps := f.provider.Capacity[platform]
	caps.Media = []inbox.MediaRule{{Kind: "image", Extensions: []string{"jpg"}, MaxBytes: 8 << 20}}
	f.provider.Capacity[platform] = caps
	files := disk{"/ok.JPG": 8 << 20, "/large.jpg": 8<<20 + 1, "/empty.jpg": 0, "/a.heic": 100, "/a": 100}
	var asked []string
	f.uploadBy(files, bucket(func(ctx context.Context, f inbox.LocalFile) (string, error) {
		asked = append(asked, f.Path)
		return toCDN(ctx, f)
	}), f.provider)
	for path, why := range map[string]string{
		"/ok.JPG": "", "/large.jpg": "large.jpg has 8.0 MB, more than the 8.0 MB that Instagram takes in one image", "/empty.jpg": "is empty",
		"/a.heic": `does not take files that end in ".heic"`, "/a": `files that end in "."`, "/none.jpg": "there is no file",
	} {
		_, err := f.in.Upload(t.Context(), ann, path)
		if why == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, expected %q", path, err, why)
		}
	}
	if !slices.Equal(asked, []string{"/ok.JPG"}) {
		t.Errorf("uploaded: %q", asked)
	}
}

func TestAddressesThatCannotBeSentAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for link, why := range map[string]string{
		"":                                 "is not a web address",
		"uploaded!":                        "is not a web address",
		"http://cdn.example/a.jpg":         "does not begin with https:",
		"https://cdn.example/a":            `does not take files that end in "."`,
		"https://cdn.example/a.jpg?sig=1":  "has a query",
		"https://cdn.example/a.jpg\x1b[2J": "is not a web address",
		"file:///home/ada/a.jpg":           "has not been uploaded",
	} {
		f.uploadBy(disk{"/a.jpg": 1}, bucket(func(context.Context, inbox.LocalFile) (string, error) { return link, nil }), f.provider)
		_, err := f.in.Upload(t.Context(), ann, "/a.jpg")
		if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v, expected %q", link, err, why)
		}
	}
}

func TestUploadEndsAfterAMinuteAndWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.uploadBy(disk{"/a.jpg": 1}, bucket(func(ctx context.Context, _ inbox.LocalFile) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}), f.provider)
		begin := time.Now()
		_, err := f.in.Upload(context.Background(), ann, "/a.jpg")
		if inbox.KindOf(err) != inbox.Unavailable || !strings.Contains(err.Error(), "a.jpg took more than 1m") || time.Since(begin) != time.Minute {
			t.Errorf("after %s: %v", time.Since(begin), err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := f.in.Upload(ctx, ann, "/a.jpg"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
	})
}

func TestTwoUploadsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.uploadBy(disk{"/a.jpg": 1}, bucket(func(ctx context.Context, file inbox.LocalFile) (string, error) {
			time.Sleep(40 * time.Second)
			return toCDN(ctx, file)
		}), f.provider)
		begin, done := time.Now(), make(chan error)
		for range 4 {
			go func() {
				_, err := f.in.Upload(context.Background(), ann, "/a.jpg")
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err) // who waits for a place has not begun to be late
			}
		}
		if took := time.Since(begin); took != 80*time.Second {
			t.Errorf("four uploads of 40 seconds took %s", took)
		}
	})
}

func TestFileWithoutAnAddressIsNotSent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.ingest(batch(received("m1", "hello", minutesAgo(1))))
	what := inbox.Composition{Conversation: ann, Text: "look", Media: []string{inbox.FileURL("/home/ada/sara j.jpg")}}
	problems := f.in.Check(what)
	if len(problems) != 1 || problems[0].Part != 0 || !strings.Contains(problems[0].Error.Text, "sara j.jpg is a file of this machine") {
		t.Errorf("%+v", problems)
	}
	if _, err := f.in.Send(t.Context(), inbox.SendRequest{Composition: what}); inbox.KindOf(err) != inbox.Rejected {
		t.Errorf("sent: %v", err)
	}
}
