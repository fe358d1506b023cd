package cli

// parley login: takes a new token of an account, or has one made, and keeps it in
// the account's memory. Instagram's tokens live for 60 days and are renewed while
// parley runs; who was away for longer begins here.

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"parley/config"
	"parley/inbox"
	"parley/platforms/instagram"
	"parley/platforms/login"
)

type loginOptions struct {
	account  string
	redirect string
	token    bool // ask for a token, even though the app could exchange a code
	stdin    bool
}

func (a *app) loginCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Log an account in anew",
		Args:  noSubcommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.loginInstagramCommand())
	return cmd
}

func (a *app) loginInstagramCommand() *cobra.Command {
	var o loginOptions
	cmd := &cobra.Command{
		Use:   "instagram [-]",
		Short: "Log in at the Instagram Graph API",
		Long: `Login takes a long-lived token (from the app dashboard: Instagram > API setup),
typed without being shown, or from standard input with -. Where the config has
app_id and app_secret, it prints an address to open instead, and takes the address
that the browser ends at. The token is checked, kept in the data folder, and
renewed from then on while parley runs.`,
		Example: `  parley login instagram --account shop
  pass show instagram | parley login instagram -
  parley login instagram --redirect https://shop.example/login`,
		Args: between(0, 1, "at most -, for a token on standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.stdin = len(args) > 0; o.stdin && args[0] != "-" {
				return wrongUsage(cmd, "a token on the command line can be seen by others; expected - and the token on standard input")
			}
			return a.loginInstagram(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.account, "account", "", "the `ACCOUNT` of the config, if it has several of Instagram")
	cmd.Flags().StringVar(&o.redirect, "redirect", "", "`URL` at which the login page ends, one of those in the app dashboard")
	cmd.Flags().BoolVar(&o.token, "token", false, "ask for a token, also where the app could have one made")
	a.completeAccounts(cmd)
	return cmd
}

func (a *app) loginInstagram(ctx context.Context, o loginOptions) error {
	at := a.places()
	c, err := config.Load(at.Config)
	if err != nil {
		return err
	}
	a.openLog(at.State)
	ac, err := accountOf(c, instagram.Name, o.account)
	if err != nil {
		return err
	}
	form, err := a.fillIn(ctx, ac, at.Data, online)
	if err != nil {
		return err
	}
	var grant instagram.Grant
	if o.stdin || o.token || form.Values["app_id"] == "" || form.Secrets["app_secret"].Empty() {
		grant, err = a.loginByToken(ctx, form, o)
	} else {
		grant, err = a.loginByCode(ctx, form, o)
	}
	if err != nil {
		return err
	}
	return a.printGrant(ac.Name, grant)
}

func (a *app) loginByToken(ctx context.Context, form login.Login, o loginOptions) (instagram.Grant, error) {
	token, err := a.askSecret("Token of "+string(form.Account)+" (it is not shown): ", o.stdin)
	if err != nil {
		return instagram.Grant{}, err
	}
	a.redactor.learn(token)
	return instagram.Login(ctx, form, token)
}

// askSecret takes a line from standard input, or from the terminal without
// showing it.
func (a *app) askSecret(question string, stdin bool) (login.Secret, error) {
	if stdin {
		line, err := a.readLine()
		return login.NewSecret(line), err
	}
	if !a.asks() {
		return login.Secret{}, &usageError{text: "nobody can be asked: there is no terminal", hint: "give the token on standard input, with -"}
	}
	fmt.Fprint(a.stderr, question)
	typed, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(a.stderr)
	if err != nil {
		return login.Secret{}, fmt.Errorf("cannot read from the terminal: %w", err)
	}
	return login.NewSecret(strings.TrimSpace(string(typed))), nil
}

// readLine takes the first line of standard input.
func (a *app) readLine() (string, error) {
	line, err := bufio.NewReader(io.LimitReader(a.stdin, config.SecretMaxBytes)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot read standard input: %w", err)
	}
	return strings.TrimSpace(line), nil
}

// loginByCode lets the account's owner agree in a browser, wherever that runs.
func (a *app) loginByCode(ctx context.Context, form login.Login, o loginOptions) (instagram.Grant, error) {
	if o.redirect == "" {
		return instagram.Grant{}, &usageError{
			text: "the login page has to end at an address of the app: --redirect is missing",
			hint: "take one of the OAuth redirect URIs of the app dashboard; or --token takes a token instead",
		}
	}
	state := rand.Text()
	address, err := instagram.AuthorizeURL(form, o.redirect, state)
	if err != nil {
		return instagram.Grant{}, err
	}
	fmt.Fprintf(a.stderr, "Open this in a browser, and log in as the account's owner:\n\n  %s\n\nThen paste the address at which the browser ends: ", address)
	pasted, err := a.readLine()
	if err != nil {
		return instagram.Grant{}, err
	}
	code, err := codeIn(pasted, state)
	if err != nil {
		return instagram.Grant{}, err
	}
	a.redactor.learn(login.NewSecret(code))
	return instagram.Exchange(ctx, form, o.redirect, code)
}

// codeIn finds the code in the address that somebody has pasted, which may be
// the code alone. An address of another login is refused.
func codeIn(pasted, state string) (string, error) {
	if !strings.ContainsAny(pasted, "?=") {
		return pasted, nil
	}
	u, err := url.Parse(pasted)
	if err != nil {
		return "", &usageError{text: "this is no address", hint: "paste what stands in the browser's address line"}
	}
	q := u.Query()
	switch {
	case q.Get("error") != "":
		return "", &inbox.Error{Kind: inbox.Auth, Op: "log in", Text: "the login was refused: " + cmp.Or(q.Get("error_description"), q.Get("error"))}
	case q.Get("code") == "":
		return "", &usageError{text: "there is no code in this address", hint: "paste the address at which the browser ends after you have agreed"}
	case q.Get("state") != state:
		return "", &usageError{text: "this address belongs to another login", hint: "open the address that is printed here, and paste the one at which that ends"}
	}
	return q.Get("code"), nil
}

func (a *app) printGrant(id inbox.AccountID, g instagram.Grant) error {
	who := "@" + g.Username
	if g.Username == "" {
		who = g.UserID
	}
	until := "its token is renewed while parley runs"
	if !g.Expires.IsZero() {
		until = "its token lives until " + g.Expires.Local().Format("2006-01-02") + ", and is renewed before while parley runs"
	}
	_, err := fmt.Fprintf(a.stdout, "%s: logged in as %s; %s\n", id, inbox.CleanLine(who), until)
	return err
}
