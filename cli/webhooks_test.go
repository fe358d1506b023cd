package cli

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/config"
	"parley/platforms/sim"
)

// TestWebhooksAreManaged: register, list and unregister at the provider, and what
// happens then reaches a running parley.
func TestWebhooksAreManaged(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 5, Quiet: true})
	d := newDesk(t, world.BaseURL(), "webhook_secrets = [\"a-secret-of-the-hook\", \"the-one-before-it\"]\n[webhook]\nlisten = \"127.0.0.1:0\"\n")

	d.parley("webhook", "list").exits(exitDone).prints("acme: ayrshare calls no address")
	if list := d.parley("webhook", "list", "--json").exits(exitDone).records(); len(list) != 0 {
		t.Errorf("registered at the start: %v", list)
	}
	d.parley("webhook", "register").exits(exitUsage).
		says("account acme: nobody has said under which address providers reach this machine", "public_url", "--url https://…/webhook/acme")

	run := d.starts("run")
	_, told, _ := strings.Cut(run.waitsToSay("told at "), "told at ")
	registered := d.parley("webhook", "register", "--url", told, "--json").exits(exitDone).one()
	if registered["account"] != "acme" || registered["provider"] != "ayrshare" || registered["address"] != told || registered["active"] != true {
		t.Errorf("registered %v, want %s", registered, told)
	}
	if events, ok := registered["events"].([]any); !ok || len(events) != 1 || events[0] != "messages" {
		t.Errorf("events %v", registered["events"])
	}
	if _, err := world.Arrive(sim.Customer{Platform: "facebook", Person: sim.Person{Name: "Zenobia Quill"}, Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	await(t, "the call of the webhook", func() bool { return accepted(world, "message") > 0 })
	run.ends(syscall.SIGTERM, exitDone)
	d.parley("list", "zenobia").exits(exitDone).prints("Zenobia Quill")

	d.parley("webhook", "unregister", "--url", "https://elsewhere.example/webhook/acme").exits(exitFailed).says("not registered")
	d.parley("webhook", "unregister", "--url", told).exits(exitDone).prints("calls no address")
}

// accepted counts the calls of a kind that were answered well.
func accepted(world *sim.Server, kind string) (n int) {
	for _, p := range world.Pushes() {
		if p.Kind == kind && p.Status == 200 {
			n++
		}
	}
	return n
}

// TestWebhookAddressOfTheConfig: the address is public_url and the account's
// name, and an address that was given wins.
func TestWebhookAddressOfTheConfig(t *testing.T) {
	c, err := config.Parse("c.toml", []byte("[[account]]\nname = \"acme\"\nprovider = \"ayrshare\"\napi_key_env = \"KEY\"\n[webhook]\npublic_url = \"https://inbox.example/in/\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KEY", "any-key-will-do")
	for given, want := range map[string]string{"": "https://inbox.example/in/webhook/acme", "https://other.example/x": "https://other.example/x"} {
		a := newApp(nil)
		a.dataFlag = t.TempDir()
		r, err := a.registrarOf(t.Context(), c, c.Accounts[0], given)
		if err != nil {
			t.Fatal(err)
		}
		if r.address != want {
			t.Errorf("with %q: %q, want %q", given, r.address, want)
		}
	}
}

// TestDoctorKnowsWebhooks: who has the address, and what has come of the calls.
func TestDoctorKnowsWebhooks(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 6, Quiet: true})
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	d := newDesk(t, world.BaseURL(), "webhook_secrets = \"a-secret-of-the-hook\"\n[webhook]\nlisten = \""+address+"\"\n")
	d.doctorFinds("webhook listen", "fail", "cannot listen on "+address)
	free.Close()
	d.doctorFinds("webhook listen", "ok", "is free")
	d.doctorFinds("webhook public_url", "warn", "nobody has said")

	run := d.starts("run")
	_, told, _ := strings.Cut(run.waitsToSay("told at "), "told at ")
	d.doctorFinds("webhook listen", "ok", "in use by a running parley")
	d.doctorFinds("cache", "ok", "not looked into")
	write := func(secret, name string) {
		if err := world.SetWebhook(sim.Webhook{URL: told, Secrets: []string{secret}}); err != nil {
			t.Fatal(err)
		}
		calls := len(world.Pushes())
		if _, err := world.Arrive(sim.Customer{Platform: "facebook", Person: sim.Person{Name: name}, Text: "hello"}); err != nil {
			t.Fatal(err)
		}
		await(t, "the call of the webhook", func() bool { p := world.Pushes(); return len(p) > calls && p[calls].Status != 0 })
	}
	write("a-secret-of-the-hook", "Zenobia Quill")
	run.ends(syscall.SIGTERM, exitDone)
	d.doctorFinds("acme calls", "ok", "1 call stored, the last just now")

	run = d.starts("run")
	_, told, _ = strings.Cut(run.waitsToSay("told at "), "told at ")
	write("another-secret-than-ours", "Mallory Forge")
	run.ends(syscall.SIGTERM, exitDone)
	d.doctorFinds("acme calls", "warn", "1 call stored, the last just now; 1 refused, the last just now: ")
	if list := d.parley("list", "mallory").exits(exitDone); list.stdout != "" {
		t.Errorf("a call with a wrong signature was stored: %s", list.stdout)
	}
	d.write("config.toml", strings.Split(d.read("config.toml"), "[webhook]")[0])
	d.doctorFinds("webhook", "ok", "nothing listens")
}

// doctorFinds checks one line of the doctor's.
func (d *desk) doctorFinds(check, status, text string) {
	d.t.Helper()
	var found []record
	for _, r := range d.parley("doctor", "--json").records() {
		if r["check"] == check {
			found = append(found, r)
			if r["status"] == status && strings.Contains(fmt.Sprint(r["text"]), text) {
				return
			}
		}
	}
	d.t.Errorf("the doctor finds %v, want %s %s %q", found, check, status, text)
}

func (d *desk) read(name string) string {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.home, name))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(data)
}
