package platformtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/inbox"
	"parley/platforms/sim"
)

// facts is what reading told, merged: later facts complete earlier ones.
type facts struct {
	bench         *bench
	conversations map[string]inbox.ConversationFact
	messages      map[inbox.MessageID]inbox.MessageFact
	events        []inbox.EventFact
	told          int // message facts, repetitions included
}

func newFacts(b *bench) *facts {
	return &facts{bench: b, conversations: map[string]inbox.ConversationFact{}, messages: map[inbox.MessageID]inbox.MessageFact{}}
}

// take adds a batch and checks what every batch must be.
func (f *facts) take(b *bench, p inbox.Platform, batch inbox.Batch) {
	if batch.Account != b.form.Account || batch.Platform != p || batch.Provider != b.provider.Name() {
		b.Errorf("a batch is of %q %q %q", batch.Account, batch.Provider, batch.Platform)
	}
	if len(batch.Messages) > 0 && batch.AsOf.IsZero() {
		b.Errorf("a batch does not tell how old it is")
	}
	for _, c := range batch.Conversations {
		f.conversations[c.RemoteID] = merged(f.conversations[c.RemoteID], c)
	}
	for _, m := range batch.Messages {
		echo := f == b.heardFacts() && m.Message.Direction == inbox.Sent // may have no id
		if m.RemoteID == "" || m.Message.ID == "" && !echo || m.Message.CreatedAt.IsZero() || m.Message.Direction == "" {
			b.Errorf("a message cannot be placed: %+v", m)
		}
		id := m.Message.ID
		if id == "" {
			id = inbox.MessageID(fmt.Sprintf("echo %d", f.told))
		}
		f.messages[id] = m
		f.told++
	}
	f.events = append(f.events, batch.Events...)
}

// merged completes a fact: fields that are zero are not told.
func merged(old, c inbox.ConversationFact) inbox.ConversationFact {
	if c.Participant == (inbox.Participant{}) {
		c.Participant = old.Participant
	}
	if c.Archived == nil {
		c.Archived = old.Archived
	}
	if c.ReadUpTo.IsZero() {
		c.ReadUpTo = old.ReadUpTo
	}
	return c
}

// of are the messages of one conversation, oldest first.
func (f *facts) of(c sim.Conversation) []inbox.Message {
	var list []inbox.Message
	for _, m := range f.messages {
		if m.RemoteID == f.bench.remote(c) {
			list = append(list, m.Message)
		}
	}
	slices.SortFunc(list, func(x, y inbox.Message) int {
		if x.Position().Before(y.Position()) {
			return -1
		}
		return 1
	})
	return list
}

// feed is the feed of the platform with the newest messages.
func (b *bench) feed() inbox.Feed {
	b.Helper()
	for _, f := range b.provider.Feeds() {
		if f.Platform == b.platform && f.Name == inbox.MessagesFeed {
			return f
		}
	}
	b.Fatalf("no feed %q for %s", inbox.MessagesFeed, b.platform)
	return inbox.Feed{}
}

// readOnce makes one request of the messages feed.
func (b *bench) readOnce() (*facts, inbox.ReadResult, error) {
	b.Helper()
	f := newFacts(b)
	result, err := b.provider.Read(b.ctx(), inbox.ReadRequest{Feed: b.feed()}, func(batch inbox.Batch) error {
		f.take(b, b.platform, batch)
		return nil
	})
	b.heard(err)
	return f, result, err
}

// maxPages keeps a cursor that runs in a circle from running forever.
const maxPages = 1000

// readAll reads all feeds of a platform to their ends.
func (b *bench) readAll(p inbox.Platform) *facts {
	b.Helper()
	f := newFacts(b)
	for _, feed := range b.provider.Feeds() {
		if feed.Platform == p {
			b.readFeed(f, inbox.ReadRequest{Feed: feed})
		}
	}
	return f
}

func (b *bench) readFeed(f *facts, req inbox.ReadRequest) {
	b.Helper()
	for range maxPages {
		result, err := b.provider.Read(b.ctx(), req, func(batch inbox.Batch) error {
			f.take(b, req.Feed.Platform, batch)
			return nil
		})
		b.must(err)
		if req.Cursor = result.Cursor; req.Cursor == "" {
			return
		}
	}
	b.Fatalf("feed %q has no end", req.Feed.Name)
}

func hasHistory(c inbox.Capabilities) inbox.Ability { return c.History }

var readingCases = []testCase{
	{name: "feeds say how often they may be read", run: feedsSayHowOften},
	{name: "everything is read", each: true, world: sim.Options{Conversations: 45, Messages: 500}, needs: []need{hasHistory}, run: everythingIsRead},
	{name: "pages have neither gaps nor repetitions", each: true, world: sim.Options{Conversations: 3, Messages: 900}, needs: []need{hasHistory}, run: pagesAreWhole},
	{name: "one conversation can be read alone", each: true, needs: []need{hasHistory}, run: oneConversationAlone},
	{name: "a message keeps what it came with", each: true, needs: []need{hasHistory}, run: messageIsWhole},
	{name: "a message without text is a message", each: true, needs: []need{hasHistory}, run: messageWithoutText},
	{name: "an attachment of an unknown kind is kept", each: true, needs: []need{hasHistory}, run: unknownAttachment},
	{name: "a reaction comes and goes", each: true, needs: []need{hasHistory}, run: reactionComesAndGoes},
	{name: "the customer's reading is told", each: true, needs: []need{hasHistory}, run: readingIsTold},
	{name: "freshness is told", each: true, world: sim.Options{CacheTime: time.Minute}, needs: []need{hasHistory}, run: freshnessIsTold},
	{name: "the answer's date is the server's", each: true, needs: []need{hasHistory}, run: dateIsTheServers},
	{name: "lies about the next update are survived", each: true, needs: []need{hasHistory}, run: nextUpdateLies},
	{name: "an error of the taker ends the reading", each: true, needs: []need{hasHistory}, run: takerEndsReading},
	{name: "a cancelled reading ends at once", each: true, needs: []need{hasHistory}, run: cancelledReading},
	readingFailure("tear-before"), readingFailure("tear-after"), readingFailure("cut"), readingFailure("html"),
	readingFailure("html=503"), readingFailure("500"), readingFailure("503"), readingFailure("status-error"),
	{name: "strange fields and ids are survived", each: true, needs: []need{hasHistory}, run: strangeFields},
	{name: "hostile bytes do not break the reading", each: true, needs: []need{hasHistory}, run: hostileBytes},
}

func feedsSayHowOften(b *bench) {
	seen := map[string]bool{}
	for _, f := range b.provider.Feeds() {
		key := string(f.Platform) + "/" + f.Name
		if f.Name == "" || seen[key] {
			b.Errorf("feed %q has no name of its own", key)
		}
		seen[key] = true
		if f.CacheTime <= 0 || (f.Every != 0 && f.Every < f.CacheTime) {
			b.Errorf("feed %q: cached for %v, read every %v", key, f.CacheTime, f.Every)
		}
	}
}

func everythingIsRead(b *bench) {
	got := b.readAll(b.platform)
	for _, want := range b.sim.Conversations() {
		if want.Platform != b.platform {
			continue
		}
		c, ok := got.conversations[b.remote(want)]
		if !ok {
			b.Errorf("conversation %s was not read", want.ID)
			continue
		}
		if c.Participant.ID != want.Participant || b.caps().Archive.OK && (c.Archived == nil || *c.Archived != want.Archived) {
			b.Errorf("conversation %s is told as %+v, but is %+v", want.ID, c, want)
		}
		if n := len(got.of(want)); n != want.Messages {
			b.Errorf("conversation %s: %d of %d messages were read", want.ID, n, want.Messages)
		}
	}
}

func pagesAreWhole(b *bench) {
	got := newFacts(b)
	b.readFeed(got, inbox.ReadRequest{Feed: b.feed()})
	want := 0
	for _, c := range b.sim.Conversations() {
		if c.Platform == b.platform && !c.Archived {
			want += c.Messages
		}
	}
	if len(got.messages) != want || got.told != want {
		b.Errorf("%d messages in %d facts were read of %d", len(got.messages), got.told, want)
	}
	if b.feed().Paged && want > 100 && b.requests("read") < 2 {
		b.Errorf("a feed that comes in pages came in one")
	}
}

func oneConversationAlone(b *bench) {
	one := b.arrive(sim.Customer{Text: "only me"})
	b.arrive(sim.Customer{Text: "not me"})
	got := newFacts(b)
	b.readFeed(got, inbox.ReadRequest{Feed: b.feed(), Conversation: b.remote(one)})
	if len(got.messages) != 1 || len(got.of(one)) != 1 {
		b.Errorf("read %d messages, of which %d are the conversation's one", len(got.messages), len(got.of(one)))
	}
}

// needsDetails skips the case where a reading tells less than a webhook does.
func (b *bench) needsDetails() {
	b.Helper()
	if b.face.Sparse {
		b.Skip("a reading does not tell it here, only a webhook does")
	}
}

func messageIsWhole(b *bench) {
	b.needsDetails()
	sent := time.Now().Add(-3 * time.Hour).UTC().Truncate(time.Millisecond)
	c := b.arrive(sim.Customer{
		Person: sim.Person{Name: "Ngọc Ánh", Username: "ngoc"}, Text: "line one\nline two 🙏🏽", At: sent,
		Attachments: []sim.Attachment{{Type: "image", URL: "https://cdn.example/a.jpg"}},
	})
	own := b.write(sim.Post{ConversationID: c.ID, Text: "from another tool", Sent: true, At: sent.Add(time.Minute)})
	got := b.readAll(b.platform)
	list := got.of(c)
	if len(list) != 2 {
		b.Fatalf("read %d messages of 2", len(list))
	}
	first := list[0]
	if first.Direction != inbox.Received || first.Text != "line one\nline two 🙏🏽" || !first.CreatedAt.Equal(sent) ||
		len(first.Attachments) != 1 || first.Attachments[0].URL != "https://cdn.example/a.jpg" {
		b.Errorf("the received message is told as %+v", first)
	}
	if list[1].ID != own || list[1].Direction != inbox.Sent || list[1].Text != "from another tool" {
		b.Errorf("the sent message is told as %+v", list[1])
	}
	if peer := got.messages[first.ID].Peer; peer.ID != c.Participant || peer.Name != "Ngọc Ánh" {
		b.Errorf("the customer is told as %+v", peer)
	}
}

func messageWithoutText(b *bench) {
	c := b.arrive(sim.Customer{Attachments: []sim.Attachment{{Type: "audio", URL: "https://cdn.example/v.mp4"}}})
	list := b.readAll(b.platform).of(c)
	if len(list) != 1 || list[0].Text != "" || len(list[0].Attachments) != 1 || list[0].Attachments[0].Type != "audio" {
		b.Errorf("told as %+v", list)
	}
}

func unknownAttachment(b *bench) {
	b.needsDetails()
	c := b.arrive(sim.Customer{Text: "look", Attachments: []sim.Attachment{
		{Type: "hologram_v2", URL: "https://cdn.example/h?x=1"}, {Type: "ig_reel"},
	}})
	list := b.readAll(b.platform).of(c)
	if len(list) != 1 || len(list[0].Attachments) != 2 || list[0].Attachments[0].Type != "hologram_v2" {
		b.Errorf("told as %+v", list)
	}
}

func reactionComesAndGoes(b *bench) {
	b.needsDetails()
	c := b.arrive(sim.Customer{})
	own := b.write(sim.Post{ConversationID: c.ID, Text: "here you are", Sent: true})
	for _, emoji := range []string{"😆", "❤️", ""} {
		if err := b.sim.React(c.ID, string(own), emoji); err != nil {
			b.Fatal(err)
		}
		b.sim.ClearCache()
		m := b.readAll(b.platform).messages[own]
		if !m.KnowsReactions {
			b.Skip("the provider does not tell all reactions")
		}
		if emoji == "" && len(m.Message.Reactions) != 0 {
			b.Errorf("a reaction that was taken away is told: %+v", m.Message.Reactions)
		}
		if emoji != "" && (len(m.Message.Reactions) != 1 || m.Message.Reactions[0].Emoji != emoji || m.Message.Reactions[0].UserID != c.Participant) {
			b.Errorf("%s is told as %+v", emoji, m.Message.Reactions)
		}
	}
}

func readingIsTold(b *bench) {
	b.needsDetails()
	c := b.arrive(sim.Customer{})
	if err := b.sim.Read(c.ID); err != nil {
		b.Fatal(err)
	}
	got := b.readAll(b.platform).conversations[b.remote(c)].ReadUpTo
	if age := time.Since(got); age < 0 || age > time.Minute {
		b.Errorf("the customer has read up to %v", got)
	}
}

// needsAges skips the case where an API does not say how old its answers are.
func (b *bench) needsAges() {
	b.Helper()
	if !b.face.Ages {
		b.Skip("the API's answers are always fresh, and do not tell their age")
	}
}

func freshnessIsTold(b *bench) {
	b.needsAges()
	_, first, err := b.readOnce()
	b.must(err)
	if age := time.Since(first.LastUpdated); age < -time.Second || age > time.Minute {
		b.Errorf("last updated %v", first.LastUpdated)
	}
	if ahead := first.NextUpdate.Sub(first.LastUpdated); ahead != time.Minute {
		b.Errorf("the next update is told %v after the last, and is a minute after it", ahead)
	}
	b.arrive(sim.Customer{})
	again, second, err := b.readOnce()
	b.must(err)
	if !second.LastUpdated.Equal(first.LastUpdated) {
		b.Errorf("an answer from the provider's cache is told as newer: %v, then %v", first.LastUpdated, second.LastUpdated)
	}
	for _, m := range again.messages {
		if m.Message.CreatedAt.After(first.LastUpdated.Add(time.Second)) {
			b.Errorf("the simulator did not cache: the case proves nothing")
		}
	}
}

func dateIsTheServers(b *bench) {
	b.fault("any:date=-24h")
	_, result, err := b.readOnce()
	b.must(err)
	if off := time.Until(result.ServerTime.Add(24 * time.Hour)).Abs(); off > 5*time.Second {
		b.Errorf("the server's time is told as %v", result.ServerTime)
	}
}

func nextUpdateLies(b *bench) {
	b.needsAges()
	for _, lie := range []string{"past", "missing", "far", "garbage"} {
		b.sim.ClearFaults()
		b.fault("read:next-update=" + lie)
		b.sim.ClearCache()
		_, result, err := b.readOnce()
		b.must(err)
		if told := !result.NextUpdate.IsZero(); told != (lie == "past" || lie == "far") {
			b.Errorf("next update %s: told as %v", lie, result.NextUpdate)
		}
		if result.LastUpdated.IsZero() {
			b.Errorf("next update %s: the last one is lost too", lie)
		}
	}
}

func takerEndsReading(b *bench) {
	b.arrive(sim.Customer{})
	full := errors.New("the disk is full")
	calls := 0
	_, err := b.provider.Read(b.ctx(), inbox.ReadRequest{Feed: b.feed()}, func(inbox.Batch) error {
		calls++
		return full
	})
	if !errors.Is(err, full) || calls != 1 {
		b.Errorf("after %d calls: %v", calls, err)
	}
}

func cancelledReading(b *bench) {
	b.fault("read:hang")
	ctx, cancel := context.WithCancel(b.ctx())
	time.AfterFunc(50*time.Millisecond, cancel)
	begun := time.Now()
	_, err := b.provider.Read(ctx, inbox.ReadRequest{Feed: b.feed()}, func(inbox.Batch) error { return nil })
	b.wants(err, inbox.Unavailable, inbox.Internal)
	if took := time.Since(begun); took > patience/2 {
		b.Errorf("it took %v to end", took)
	}
}

// readingFailure is a case for each fault: an API that has to be asked slowly
// makes them long.
func readingFailure(fault string) testCase {
	return testCase{
		name: "what goes wrong with a reading is unavailable, and passes: " + fault,
		each: true, needs: []need{hasHistory}, run: func(b *bench) { readingFails(b, fault) },
	}
}

func readingFails(b *bench, fault string) {
	c := b.arrive(sim.Customer{})
	b.fault("read:" + fault)
	_, _, err := b.readOnce()
	if fault == "status-error" { // the provider's own refusal: it may sort it otherwise
		b.wants(err, inbox.Unavailable, inbox.Rejected)
	} else {
		b.wants(err, inbox.Unavailable)
	}
	b.sim.ClearFaults()
	got, _, err := b.readOnce()
	b.must(err)
	if n := len(got.of(c)); n != 1 {
		b.Errorf("afterwards %d messages of 1 were read", n)
	}
}

// strangeFields compares two readings: fields that nobody knows must change
// nothing, and a long id must not lose its last digits by being a number.
func strangeFields(b *bench) {
	want := b.readAll(b.platform)
	b.fault("read:strange")
	b.sim.ClearCache()
	got := b.readAll(b.platform)
	if len(want.messages) == 0 || len(got.messages) != len(want.messages) {
		b.Fatalf("%d messages were read of %d", len(got.messages), len(want.messages))
	}
	for id, m := range want.messages {
		if g := got.messages[id].Message; g.Text != m.Message.Text || g.SenderID != m.Message.SenderID || !g.CreatedAt.Equal(m.Message.CreatedAt) {
			b.Errorf("message %q is told as %+v, and was %+v", id, g, m.Message)
		}
	}
}

func hostileBytes(b *bench) {
	text := "a\x1b]52;c;eA==\x07b\u009b2Jc\u202ed"
	c := b.arrive(sim.Customer{Person: sim.Person{Name: "\x1b[31mred"}, Text: text})
	list := b.readAll(b.platform).of(c)
	if len(list) != 1 || inbox.Clean(list[0].Text) != inbox.Clean(text) {
		b.Errorf("told as %#v", list)
	}
}
