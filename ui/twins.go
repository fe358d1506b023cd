package ui

import (
	"slices"
	"strings"
	"unicode"
)

// The command line beside the screen: whatever an agent does with a key, a script
// does with a command. Every action of the table names its twins there, or says
// why it stands alone.

// Alone is why an action has no twin on the command line, in words that complete
// "it has none, it …".
type Alone string

// The reasons. There are no others: what is not about the screen itself has a
// command.
const (
	moves   Alone = "moves on the screen"
	picks   Alone = "picks on the screen; commands take several, or a --query"
	types   Alone = "writes on the screen"
	undoes  Alone = "takes back what the screen did; each command has its contrary"
	screens Alone = "is about the screen itself"
)

// rank is where such actions stand in the palette: who asks for all actions wants
// to do something, and has found the keys to move already.
func (a Alone) rank() int {
	switch a {
	case "":
		return 0
	case moves:
		return 2
	}
	return 1
}

// Action is an action as it is told to others: to the README, and to whoever
// offers the same by words.
type Action struct {
	Name  string   // in the config
	Keys  []string // as they are written for people: "Ctrl-K"
	Help  string
	Where string   // "list, thread"
	Twins []string // commands that do the same, without the program's name: "snooze CONVERSATION WHEN"
	Alone Alone    // why there are none; "" when there are
}

// Actions is the table of all actions, with the usual views and keys.
func Actions() []Action {
	var told []Action
	for _, a := range actions(usualViews()) {
		keys := make([]string, len(a.keys))
		for i, key := range a.keys {
			keys[i] = keyLabel(key)
		}
		told = append(told, Action{a.name, keys, a.help, a.scope.String(), slices.Clone(a.twins), a.alone})
	}
	return told
}

// beside is what does the same on the command line, without what is to be filled
// in: "outbox retry, outbox at now". It is "" where nothing does. What is quoted is
// a name.
func (a *action) beside() string {
	var commands []string
	for _, twin := range a.twins {
		var words []string
		twin, name, named := strings.Cut(twin, "'")
		for word := range strings.FieldsSeq(twin) {
			name, value, term := strings.Cut(word, ":")
			switch {
			case term && isPlaceholder(value):
				words = append(words, name+":…")
			case !isPlaceholder(word):
				words = append(words, word)
			}
		}
		if named {
			words = append(words, "'"+name)
		}
		commands = append(commands, strings.Join(words, " "))
	}
	return strings.Join(commands, ", ")
}

// isPlaceholder tells that a word of a twin is to be filled in: it is in capitals.
func isPlaceholder(word string) bool {
	return word == strings.ToUpper(word) && strings.ContainsFunc(word, unicode.IsUpper)
}

// besideTitle stands over the commands on the screen.
const besideTitle = "parley …"

// putBeside puts the command at the end of a line, and tells whether there was
// room for it behind what stands there already.
func (u *UI) putBeside(l *lineBuilder, command string) bool {
	room := l.left - 1
	width := u.cells.width(command)
	if command == "" || width+besideGap > room {
		return command == ""
	}
	l.spaces(room-width).put(u.style[roleFaint], command)
	return true
}

// besideGap is what parts a command from the words before it.
const besideGap = 2

// quoted is a name as one word of a command line, which is nothing to be filled in.
func quoted(name string) string {
	if isPlaceholder(name) || strings.ContainsAny(name, " :'\"$`\\!*?()&|;<>#~{}[]") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}
