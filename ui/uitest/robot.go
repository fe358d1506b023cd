// Package uitest is a robot user: it presses keys on a screen and reads what is
// written there, without a terminal and, inside a [testing/synctest] bubble,
// without waiting.
package uitest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Robot runs a model as Bubble Tea would: one message after the other, each
// command in a goroutine of its own.
type Robot struct {
	tb      testing.TB
	model   tea.Model
	answers chan tea.Msg
	stop    chan struct{}

	Quit   bool     // the model has asked to end
	Raw    []string // what the model has sent to the terminal beside its frames
	Lent   int      // how often the model has lent the terminal to something else
	Frames int      // how many different frames there were
	last   string
}

// New starts the model on a screen of the given size. It must be called in a
// synctest bubble, and the model's context must end with the test.
func New(tb testing.TB, model tea.Model, width, height int) *Robot {
	tb.Helper()
	r := &Robot{tb: tb, model: model, answers: make(chan tea.Msg), stop: make(chan struct{})}
	tb.Cleanup(func() { close(r.stop) })
	r.run(model.Init())
	r.Resize(width, height)
	return r
}

// Send hands a message to the model and waits until everything that follows
// from it at once has happened.
func (r *Robot) Send(msg tea.Msg) {
	r.tb.Helper()
	r.Deliver(msg)
	r.Settle()
}

// Deliver hands a message over and does not wait for what its commands answer.
func (r *Robot) Deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.QuitMsg:
		r.Quit = true
		return
	case tea.RawMsg:
		r.Raw = append(r.Raw, fmt.Sprint(msg.Msg))
	case tea.BatchMsg:
		for _, cmd := range msg {
			r.run(cmd)
		}
		return
	}
	if reflect.TypeOf(msg).String() == "tea.execMsg" { // as a sequence, it is known by its shape only
		r.Lent++
		return
	}
	if cmds, ok := sequence(msg); ok {
		r.runInTurn(cmds)
		return
	}
	model, cmd := r.model.Update(msg)
	r.model = model
	if frame := model.View().Content; frame != r.last {
		r.last = frame
		r.Frames++
	}
	r.run(cmd)
}

// sequence are the commands of a [tea.Sequence], whose type is known by its shape
// only.
func sequence(msg tea.Msg) ([]tea.Cmd, bool) {
	list := reflect.ValueOf(msg)
	if list.Kind() != reflect.Slice || list.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	return list.Convert(reflect.TypeFor[[]tea.Cmd]()).Interface().([]tea.Cmd), true
}

// runInTurn runs one command after the other.
func (r *Robot) runInTurn(cmds []tea.Cmd) {
	for _, cmd := range cmds {
		if cmd != nil {
			r.Deliver(cmd())
		}
	}
}

func (r *Robot) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		select {
		case r.answers <- cmd():
		case <-r.stop:
		}
	}()
}

// Settle handles answers until nothing but the clock can bring another.
func (r *Robot) Settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-r.answers:
			r.Deliver(msg)
		default:
			return
		}
	}
}

// Wait lets time pass.
func (r *Robot) Wait(d time.Duration) {
	end := time.After(d)
	for {
		select {
		case msg := <-r.answers:
			r.Deliver(msg)
		case <-end:
			r.Settle()
			return
		}
	}
}

// Resize changes the size of the screen.
func (r *Robot) Resize(width, height int) { r.Send(tea.WindowSizeMsg{Width: width, Height: height}) }

// Press presses keys, named as Bubble Tea names them: "j", "ctrl+k", "enter".
func (r *Robot) Press(keys ...string) {
	r.tb.Helper()
	for _, key := range keys {
		r.Send(Key(key))
	}
}

// Type types a text, letter by letter.
func (r *Robot) Type(text string) {
	for _, letter := range text {
		r.Send(tea.KeyPressMsg{Code: letter, Text: string(letter)})
	}
}

// Paste pastes a text as one event.
func (r *Robot) Paste(text string) { r.Send(tea.PasteMsg{Content: text}) }

// Key is the message of a key.
func Key(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	rest := name
	for {
		mod, key, found := strings.Cut(rest, "+")
		if !found || key == "" {
			break
		}
		switch mod {
		case "ctrl":
			k.Mod |= tea.ModCtrl
		case "shift":
			k.Mod |= tea.ModShift
		case "alt":
			k.Mod |= tea.ModAlt
		}
		rest = key
	}
	if code, special := specialKeys()[rest]; special {
		k.Code = code
		return k
	}
	k.Code = []rune(rest)[0]
	if k.Mod == 0 {
		k.Text = rest
	}
	return k
}

func specialKeys() map[string]rune {
	return map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "space": tea.KeySpace, "f1": tea.KeyF1,
	}
}

// View is what the model shows now.
func (r *Robot) View() tea.View { return r.model.View() }

// Screen is the text on the screen, without styles.
func (r *Robot) Screen() string { return ansi.Strip(r.View().Content) }

// Lines are the lines of the screen.
func (r *Robot) Lines() []string { return strings.Split(r.Screen(), "\n") }

// Sees fails the test unless every text is on the screen.
func (r *Robot) Sees(texts ...string) {
	r.tb.Helper()
	screen := r.Screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			r.tb.Fatalf("the screen does not show %q:\n%s", text, screen)
		}
	}
}

// Misses fails the test when a text is on the screen.
func (r *Robot) Misses(texts ...string) {
	r.tb.Helper()
	screen := r.Screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			r.tb.Fatalf("the screen shows %q:\n%s", text, screen)
		}
	}
}

// LineWith is the first line with the text.
func (r *Robot) LineWith(text string) string {
	r.tb.Helper()
	for _, line := range r.Lines() {
		if strings.Contains(line, text) {
			return line
		}
	}
	r.tb.Fatalf("no line shows %q:\n%s", text, r.Screen())
	return ""
}
