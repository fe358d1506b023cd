package cli

// The agent's editor, by the config or as other programs find it.

import (
	"cmp"
	"strings"

	"parley/config"
)

// editorOf is the command of the agent's editor without the file, none where
// nobody has said which. The variables hold a command line with arguments, by old
// custom, or the path of a program, which may have blanks in it.
func editorOf(configured []string, getenv func(string) string, find func(string) (string, error)) []string {
	if len(configured) > 0 {
		return configured
	}
	line := strings.TrimSpace(cmp.Or(getenv("VISUAL"), getenv("EDITOR")))
	if line == "" {
		return nil
	}
	if _, err := find(line); err == nil {
		return []string{line}
	}
	words, err := config.SplitWords(line)
	if err != nil {
		return strings.Fields(line)
	}
	return words
}
