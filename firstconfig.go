package main

// The config that parley writes for somebody who has none: it explains itself.

import (
	"fmt"
	"strconv"
	"strings"

	"parley/inbox"
	"parley/platforms"
	"parley/platforms/login"
)

// firstConfig is the config that parley offers to write: it explains itself,
// and works as soon as the key does.
func firstConfig() string {
	p := platforms.All()[0]
	var b strings.Builder
	b.WriteString("# The config of parley. `parley doctor` tells what is missing.\n\n[[account]]\n")
	fmt.Fprintf(&b, "name = \"acme\"            # any name; it is part of every conversation's ID\n")
	fmt.Fprintf(&b, "provider = %q\n", p.Name)
	fmt.Fprintf(&b, "# base_url = %q\n", p.BaseURL)
	fmt.Fprintf(&b, "# platforms = [%s]\n", quotedList(p.Platforms))
	for _, f := range p.Fields {
		b.WriteString("\n" + explainField(f))
	}
	b.WriteString(`
# Reply windows, where they differ from what the provider's documents say:
# [window.` + p.Name + `.facebook]
# open = "24h"
# late = "7d"

# [retention]
# max_age = "365d"
# max_size = "2GB"

# [keys]                    # see the key table in the README; ? shows it in the inbox
# archive = "e"

# [ui]
# theme = "auto"            # or "dark", "light"
# time_zone = "local"       # or a zone such as "Europe/Berlin"
# hours = 24                # or 12
# closing_soon = "12h"      # what the view of closing windows shows
# editor = "vim"            # otherwise $VISUAL, then $EDITOR
`)
	return b.String()
}

func quotedList(list []inbox.Platform) string {
	quoted := make([]string, len(list))
	for i, p := range list {
		quoted[i] = strconv.Quote(string(p))
	}
	return strings.Join(quoted, ", ")
}

// explainField writes a setting with its help; what is not required is
// commented out.
func explainField(f login.Field) string {
	mark := "# "
	if f.Required {
		mark = ""
	}
	if !f.Secret {
		return fmt.Sprintf("# %s\n%s%s = \"\"\n", f.Help, mark, f.Name)
	}
	return fmt.Sprintf("# %s\n# One of: %[2]s_command (run without a shell), %[2]s_file, %[2]s_env, %[2]s.\n%[3]s%[2]s_command = \"pass show parley/%[2]s\"\n", f.Help, f.Name, mark)
}
