package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// hears lets a customer write and waits until the world has it.
func hears(t *testing.T, world *sim.Server, name, text string) {
	t.Helper()
	if _, err := world.Arrive(sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: name}, Text: text}); err != nil {
		t.Fatal(err)
	}
}

// told are the objects that a running parley has printed so far.
func (r *running) told(t *testing.T) (list []record) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for line := range strings.Lines(r.printed.String()) {
		var one record
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		list = append(list, one)
	}
	return list
}

// TestFollowByItself reads and tells, and the cursor of a line goes on from there.
func TestFollowByItself(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	f := d.starts("follow")
	f.prints(`"event":"ready"`)
	hears(t, world, "Ida Roth", "moin <b>")
	f.prints(`"event":"new"`)
	d.parley("send", "ida", "Moin, Ida.").exits(exitDone) // follow holds the cache, and runs it
	f.prints(`"event":"sent"`)
	f.ends(syscall.SIGTERM, exitDone)

	list := f.told(t)
	news := list[1]
	if news["platform"] != "facebook" || news["participant"].(record)["name"] != "Ida Roth" || news["reaction"] != nil || news["unanswered"] != true {
		t.Errorf("told %v", news)
	}
	if m := news["message"].(record); m["text"] != "moin <b>" || m["direction"] != "received" || m["conversation_id"] != news["conversation_id"] {
		t.Errorf("message %v", m)
	}

	hears(t, world, "Ole Kern", "servus")
	d.parley("sync", "--force").exits(exitDone)
	again := d.starts("follow", "--since", fmt.Sprint(list[0]["cursor"]))
	again.prints("moin", "Moin, Ida.", "servus", `"event":"ready"`)
	again.ends(syscall.SIGINT, exitDone)
	d.parley("follow", "--since", "yesterday").exits(exitFailed).says("is no place in the news")
	d.parley("follow", "--query", "is:nothing").exits(exitUsage)
}

// TestFollowBesideTheInbox hears of everything, also when the inbox is closed in
// the middle.
func TestFollowBesideTheInbox(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	run := d.holds()
	f := d.starts("follow", "--query", "ida")
	f.prints(`"event":"ready"`)
	hears(t, world, "Ole Kern", "not this one")
	hears(t, world, "Ida Roth", "the first")
	f.prints("the first")
	run.ends(syscall.SIGTERM, exitDone)
	d.attended() // by follow itself
	hears(t, world, "Ida Maria", "the second")
	if printed := f.prints("the second"); strings.Contains(printed, "not this one") || strings.Count(printed, "the first") != 1 {
		t.Errorf("told %s", printed)
	}
	f.ends(syscall.SIGTERM, exitDone)
}

// TestFollowRunsAProgram: for each event, with the object on standard input and
// no word of the customer anywhere else; the state goes on where it ended.
func TestFollowRunsAProgram(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	run := d.holds()
	state := filepath.Join(d.home, "state")
	d.write("each", "#!/bin/sh\necho \"$# $(cat | tr -d '\\n')\" >> got\nexit 3\n")
	if err := os.Chmod(filepath.Join(d.home, "each"), 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"follow", "--state", state, "--exec", "./each 'one word'"}
	f := d.starts(args...)
	await(t, "the state", func() bool { _, err := os.Stat(state); return err == nil })
	hears(t, world, "Ida Roth", "$(touch pwned) `touch pwned`")
	f.waitsToSay("./each: exit status 3, for the event new")
	f.ends(syscall.SIGTERM, exitDone)

	hears(t, world, "Ole Kern", "meanwhile")
	await(t, "the message", func() bool { return strings.Contains(d.parley("list").stdout, "meanwhile") })
	f = d.starts(args...)
	f.waitsToSay("for the event new")
	f.ends(syscall.SIGTERM, exitDone)
	run.ends(syscall.SIGTERM, exitDone)

	got, err := os.ReadFile(filepath.Join(d.home, "got"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(got)), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], `1 {"event":"new"`) || !strings.Contains(lines[0], "$(touch pwned)") || !strings.Contains(lines[1], "meanwhile") {
		t.Errorf("the program got %q", lines)
	}
	if _, err := os.Stat(filepath.Join(d.home, "pwned")); err == nil {
		t.Error("a shell has read the customer's words")
	}
}

func TestAProgramThatHangsIsStopped(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	f := d.starts("follow", "--exec", "sleep 600", "--timeout", "100ms")
	d.attended()
	hears(t, world, "Ida Roth", "moin")
	f.waitsToSay("sleep was stopped after 100ms")
	f.ends(syscall.SIGTERM, exitDone)
}

// TestFollowIntoAPipeThatCloses is as good an end as any.
func TestFollowIntoAPipeThatCloses(t *testing.T) {
	t.Parallel()
	world, d := newSharedDesk(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := d.command(t.Context(), "follow")
	cmd.Stdout = writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if _, err := reader.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	reader.Close()
	hears(t, world, "Ida Roth", "moin")
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(runPatience):
		t.Error("it goes on")
		_ = cmd.Process.Kill()
	}
	d.parley("list").exits(exitDone)
}
