package cli

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"parley/ui"
)

// The command line and the screen have the same actions: ui's table says which
// command is the twin of which key. These tests hold it against the command tree.

// leaves are all commands that do something, by their words: "outbox at".
func leaves(cmd *cobra.Command) map[string]*cobra.Command {
	found := map[string]*cobra.Command{}
	for _, c := range cmd.Commands() {
		if c.Runnable() && c.Name() != "help" {
			found[strings.TrimPrefix(c.CommandPath(), "parley ")] = c
		}
		maps.Copy(found, leaves(c))
	}
	return found
}

func commandTree() *cobra.Command {
	root := (&app{}).command()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

// twinOf finds the command of a twin, and the rest of the line.
func twinOf(t *testing.T, root *cobra.Command, twin string) (cmd *cobra.Command, path string, rest []string) {
	t.Helper()
	cmd, rest, err := root.Find(strings.Fields(twin))
	if err != nil || cmd == root {
		t.Errorf("%q is no command: %v", twin, err)
		return nil, "", nil
	}
	return cmd, strings.TrimPrefix(cmd.CommandPath(), "parley "), rest
}

// TestTwinsAreCommands: each twin names a command that is there, with flags that
// it has and as many arguments as it takes.
func TestTwinsAreCommands(t *testing.T) {
	t.Parallel()
	twins := 0
	for _, a := range ui.Actions() {
		for _, twin := range a.Twins {
			twins++
			cmd, _, rest := twinOf(t, commandTree(), twin)
			if cmd == nil {
				continue
			}
			if err := cmd.ParseFlags(rest); err != nil {
				t.Errorf("%s: %q: %v", a.Name, twin, err)
				continue
			}
			if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
				t.Errorf("%s: %q: %v", a.Name, twin, err)
			}
		}
	}
	if twins < 40 {
		t.Errorf("only %d twins were looked at", twins)
	}
}

// TestTwinsAreUnderstood runs each twin, with something in the place of each word
// in capitals: it may well have nothing to do, but it is never wrong usage.
func TestTwinsAreUnderstood(t *testing.T) {
	t.Parallel()
	_, d := newTriageDesk(t)
	d.write("reply.md", "It leaves today.")
	given := strings.NewReplacer(
		"CONVERSATION", "zdenka", "+LABEL", "+late", "-LABEL", "-vip", "TEXT", "hello", "WHEN", "3h", "MESSAGE", "last", "EMOJI", "❤️", "POST", "12",
		"QUERY", "hello", "URL", "https://img.example/a.jpg", "ACCOUNT", testAccountID, "PLATFORM", "facebook", "NAME", "automated", "ID", "none",
	)
	seen := map[string]bool{}
	for _, a := range ui.Actions() {
		for _, twin := range a.Twins {
			if seen[twin] {
				continue
			}
			seen[twin] = true
			args := strings.Fields(given.Replace(twin))
			cmd, path, _ := twinOf(t, commandTree(), twin)
			switch {
			case cmd == nil:
				continue
			case path == "forget":
				args = []string{path, "ursel", "--yes"} // the others need Zdenka
			case cmd.Flags().Lookup("wait") != nil:
				args = append(args, "--wait", "0")
			}
			if out := d.parleyReading("hello", args...); out.code == exitUsage {
				t.Errorf("%s: parley %q: %s", a.Name, args, out.stderr)
			}
		}
	}
}

// beside are the commands that no key has, and why.
var beside = map[string]string{
	"archive":               "done is the key: it archives where the provider can",
	"unarchive":             "done is the key: it brings back what is done",
	"completion bash":       "about the shell",
	"completion fish":       "about the shell",
	"completion zsh":        "about the shell",
	"completion powershell": "about the shell",
	"config":                "names its commands",
	"login":                 "names its commands",
	"webhook":               "names its commands",
	"config init":           "before there is an inbox",
	"config wizard":         "before there is an inbox",
	"demo":                  "opens an inbox",
	"doctor":                "when there may be no inbox to open",
	"export":                "writes a file",
	"follow":                "is the screen of scripts",
	"login instagram":       "before there is an inbox",
	"man":                   "about the command line",
	"outbox":                "the view of what failed, and the thread, show it",
	"run":                   "is the inbox without a screen",
	"sim":                   "is no inbox",
	"stats":                 "figures over days, to be written somewhere",
	"version":               "about the program",
	"webhook list":          "set up once",
	"webhook register":      "set up once",
	"webhook unregister":    "set up once",
}

// TestCommandsHaveKeys: each command is the twin of an action, or it is said why no
// key does it.
func TestCommandsHaveKeys(t *testing.T) {
	t.Parallel()
	root := commandTree()
	twins := map[string]bool{}
	for _, a := range ui.Actions() {
		for _, twin := range a.Twins {
			_, path, _ := twinOf(t, root, twin)
			twins[path] = true
		}
	}
	all := leaves(root)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		switch why := beside[path]; {
		case !twins[path] && why == "":
			t.Errorf("parley %s has no key in ui's table, and no reason here", path)
		case twins[path] && why != "":
			t.Errorf("parley %s has a key now: its reason here is old", path)
		}
	}
	for path := range beside {
		if all[path] == nil {
			t.Errorf("parley %s is not there", path)
		}
	}
}
