// Package config is the config file: what it may say, what it means, and what is
// wrong with it. Every mistake names the file, line, column and key, and what was
// expected there; all mistakes are reported at once.
package config

// The file as a whole, and the tables that are too small for a file of their own.

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"parley/inbox"
	"parley/platforms/upload"
)

// Config is what the file says, checked.
type Config struct {
	File      string    // where it was read
	Accounts  []Account // in the order of the file
	Windows   map[WindowKey]Window
	Webhook   *Webhook // nil: nothing listens
	Retention inbox.Retention
	Screen    Screen
	Upload    upload.Command // none: only where a provider takes files
	Warnings  []string       // what is no mistake, and not well either
}

// Load reads and checks the file. Where there is none, the error is ErrNone.
func Load(file string) (*Config, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, &UnusableError{Text: "cannot read the config: " + err.Error()}
	}
	c, err := Parse(file, data)
	if err != nil {
		return nil, err
	}
	c.warnOfReaders()
	return c, nil
}

// Parse understands the file's content. What is wrong with that is an *Error.
func Parse(file string, data []byte) (*Config, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	doc, err := parseTOML(data)
	if syntax, ok := errors.AsType[*syntaxError](err); ok {
		return nil, &Error{File: file, Problems: []Problem{syntax.Problem}}
	}
	c := &Config{File: file}
	c.takeAccounts(doc.root)
	c.takeWindows(doc.root)
	c.Webhook = takeWebhook(doc.root)
	c.takeRetention(doc.root)
	c.Upload = takeMedia(doc.root)
	c.takeScreen(doc.root)
	doc.root.finish()
	if problems := doc.sorted(); len(problems) > 0 {
		return nil, &Error{File: file, Problems: problems}
	}
	return c, nil
}

func (c *Config) takeRetention(root *table) {
	t := root.sub("retention")
	if t == nil {
		return
	}
	c.Retention.MaxAge, _ = parsed(t, "max_age", `a duration such as "90d"`, inbox.ParseDuration)
	c.Retention.MaxBytes, _ = parsed(t, "max_size", `a size such as "500MB" or "2GB"`, parseSize)
	t.finish()
}

// AccountNames lists the accounts in the file's order.
func (c *Config) AccountNames() []string {
	names := make([]string, len(c.Accounts))
	for i, a := range c.Accounts {
		names[i] = string(a.Name)
	}
	return names
}
