package config

// The config that parley writes for somebody who has none: it explains itself.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/platforms"
	"parley/platforms/login"
)

// First is the text of the config that parley offers to write: it explains
// itself, and works as soon as the key of the first account does.
func First() string {
	var b strings.Builder
	b.WriteString("# The config of parley. `parley doctor` tells what is missing.\n")
	for i, p := range platforms.All() {
		account := explainAccount("acme", p)
		if i > 0 {
			account = fmt.Sprintf("# An account of %s:\n#\n", p.Name) + commentedOut(explainAccount("acme-"+p.Name, p))
		}
		b.WriteString("\n" + account)
	}
	b.WriteString(`
# Where providers may call with what is new: messages come within a second then.
# [webhook]
# listen = "` + usualListen + `"                 # behind a reverse proxy; or with tls_cert and tls_key
# public_url = "https://inbox.example"        # what ` + "`parley webhook register`" + ` tells them

# Reply windows, where they differ from what the provider's documents say:
# [window.` + platforms.All()[0].Name + `.facebook]
# open = "24h"
# late = "7d"

# [retention]
# max_age = "365d"
# max_size = "2GB"

# [keys]                    # see the key table in the README; ? shows it in the inbox
# done = "e"

# [ui]
# theme = "auto"            # or "dark", "light", "mono" (no colours), "contrast"
# density = "comfortable"   # or "compact": one line for each conversation
# time_zone = "local"       # or a zone such as "Europe/Berlin"
# hours = 24                # or 12
# closing_soon = "12h"      # what the view of closing windows shows
# editor = "vim"            # otherwise $VISUAL, then $EDITOR
# notify = "auto"           # when nobody looks at the terminal; or "bell", "off"
# quiet = "22:00-07:00"     # no notifications then
# mouse = false             # true: click and wheel
# agent = "Ada"             # what {{agent}} of a canned reply becomes
# hold = "5s"               # how long a message can be taken back; "0s": not at all
`)
	return b.String()
}

// explainAccount is an [[account]] with everything that its provider asks for.
func explainAccount(name string, p platforms.Provider) string {
	var b strings.Builder
	b.WriteString("[[account]]\n")
	fmt.Fprintf(&b, "name = %q            # any name; it is part of every conversation's ID\n", name)
	fmt.Fprintf(&b, "provider = %q\n", p.Name)
	fmt.Fprintf(&b, "# base_url = %q\n", p.BaseURL)
	onePlatform := func(f login.Field) bool { return f.Name == "platform" }
	if len(p.Platforms) > 1 && !slices.ContainsFunc(p.Fields, onePlatform) {
		fmt.Fprintf(&b, "# platforms = [%s]\n", quotedList(p.Platforms))
	}
	for _, f := range p.Fields {
		b.WriteString("\n" + explainField(p.Name, f))
	}
	return b.String()
}

// commentedOut puts a # before what is not one already.
func commentedOut(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		switch {
		case strings.TrimSpace(line) == "":
			line = "#\n"
		case !strings.HasPrefix(line, "#"):
			line = "# " + line
		}
		b.WriteString(line)
	}
	return b.String()
}

// explainField writes a setting with its help; what is not required is
// commented out.
func explainField(provider string, f login.Field) string {
	mark := "# "
	if f.Required {
		mark = ""
	}
	value := `""`
	switch {
	case f.Secret:
		return explainSecret(provider, f, mark)
	case f.Flag:
		value = "false"
	case f.OneOf != nil:
		value = strconv.Quote(f.OneOf[0]) + "   # or " + Joined(quotedAll(f.OneOf[1:]), "or")
	case f.Required:
		value = `"…"`
	}
	return fmt.Sprintf("# %s\n%s%s = %s\n", f.Help, mark, f.Name, value)
}

func explainSecret(provider string, f login.Field, mark string) string {
	value, list := fmt.Sprintf("%q", "pass show "+provider+"/"+f.Name), ""
	if f.List {
		value, list = "["+value+"]", ", each a list"
	}
	return fmt.Sprintf("# %s\n# One of: %[2]s_command (run without a shell), %[2]s_file, %[2]s_env, %[2]s%[3]s.\n%[4]s%[2]s_command = %[5]s\n", f.Help, f.Name, list, mark, value)
}
