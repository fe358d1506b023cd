package fulltext

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/inbox"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// owner is what a store is to an index: it keeps the list of files, and the
// messages.
type owner struct {
	testing.TB
	dir       string
	index     *Index
	files     map[string]File
	messages  map[Entry]inbox.Message
	customers map[uint32]inbox.Conversation
}

func newOwner(tb testing.TB) *owner {
	o := &owner{TB: tb, dir: filepath.Join(tb.TempDir(), "idx"), files: map[string]File{},
		messages: map[Entry]inbox.Message{}, customers: map[uint32]inbox.Conversation{}}
	o.open()
	tb.Cleanup(func() { o.index.Close() })
	return o
}

func (o *owner) list() (all []File) {
	for _, f := range o.files {
		all = append(all, f)
	}
	return all
}

func (o *owner) open() {
	o.Helper()
	var err error
	if o.index, err = Open(o.dir, o.list()); err != nil {
		o.Fatal(err)
	}
}

func (o *owner) reopen() {
	o.Helper()
	o.index.Close()
	o.open()
}

// store makes a change count.
func (o *owner) store(c *Change) {
	for _, name := range c.Remove {
		delete(o.files, name)
	}
	for _, f := range c.Put {
		o.files[f.Name] = f
	}
	o.index.Install(c)
}

func (o *owner) commit(b *Batch) {
	o.Helper()
	c, err := o.index.Prepare(b)
	if err != nil {
		o.Fatal(err)
	}
	o.store(c)
}

// merge does all merges that are due, and returns how many.
func (o *owner) merge() (n int) {
	o.Helper()
	for {
		c, err := o.index.Merge(o.Context())
		if err != nil {
			o.Fatal(err)
		}
		if c == nil {
			return n
		}
		o.store(c)
		n++
	}
}

func conversationID(number uint32) inbox.ConversationID {
	return inbox.NewConversationID("acme", inbox.Platforms[number%3], fmt.Sprint("t_", number))
}

// say puts a message of a conversation into a batch.
func (o *owner) say(b *Batch, number uint32, at time.Time, text string) inbox.Message {
	m := inbox.Message{Conversation: conversationID(number), ID: inbox.MessageID(fmt.Sprint("m_", number, "_", at.UnixNano())), Direction: inbox.Received, Text: text, CreatedAt: at}
	o.messages[EntryOf(number, m.Position())] = m
	b.Message(number, m)
	return m
}

func (o *owner) call(b *Batch, number uint32, name, handle string) {
	c := inbox.Conversation{ID: conversationID(number), Participant: inbox.Participant{Name: name, Username: handle}}
	o.customers[number] = c
	b.Customer(number, c)
}

// ask returns the texts that are found, and then the names.
func (o *owner) ask(q inbox.TextQuery) (found []string) {
	o.Helper()
	query := Compile(q)
	s := o.index.Snapshot()
	defer s.Close()
	search, err := s.Search(query, 0, Start())
	if err != nil {
		o.Fatal(err)
	}
	last := Start()
	for {
		entries, err := search.Next()
		if err != nil {
			o.Fatal(err)
		}
		for _, e := range entries {
			if p := PlaceOf(e); !p.Behind(last) {
				o.Fatalf("%v comes after %v", p.At, last.At)
			} else {
				last = p
			}
			m, ok := o.messages[e]
			if !ok {
				continue
			}
			if _, ok := query.Message(m, o.customers[e.Number]); ok {
				found = append(found, m.Text)
			}
		}
		if len(entries) == 0 {
			break
		}
	}
	for _, number := range search.Customers() {
		if _, ok := query.Customer(o.customers[number]); ok {
			found = append(found, o.customers[number].Participant.Name)
		}
	}
	return found
}

func wordsAsked(texts ...string) (q inbox.TextQuery) {
	for _, text := range texts {
		q.All = append(q.All, inbox.TextTerm{Text: text})
	}
	return q
}

func (o *owner) mustFind(q inbox.TextQuery, want ...string) {
	o.Helper()
	if got := o.ask(q); !slices.Equal(got, want) {
		o.Errorf("%+v finds %q, want %q", q, got, want)
	}
}

func TestNewestFirstInWordsAndNames(t *testing.T) {
	o := newOwner(t)
	b := &Batch{}
	o.call(b, 1, "Anna Müller", "anna.b_92")
	o.call(b, 2, "Order Desk", "")
	o.say(b, 1, noon, "where is my order")
	o.say(b, 1, noon.Add(time.Hour), "the refund, please")
	o.say(b, 2, noon.Add(-time.Hour), "an order from Anna")
	o.commit(b)
	b = &Batch{}
	o.say(b, 2, noon.Add(2*time.Hour), "order again")
	o.commit(b)

	o.mustFind(wordsAsked("order"), "order again", "where is my order", "an order from Anna", "Order Desk")
	o.mustFind(wordsAsked("anna"), "an order from Anna", "Anna Müller")
	o.mustFind(wordsAsked("muller", "refund"), "the refund, please")
	o.mustFind(wordsAsked("@anna.b_92"), "Anna Müller")
	o.mustFind(inbox.TextQuery{All: wordsAsked("order").All, None: wordsAsked("anna").All}, "order again", "Order Desk")
	o.mustFind(inbox.TextQuery{From: []string{"ann"}}, "the refund, please", "where is my order")
	o.mustFind(inbox.TextQuery{All: wordsAsked("order").All, Before: noon}, "an order from Anna")
	o.mustFind(inbox.TextQuery{All: wordsAsked("order").All, Since: noon}, "order again", "where is my order")
	o.mustFind(inbox.TextQuery{All: wordsAsked("order").All, Platform: inbox.Platforms[1]}, "where is my order")
	o.mustFind(wordsAsked("nowhere"))

	b = &Batch{}
	o.call(b, 1, "Anna Schmidt", "")
	o.commit(b)
	o.mustFind(wordsAsked("muller"))
	o.mustFind(wordsAsked("schmidt"), "Anna Schmidt")
}

// TestManyMessagesInOrder has more than are looked at one by one, over years and
// within one hour.
func TestManyMessagesInOrder(t *testing.T) {
	for name, step := range map[string]time.Duration{"over years": 31 * time.Hour, "within an hour": time.Second / 2} {
		t.Run(name, func(t *testing.T) {
			o := newOwner(t)
			at := noon.Truncate(time.Hour)
			for part := range 2 {
				b := &Batch{}
				for i := range few {
					n := i*2 + part // each segment has messages of all times
					o.say(b, uint32(n%7), at.Add(time.Duration(n%7200)*step+time.Duration(n/7200)), fmt.Sprint("order number ", n))
				}
				o.commit(b)
			}
			if got := o.ask(wordsAsked("order")); len(got) != 2*few {
				t.Errorf("%d of %d are found", len(got), 2*few)
			}
			since, before := at.Add(100*step), at.Add(3000*step)
			want := 0
			for e := range o.messages {
				if inTime(e.At, since, before) {
					want++
				}
			}
			if got := o.ask(inbox.TextQuery{All: wordsAsked("order").All, Since: since, Before: before}); len(got) != want {
				t.Errorf("%d of %d are found in a part of the time", len(got), want)
			}
		})
	}
}

func TestMergesKeepTheAnswers(t *testing.T) {
	o := newOwner(t)
	for i := range 3 * mergeWidth {
		b := &Batch{}
		o.call(b, uint32(i), fmt.Sprint("customer ", i), "")
		m := o.say(b, uint32(i), noon.Add(time.Duration(i)*time.Hour), fmt.Sprint("word", i, " common"))
		o.commit(b)
		if i%3 == 0 {
			e := EntryOf(uint32(i), m.Position())
			b = &Batch{}
			b.NoMessage(e)
			o.commit(b)
			delete(o.messages, e)
		}
	}
	before := o.ask(wordsAsked("common"))
	if len(before) != 2*mergeWidth {
		t.Fatalf("%q", before)
	}
	if o.merge() == 0 {
		t.Fatal("nothing was merged")
	}
	if len(o.files) >= mergeWidth {
		t.Errorf("%d files are left", len(o.files))
	}
	o.mustFind(wordsAsked("common"), before...)
	o.reopen()
	o.mustFind(wordsAsked("common"), before...)
	o.mustFind(wordsAsked("word3"))
	o.mustFind(wordsAsked("word4"), "word4 common")
}

func TestWhatIsForgottenLeavesTheFiles(t *testing.T) {
	const secret = "kryptonite"
	o := newOwner(t)
	b := &Batch{}
	o.call(b, 1, "Clark "+secret, "")
	m := o.say(b, 1, noon, "my "+secret+" is here")
	o.say(b, 2, noon, "another customer")
	o.commit(b)
	b = &Batch{} // the text is edited, and stays in the first file
	m.Text = "all is well"
	b.Message(1, m)
	o.commit(b)
	if !o.inFiles(secret) {
		t.Fatal("the word was never in the files")
	}
	b = &Batch{}
	b.Forget(1, true)
	o.commit(b)
	delete(o.messages, EntryOf(1, m.Position()))
	delete(o.customers, 1)
	o.mustFind(wordsAsked("well"))
	o.reopen() // killed before the files are written anew
	o.merge()
	if o.inFiles(secret) || o.inFiles("well") || o.inFiles("clark") {
		t.Error("a word of the forgotten customer is still in the files")
	}
	o.mustFind(wordsAsked("another"), "another customer")
}

// inFiles tells whether a word is in any file of the folder, also of documents
// that are deleted.
func (o *owner) inFiles(word string) (found bool) {
	o.Helper()
	entries, err := os.ReadDir(o.dir)
	if err != nil {
		o.Fatal(err)
	}
	for _, e := range entries {
		file, err := plugin.Open(filepath.Join(o.dir, e.Name()))
		if err != nil {
			o.Fatal(err)
		}
		for _, field := range file.Fields() {
			d, err := file.Dictionary(field)
			if err != nil {
				o.Fatal(err)
			}
			there, err := d.Contains([]byte(word))
			found = found || there
			if err != nil {
				o.Fatal(err)
			}
		}
		_ = file.Close()
	}
	return found
}

func TestAChangeThatWasNotStoredLeavesNothing(t *testing.T) {
	o := newOwner(t)
	b := &Batch{}
	o.say(b, 1, noon, "first")
	o.commit(b)
	b = &Batch{}
	o.say(b, 1, noon.Add(time.Hour), "second")
	if _, err := o.index.Prepare(b); err != nil {
		t.Fatal(err)
	}
	o.reopen() // killed before the list of files was stored
	o.mustFind(wordsAsked("second"))
	c, err := o.index.Prepare(b)
	if err != nil {
		t.Fatal(err)
	}
	c.Discard()
	o.mustFind(wordsAsked("second"))
	if files, _ := os.ReadDir(o.dir); len(files) != 1 {
		t.Errorf("%d files in the folder", len(files))
	}
	o.commit(b)
	o.mustFind(wordsAsked("second"), "second")
}

func TestASearchOutlivesTheFilesItReads(t *testing.T) {
	o := newOwner(t)
	for i := range mergeWidth {
		b := &Batch{}
		o.say(b, 1, noon.Add(time.Duration(i)*time.Hour), "common")
		o.commit(b)
	}
	s := o.index.Snapshot()
	search, err := s.Search(Compile(wordsAsked("common")), 0, Start())
	if err != nil {
		t.Fatal(err)
	}
	o.merge()
	found, err := search.Next()
	if err != nil || len(found) != mergeWidth {
		t.Errorf("%d found, %v", len(found), err)
	}
	s.Close()
	if files, _ := os.ReadDir(o.dir); len(files) != 1 {
		t.Errorf("%d files are left in the folder", len(files))
	}
}

func TestDamageIsFoundWhenItIsOpened(t *testing.T) {
	for name, damage := range map[string]func(path string, content []byte) error{
		"gone":  func(path string, _ []byte) error { return os.Remove(path) },
		"empty": func(path string, _ []byte) error { return os.Truncate(path, 0) },
		"cut":   func(path string, content []byte) error { return os.Truncate(path, int64(len(content)/2)) },
		"one byte": func(path string, content []byte) error {
			content[len(content)/3] ^= 4
			return os.WriteFile(path, content, 0o600)
		},
		"its end": func(path string, content []byte) error {
			content[len(content)-20] ^= 1
			return os.WriteFile(path, content, 0o600)
		},
		"text":     func(path string, _ []byte) error { return os.WriteFile(path, []byte(strings.Repeat("x", 5000)), 0o600) },
		"longer":   func(path string, content []byte) error { return os.WriteFile(path, append(content, 0), 0o600) },
		"a folder": func(path string, _ []byte) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOwner(t)
			b := &Batch{}
			o.say(b, 1, noon, "first")
			o.commit(b)
			o.index.Close()
			path := filepath.Join(o.dir, o.list()[0].Name)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := damage(path, content); err != nil {
				t.Fatal(err)
			}
			if x, err := Open(o.dir, o.list()); !errors.Is(err, ErrDamaged) {
				t.Errorf("%v, %v", x, err)
			}
		})
	}
	o := newOwner(t)
	if _, err := Open(o.dir, []File{{Name: "../../etc/passwd"}}); !errors.Is(err, ErrDamaged) {
		t.Errorf("a list that names other files: %v", err)
	}
	if _, err := Open(o.dir, []File{{Name: fileName(7), Deleted: []byte("garbage")}}); !errors.Is(err, ErrDamaged) {
		t.Errorf("a list of garbage: %v", err)
	}
}

// TestDamageDuringASearchIsAnError cuts a file that is mapped into memory: a
// read behind its end is a fault.
func TestDamageDuringASearchIsAnError(t *testing.T) {
	o := newOwner(t)
	b := &Batch{}
	for i := range few {
		o.say(b, 1, noon.Add(time.Duration(i)), fmt.Sprint("word", i))
	}
	o.commit(b)
	if err := os.Truncate(filepath.Join(o.dir, o.list()[0].Name), 0); err != nil {
		t.Fatal(err)
	}
	s := o.index.Snapshot()
	defer s.Close()
	if _, err := s.Search(Compile(wordsAsked("word7")), 0, Start()); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
	if _, err := o.index.Prepare(b); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
}

func TestNobodyElseMayReadTheIndex(t *testing.T) {
	o := newOwner(t)
	b := &Batch{}
	o.say(b, 1, noon, "first")
	o.commit(b)
	for path, want := range map[string]fs.FileMode{o.dir: 0o700, filepath.Join(o.dir, o.list()[0].Name): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
	}
}

func TestCursors(t *testing.T) {
	for _, p := range []Place{Start(), PlaceOf(EntryOf(7, inbox.Position{At: noon, ID: "m"})), PlaceOfCustomer(9, time.Time{}), PlaceOfCustomer(1<<31, noon.AddDate(9000, 0, 0))} {
		got, err := ParseCursor(p.Cursor())
		if err != nil || !got.At.Equal(p.At) || got.ID != p.ID {
			t.Errorf("%+v gives %+v, %v", p, got, err)
		}
	}
	for _, c := range []inbox.TextCursor{"?", "AAAA", "AAAAAAAAAAAAAAAA", "\x1b[31m"} {
		if p, err := ParseCursor(c); err == nil {
			t.Errorf("%q is %+v", c, p)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(string(PlaceOfCustomer(9, noon).Cursor()))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseCursor(inbox.TextCursor(text))
		if err != nil {
			return
		}
		again, err := ParseCursor(p.Cursor())
		if err != nil || again.ID != p.ID || !again.At.Equal(p.At) {
			t.Errorf("%q: %+v, %+v, %v", text, p, again, err)
		}
	})
}

func TestStretchesAreInTheOrderOfTime(t *testing.T) {
	times := []time.Time{{}, time.Unix(0, 0), noon.AddDate(-1, 0, 0), noon, noon.Add(time.Hour), noon.AddDate(0, 0, 1), noon.AddDate(0, 1, 0), noon.AddDate(9000, 0, 0)}
	for resolution := range resolutions {
		for i, at := range times[1:] {
			if stretchOf(resolution, times[i]) > stretchOf(resolution, at) {
				t.Errorf("%v comes after %v", times[i], at)
			}
		}
	}
	for _, at := range times {
		if !slices.Contains(within(stretchOf(perMonth, at)), stretchOf(perDay, at)) || !slices.Contains(within(stretchOf(perDay, at)), stretchOf(perHour, at)) {
			t.Errorf("%v is in no day or hour", at)
		}
	}
}
