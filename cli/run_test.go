package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// running is a parley run on its own.
type running struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string // of standard error

	mu      sync.Mutex
	said    []string
	printed strings.Builder // on standard output
}

// starts runs parley until the test ends it.
func (d *desk) starts(args ...string) *running {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runPatience)
	d.t.Cleanup(cancel)
	r := &running{t: d.t, cmd: d.command(ctx, args...), lines: make(chan string, 1000)}
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	r.cmd.Stdout = r
	if err := r.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() {
		defer close(r.lines)
		for s := bufio.NewScanner(stderr); s.Scan(); {
			r.mu.Lock()
			r.said = append(r.said, s.Text())
			r.mu.Unlock()
			r.lines <- s.Text()
		}
	}()
	return r
}

// Write takes standard output.
func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.printed.Write(p)
}

// prints waits until standard output has all of the texts, and returns it.
func (r *running) prints(texts ...string) (printed string) {
	r.t.Helper()
	await(r.t, fmt.Sprintf("%q on standard output", texts), func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		printed = r.printed.String()
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(printed, text) })
	})
	return printed
}

// waitsToSay waits for a line with the text, and returns it.
func (r *running) waitsToSay(text string) string {
	r.t.Helper()
	for {
		select {
		case line, ok := <-r.lines:
			if !ok {
				r.t.Fatalf("it ended without saying %q:\n%s", text, r.all())
			}
			if strings.Contains(line, text) {
				return line
			}
		case <-time.After(runPatience):
			r.t.Fatalf("it does not say %q:\n%s", text, r.all())
		}
	}
}

func (r *running) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.said, "\n")
}

// ends sends the signal and checks the exit code.
func (r *running) ends(signal os.Signal, code int) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(signal); err != nil {
		r.t.Fatal(err)
	}
	for range r.lines {
	}
	err := r.cmd.Wait()
	if r.cmd.ProcessState.ExitCode() != code {
		r.t.Errorf("exit code %d, want %d (%v)\n%s", r.cmd.ProcessState.ExitCode(), code, err, r.all())
	}
}

// TestRunUntilASignal: parley run sends, listens and stores without a screen;
// every signal ends it well.
func TestRunUntilASignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			world := newSim(t, sim.Options{Seed: 3, Quiet: true, CacheTime: 100 * time.Millisecond})
			d := newDesk(t, world.BaseURL(), "webhook_secrets_command = \"echo a-secret-of-the-hook\"\n[webhook]\nlisten = \"127.0.0.1:0\"\n")
			customer, err := world.Arrive(sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: "Zenobia Quill"}, Text: "hello"})
			if err != nil {
				t.Fatal(err)
			}
			d.parley("sync").exits(exitDone)
			d.parley("send", "zenobia", "on its way", "--wait", "0").exits(exitDone)

			run := d.starts("run")
			_, told, _ := strings.Cut(run.waitsToSay("account acme: Facebook, Instagram and X, read from ayrshare and told at "), "told at ")
			_, address, _ := strings.Cut(run.waitsToSay("listening on 127.0.0.1:"), "listening on ")
			checkHealth(t, address)
			await(t, "the outbox to leave", func() bool { return len(world.Deliveries()) == 1 })
			if err := world.SetWebhook(sim.Webhook{URL: told, Secrets: []string{"a-secret-of-the-hook"}}); err != nil {
				t.Fatal(err)
			}
			if _, err := world.Write(sim.Post{ConversationID: customer.ID, Text: "thank you"}); err != nil {
				t.Fatal(err)
			}
			await(t, "the call of the webhook", func() bool { return accepted(world, "message") > 0 })
			run.ends(signal, exitDone)

			d.parley("show", "zenobia").exits(exitDone).prints("hello", "on its way", "thank you")
			if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
				c.Close()
				t.Error("it still listens")
			}
		})
	}
}

func checkHealth(t *testing.T, address string) {
	t.Helper()
	answer, err := http.Get("http://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK || err != nil || !strings.Contains(string(body), "ok") {
		t.Errorf("/healthz answers %s %q, %v", answer.Status, body, err)
	}
}

// await waits until something has happened in another process.
func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(runPatience); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s in vain", what)
		}
	}
}

func TestRunWithoutWebhooksSaysSo(t *testing.T) {
	t.Parallel()
	d := newDesk(t, newSim(t, sim.Options{Seed: 3}).BaseURL(), "")
	run := d.starts("run")
	run.waitsToSay("webhooks: none, the config has no [webhook]")
	run.ends(syscall.SIGTERM, exitDone)
}

// TestRunWhereTheAddressIsTaken: a listener that cannot listen is told at once,
// not by messages that never come.
func TestRunWhereTheAddressIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	d := newDesk(t, newSim(t, sim.Options{Seed: 3}).BaseURL(), "[webhook]\nlisten = \""+taken.Addr().String()+"\"\n")
	d.parley("run").exits(exitFailed).says("webhook: the address "+taken.Addr().String()+" is taken by another program", "set another port in listen")
}
