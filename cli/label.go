package cli

// parley label: labels are put on conversations with +, and taken off with -.

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/inbox"
)

func (a *app) labelCommand() *cobra.Command {
	cmd, o := a.triageCommand("label CONVERSATION... +LABEL... -LABEL...", "Put labels on conversations, or take them off",
		`Label puts +LABEL on conversations and takes -LABEL off. A label is one word; case
does not count. "parley list label:vip" finds what has one.`)
	cmd.Example = "  parley label \"sara j\" +vip -late\n  parley label --query 'is:unanswered left<2h' +urgent"
	cmd.DisableFlagParsing = true // -late is no flag
	complete := cmd.ValidArgsFunction
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		_, _ = parseLabels(cmd, args) // what is not finished yet may well be wrong
		return complete(cmd, args, typed)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		change, err := parseLabels(cmd, args)
		if err != nil {
			return err
		}
		if help, _ := cmd.Flags().GetBool("help"); help {
			return cmd.Help()
		}
		names := cmd.Flags().Args()
		if err := checkTargets(cmd, names, *o); err != nil {
			return err
		}
		if len(change.Add)+len(change.Remove) == 0 {
			return wrongUsage(cmd, "label expects a +LABEL or a -LABEL")
		}
		return a.triage(cmd.Context(), names, *o, "labels", func(*session, inbox.Conversation) (inbox.TriageChange, error) { return change, nil })
	}
	return cmd
}

// parseLabels parses the flags between the labels.
func parseLabels(cmd *cobra.Command, args []string) (inbox.SetLabels, error) {
	change, rest, err := splitLabels(args)
	if err != nil {
		return change, err
	}
	cmd.DisableFlagParsing = false
	defer func() { cmd.DisableFlagParsing = true }()
	if err := cmd.ParseFlags(rest); err != nil {
		return change, wrongUsage(cmd, err.Error())
	}
	return change, nil
}

// splitLabels takes the labels out of the arguments. Behind -- there is none.
func splitLabels(args []string) (change inbox.SetLabels, rest []string, err error) {
	for i, arg := range args {
		if arg == "--" {
			return change, append(rest, args[i:]...), nil
		}
		sign, label := "", ""
		if len(arg) > 1 && !strings.HasPrefix(arg, "--") && arg != "-h" {
			sign, label = arg[:1], arg[1:]
		}
		switch sign {
		case "+", "-":
			if label, err = inbox.CleanLabel(label); err != nil {
				return change, nil, &usageError{text: fmt.Sprintf("%s: %s", arg, inbox.AsError(err).Text), hint: inbox.AsError(err).Hint}
			}
		}
		switch sign {
		case "+":
			change.Add = append(change.Add, label)
		case "-":
			change.Remove = append(change.Remove, label)
		default:
			rest = append(rest, arg)
		}
	}
	return change, rest, nil
}
