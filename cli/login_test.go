package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/platforms/sim"
)

// newLoginDesk is a machine with an account of Instagram that has no token yet.
func newLoginDesk(t *testing.T) (shop simulated, d *desk) {
	t.Helper()
	shop = simulated{name: testAccountID, options: sim.Options{Face: sim.FaceInstagram, Seed: 4, Quiet: true, Conversations: 1, CallsPerSecond: -1}}
	if err := shop.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shop.world.Close() })
	d = newDesk(t, "http://127.0.0.1:1/api", "")
	id, secret := shop.world.App()
	var lines []string
	for line := range strings.Lines(shop.accountTable()) {
		if !strings.HasPrefix(line, "access_token") {
			lines = append(lines, line)
		}
	}
	d.write("config.toml", strings.Join(lines, "")+"app_id = \""+id+"\"\napp_secret = \""+secret+"\"\n")
	return shop, d
}

// TestLoginByToken: a token on standard input is checked, kept where only its
// owner can read it, and used from then on.
func TestLoginByToken(t *testing.T) {
	t.Parallel()
	shop, d := newLoginDesk(t)
	d.parley("sync").exits(exitUsage).says("access_token is missing", "parley login instagram")
	d.parleyReading("not-the-token-of-anybody\n", "login", "instagram", "-").exits(exitFailed)
	d.parleyReading("", "login", "instagram", "-").exits(exitFailed).says("the token is empty")
	d.parley("sync").exits(exitUsage)

	d.parleyReading(shop.world.Key()+"\n", "login", "instagram", "-").exits(exitDone).prints("acme: logged in as @")
	d.parley("sync").exits(exitDone)
	d.parley("list").exits(exitDone)
	d.parley("sync").exits(exitDone) // a command that knows no token has not spoilt it
	info, err := os.Stat(filepath.Join(d.data(), "accounts", "acme.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token is in %v, %v", info, err)
	}
	d.hides(shop.world.Key())
}

// hides checks that a secret is in no file but the account's own.
func (d *desk) hides(secret string) {
	d.t.Helper()
	err := filepath.WalkDir(d.data(), func(file string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Base(filepath.Dir(file)) == memoryFolder {
			return err
		}
		data, err := os.ReadFile(file)
		if bytes.Contains(data, []byte(secret)) {
			d.t.Errorf("%s holds the secret", file)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// TestLoginByCode: with an app, the printed address leads to a code, which is
// exchanged for a token.
func TestLoginByCode(t *testing.T) {
	t.Parallel()
	shop, d := newLoginDesk(t)
	d.parley("login", "instagram").exits(exitUsage).says("--redirect is missing")

	code, err := shop.world.LoginCode()
	if err != nil {
		t.Fatal(err)
	}
	o := d.loginWith(t, func(state string) string { return "https://shop.example/login?code=" + code + "&state=" + state + "#_" })
	o.exits(exitDone).prints("acme: logged in as @", "its token lives until ")
	d.parley("sync").exits(exitDone)
	d.hides(code)

	d.loginWith(t, func(string) string { return "https://shop.example/login?code=" + code + "&state=of-another" }).
		exits(exitUsage).says("belongs to another login")
	d.loginWith(t, func(state string) string {
		return "https://shop.example/login?error=access_denied&error_description=The+user+denied+your+request&state=" + state
	}).exits(exitFailed).says("the login was refused: The user denied your request")
	d.loginWith(t, func(string) string { return "https://shop.example/login?state=x" }).exits(exitUsage).says("there is no code in this address")
}

// loginWith logs in by code; paste makes the address at which the browser ends
// from the state that the printed address has.
func (d *desk) loginWith(t *testing.T, paste func(state string) string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), runPatience)
	defer cancel()
	cmd := d.command(ctx, "login", "instagram", "--redirect", "https://shop.example/login")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	said := readStderr(t, cmd)
	var all strings.Builder
	for !strings.Contains(all.String(), "browser ends: ") {
		select {
		case text, ok := <-said:
			if !ok {
				t.Fatalf("it has ended: %s", all.String())
			}
			all.WriteString(text)
		case <-time.After(runPatience):
			t.Fatalf("it does not ask: %s", all.String())
		}
	}
	_, state, _ := strings.Cut(all.String(), "state=")
	state, _, _ = strings.Cut(state, "\n")
	state, _, _ = strings.Cut(state, "&")
	if _, err := io.WriteString(stdin, paste(state)+"\n"); err != nil {
		t.Fatal(err)
	}
	for text := range said {
		all.WriteString(text)
	}
	_ = cmd.Wait() // the exit code is judged by the caller
	return outcome{t, stdout.String(), all.String(), cmd.ProcessState.ExitCode()}
}

// readStderr starts the command and gives out what it says.
func readStderr(t *testing.T, cmd *exec.Cmd) <-chan string {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 100)
	go func() {
		defer close(said)
		for buf := make([]byte, 4096); ; {
			n, err := stderr.Read(buf)
			if n > 0 {
				said <- string(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	return said
}

func TestLoginMistakes(t *testing.T) {
	t.Parallel()
	_, d := newLoginDesk(t)
	d.parley("login", "instagram", "IGAA-a-token-on-the-command-line").exits(exitUsage).says("can be seen by others")
	d.parley("login", "instagram", "--account", "acmee").exits(exitUsage).says(`did you mean "acme"?`)
	d.parley("login", "instagram", "--token").exits(exitUsage).says("nobody can be asked", "with -")
	other := newDesk(t, "http://127.0.0.1:1/api", "")
	other.parley("login", "instagram").exits(exitUsage).says("no account of the provider instagram")
	other.parley("login", "instagram", "--account", "acme").exits(exitUsage).says("account acme is not of the provider instagram")
}
