package cli

// What remains when something goes wrong: the log, the crash file, and the
// guard around every goroutine. The log and crash files hold no message
// contents and no secrets; only their owner can read them.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// maxLogBytes is where a log file is put aside; the one before it is dropped.
const maxLogBytes = 4 << 20

// openLog starts logging into the folder.
func (a *app) openLog(dir string) {
	f, err := openLogFile(filepath.Join(dir, "parley.log"))
	if err != nil {
		return // a full or read-only disk must not keep an agent from answering
	}
	a.closers = append(a.closers, f.Close)
	a.log = slog.New(slog.NewJSONHandler(a.redactor.writer(f), nil))
}

func openLogFile(file string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	if info, err := os.Stat(file); err == nil && info.Size() > maxLogBytes {
		if err := os.Rename(file, file+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// guard catches panics. The first one is written to a crash file and ends the
// program in its usual order, so that the terminal is restored and drafts are
// saved.
type guard struct {
	dir      string
	redactor *redactor
	log      *slog.Logger
	stop     context.CancelFunc

	mu   sync.Mutex
	file string // of the first crash
	err  error
}

// errCrashed is how a run ends that a panic has ended.
var errCrashed = errors.New("crashed")

// run calls f and survives its panic.
func (g *guard) run(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			g.crashed(name, r)
		}
	}()
	f()
}

// crashed notes a panic. It is called by the goroutine that panics.
func (g *guard) crashed(name string, value any) {
	stack := debug.Stack()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		g.err = errCrashed
		g.file = g.write(name, describePanic(value), stack)
		g.log.Error("panic", "where", name, "crash_file", g.file)
		g.stop()
	}
}

// describePanic tells what the panic was about, as far as that cannot be the
// text of a message: the runtime's own errors and fixed texts of the program.
func describePanic(value any) string {
	switch v := value.(type) {
	case runtime.Error:
		return v.Error()
	case string:
		return v
	}
	return fmt.Sprintf("%T", value)
}

func (g *guard) write(name, what string, stack []byte) string {
	file := filepath.Join(g.dir, "crash-"+time.Now().UTC().Format("20060102-150405.000")+".txt")
	if err := os.MkdirAll(g.dir, 0o700); err != nil {
		return ""
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return ""
	}
	defer f.Close()
	text := fmt.Sprintf("parley %s crashed in %s\n%s\n\n%s", version(), name, what, stack)
	if _, err := io.WriteString(f, g.redactor.clean(text)); err != nil {
		return ""
	}
	return file
}

// crash returns what happened: nil when nothing did.
func (g *guard) crash() (file string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.file, g.err
}

// guardedModel notes panics of the screen before Bubble Tea catches them: it
// restores the terminal, but would forget where the panic came from.
type guardedModel struct {
	tea.Model
	guard *guard
}

func (m guardedModel) Init() tea.Cmd {
	defer m.note("screen start")
	return m.watch(m.Model.Init())
}

func (m guardedModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	defer m.note("screen update")
	next, cmd := m.Model.Update(msg)
	return guardedModel{next, m.guard}, m.watch(cmd)
}

func (m guardedModel) View() tea.View {
	defer m.note("screen view")
	return m.Model.View()
}

// note passes a panic on after it is written down.
func (m guardedModel) note(where string) {
	if r := recover(); r != nil {
		m.guard.crashed(where, r)
		panic(errCrashed)
	}
}

// watch notes panics of a command, and of those that it hands on.
func (m guardedModel) watch(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer m.note("screen command")
		msg := cmd()
		m.watchAll(msg)
		return msg
	}
}

// watchAll wraps the commands of a batch or sequence in their place. A sequence
// is of a type that Bubble Tea does not export, so it is known by its shape.
func (m guardedModel) watchAll(msg tea.Msg) {
	list := reflect.ValueOf(msg)
	if list.Kind() != reflect.Slice || list.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return
	}
	for i := range list.Len() {
		cmd, _ := list.Index(i).Interface().(tea.Cmd)
		list.Index(i).Set(reflect.ValueOf(m.watch(cmd)))
	}
}
