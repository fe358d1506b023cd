package config

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

// replyDesk is a config folder for a test.
type replyDesk struct {
	*testing.T
	folder *ReplyFolder
}

func newReplyDesk(t *testing.T) replyDesk {
	return replyDesk{t, Places{Config: filepath.Join(t.TempDir(), "config.toml")}.Replies()}
}

func (d replyDesk) write(name, text string) {
	d.Helper()
	file := filepath.Join(d.folder.Dir(), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
}

// own are the replies that are not built in, as "name/platform: text".
func (d replyDesk) own() (own []string, err error) {
	d.Helper()
	all, err := d.folder.Replies(context.Background())
	for _, r := range all {
		if r.Source != "" {
			own = append(own, strings.TrimSuffix(r.Name+"@"+string(r.Platform), "@")+": "+r.Text)
		}
	}
	return own, err
}

func TestAFolderOfRepliesIsReadWithItsVariants(t *testing.T) {
	d := newReplyDesk(t)
	if own, err := d.own(); err != nil || len(own) != 0 {
		t.Fatalf("without a folder: %q, %v", own, err)
	}
	d.write("hello.md", "\ufeffHi {{first_name|there}}!\r\nHow can I help?\n\n")
	d.write("hello.instagram.md", "Hey {{first_name}}")
	d.write("orders/late.txt", "It leaves today.\x1b[2J\u202e")
	d.write("v1.2.md", "a version")
	d.write(".hidden.md", "{{")
	d.write(".git/x.md", "{{")
	d.write("hello.md~", "{{")
	d.write("picture.jpg", "{{")
	own, err := d.own()
	if err != nil {
		t.Fatal(err)
	}
	want := "hello@instagram: Hey {{first_name}}|hello: Hi {{first_name|there}}!\nHow can I help?|orders/late: It leaves today.|v1.2: a version"
	if got := strings.Join(own, "|"); got != want {
		t.Errorf("read %q\nwant %q", got, want)
	}
}

func TestAMistakeInAReplyNamesFileAndLineAndHidesNoOther(t *testing.T) {
	d := newReplyDesk(t)
	d.write("good.md", "fine")
	d.write("wrong.md", "Hi,\nyour order {{number}} …")
	d.write("empty.txt", " \n")
	d.write("long.md", strings.Repeat("x", replyBytes+1))
	d.write("latin.md", "one\ntwo\xfc")
	if err := os.Symlink(d.folder.Dir(), filepath.Join(d.folder.Dir(), "loop.md")); err != nil {
		t.Fatal(err)
	}
	own, err := d.own()
	if strings.Join(own, "|") != "good: fine" {
		t.Errorf("read %q", own)
	}
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		`wrong.md:2:12: there is no variable "number"; known are: first_name`, "empty.txt:1:1: there is no text",
		"long.md: longer than 64 KiB", "latin.md:2: not UTF-8", "loop.md: not a file",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %s:\n%v", want, err)
		}
	}
}

func TestAReplyThatHasChangedIsReadAnew(t *testing.T) {
	d := newReplyDesk(t)
	d.write("hello.md", "one")
	d.write("other.md", "other")
	if own, _ := d.own(); strings.Join(own, "|") != "hello: one|other: other" {
		t.Fatalf("read %q", own)
	}
	d.write("hello.md", "two")
	if err := os.Chtimes(filepath.Join(d.folder.Dir(), "hello.md"), time.Now(), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(d.folder.Dir(), "other.md")); err != nil {
		t.Fatal(err)
	}
	if own, err := d.own(); strings.Join(own, "|") != "hello: two" || err != nil {
		t.Errorf("then %q, %v", own, err)
	}
}

func TestThereAreOnlySoManyReplies(t *testing.T) {
	d := newReplyDesk(t)
	for i := range mostReplies + 5 {
		d.write(fmt.Sprintf("r%05d.md", i), "x")
	}
	own, err := d.own()
	if len(own) != mostReplies || err == nil || !strings.Contains(err.Error(), "more than 1000 replies") {
		t.Errorf("%d replies, %v", len(own), err)
	}
}

func FuzzReplyName(f *testing.F) {
	for _, name := range []string{"a.md", "a.instagram.md", ".md", "instagram.md", "x/.facebook.txt", "a.twitter.facebook.md"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, below string) {
		name, platform := replyName(below)
		whole := name
		if platform != "" {
			whole += "." + string(platform)
		}
		if whole += path.Ext(below); whole != below {
			t.Errorf("%q is %q for %q", below, name, platform)
		}
		if platform != "" && platform != inbox.Facebook && platform != inbox.Instagram && platform != inbox.Twitter {
			t.Errorf("%q is for %q", below, platform)
		}
	})
}

func TestTheHoldIsBounded(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": UsualHold, `hold = "0s"`: 0, `hold = "0"`: 0, `hold = "12s"`: 12 * time.Second, `hold = "60s"`: time.Minute, `hold = "1m"`: time.Minute,
		`hold = "61s"`: -1, `hold = "1d"`: -1, `hold = "never"`: -1, `hold = 5`: -1, `hold = "-1s"`: -1,
	} {
		c, err := Parse("config.toml", []byte("[[account]]\nname = \"acme\"\nprovider = \"ayrshare\"\napi_key = \"x\"\n[ui]\nagent = \"Ada\"\n"+text+"\n"))
		switch {
		case want < 0:
			if err == nil || !strings.Contains(err.Error(), "ui.hold: expected a duration up to \"60s\"") {
				t.Errorf("%s: %v", text, err)
			}
		case err != nil || c.Screen.Hold != want || c.Screen.Agent != "Ada":
			t.Errorf("%s: %+v, %v", text, c, err)
		}
	}
}
