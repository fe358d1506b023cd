package config

// An [[account]] that explains itself, from the form of its provider.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/platforms"
	"parley/platforms/login"
)

// account is the draft's [[account]], with everything that its provider asks for.
func (d Draft) account() string {
	var b strings.Builder
	b.WriteString("[[account]]\n# Letters a to z, digits, dots, dashes and underscores. It is part of every\n# conversation's ID, so that another name is another account.\n")
	fmt.Fprintf(&b, "name = %q\nprovider = %q\n", d.Name, d.Provider.Name)
	if d.BaseURL != "" {
		fmt.Fprintf(&b, "base_url = %q\n", d.BaseURL)
	} else {
		fmt.Fprintf(&b, "# base_url = %q\n", d.Provider.BaseURL)
	}
	switch {
	case d.Platforms != nil:
		fmt.Fprintf(&b, "platforms = [%s]\n", quotedList(d.Platforms))
	case ChoosesPlatforms(d.Provider):
		fmt.Fprintf(&b, "# platforms = [%s]\n", quotedList(d.Provider.Platforms))
	}
	if limit, limited := conversationLimits[d.Provider.Name]; limited {
		fmt.Fprintf(&b, "\n# how many conversations a month may be answered, by the plan; 0: as many as come\n# conversation_limit = %d\n", limit)
	}
	for _, f := range d.Provider.Fields {
		b.WriteString("\n" + d.explain(f))
	}
	return b.String()
}

// ChoosesPlatforms tells whether an account of the provider may be for some of its
// platforms only. Where the login belongs to one, a field says which.
func ChoosesPlatforms(p platforms.Provider) bool {
	onePlatform := func(f login.Field) bool { return f.Name == "platform" }
	return len(p.Platforms) > 1 && !slices.ContainsFunc(p.Fields, onePlatform)
}

// explain writes a setting with its help; what is neither answered nor required is
// commented out.
func (d Draft) explain(f login.Field) string {
	if f.Secret {
		return d.explainSecret(f)
	}
	value := d.Values[f.Name]
	mark := "# "
	if value != "" || f.Required {
		mark = ""
	}
	help := f.Help
	written := strconv.Quote(value)
	switch {
	case f.Flag:
		written = strconv.FormatBool(value == "true")
	case f.OneOf != nil:
		help += ": " + alternatives(f.OneOf)
		if value == "" {
			written = strconv.Quote(f.OneOf[0])
		}
	case value == "" && f.Required:
		written = `"…"`
	}
	return fmt.Sprintf("# %s\n%s%s = %s\n", help, mark, f.Name, written)
}

func (d Draft) explainSecret(f login.Field) string {
	source, mark := d.Secrets[f.Name], ""
	if source.Value == "" {
		source = Source{SecretCommand, "pass show " + d.Provider.Name + "/" + f.Name}
		if !f.Required {
			mark = "# "
		}
	}
	value := strconv.Quote(source.Value)
	if f.List {
		value = "[" + value + "]"
	}
	return fmt.Sprintf("# %s\n%s%s%s = %s\n", f.Help, mark, f.Name, source.Form, value)
}
