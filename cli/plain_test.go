package cli

import (
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/term"

	"parley/inbox"
	"parley/platforms/sim"
)

// newPlainDesk is the desk of an agent with two customers, whose messages leave at
// once: Ottilie on Facebook has written last, Wenzel on Instagram before.
func newPlainDesk(t *testing.T, more string) (*sim.Server, *desk) {
	t.Helper()
	world := newSim(t, sim.Options{Seed: 9, Quiet: true, CacheTime: time.Second, Conversations: 1})
	arrive(t, world, inbox.Instagram, "Wenzel Abt", "Any news of my order?", 2*time.Minute)
	arrive(t, world, inbox.Facebook, "Ottilie Brunner", "Is the lamp still there?", time.Minute)
	d := newDesk(t, world.BaseURL(), "[ui]\nhold = \"0s\"\n"+more)
	d.parley("sync").exits(exitDone)
	return world, d
}

// arrive lets a customer have written so long ago.
func arrive(t *testing.T, world *sim.Server, on inbox.Platform, name, text string, ago time.Duration) {
	t.Helper()
	if _, err := world.Arrive(sim.Customer{Platform: on, Person: sim.Person{Name: name}, Text: text, At: time.Now().Add(-ago)}); err != nil {
		t.Fatal(err)
	}
}

// knows reads until what the customer has written is in the cache.
func (d *desk) knows(name string) {
	d.t.Helper()
	await(d.t, name, func() bool {
		d.parley("sync")
		return strings.Contains(d.parley("show", name).stdout, "\n< ")
	})
}

// plainly runs plain mode with lines from a pipe.
func (d *desk) plainly(lines ...string) outcome {
	d.t.Helper()
	out := d.parleyReading(strings.Join(lines, "\n")+"\n", "--plain")
	isPlain(d.t, out.stdout+out.stderr)
	return out
}

// isPlain checks that an output is lines and nothing else.
func isPlain(t *testing.T, output string) {
	t.Helper()
	text := strings.ReplaceAll(output, "\r\n", "\n") // as a terminal's driver makes it
	if i := strings.IndexFunc(text, isHostile); i >= 0 {
		t.Errorf("a control character: %q", text[max(0, i-40):min(len(text), i+40)])
	}
}

// lacks checks that none of the texts is in standard output.
func (o outcome) lacks(texts ...string) outcome {
	o.t.Helper()
	for _, text := range texts {
		if strings.Contains(o.stdout, text) {
			o.t.Errorf("standard output has %q:\n%s", text, o.stdout)
		}
	}
	return o
}

func TestPlainAnswersThroughAPipe(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "")
	out := d.plainly("list", "open wenzel", "reply", "It leaves today.", "  You get a mail.", ".", "quit").exits(exitDone)
	out.prints("3 conversations, ", "1. From: Ottilie Brunner, Facebook, ", "2. From: Wenzel Abt, Instagram, ",
		", unread, 6 days 23 h left: Any news of my order?", "\nWenzel Abt, Instagram, 6 days 23 h left.\nFrom: Wenzel Abt, ",
		"\nReply to Wenzel Abt, Instagram, 6 days 23 h left.", "\nQueued for Wenzel Abt, Instagram.")
	sent := world.Deliveries()
	if len(sent) != 1 || sent[0].Text != "It leaves today.\n  You get a mail." {
		t.Errorf("delivered %+v", sent)
	}
	d.plainly("show wenzel").exits(exitDone).prints("It leaves today.")
}

// TestPlainOpensWhatIsListed: with flags, list and search are the command line's;
// numbers of a search lead to the place.
func TestPlainOpensWhatIsListed(t *testing.T) {
	t.Parallel()
	_, d := newPlainDesk(t, "")
	d.plainly("view Closing", "view un", "view 4", "vi", "list --json is:unread").exits(exitFailed).
		prints("Nothing is found.", "2. Unread: is:unread", `"name":"Ottilie Brunner"`).says(`there is no view "un"`)
	d.parley("search", "lamp").exits(exitDone) // which makes the index
	d.plainly("search lamp", "1").exits(exitDone).prints("1. From: Ottilie Brunner, Facebook, ", "Is the lamp still there?", "\nOttilie Brunner, Facebook, ")
	d.plainly("list", "next", "next", "next", "next").exits(exitFailed).prints("\nOttilie Brunner, ", "\nWenzel Abt, ").says("that was the last one of the list")
	d.plainly("list wenzel", "7").exits(exitFailed).says("the last listing has no number 7", "it goes from 1 to 1")
	d.plainly("next").exits(exitFailed).says("nothing is listed yet")
}

// TestPlainDecidesAndTakesBack: the command line's commands are for the open
// conversation, and undo takes back what they did.
func TestPlainDecidesAndTakesBack(t *testing.T) {
	t.Parallel()
	_, d := newPlainDesk(t, "agent = \"Ada\"\n")
	d.plainly("open wenzel", "label +vip", "note She's a regular, isn't she?", "snooze tomorrow 8am", "list is:snoozed", "undo", "undo", "read", "undo", "undo").
		exits(exitFailed).
		prints("labels vip: Wenzel Abt", "noted: Wenzel Abt", "snoozed until ", "1. From: Wenzel Abt, Instagram", ", snoozed until tomorrow 08:00, label vip: ",
			"undone: snoozed: Wenzel Abt", "undone: noted: Wenzel Abt", "undone: labels: Wenzel Abt").
		says("there is nothing to undo")
	d.parley("list", "label:vip").exits(exitDone).lacks("Wenzel")
	d.plainly("open wenzel", "note", "first line", "second line", ".", "read").exits(exitDone).prints("Note about Wenzel Abt", "Note by Ada, ", ": first line / second line\n")
	d.plainly("list", "done 1 2", "list is:done").exits(exitDone).prints("done: Ottilie Brunner", "done: Wenzel Abt", "2. From: ", ", done: ")
}

// TestPlainSpeaksToTheOpenConversation: a text that begins with a number, a name or
// a flag is a text.
func TestPlainSpeaksToTheOpenConversation(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "")
	d.plainly("list", "open wenzel", "send 1 more day, it's \"late\" --anyway", `send "Thank you." --wait 20s`).exits(exitDone)
	sent := world.Deliveries()
	if len(sent) != 2 || sent[0].Text != `1 more day, it's "late" --anyway` || sent[1].Text != "Thank you." {
		t.Fatalf("delivered %+v", sent)
	}
	for _, one := range sent {
		if one.Platform != inbox.Instagram {
			t.Errorf("delivered on %s", one.Platform)
		}
	}
}

// TestPlainAsksBeforeItSends: a closed window and a text that is too long are the
// agent's to decide, and what is not sent stays a draft.
func TestPlainAsksBeforeItSends(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "[window.ayrshare.instagram]\nopen = \"1s\"\n")
	d.plainly("open wenzel", "reply", "Sorry!", ".", "no").exits(exitDone).
		prints("reply window closed since ", "the platform decides. Send it anyway? yes or no?", "Not sent.", "Kept as a draft.")
	d.plainly("open wenzel", "reply").exits(exitDone).prints("a draft waits", "The draft so far, .clear throws it away:\nSorry!", "It is kept as a draft.")
	if sent := world.Deliveries(); len(sent) != 0 {
		t.Errorf("delivered %+v", sent)
	}
	long := strings.Repeat("Wort ", 500) // Messenger takes 2,000 characters
	d.plainly("open ottilie", "reply", long, ".", "yes").exits(exitDone).prints("Send it as 2 messages? yes or no?", "Queued for Ottilie Brunner")
	if sent := world.Deliveries(); len(sent) == 0 {
		t.Error("nothing was delivered")
	}
	d.plainly("open ottilie", "reply", ".attach label", ".nonsense", "Hi {{first_name}}", ".clear", "Hi {{first_name}}", ".", "reply", ".clear", ".", "reply", "...", ".50 each", " .quit", ".drop", ".show", ".quit").exits(exitFailed).
		says("there is no file", "there is no word .nonsense", "{{first_name}} is not filled in", "there is nothing to send").prints("Taken away:  .quit", "...\n.50 each\nKept as a draft.")
}

// TestPlainSendsNoDraftFromAPipe: what an agent has half typed is not sent by a script.
func TestPlainSendsNoDraftFromAPipe(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "")
	d.plainly("open ottilie", "reply", "Half an ans", ".quit").exits(exitDone)
	d.plainly("open ottilie", "reply", "It leaves today.", ".").exits(exitFailed).
		says("a draft of the answer to Ottilie Brunner", "it stays a draft", ".clear").prints("Kept as a draft.")
	if sent := world.Deliveries(); len(sent) != 0 {
		t.Errorf("delivered %+v", sent)
	}
	d.plainly("open ottilie", "reply", ".clear", "It leaves today.", ".").exits(exitDone)
	if sent := world.Deliveries(); len(sent) != 1 || sent[0].Text != "It leaves today." {
		t.Errorf("delivered %+v", sent)
	}
}

// TestPlainTellsWhatIsPossible: help has the words of a text before it is begun, and
// an answer that was taken back is where it says.
func TestPlainTellsWhatIsPossible(t *testing.T) {
	t.Parallel()
	_, d := newPlainDesk(t, "")
	d.plainly("help reply").exits(exitDone).prints("reply [N]: ", "\n. alone on a line ends the text.\n", "\n.insert NAME: ")
	d.plainly("help note").exits(exitDone).prints("\n.quit: ").lacks(".insert")
	d.plainly("more 50").exits(exitFailed).says("more takes nothing behind it", "what was written before")
	d.plainly("open ottilie", "reply", "It leaves today.", ".at 2h", "undo", "reply").exits(exitDone).
		prints("undone: sent to Ottilie Brunner, Facebook\nIt is a draft again: reply goes on with it.\n", "The draft so far, .clear throws it away:\nIt leaves today.")
}

// TestPlainAttachesFiles: a file gets an address before the answer leaves.
func TestPlainAttachesFiles(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "[media]\nupload_command = \"sh -c 'echo https://img.example/label.jpg' up {file}\"\n")
	d.write("our label.jpg", "a picture")
	d.plainly("open ottilie", "reply", "Here is the label.", ".attach https://img.example/a.exe", ".attach nothing.jpg", ".clear", "Here is the label.", ".attach our label.jpg", ".show", ".detach", `.attach "our label.jpg"`, ".", "quit").
		exits(exitFailed).prints("Uploading our label.jpg, 9 B", "Attached.", "[attached] https://img.example/label.jpg", "Taken away: ", "Queued for Ottilie").
		says("there is no file", ".exe")
	await(t, "the delivery", func() bool { d.parley("sync"); return len(world.Deliveries()) > 1 })
	if sent := world.Deliveries(); !strings.Contains(sent[len(sent)-1].MediaURL, "https://img.example/label.jpg") {
		t.Errorf("delivered %+v", sent)
	}
}

// TestPlainTellsOfADeadAccount: once, and how it stands when asked.
func TestPlainTellsOfADeadAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "http://127.0.0.1:1/api", "[ui]\nplain = true\n")
	w := d.open()
	w.waits("parley>")
	const trouble = " of acme was never read: cannot connect"
	await(t, "the trouble of all three platforms", func() bool {
		w.press("\r") // news come before the next prompt
		return strings.Count(w.output(), trouble) >= 3
	})
	w.press("status\r")
	w.waits("acme, failing; Facebook, Instagram and X never read, then: cannot connect")
	w.press("\r\r\rq\r")
	w.exits()
	if n := strings.Count(w.output(), trouble); n != 3 {
		t.Errorf("it is told %d times:\n%s", n, w.output())
	}
}

// TestPlainKeepsDrafts: however a session ends, what was typed is there the next
// time.
func TestPlainKeepsDrafts(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*terminal){
		"end of input": func(w *terminal) { w.press("\x04") },
		"interrupt":    func(w *terminal) { w.press("\x03") },
		"SIGTERM":      func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGTERM) },
		"SIGHUP":       func(w *terminal) { _ = w.cmd.Process.Signal(syscall.SIGHUP) },
		"SIGKILL":      func(w *terminal) { _ = w.cmd.Process.Kill() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, d := newPlainDesk(t, "plain = true\n")
			w := d.open()
			w.waits("parley>")
			w.press("open wenzel\rreply\r")
			w.waits("Reply to Wenzel Abt")
			w.press("half an answer\r")
			d.awaitDraft("wenzel", "half an answer")
			end(w)
			if code := w.exits(); code != exitDone && name != "SIGKILL" {
				t.Errorf("exit code %d", code)
			}
			isPlain(t, w.output())
			if told := strings.Contains(w.output(), "\nIt is kept as a draft.\r\n"); !told && name != "SIGKILL" && name != "SIGHUP" {
				t.Errorf("it does not say so:\n%s", w.output())
			}
			d.plainly("open wenzel", "reply", ".quit").exits(exitDone).prints("The draft so far, .clear throws it away:\nhalf an answer\n")
		})
	}
}

// awaitDraft waits until the list of a command beside the open inbox has a draft.
func (d *desk) awaitDraft(name, text string) {
	d.t.Helper()
	await(d.t, "the draft", func() bool {
		return strings.Contains(d.parley("list", "is:draft").stdout, strings.ToUpper(name[:1])+name[1:])
	})
}

// TestPlainOnADumbTerminal is a shift as somebody hears it: TERM alone chooses plain
// mode, news wait until the answer is finished, and nothing but lines is written.
func TestPlainOnADumbTerminal(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "")
	d.env = append(d.env, "TERM=dumb")
	w := d.open()
	w.waits("parley>")
	w.press("list\r")
	w.waits("2. From: Wenzel Abt")
	w.press("2\r")
	w.waits("Wenzel Abt, Instagram>")
	w.press("reply\r")
	w.waits("Reply to Wenzel Abt")
	w.press("It leaves\r")
	hears(t, world, "Nora Lind", "Hello from Nora")
	await(t, "the customer", func() bool { return strings.Contains(d.parley("show", "nora").stdout, "Hello from Nora") })
	w.press("today.\r")
	w.press(".\r")
	w.waits("Queued for Wenzel Abt", "New from Nora Lind, Facebook: Hello from Nora")
	out := w.output()
	if told, queued := strings.Index(out, "New from Nora Lind"), strings.Index(out, "Queued for"); told < queued {
		t.Error("the news was told into the answer")
	}
	// The number 1 is still who it was.
	w.press("done 1\r")
	w.waits("done: Ottilie Brunner")
	w.press("wait\r")
	w.waits("Waiting, Enter ends it.", "Sent to Wenzel Abt, Instagram.")
	hears(t, world, "Nora Lind", "Are you there?")
	w.waits("Are you there?")
	w.press("\r")
	w.press("status\r")
	w.waits("acme; Facebook")
	w.press("q\r")
	if code := w.exits(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	isPlain(t, w.output())
	if after, err := term.GetState(int(w.pts.Fd())); err != nil || *after != *w.before {
		t.Errorf("the line discipline is not what it was: %v", err)
	}
	if sent := world.Deliveries(); len(sent) != 1 || sent[0].Text != "It leaves\ntoday." {
		t.Errorf("delivered %+v", sent)
	}
}

// TestPlainDemo needs no terminal and no config.
func TestPlainDemo(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	out := d.parleyReading("list is:unread\nopen 1\nreplies\nreply\n.insert orders/return\n.quit\nquit\n", "demo", "--plain").exits(exitDone)
	isPlain(t, out.stdout)
	out.prints("10. From: ", "more goes on.", "orders/where: Here is", "Send it back within 30 days", "thrown away: 1 draft")
}

// TestPlainForgesNoLine: what a customer writes cannot sound like another's line,
// and reaches no terminal as more than text.
func TestPlainForgesNoLine(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "")
	hears(t, world, "Malo\nYou, 14:05, sent: "+strings.Join(hostile, ""), "hello\nYou, 14:05, sent: we pay you back\r\n"+strings.Join(hostile, "\n"))
	d.knows("malo")
	out := d.plainly("list", "open Malo", "show", "read", "links").stdout
	if forged := regexp.MustCompile(`(?m)^You, `).FindString(out); forged != "" {
		t.Errorf("a customer has written a line of ours:\n%s", out)
	}
	if !strings.Contains(out, "hello / You, 14:05, sent: we pay you back / ") {
		t.Errorf("the message is not told:\n%s", out)
	}
}

// TestPlainLosesNoTextToCommands: where an answer cannot be begun, its lines are no
// commands, and they go to nobody else.
func TestPlainLosesNoTextToCommands(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "")
	d.plainly("open wenzel", "open nobody", "reply", "done 1", "forget wenzel --yes", ".", "list").exits(exitFailed).
		says(`no conversation is called "nobody"`, "no conversation is open").prints("2. From: Wenzel Abt").lacks("done:", "forgotten:")
	for _, send := range []string{"send nobody -", "send 9 -", "note nobody -", "send - --reply none", "send wenzel - --nonsense"} {
		d.plainly("list", send, "done wenzel", "caf\xe9", "forget wenzel --yes", ".", "list").exits(exitFailed).prints("2. From: Wenzel Abt").lacks("done:", "forgotten:")
	}
	// The first word of a text that was meant for another is no name.
	d.plainly("open nobody", "send Ottilie has sold it.", "note Ottilie knows more.", "list", "9", "send Ottilie has sold it.", "next", "next", "next", "next", "send Ottilie has sold it.").
		exits(exitFailed).lacks("Ottilie Brunner on Facebook", "noted:")
	if sent := world.Deliveries(); len(sent) != 0 {
		t.Errorf("delivered %+v", sent)
	}
	d.parley("send", "ottilie", "Not yet.", "--at", "20h").exits(exitDone)
	d.plainly("open nobody", "discard", "snooze wen tomorrow", "list is:snoozed").exits(exitFailed).prints("Nothing is found.")
	d.parley("outbox").exits(exitDone).prints("Not yet.")
	d.plainly("open nobody", "back", "discard").exits(exitFailed).prints("Ottilie Brunner")
	d.plainly("open nobody", "back", "send ottilie It is here.").exits(exitFailed)
	if sent := world.Deliveries(); len(sent) != 1 || sent[0].Platform != inbox.Facebook {
		t.Errorf("delivered %+v", sent)
	}
}

// TestPlainSendsAsMeantOrNotAtAll: a pipe's answer that something is wrong with is
// kept, and what stands behind it is for the next customer.
func TestPlainSendsAsMeantOrNotAtAll(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "")
	wrong := [][]string{
		{"It leaves today.", ".at the day after never"},
		{"We have written it in", ".NET, as you wished.", "."},
		{"We have \xff for you.", "."},
		{"The label:", ".attach nothing.jpg", ".done"},
		{strings.Repeat("Wort ", 500), "."}, // which asks whether it is to be split
		{"Hi {{first_name}}", "."},
	}
	for _, lines := range wrong {
		lines = append(append([]string{"open wenzel", "reply", ".clear"}, lines...), "open ottilie", "reply", "It is.", ".")
		d.plainly(lines...).exits(exitFailed).prints("Queued for Ottilie Brunner").lacks("Queued for Wenzel Abt")
	}
	sent := world.Deliveries()
	if len(sent) != len(wrong) {
		t.Errorf("%d were delivered", len(sent))
	}
	for _, one := range sent {
		if one.Platform != inbox.Facebook || one.Text != "It is." {
			t.Errorf("delivered %+v", one)
		}
	}
	d.plainly("open wenzel", "reply").exits(exitDone).prints("The draft so far, .clear throws it away:\nHi {{first_name}}\n")
}

// TestPlainExitCodes: a pipe learns whether its commands went well, a person has
// heard it.
func TestPlainExitCodes(t *testing.T) {
	t.Parallel()
	_, d := newPlainDesk(t, "")
	d.plainly("status").exits(exitDone)
	d.plainly("nonsense").exits(exitFailed).says(`there is no word "nonsense"`)
	d.plainly("open nobody").exits(exitFailed)
	d.plainly("follow").exits(exitFailed).says("wait tells what happens")
	d.plainly("o ottilie").exits(exitDone).prints("\nOttilie Brunner, Facebook, ")
	d.plainly("s").exits(exitFailed).says(`"s" may be search, seen, send, `)
	d.plainly("forget wenzel", "list wenzel").exits(exitFailed).says("--yes removes without asking").prints("1. From: Wenzel")
	d.plainly("parley done wenzel", "help snooze", "help", "?").exits(exitDone).prints("done: Wenzel", "2h before close", "reply [N]: answer", "unsnooze").lacks("Global Flags")
}

// TestPlainSendsNoWordOfThePrompt: who believes to be back at the prompt, after a
// refusal above all, is told where a line goes before a customer gets it.
func TestPlainSendsNoWordOfThePrompt(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "plain = true\n")
	w := d.open()
	w.waits("parley>")
	w.press("open wenzel\rreply\r.\r")
	w.waits("there is nothing to send", "Still in the answer to Wenzel Abt, Instagram; .quit leaves it.")
	w.press("reply\rq\r")
	w.waits("reply is a word of the prompt, and the line is not taken", "a blank before it makes it text", "q is a word of the prompt")
	w.press(" list\rquit\rDone.\r.\r")
	w.waits("Queued for Wenzel Abt")
	w.press("note\r.\r.quit\r")
	w.waits("the note is empty", "Still in the note about Wenzel Abt, Instagram; .quit leaves it.")
	w.press("quit\r")
	w.exits()
	if sent := world.Deliveries(); len(sent) != 1 || sent[0].Text != "list\nquit\nDone." {
		t.Errorf("delivered %+v", sent)
	}
	// A pipe is written ahead, and means what it says.
	d.plainly("open ottilie", "reply", "list", ".").exits(exitDone)
	if sent := world.Deliveries(); len(sent) != 2 || sent[1].Text != "list" {
		t.Errorf("delivered %+v", sent)
	}
}

// TestPlainOffersWhoIsMeant: a name that two customers have is answered with numbers,
// for the prompt's own words and for commands; a pipe's numbers stay what they were.
func TestPlainOffersWhoIsMeant(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "plain = true\n")
	arrive(t, world, inbox.Facebook, "Wenzel Zoll", "Another question", 3*time.Minute)
	d.knows("wenzel z")
	w := d.open()
	w.waits("parley>")
	w.press("open wenzel\r")
	w.waits(`"wenzel" names several conversations`, "1. From: Wenzel Abt, Instagram", "2. From: Wenzel Zoll, Facebook")
	w.press("2\r")
	w.waits("Wenzel Zoll, Facebook>")
	w.press("back\rlist ottilie\rdone wenzel\r")
	w.waits("1. From: Ottilie Brunner")
	w.press("done 1\r")
	w.waits("done: Wenzel Abt")
	w.press("quit\r")
	w.exits()
	if out := w.output(); strings.Contains(out, "acme/") {
		t.Errorf("an ID is told:\n%s", out)
	}
	d.plainly("list ottilie", "open wenzel", "open 1").exits(exitFailed).prints("\nOttilie Brunner, Facebook, ").says("acme/instagram/", "give the ID")
}

// TestPlainTakesHistoryForNoNews: what the first reading of an account brings is told
// in one line, and until then that it is not all there.
func TestPlainTakesHistoryForNoNews(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 9, Quiet: true, CacheTime: time.Second, Conversations: 30, Messages: 90})
	arrive(t, world, inbox.Instagram, "Wenzel Abt", "Any news of my order?", 2*time.Minute)
	d := newDesk(t, world.BaseURL(), "[ui]\nplain = true\n")
	if err := world.AddFault("read:latency=3s:3x"); err != nil {
		t.Fatal(err)
	}
	w := d.open()
	w.waits("0 conversations, 0 unread, 0 unanswered. help tells the words.", "acme is still being read for the first time: more may come.")
	w.press("list wenzel\ropen wenzel\r")
	w.waits("Nothing is found.", `no conversation is called "wenzel"`)
	await(t, "the end of the first reading", func() bool {
		w.press("\r")
		return strings.Contains(w.output(), "acme is read for the first time: ")
	})
	hears(t, world, "Nora Lind", "Hello from Nora")
	await(t, "the news", func() bool {
		w.press("\r")
		return strings.Contains(w.output(), "New from Nora Lind, Facebook: Hello from Nora")
	})
	w.press("quit\r")
	w.exits()
	out := w.output()
	if n := strings.Count(out, "New from "); n != 1 || strings.Contains(out, "list is:unread tells them") || strings.Count(out, "is read for the first time") != 1 {
		t.Errorf("%d news:\n%s", n, out)
	}
	if strings.Count(out, "is still being read") < 3 {
		t.Errorf("it does not say that there is more:\n%s", out)
	}
}

// TestPlainTellsAReplyBeforeItIsInserted: all of it, filled in for who is to get it.
func TestPlainTellsAReplyBeforeItIsInserted(t *testing.T) {
	t.Parallel()
	_, d := newShopDesk(t)
	d.plainly("replies", "open quilla", "replies hello", "replies orders/late", "reply", ".quit").exits(exitDone).
		prints("\nhello: Hi {{first_name}}", "\nHi Quilla, this is Sam.\n", "\nSorry, Quilla!\n").lacks("  ", "Kept as a draft")
	d.plainly("replies hello", "open quilla", "replies nosuch", "replies --json").exits(exitFailed).
		says("no conversation is open", `there is no reply "nosuch" for Instagram`).prints(`"name":"orders/late"`)
}

// TestPlainHelpIsForThePrompt: it explains the word that runs there, and not what
// only scripts ask for; the command line's own help has that still.
func TestPlainHelpIsForThePrompt(t *testing.T) {
	t.Parallel()
	_, d := newPlainDesk(t, "")
	d.plainly("help read").exits(exitDone).prints("read [N or NAME]: what is new", "--query QUERY").lacks("Usage:", "Read marks all")
	d.plainly("help list", "help show", "help react", "help outbox retry").exits(exitDone).prints("has: and phrases need", "--view", "What was never read", "--ids", "MESSAGE is an ID").lacks("With --json", "      --json", "closes_at", "send_at")
	d.parley("react", "--help").exits(exitDone).prints("\n\nWith --json, the object of send --json", "--json ")
}

// TestPlainTellsAPersonToEars: times as one says them, and no columns of digits.
func TestPlainTellsAPersonToEars(t *testing.T) {
	t.Parallel()
	_, d := newPlainDesk(t, "")
	iso := regexp.MustCompile(`\d{4}-\d\d-\d\d`)
	out := d.plainly("open wenzel", "note pays late", "snooze tomorrow 8am", "who").exits(exitDone).
		prints("\n6 days 23 h left\nrule: ", "snoozed until tomorrow 08:00", "ours: -").stdout
	_, told, _ := strings.Cut(out, "account acme through ayrshare")
	if found := iso.FindString(told); found != "" || told == "" {
		t.Errorf("who tells %q:\n%s", found, out)
	}
	if out := d.parley("who", "wenzel").exits(exitDone).prints("to answer: ").stdout; !iso.MatchString(out) {
		t.Errorf("the command line tells no dates:\n%s", out)
	}
}

// TestPlainTellsAFailedSend: what the provider refuses is told by itself.
func TestPlainTellsAFailedSend(t *testing.T) {
	t.Parallel()
	world, d := newPlainDesk(t, "plain = true\n")
	if err := world.AddFault("send:status-error"); err != nil {
		t.Fatal(err)
	}
	w := d.open()
	w.waits("parley>")
	w.press("open wenzel\rreply\rIt leaves today.\r.\r")
	w.waits("Queued for Wenzel Abt")
	w.press("wait\r")
	w.waits("Not sent to Wenzel Abt, Instagram: ")
	w.press("outbox\r")
	w.waits("To Wenzel Abt on Instagram, not sent: It leaves today.")
	w.press("recall\r")
	w.waits("taken back into the draft")
	w.press("q\r")
	w.exits()
}

// TestPlainNewsAreBounded: of what nobody listens to, the newest are kept and the
// others counted.
func TestPlainNewsAreBounded(t *testing.T) {
	t.Parallel()
	desk := newNewsDesk()
	for range mostKept + 3 {
		desk.put(inbox.News{Kind: inbox.NewsMessage})
	}
	if news, lost := desk.take(); len(news) != mostKept || lost != 3 {
		t.Errorf("%d kept, %d lost", len(news), lost)
	}
	if news, lost := desk.take(); len(news) != 0 || lost != 0 {
		t.Errorf("they are told twice: %d, %d", len(news), lost)
	}
}
