package platformtest

import (
	"maps"
	"slices"
	"time"

	"parley/inbox"
	"parley/platforms/login"
	"parley/platforms/sim"
)

var cases = slices.Concat(readingCases, sendingCases, accountCases, gestureCases, hookCases, truthCases)

func canArchive(c inbox.Capabilities) inbox.Ability   { return c.Archive }
func canAutoReply(c inbox.Capabilities) inbox.Ability { return c.AutoReply }

var accountCases = []testCase{
	{name: "a wrong secret stops everything", run: wrongSecret},
	{name: "an expired key that returns loses nothing", each: true, run: expiredKey},
	{name: "a suspended account stops everything", each: true, run: suspendedAccount},
	{name: "too many readings are told with the wait", each: true, needs: []need{hasHistory}, run: readingLimited},
	{name: "a conversation is archived and comes back", each: true, needs: []need{canArchive}, run: archiving},
	{name: "archiving what is not there fails", each: true, needs: []need{canArchive}, run: archivingNothing},
	{name: "the automatic answer is read, changed and given", needs: []need{canAutoReply}, run: autoReply},
	{name: "the account tells about itself", run: inspecting},
	{name: "what a provider cannot do has a reason", each: true, run: reasons},
	{name: "a platform that nobody has can do nothing", run: unknownPlatform},
}

// wrongSecret replaces each secret that was filled in, one after the other.
func wrongSecret(b *bench) {
	for _, name := range slices.Sorted(maps.Keys(b.form.Secrets)) {
		if !b.form.Secrets[name].Empty() {
			b.sub(name, func(b *bench) { oneWrongSecret(b, name) })
		}
	}
}

func oneWrongSecret(b *bench, name string) {
	b.form.Secrets = maps.Clone(b.form.Secrets)
	b.form.Secrets[name] = login.NewSecret("WRONG-5EC2E7")
	b.provider = b.open(b.form)
	refused := 0
	for _, b.platform = range b.platforms() {
		c := b.arrive(sim.Customer{})
		_, err := b.ask()
		if err == nil {
			continue // this secret is not for this platform, or not for requests
		}
		refused++
		b.wants(err, inbox.Auth, inbox.Rejected)
		result, err := b.send(c, text("with a wrong "+name))
		b.wants(err, inbox.Auth, inbox.Rejected)
		if s := result.Parts[0].State; s != inbox.StateQueued && s != inbox.StateFailed {
			b.Errorf("%s: it certainly was not sent, but is %q", b.platform, s)
		}
	}
	if refused == 0 && !b.greetingRefused() {
		b.Error("nobody noticed")
	}
	if n := len(b.sim.Deliveries()); n != 0 {
		b.Errorf("%d messages were delivered", n)
	}
	b.checkSecrets()
}

// greetingRefused tells that the address of the webhook is not taken for ours.
func (b *bench) greetingRefused() bool {
	if !b.caps().Webhooks.OK {
		return false
	}
	hooks := b.serveHooks(newEar(b))
	return b.sim.SetWebhook(webhookAt(hooks.URL(b.form.Account))) != nil
}

// ask makes a request that changes nothing: a reading, or a look at the account
// where there is nothing to read.
func (b *bench) ask() (*facts, error) {
	b.Helper()
	if b.caps().History.OK {
		told, _, err := b.readOnce()
		return told, err
	}
	_, err := b.provider.Inspect(b.ctx())
	b.heard(err)
	return newFacts(b), err
}

func expiredKey(b *bench) {
	c := b.arrive(sim.Customer{})
	b.fault("any:expired-key")
	_, err := b.ask()
	b.wants(err, inbox.Auth)
	result, err := b.send(c, text("kept"))
	b.wants(err, inbox.Auth)
	b.states(result, inbox.StateQueued)
	b.sim.ClearFaults()
	result, err = b.send(c, text("kept"))
	b.must(err)
	b.states(result, inbox.StateSent)
	if n := b.delivered(c, "kept"); n != 1 {
		b.Errorf("delivered %d times", n)
	}
}

func suspendedAccount(b *bench) {
	c := b.arrive(sim.Customer{})
	b.fault("any:suspended")
	_, err := b.ask()
	if e := b.wants(err, inbox.Auth); e.Hint == "" {
		b.Error("nobody says what to do")
	}
	result, err := b.send(c, text("kept"))
	b.wants(err, inbox.Auth)
	b.states(result, inbox.StateQueued)
}

func readingLimited(b *bench) {
	b.fault("read:429=30s:once")
	_, _, err := b.readOnce()
	if e := b.wants(err, inbox.RateLimited); b.face.Waits && e.RetryAfter != 30*time.Second {
		b.Errorf("wait %v, and 30 s were told", e.RetryAfter)
	}
	if !b.face.Waits {
		return // the provider makes a pause of its own
	}
	b.fault("read:429:once")
	_, _, err = b.readOnce()
	b.wants(err, inbox.RateLimited)
	if n := b.requests("read"); n != 2 {
		b.Errorf("%d requests were made of 2: nothing is asked again by itself", n)
	}
	_, _, err = b.readOnce()
	b.must(err)
}

func archiving(b *bench) {
	c := b.arrive(sim.Customer{})
	for _, archived := range []bool{true, false} {
		b.must(b.provider.SetArchived(b.ctx(), b.id(c), archived))
		b.sim.ClearCache()
		told := b.readAll(b.platform).conversations[b.remote(c)].Archived
		if told == nil || *told != archived {
			b.Errorf("archived %v is told as %v", archived, told)
		}
		for _, is := range b.sim.Conversations() {
			if is.ID == c.ID && is.Archived != archived {
				b.Errorf("archived %v did not reach the provider", archived)
			}
		}
	}
}

func archivingNothing(b *bench) {
	nobody := inbox.NewConversationID(b.form.Account, b.platform, "t_404")
	b.wants(b.provider.SetArchived(b.ctx(), nobody, true), inbox.NotFound)
}

func autoReply(b *bench) {
	before, err := b.provider.AutoReply(b.ctx())
	b.must(err)
	if before.Active {
		b.Errorf("it is active before anybody has set it")
	}
	on, words, wait := true, "Back at nine.", time.Hour
	set, err := b.provider.SetAutoReply(b.ctx(), inbox.AutoReplyChange{Active: &on, Message: &words, Wait: &wait})
	b.must(err)
	want := inbox.AutoReply{Active: true, Message: words, Wait: wait}
	if set != want {
		b.Errorf("set as %+v", set)
	}
	other := "Back at ten."
	want.Message = other
	set, err = b.provider.SetAutoReply(b.ctx(), inbox.AutoReplyChange{Message: &other})
	b.must(err)
	read, err := b.provider.AutoReply(b.ctx())
	b.must(err)
	if set != want || read != want {
		b.Errorf("one field changed: set as %+v, read as %+v", set, read)
	}
}

func inspecting(b *bench) {
	info, err := b.provider.Inspect(b.ctx())
	b.must(err)
	if info.MessagingEnabled == nil || !*info.MessagingEnabled {
		b.Errorf("messaging is told as %v", info.MessagingEnabled)
	}
	for _, p := range b.platforms() {
		if !slices.Contains(info.Linked, p) {
			b.Errorf("%s is linked, and told are %v", p, info.Linked)
		}
	}
	if info.ConversationCount != nil && *info.ConversationCount > len(b.sim.Conversations()) {
		b.Errorf("%d conversations are counted of %d", *info.ConversationCount, len(b.sim.Conversations()))
	}
	b.fault("any:expired-key")
	_, err = b.provider.Inspect(b.ctx())
	b.wants(err, inbox.Auth)
}

func reasons(b *bench) {
	c := b.caps()
	for name, can := range map[string]inbox.Ability{
		"reactions": c.Reactions, "stickers": c.Stickers, "archive": c.Archive, "auto reply": c.AutoReply,
	} {
		if !can.OK && can.Reason == "" {
			b.Errorf("%s: no reason is given", name)
		}
	}
	if c.Window.Limited && (c.Window.Open <= 0 || c.Window.Source == "") {
		b.Errorf("the window has no length or no source: %+v", c.Window)
	}
}

func unknownPlatform(b *bench) {
	c := b.provider.Capabilities("carrier-pigeon")
	if c.Archive.OK || c.AutoReply.OK || c.MaxMedia != 0 {
		b.Errorf("it can do %+v", c)
	}
}
