package config

// The config that parley writes for somebody who has none. It explains itself:
// what was answered stands there, and all else that can be set is an example in a
// comment. What it says of accounts comes from the providers' own forms.

import (
	"errors"
	"fmt"
	"strings"

	"parley/inbox"
	"parley/platforms"
)

// Draft is a first config that is not written yet: what is known of its account.
// What a provider requires and nobody has answered gets an example.
type Draft struct {
	Name      inbox.AccountID
	Provider  platforms.Provider
	BaseURL   string            // "": the provider's own
	Platforms []inbox.Platform  // nil: all of the provider's
	Values    map[string]string // fields that are not secret, by their names
	Secrets   map[string]Source // fields that are
	Webhook   *Webhook          // nil: nobody listens
}

// Source says where a secret comes from: in which of the four forms its key is
// written, and the value of that key.
type Source struct {
	Form  string // SecretInline, SecretEnv, SecretFile or SecretCommand
	Value string
}

// First is the draft of somebody who has answered nothing: it works as soon as
// the key of its account does.
func First() string {
	return Draft{Name: "acme", Provider: platforms.All()[0]}.Text()
}

// Text is the draft as a file. What is in it has to be free of control
// characters; Wrong tells of all else.
func (d Draft) Text() string {
	var b strings.Builder
	b.WriteString("# The config of parley. `parley doctor` tells what is missing.\n" +
		"# What has a # before it is said to you, or an example: take the first # of an\n" +
		"# example's lines away to use it.\n" +
		"#\n" +
		"# Keys and other secrets have four forms, shown here for one called KEY; several\n" +
		"# secrets are a list in each of them:\n" +
		"#   KEY_command  the first line that a command prints; it is run without a shell\n" +
		"#   KEY_file     the first line of a file\n" +
		"#   KEY_env      an environment variable\n" +
		"#   KEY          the secret itself\n\n")
	b.WriteString(d.account())
	for _, p := range platforms.All() {
		if p.Name != d.Provider.Name {
			example := Draft{Name: d.Name + "-" + inbox.AccountID(p.Name), Provider: p}
			fmt.Fprintf(&b, "\n# Another account, of %s: %s.\n#\n%s", p.Name, p.About, commentedOut(example.account()))
		}
	}
	b.WriteString("\n" + d.webhook())
	fmt.Fprintf(&b, firstSettings, d.Provider.Name, d.Provider.Platforms[0])
	return b.String()
}

// Wrong is what a config would say of one key of the draft, such as
// "account.name"; "" when nothing is wrong with it.
func (d Draft) Wrong(key string) string {
	_, err := Parse("", []byte(d.Text()))
	bad, ok := errors.AsType[*Error](err)
	if !ok {
		return ""
	}
	for _, p := range bad.Problems {
		if p.Key == key {
			return p.Text
		}
	}
	return ""
}

// webhook is the table that makes parley listen, as an example when it does not.
func (d Draft) webhook() string {
	w := Webhook{Listen: UsualListen, PublicURL: "https://inbox.example"}
	if d.Webhook != nil {
		w = *d.Webhook
	}
	text := fmt.Sprintf(`[webhook]
# Behind a reverse proxy, or with tls_cert and tls_key on its own.
listen = %q
# What `+"`parley webhook register`"+` tells the providers, with /webhook/ACCOUNT behind it.
public_url = %q
`, w.Listen, w.PublicURL)
	if d.Webhook == nil {
		text = commentedOut(text)
	}
	return "# Where providers may call with what is new: messages come within a second then.\n" + text
}

// commentedOut puts a # before every line, comments too: without it everything is
// as it was.
func commentedOut(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("# "+line, " \n") + "\n")
	}
	return b.String()
}

// firstSettings is all that is no account, as examples. The values are the usual
// ones where there are such.
const firstSettings = `
# Reply windows, where they differ from what the provider's documents say:
# [window.%s.%s]
# open = "24h"
# late = "7d"               # for human agents only; or: none = true

# How much is kept on this machine; without it, everything.
# [retention]
# max_age = "365d"
# max_size = "2GB"

# Searches of your own in the header, instead of the usual views; one table each.
# [[view]]
# name = "Angry"
# query = "label:angry is:unanswered"   # as after / in the inbox, which completes it
# key = "g x"               # or a digit
# sort = "time_left"        # or "newest", "wake"

# Canned replies are files beside this one: replies/late.md is /late in the
# composer. {{first_name}}, {{agent}} and the like in it are filled in.

# [media]                   # a program that gets a file and prints its https address
# upload_command = "~/bin/upload-to-our-bucket {file}"

# [keys]                    # ? shows all keys in the inbox
# done = "e"                # or a list: ["e", "y"]

# [ui]
# theme = "auto"            # or "dark", "light", "mono" (no colours), "contrast", or one of your own
# title = "Parley"          # what the screen is called, at its top
# density = "comfortable"   # or "compact": one line for each conversation
# time_zone = "local"       # or a zone such as "Europe/Berlin"
# hours = 24                # or 12
# closing_soon = "12h"      # what the view of closing windows shows
# editor = "vim"            # otherwise $VISUAL, then $EDITOR
# agent = "Ada"             # your name, for {{agent}} in canned replies
# after = "next"            # what is shown after done or snooze: or "previous", or "list"
# hold = "5s"               # how long a message can be taken back; "0s": not at all
# fps = 60                  # how often a second the screen may change; fewer for slow lines
# mouse = false             # true: click and wheel
# plain = false             # true: lines instead of a screen, for screen readers
# pictures = "auto"         # how they are shown: "kitty", "sixel", "blocks", "off"
# thread_pictures = "auto"  # in the thread: not over SSH; or "always", "ask", "off"
# picture_size = "8MB"      # the largest that is fetched to be shown
# downloads = "~/Downloads" # where pictures and files are saved
# notify = "auto"           # when nobody looks at the terminal: "osc99", "osc777", "osc9", "bell", "off"
# notify_text = false       # true: also what the customer wrote
# notify_only = "is:unanswered"   # of which conversations, as a search
# quiet = "22:00-07:00"     # no notifications then

# A theme of your own, chosen in [ui] by its name:
# [theme.evening]
# base = "dark"
# link = "#c3a6ff"          # title active faint unread own good warn urgent link note selection
# urgent = "9"              # #rrggbb, one of the terminal's 256, or none

# Single colours over whichever theme is chosen:
# [ui.colours]
# note = "#ffd75f"
`
