package cli

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"parley/inbox"
	"parley/platforms/sim"
)

// newGraphDesk is a machine whose account is at the Instagram Graph API, with one
// customer who has written three times.
func newGraphDesk(t *testing.T, more string) (shop simulated, d *desk, customer sim.Conversation) {
	t.Helper()
	shop = simulated{name: testAccountID, options: sim.Options{Face: sim.FaceInstagram, Seed: 4, Quiet: true, Conversations: 1, CallsPerSecond: -1}}
	if err := shop.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shop.world.Close() })
	d = newDesk(t, "http://127.0.0.1:1/api", "")
	d.write("config.toml", shop.accountTable()+more)
	customer, err := shop.world.Arrive(sim.Customer{Platform: inbox.Instagram, Person: sim.Person{Name: "Zenobia Quill"}, Text: "one"})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"two", "three"} {
		if _, err := shop.world.Write(sim.Post{ConversationID: customer.ID, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	d.parley("sync").exits(exitDone)
	return shop, d, customer
}

func TestGestures(t *testing.T) {
	t.Parallel()
	shop, d, _ := newGraphDesk(t, "")
	messages := d.parley("show", "zenobia", "--json").exits(exitDone).records()
	if len(messages) != 3 {
		t.Fatalf("messages %v", messages)
	}
	first := fmt.Sprint(messages[0]["id"])
	for _, c := range []struct {
		args       []string
		part, kind string
		target     any
	}{
		{[]string{"react", "zenobia", first, "🎉"}, "reaction", "reaction", first},
		{[]string{"react", "zenobia", "last", "❤️"}, "reaction", "reaction", messages[2]["id"]},
		{[]string{"unreact", "zenobia", first}, "unreaction", "unreaction", first},
		{[]string{"heart", "zenobia"}, "heart", "heart", ""},
	} {
		before := len(shop.world.Deliveries())
		sent := d.parley(append(c.args, "--json")...).exits(exitDone).one()
		parts, _ := sent["parts"].([]any)
		if len(parts) != 1 || sent["state"] != "sent" {
			t.Fatalf("%q prints %v", c.args, sent)
		}
		if part := parts[0].(record); part["kind"] != c.part || part["state"] != "sent" || part["error"] != nil {
			t.Errorf("%q has the part %v", c.args, part)
		}
		made := shop.world.Deliveries()[before:]
		if len(made) != 1 || made[0].Kind != c.kind || made[0].Target != c.target {
			t.Errorf("%q has made %+v", c.args, made)
		}
	}
	d.parley("show", "zenobia", "--ids").exits(exitDone).prints(first, "[heart]")
	d.parley("seen", "zenobia").exits(exitDone).prints("told Zenobia Quill on Instagram that it was read")
}

// TestGestureThatWaits: with --wait 0 nobody is asked, and show tells what will
// leave.
func TestGestureThatWaits(t *testing.T) {
	t.Parallel()
	shop, d, _ := newGraphDesk(t, "")
	if item := d.parley("react", "zenobia", "last", "🎉", "--wait", "0", "--json").exits(exitDone).one(); item["state"] != "queued" {
		t.Errorf("it prints %v", item)
	}
	d.parley("show", "zenobia").exits(exitDone).prints("(queued)", "[reaction] 🎉 to ")
	if made := shop.world.Deliveries(); len(made) != 0 {
		t.Errorf("it has left: %+v", made)
	}
	d.parley("share", "zenobia", "https://www.instagram.com/p/abc", "--wait", "0").exits(exitUsage).says("has to be looked up", "`parley posts`")
	d.parley("sync").exits(exitDone)
	if made := shop.world.Deliveries(); len(made) != 1 || made[0].Emoji != "🎉" {
		t.Errorf("made: %+v", made)
	}
}

func TestGestureMistakes(t *testing.T) {
	t.Parallel()
	_, d, _ := newGraphDesk(t, "")
	id := fmt.Sprint(d.parley("show", "zenobia", "--json").exits(exitDone).records()[0]["id"])
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"react", "zenobia", "last"}, exitUsage, []string{"expects a CONVERSATION, a MESSAGE and an EMOJI"}},
		{[]string{"react", "zenobia", "last", " "}, exitUsage, []string{"found an empty text", "unreact"}},
		{[]string{"react", "zenobia", "no-such-id", "🎉"}, exitFailed, []string{`no message "no-such-id"`, "--ids"}},
		{[]string{"react", "zenobia", id[:4], "🎉"}, exitFailed, []string{"is the beginning or end of 3 messages", "name more of one of them: "}},
		{[]string{"share", "zenobia", "https://www.instagram.com/p/nobody-has-this/"}, exitFailed, []string{"own posts has the address", "`parley posts`"}},
	} {
		d.parley(c.args...).exits(c.code).says(c.says...)
	}
}

// TestSharing: a post is named by its ID or its address, however it was copied.
func TestSharing(t *testing.T) {
	t.Parallel()
	shop, d, _ := newGraphDesk(t, "")
	posts := d.parley("posts", "--json", "--limit", "0").exits(exitDone).records()
	if len(posts) < 2 {
		t.Fatalf("posts %v", posts)
	}
	oldest := posts[len(posts)-1]
	id, address := fmt.Sprint(oldest["id"]), fmt.Sprint(oldest["permalink"])
	if oldest["account"] != testAccountID || oldest["kind"] == "" || oldest["at"] == nil || !strings.HasPrefix(address, "https://") {
		t.Errorf("post %v", oldest)
	}
	d.parley("posts", "--limit", "1").exits(exitDone).prints(fmt.Sprint(posts[0]["id"]))
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "www."), "/")
	for _, name := range []string{id, address, bare, "http://WWW." + bare + "/?igsh=abc&img_index=1"} {
		before := len(shop.world.Deliveries())
		d.parley("share", "zenobia", name).exits(exitDone)
		if made := shop.world.Deliveries()[before:]; len(made) != 1 || made[0].Post != id {
			t.Errorf("%s has shared %+v, want %s", name, made, id)
		}
	}
}

// TestGesturesThatAProviderLacks are refused with its reason.
func TestGesturesThatAProviderLacks(t *testing.T) {
	t.Parallel()
	world := newSim(t, sim.Options{Seed: 4, Quiet: true})
	d := newDesk(t, world.BaseURL(), "")
	if _, err := world.Arrive(sim.Customer{Platform: inbox.Facebook, Person: sim.Person{Name: "Zenobia Quill"}, Text: "one"}); err != nil {
		t.Fatal(err)
	}
	d.parley("sync").exits(exitDone)
	for _, args := range [][]string{
		{"react", "zenobia", "last", "🎉"}, {"unreact", "zenobia", "last"}, {"heart", "zenobia"}, {"share", "zenobia", "17895695668004550"},
		{"seen", "zenobia"}, {"posts"},
	} {
		d.parley(args...).exits(exitFailed).says("Ayrshare")
	}
}

// TestSendingOutOfTheWindow: by the clock it is over; --anyway asks the provider.
func TestSendingOutOfTheWindow(t *testing.T) {
	t.Parallel()
	shop, d, _ := newGraphDesk(t, "\n[window.instagram.instagram]\nopen = \"1s\"\n")
	await(t, "the window to close", func() bool {
		return d.parley("list", "zenobia", "--json").exits(exitDone).one()["window"].(record)["phase"] == "closed"
	})
	d.parley("send", "zenobia", "late").exits(exitFailed).says("the reply window closed", "--anyway lets the provider decide")
	d.parley("send", "zenobia", "late", "--anyway").exits(exitDone)
	if made := shop.world.Deliveries(); len(made) != 1 || made[0].Text != "late" {
		t.Errorf("delivered %+v", made)
	}
}

// TestAutomatedSendsStayOutOfTheHumanPhase: what no human wrote is refused where
// the platform takes human agents only.
func TestAutomatedSendsStayOutOfTheHumanPhase(t *testing.T) {
	t.Parallel()
	shop, d, _ := newGraphDesk(t, "\n[window.instagram.instagram]\nopen = \"1s\"\nlate = \"7d\"\n")
	await(t, "the late phase", func() bool {
		return d.parley("list", "zenobia", "--json").exits(exitDone).one()["window"].(record)["phase"] == "late"
	})
	d.parley("send", "zenobia", "beep", "--automated").exits(exitFailed).says("human agents only")
	if made := shop.world.Deliveries(); len(made) != 0 {
		t.Errorf("delivered %+v", made)
	}
}

// TestSimServesEveryFace: the printed config works, and the webhook is called.
func TestSimServesEveryFace(t *testing.T) {
	t.Parallel()
	for _, face := range sim.Faces {
		t.Run(string(face), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, "http://127.0.0.1:1/api", "")
			address := freeAddress(t)
			server := d.starts("sim", "--face", string(face), "--conversations", "1", "--webhook", "http://"+address+"/webhook/sim")
			printed := server.prints("[webhook]", "listen")
			_, config, _ := strings.Cut(printed, "# For a config of its own")
			d.write("config.toml", "#"+config)
			run := d.starts("run")
			run.waitsToSay("listening on " + address)
			server.controls(printed, "/customers", `{"platform":"instagram","name":"Zenobia Quill","text":"hello from the webhook"}`)
			await(t, "the webhook to be called", func() bool {
				return strings.Contains(server.controls(printed, "/pushes", ""), `"status":200`)
			})
			run.ends(syscall.SIGTERM, exitDone)
			d.parley("list", "hello", "from").exits(exitDone).prints("hello from the webhook")
			server.ends(syscall.SIGTERM, exitDone)
		})
	}
	d := newDesk(t, "http://127.0.0.1:1/api", "")
	d.parley("sim", "--face", "instagarm").exits(exitUsage).says(`no face "instagarm"`, `did you mean "instagram"?`)
}

// controls calls the control surface of a simulator that has printed where it is.
func (r *running) controls(printed, path, body string) string {
	r.t.Helper()
	field := func(name string) string {
		_, rest, _ := strings.Cut(printed, name)
		return strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0])
	}
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	ask, err := http.NewRequest(method, field("control_url")+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	ask.Header.Set("Authorization", "Bearer "+field("control_token"))
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	var text strings.Builder
	if err := answer.Write(&text); err != nil || answer.StatusCode >= 300 {
		r.t.Fatalf("%s %s: %s %v", method, path, text.String(), err)
	}
	return text.String()
}
