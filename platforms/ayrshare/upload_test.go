package ayrshare_test

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/inbox"
)

// uploads tries to upload a file of that size.
func uploads(t *testing.T, s *server, size int64) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sara j.jpg")
	if err := os.WriteFile(path, []byte("a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.connect().(inbox.Uploader).Upload(t.Context(), inbox.LocalFile{Path: path, Bytes: size})
}

// TestUploadIsWhatTheDocumentShows: the request and the answer of upload-media.
func TestUploadIsWhatTheDocumentShows(t *testing.T) {
	s := newServer(t, answer(200, `{"id":"1167335b-6c37-4fc6-ab8a-044e0005d335-jpeg",
		"url":"https://images.ayrshare.com/q3Ls85VTsrbODnGIJHpy7PaHWwA3/1167335b.jpeg","fileName":"sara j.jpg","description":""}`))
	link, err := uploads(t, s, 9)
	if err != nil || link != "https://images.ayrshare.com/q3Ls85VTsrbODnGIJHpy7PaHWwA3/1167335b.jpeg" {
		t.Errorf("%q, %v", link, err)
	}
	asked := s.Only()
	if asked.Method != "POST" || asked.Path != "/api/media/upload" || asked.Header.Get("Authorization") != "Bearer "+apiKey {
		t.Errorf("asked %s %s", asked.Method, asked.Path)
	}
	kind, params, err := mime.ParseMediaType(asked.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("content type %q, %v", kind, err)
	}
	form, err := multipart.NewReader(strings.NewReader(asked.Body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if got := form.Value["fileName"]; len(got) != 1 || got[0] != "sara j.jpg" {
		t.Errorf("fileName %q", got)
	}
	file, err := form.File["file"][0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(file); err != nil || string(data) != "a picture" {
		t.Errorf("file %q, %v", data, err)
	}
}

func TestUploadThatIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		size   int64
		asks   int
		kind   inbox.Kind
		text   string
	}{
		"in Ayrshare's words": {403, `{"status":"error","code":169,"message":"Your plan does not include media uploads."}`, 9, 1, "", "Your plan does not include"},
		"without an address":  {200, `{"id":"x"}`, 9, 1, inbox.Unavailable, "told no address"},
		"before it is asked":  {200, `{}`, 30<<20 + 1, 0, inbox.Rejected, "more than the 30 MB that Ayrshare takes"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, slices.Repeat([]http.HandlerFunc{answer(tt.status, tt.body)}, tt.asks)...)
			_, err := uploads(t, s, tt.size)
			if err == nil || !strings.Contains(err.Error(), tt.text) || tt.kind != "" && inbox.KindOf(err) != tt.kind || len(s.Requests()) != tt.asks {
				t.Errorf("%v after %d requests", err, len(s.Requests()))
			}
			mustContainNoSecret(t, "the error", err.Error())
		})
	}
}

// TestUploadOfAFileThatGrows: what it is now counts, not what it was when the agent
// chose it.
func TestUploadOfAFileThatGrows(t *testing.T) {
	s := newServer(t)
	path := filepath.Join(t.TempDir(), "lamp.jpg")
	if err := os.WriteFile(path, []byte("a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 30<<20+1); err != nil {
		t.Fatal(err)
	}
	_, err := s.connect().(inbox.Uploader).Upload(t.Context(), inbox.LocalFile{Path: path, Bytes: 9})
	if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), "more than the 30 MB that Ayrshare takes") {
		t.Error(err)
	}
}
