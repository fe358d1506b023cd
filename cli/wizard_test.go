package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/term"

	"parley/config"
	"parley/inbox"
	"parley/platforms/sim"
)

// dialog is a terminal in which questions are asked.
type dialog struct {
	*terminal
	read int // how much of the output was looked at
}

// newWizardDesk is a machine without a config. Nothing else is in its home.
func newWizardDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	for _, name := range []string{"config.toml", "key"} {
		if err := os.Remove(filepath.Join(d.home, name)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// asks opens the wizard on that machine.
func (d *desk) asks(args ...string) *dialog {
	d.t.Helper()
	return &dialog{terminal: d.open(args...)}
}

// wizard opens it for a provider's API that is at the address.
func (d *desk) wizard(address string) *dialog {
	d.t.Helper()
	return d.asks("config", "wizard", "--base-url", address)
}

// says waits until the text is written, behind what was looked at before.
func (w *dialog) says(text string) *dialog {
	w.t.Helper()
	for deadline := time.After(lookPatience); ; {
		output := w.output()
		if at := strings.Index(output[w.read:], text); at >= 0 {
			w.read += at + len(text)
			return w
		}
		select {
		case <-w.changed:
		case <-deadline:
			w.t.Fatalf("it does not say %q:\n%s", text, output[w.read:])
		}
	}
}

// answers waits for questions, each with the answer behind it.
func (w *dialog) answers(pairs ...string) *dialog {
	w.t.Helper()
	for pair := range slices.Chunk(pairs, 2) {
		w.says(pair[0]).press(pair[1] + "\r")
	}
	return w
}

// signal sends one, as a system that goes down or a line that drops does.
func (w *dialog) signal(s syscall.Signal) {
	w.t.Helper()
	if err := w.cmd.Process.Signal(s); err != nil {
		w.t.Fatal(err)
	}
}

// echoes checks that the terminal is as it was before.
func (w *dialog) echoes() {
	w.t.Helper()
	if after, err := term.GetState(int(w.pts.Fd())); err != nil || !reflect.DeepEqual(after, w.before) {
		w.t.Errorf("the terminal is left in another state: %v, %v", after, err)
	}
}

// The questions, as far as the tests answer them.
const (
	askedProvider = "Provider [1]: "
	askedSource   = "Where is it ["
	askedSecret   = "not shown"
	askedNow      = "Go on with ["
	askedPlatform = "Platforms, with commas ["
	askedHooks    = "Use webhooks? ["
	askedPublic   = "Public address, such as https://inbox.example.com: "
	askedListen   = "passes calls on to parley at ["
	askedName     = "Name ["
	askedWrite    = "Write it? [Y/n]: "
	askedOpen     = "Open the inbox now? [Y/n]: "
)

// files are all files below the home, with their contents.
func (d *desk) files() map[string]string {
	d.t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(d.home, func(file string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		found[entry.Name()] = string(data)
		if info, statErr := entry.Info(); statErr != nil || info.Mode().Perm() != 0o600 {
			d.t.Errorf("%s is of mode %v", file, info.Mode())
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

func startFace(t *testing.T, o sim.Options) simulated {
	t.Helper()
	o.Seed, o.Quiet, o.CallsPerSecond = 4, true, -1
	if o.Conversations == 0 {
		o.Conversations = 2
	}
	s := simulated{name: "sim", options: o}
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.world.Close() })
	return s
}

// TestWizardLeadsToAnInbox: for each provider the answers become a config that
// works, and what was typed is in files of its own and nowhere else.
func TestWizardLeadsToAnInbox(t *testing.T) {
	t.Parallel()
	const app = "APP-SECRET-6TQ9"
	for face, c := range map[sim.Face]struct {
		answers func(s simulated) []string
		typed   []string
		want    config.Webhook
	}{
		sim.FaceAyrshare: {
			func(s simulated) []string {
				return []string{
					askedProvider, "", askedSource + "1", "4", askedSecret, " \"" + s.world.Key() + "\" ", askedSource + "5", "",
					askedPlatform + "facebook, instagram, twitter]", "ig, X",
					askedSource + "1", "type", askedSecret, testXKey, askedSource + "1", "type", askedSecret, testXSecret,
					askedHooks + "y/N", "", askedName + "ayrshare", "shop",
				}
			},
			[]string{"api_key", "twitter_api_key", "twitter_api_secret"}, config.Webhook{},
		},
		sim.FaceInstagram: {
			func(s simulated) []string {
				return []string{
					askedProvider, "instagram", askedSource + "1", "type", askedSecret, s.world.Key(),
					askedHooks + "y/N", "yes", askedPublic, "shop.example", askedPublic, "https://shop.example", askedListen, "127.0.0.1:0",
					askedSource + "1", "type", askedSecret, app, askedName + "instagram", "shop",
				}
			},
			[]string{"access_token", "webhook_secrets", "verify_token"}, config.Webhook{Listen: "127.0.0.1:0", PublicURL: "https://shop.example"},
		},
		sim.FaceChatt2me: {
			func(s simulated) []string {
				return []string{
					askedProvider, "3", askedSource + "1", "type", askedSecret, s.world.Key(), "channel: ", s.world.Channel(), "platform [1]: ", "f",
					"in no other way", "", askedPublic, "https://shop.example", askedListen, "127.0.0.1:0", askedName + "chatt2me", "shop",
				}
			},
			[]string{"api_key"}, config.Webhook{Listen: "127.0.0.1:0", PublicURL: "https://shop.example"},
		},
	} {
		t.Run(string(face), func(t *testing.T) {
			t.Parallel()
			o := sim.Options{Face: face}
			if face == sim.FaceChatt2me {
				o.Platforms = []inbox.Platform{inbox.Facebook}
			}
			s := startFace(t, o)
			d := newWizardDesk(t)
			w := d.wizard(s.world.BaseURL())
			w.answers(c.answers(s)...)
			w.says("This will be written:").says(filepath.Join("~", "config.toml")).says("name = \"shop\"")
			w.answers(askedWrite, "").says("From now on").answers(askedOpen, "n")
			if code := w.exits(); code != exitDone {
				t.Fatalf("exit code %d:\n%s", code, w.output())
			}
			if strings.ContainsRune(w.output(), '\x1b') {
				t.Errorf("an escape sequence in\n%q", w.output())
			}

			files := d.files()
			for _, field := range c.typed {
				secret := strings.TrimSpace(files["shop."+field])
				if secret == "" || strings.Contains(files["config.toml"], secret) || strings.Contains(w.output(), secret) {
					t.Errorf("%s: not in its file, or somewhere else as well", field)
				}
			}
			if len(files) != len(c.typed)+1 {
				t.Errorf("there are %v", slices.Sorted(maps.Keys(files)))
			}
			loaded, err := config.Load(filepath.Join(d.home, "config.toml"))
			if err != nil || len(loaded.Warnings) != 0 {
				t.Fatalf("%v, %v", err, loaded)
			}
			if (loaded.Webhook != nil) != (c.want != config.Webhook{}) || loaded.Webhook != nil && *loaded.Webhook != c.want {
				t.Errorf("webhook %+v, want %+v", loaded.Webhook, c.want)
			}
			d.parley("webhook", "list").exits(exitDone) // the provider takes the key
			d.parley("sync").exits(exitDone)
		})
	}
}

// TestWizardTriesAgain: what the provider says of a wrong key, of too many
// questions and of no network is told, and nothing that was answered is lost.
func TestWizardTriesAgain(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{Faults: []string{"user:429=1s:once"}})
	d := newWizardDesk(t)
	w := d.wizard(s.world.BaseURL())
	w.answers(askedProvider, "", askedSource+"1", "type", askedSecret, "not-the-key", askedSource+"5", "")
	w.says("warn  key: ").answers(askedNow+"2", "") // the question is repeated as it is
	w.says("fail  key: API Key not valid").says("code 102").answers(askedNow+"1", "")
	w.answers(askedSource+"4", "", "the same as before", s.world.Key(), askedSource+"5", "")
	w.says("ok    key: ayrshare accepts it").says("Facebook: linked").answers(askedPlatform, "facebook", askedHooks, "n", askedName, "", askedWrite, "", askedOpen, "n")
	if code := w.exits(); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, w.output())
	}
	if files := d.files(); strings.TrimSpace(files["ayrshare.api_key"]) != s.world.Key() {
		t.Errorf("the key is not the one that was typed last")
	}
	d.parley("sync").exits(exitDone)
}

// TestWizardGoesOnWithoutAnAnswer: a provider that cannot be reached does not keep
// anybody from having a config.
func TestWizardGoesOnWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	d := newWizardDesk(t)
	w := d.wizard("http://127.0.0.1:1/api")
	w.answers(askedProvider, "", askedSource, "file", "File: ", "", askedSource, "type", askedSecret, "").says("choose again") // as often as one likes
	w.answers(askedSource, "env", "variable: ", "$TEST_KEY").says("without $").answers("variable: ", "TEST_KEY", askedSource+"5", "")
	w.says("connection refused").answers(askedNow+"2", "skip", askedPlatform, "facebook", askedHooks, "", askedName, "", askedWrite, "", askedOpen, "n")
	if code := w.exits(); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, w.output())
	}
	if files := d.files(); len(files) != 1 || !strings.Contains(files["config.toml"], "\napi_key_env = \"TEST_KEY\"\n") {
		t.Errorf("%v", files)
	}
}

// TestWizardFetchesSecrets: a command or a file that gives nothing is told before
// anything is written.
func TestWizardFetchesSecrets(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{})
	d := newWizardDesk(t)
	w := d.wizard(s.world.BaseURL())
	w.answers(askedProvider, "", askedSource, "command", "[pass show ayrshare/api_key]: ", "no-such-command 'at all", "[pass show ayrshare/api_key]: ", "no-such-command 'at all'", askedSource+"5", "")
	w.says("there is no command").answers(askedNow+"1", "", askedSource+"1", "file", "File: ", "key.txt", "File: ", "~/no such file", askedSource+"5", "")
	w.says("api_key_file: open").answers(askedNow+"1", "again", askedSource+"2", "1", "[pass show ayrshare/api_key]: ", "echo '"+s.world.Key()+"'", askedSource+"5", "none")
	w.says("accepts it").answers(askedPlatform, "facebook fax", askedPlatform, "facebook", askedHooks, "n", askedName, "two words", askedName, "", askedWrite, "y", askedOpen, "n")
	if code := w.exits(); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, w.output())
	}
	d.parley("sync").exits(exitDone)
}

// TestWizardLeavesNothing: whoever leaves, at whatever question and in whatever
// way, has changed nothing.
func TestWizardLeavesNothing(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{})
	toSecret := []string{askedProvider, "", askedSource, "type"}
	toEnd := slices.Concat(toSecret, []string{askedSecret, s.world.Key(), askedSource + "5", "", askedPlatform, "facebook", askedHooks, "", askedName, "shop"})
	for name, c := range map[string]struct {
		answers []string
		at      string
		leave   func(w *dialog)
	}{
		"Ctrl-C at the first question": {nil, askedProvider, func(w *dialog) { w.press("\x03") }},
		"Ctrl-D at the first question": {nil, askedProvider, func(w *dialog) { w.press("\x04") }},
		"Escape at the first question": {nil, askedProvider, func(w *dialog) { w.press("\x1b\r") }},
		"Ctrl-C in a key":              {toSecret, askedSecret, func(w *dialog) { w.press("half\x03") }},
		"Ctrl-D instead of a key":      {toSecret, askedSecret, func(w *dialog) { w.press("\x04") }},
		"Escape in a key":              {toSecret, askedSecret, func(w *dialog) { w.press("half\x1b") }},
		"a signal in a key":            {toSecret, askedSecret, func(w *dialog) { w.signal(syscall.SIGTERM) }},
		"Ctrl-C at the last question":  {toEnd, askedWrite, func(w *dialog) { w.press("\x03") }},
		"no at the last question":      {toEnd, askedWrite, func(w *dialog) { w.press("n\r") }},
		"the line drops at the end":    {toEnd, askedWrite, func(w *dialog) { w.signal(syscall.SIGHUP) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newWizardDesk(t)
			w := d.wizard(s.world.BaseURL())
			w.answers(c.answers...).says(c.at)
			c.leave(w)
			w.says("nothing was written")
			if code := w.exits(); code != exitFailed {
				t.Errorf("exit code %d:\n%s", code, w.output())
			}
			if files := d.files(); len(files) != 0 {
				t.Errorf("there are %v", files)
			}
			w.echoes()
		})
	}
}

// TestWizardTakesPastes: what terminals and people put around a key is taken off,
// and what is no key is refused, without showing any of it.
func TestWizardTakesPastes(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{})
	d := newWizardDesk(t)
	w := d.wizard(s.world.BaseURL())
	w.answers(askedProvider, "\x1b[A", askedProvider, "\x1b[200~1\x1b[201~", askedSource, "type")
	w.answers(askedSecret, "PASTED-UPPER\rPASTED-LOWER", askedSecret, "Bearer "+s.world.Key(), askedSecret, "", askedSource+"1", "type", askedSecret, "\x1b[200~'"+s.world.Key()+"'\r\x1b[201~")
	w.says(fmt.Sprintf("%d characters taken", len(s.world.Key())))
	w.answers(askedSource+"5", "").says("accepts it")
	w.answers(askedPlatform, "facebook\rinstagram\rn").says("more than one line").answers(askedPlatform, "facebook", askedHooks, "n", askedName, "", askedWrite, "", askedOpen, "n")
	if code := w.exits(); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, w.output())
	}
	for _, hidden := range []string{"PASTED", "Bearer", s.world.Key()} {
		if strings.Contains(w.output(), hidden) {
			t.Errorf("the terminal showed %q:\n%s", hidden, w.output())
		}
	}
	d.parley("sync").exits(exitDone)
}

// TestWizardReplacesNothing: a config that is there, also one that came meanwhile,
// and a file that has a secret's name stay as they are.
func TestWizardReplacesNothing(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{})
	d := newWizardDesk(t)
	d.write("shop.api_key", "an older one\n")
	w := d.wizard(s.world.BaseURL())
	w.answers(askedProvider, "", askedSource, "type", askedSecret, s.world.Key(), askedSource+"5", "", askedPlatform, "facebook", askedHooks, "", askedName, "shop")
	w.says("shop.api_key-2").says(askedWrite)
	d.write("config.toml", "# somebody else's\n")
	w.press("y\r")
	w.says("file already exists").answers(askedWrite, "n").says("nothing was written")
	if code := w.exits(); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if files := d.files(); len(files) != 2 || files["config.toml"] != "# somebody else's\n" || files["shop.api_key"] != "an older one\n" {
		t.Errorf("%v", files)
	}
	again := d.wizard(s.world.BaseURL())
	again.says("there is a config already")
	if code := again.exits(); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
}

// TestWizardNeedsAPlace: a folder in which nothing can be made is told before the
// first question.
func TestWizardNeedsAPlace(t *testing.T) {
	t.Parallel()
	d := newWizardDesk(t)
	d.write("occupied", "")
	for _, file := range []string{filepath.Join(d.home, "occupied", "config.toml"), filepath.Join(d.home, "occupied", "deep", "config.toml")} {
		w := d.asks("config", "wizard", "--config", file)
		w.says("the config cannot be written").says("--config FILE")
		if code := w.exits(); code != exitUsage || strings.Contains(w.output(), askedProvider) {
			t.Errorf("exit code %d:\n%s", code, w.output())
		}
	}
	d.parley("config", "wizard").exits(exitUsage).says("nobody can be asked", "parley config init")
}

// TestFirstRunAsks: without a config the inbox begins with the questions, of which
// the demo is an answer; elsewhere it says what can be done.
func TestFirstRunAsks(t *testing.T) {
	t.Parallel()
	d := newWizardDesk(t)
	w := d.asks()
	w.answers(askedProvider, "demo")
	w.waits("1 All", "? the keys")
	w.press("q")
	if code := w.exits(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Stat(filepath.Join(d.home, "config.toml")); err == nil {
		t.Error("the demo has written a config")
	}
	d.parley().exits(exitUsage).says("no config", "parley config wizard", "parley config init", "parley demo")
}

// TestWizardElsewhere: a config that is not at the usual place is named where it is
// said what to do with it, and nobody is told to log in with what is not there yet.
func TestWizardElsewhere(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{Face: sim.FaceInstagram})
	d := newWizardDesk(t)
	file := filepath.Join(d.home, "elsewhere", "two.toml")
	w := d.asks("config", "wizard", "--base-url", s.world.BaseURL(), "--config", file)
	w.answers(askedProvider, "instagram", askedSource+"1", "type", askedSecret, "not-the-token")
	w.says("code 190").says("check that it is the whole of it").answers(askedNow+"1", "", askedSource+"4", "", askedSecret, s.world.Key())
	w.answers(askedHooks, "n").says("letters a to z").answers(askedName, "Müller", askedName, "mueller", askedWrite, "")
	w.says("From now on, each with --config "+filepath.Join("~", "elsewhere", "two.toml")).answers(askedOpen, "n")
	if code := w.exits(); code != exitDone {
		t.Fatalf("exit code %d:\n%s", code, w.output())
	}
	if strings.Contains(w.output(), "parley login instagram") {
		t.Errorf("it says to log in:\n%s", w.output())
	}
	wrong := d.asks("config", "wizard", "--config", filepath.Join(d.home, "third.toml"), "--base-url", "127.0.0.1/api")
	wrong.says("--base-url: expected a URL")
	if code := wrong.exits(); code != exitUsage || strings.Contains(wrong.output(), askedProvider) {
		t.Errorf("exit code %d:\n%s", code, wrong.output())
	}
}

// TestWizardOpensTheInbox: the last answer leads there, and the keys that are
// typed then are the inbox's.
func TestWizardOpensTheInbox(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{Conversations: 3})
	d := newWizardDesk(t)
	w := d.wizard(s.world.BaseURL())
	w.answers(askedProvider, "", askedSource, "type", askedSecret, s.world.Key(), askedSource+"5", "", askedPlatform, "facebook", askedHooks, "", askedName, "shop", askedWrite, "", askedOpen, "")
	w.waits("1 All", "? the keys")
	w.press("q")
	if code := w.exits(); code != exitDone {
		t.Errorf("exit code %d:\n%s", code, w.output())
	}
}

// TestWizardOnADumbTerminal: where no inbox can be drawn, it is told in lines.
func TestWizardOnADumbTerminal(t *testing.T) {
	t.Parallel()
	s := startFace(t, sim.Options{})
	d := newWizardDesk(t)
	d.env = append(d.env, "TERM=dumb")
	w := d.wizard(s.world.BaseURL())
	w.answers(askedProvider, "", askedSource, "type", askedSecret, s.world.Key(), askedSource+"5", "", askedPlatform, "facebook", askedHooks, "", askedName, "shop", askedWrite, "", askedOpen, "")
	w.waits("parley>")
	w.press("quit\r")
	if code := w.exits(); code != exitDone {
		t.Errorf("exit code %d:\n%s", code, w.output())
	}
	if strings.ContainsAny(w.output(), "\x1b\b") {
		t.Errorf("it draws: %q", w.output())
	}
}
