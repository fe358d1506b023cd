package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// withBucket gives the desk's config a command that uploads, and its home a picture
// in a folder.
func withBucket(d *desk) (folder string) {
	d.t.Helper()
	folder = filepath.Join(d.home, "our pictures")
	if err := os.Mkdir(folder, 0o700); err != nil {
		d.t.Fatal(err)
	}
	d.write("our pictures/lamp 1.jpg", "a picture")
	d.write("our pictures/broken.jpg", "a picture")
	d.write("our pictures/notes.txt", "no picture")
	d.write("upload.sh", `case "$2" in *broken*) echo "AccessDenied: no such bucket" >&2; exit 4;; esac
[ -f "$2" ] && echo "https://cdn.example/$1/$(basename "$2" | tr ' ' -)"; echo "$2" >> "$HOME/uploaded"
`)
	config, err := os.ReadFile(filepath.Join(d.home, "config.toml"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.write("config.toml", string(config)+"\n[media]\nupload_command = \"/bin/sh '"+d.home+"/upload.sh' shop {file}\"\n")
	return folder
}

// parleyIn runs parley in a folder.
func (d *desk) parleyIn(folder string, args ...string) outcome {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runPatience)
	defer cancel()
	cmd := d.command(ctx, args...)
	cmd.Dir = folder
	return d.ran(cmd, "")
}

func TestSendUploadsFilesOfTheCaller(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	folder := withBucket(d)
	send := func(args ...string) outcome {
		return d.parleyIn(folder, append([]string{"send", "ursel"}, args...)...)
	}
	n := 0
	sent := func() string { // since the last time
		var links []string
		for _, delivery := range world.Deliveries()[n:] {
			if delivery.MediaURL != "" {
				links = append(links, delivery.MediaURL)
			}
		}
		n = len(world.Deliveries())
		return strings.Join(links, " ")
	}
	send("look", "--media", "lamp 1.jpg", "--media", "https://cdn.example/b.jpg").exits(exitDone)
	if got := sent(); got != "https://cdn.example/shop/lamp-1.jpg https://cdn.example/b.jpg" {
		t.Errorf("delivered %q", got)
	}
	send("look", "--media", "none.jpg").exits(exitFailed).says("there is no file " + filepath.Join(folder, "none.jpg"))
	send("look", "--media", "notes.txt").exits(exitFailed).says(`does not take files that end in ".txt"`)
	send("look", "--media", "./broken.jpg").exits(exitFailed).says("AccessDenied: no such bucket", "upload_command of the config")
	send(strings.Repeat("long ", 1000), "--media", "lamp 1.jpg").exits(exitFailed).says("--split")
	send("look", "--media", "https://cdn.example/b.exe", "--media", "lamp 1.jpg").exits(exitFailed).says(`end in ".exe"`)
	send("look", "--media", "lamp 1.jpg", "--media", "none.jpg").exits(exitFailed).says("there is no file")
	send("look", "--media", "lamp 1.jpg", "--media", "notes.txt").exits(exitFailed).says(`end in ".txt"`)
	if len(world.Deliveries()) != n || strings.Count(d.read("uploaded"), "\n") != 1 {
		t.Errorf("what was refused was delivered or uploaded: %s", d.read("uploaded"))
	}

	send("look", "--media=~/our pictures/lamp 1.jpg").exits(exitDone) // no shell expands it there
	if got := sent(); got != "https://cdn.example/shop/lamp-1.jpg" {
		t.Errorf("delivered %q", got)
	}

	run := d.holds() // in another folder
	send("again", "--media", "../our pictures/lamp 1.jpg").exits(exitDone)
	if got := sent(); got != "https://cdn.example/shop/lamp-1.jpg" {
		t.Errorf("delivered %q", got)
	}
	run.ends(syscall.SIGTERM, exitDone)
}

// TestNothingIsUploadedThatCannotBeSent: neither out of the window, nor for a time at
// which nothing may leave.
func TestNothingIsUploadedThatCannotBeSent(t *testing.T) {
	t.Parallel()
	_, d, _ := newGraphDesk(t, "\n[window.instagram.instagram]\nopen = \"1s\"\n")
	folder := withBucket(d)
	await(t, "the window to close", func() bool {
		return d.parley("list", "zenobia", "--json").exits(exitDone).one()["window"].(record)["phase"] == "closed"
	})
	send := func(args ...string) outcome {
		return d.parleyIn(folder, append([]string{"send", "zenobia", "look", "--media", "lamp 1.jpg"}, args...)...)
	}
	send().exits(exitFailed).says("the reply window closed", "--anyway lets the provider decide")
	send("--at", "2h").exits(exitFailed).says("before the message would leave")
	send("--at", "someday").exits(exitFailed)
	if _, err := os.Stat(filepath.Join(d.home, "uploaded")); err == nil {
		t.Errorf("uploaded: %s", d.read("uploaded"))
	}
}

func TestSendSaysWhatAFileNeeds(t *testing.T) {
	t.Parallel()
	_, d, _ := newGraphDesk(t, "")
	d.write("lamp.jpg", "a picture")
	d.parley("send", "zenobia", "--media", "lamp.jpg").exits(exitFailed).
		says("set upload_command in [media] of the config: Instagram fetches from public https addresses only")
}

// TestFilesGoToTheProviderThatTakesThem: without a command, Ayrshare does.
func TestFilesGoToTheProviderThatTakesThem(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	d.write("lamp.jpg", strings.Repeat("a picture", 200_000)) // 1.7 MB
	d.parley("send", "ursel", "look", "--media", "lamp.jpg").exits(exitDone)
	all := world.Deliveries()
	if link := all[len(all)-1].MediaURL; !strings.HasPrefix(link, "https://images.ayrshare.example/") || !strings.HasSuffix(link, ".jpg") {
		t.Errorf("delivered %+v", all[len(all)-1])
	}
}
