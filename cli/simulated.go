package cli

// Simulated accounts: the simulator of one provider, the secrets that it shares
// with an inbox, and the part of a config that makes an account of it. parley sim
// serves one, the demo has one of each.

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"parley/config"
	"parley/inbox"
	"parley/platforms"
	"parley/platforms/httpapi"
	"parley/platforms/sim"
)

// simulated is an account at a simulator.
type simulated struct {
	name    string
	options sim.Options
	world   *sim.Server
	hook    sim.Webhook // what its webhooks are signed with, and where they go
}

// start serves the simulator. What it shares with an inbox is made up where the
// options do not say.
func (s *simulated) start() (err error) {
	s.hook = s.options.Webhook
	if len(s.hook.Secrets) == 0 {
		s.hook.Secrets = []string{rand.Text()}
	}
	if s.hook.VerifyToken == "" && s.options.Face != sim.FaceAyrshare {
		s.hook.VerifyToken = rand.Text()
	}
	if s.hook.URL != "" {
		s.options.Webhook = s.hook
	}
	s.world, err = sim.Start(s.options)
	return err
}

// tell lets the simulator call the address from now on.
func (s simulated) tell(address string) error {
	s.hook.URL = address
	return s.world.SetWebhook(s.hook)
}

// provider is the one that speaks to the simulator's face.
func (s simulated) provider() string { return string(cmp.Or(s.options.Face, sim.FaceAyrshare)) }

// platform is the first that its customers write on.
func (s simulated) platform() inbox.Platform {
	switch {
	case len(s.options.Platforms) > 0:
		return s.options.Platforms[0]
	case s.options.Face == sim.FaceAyrshare:
		return inbox.Facebook
	}
	return inbox.Instagram
}

// accountTable is the part of a config that makes the simulator an account.
func (s simulated) accountTable() string {
	var b strings.Builder
	set := func(key, value string) { fmt.Fprintf(&b, "%s = %q\n", key, value) }
	b.WriteString("[[account]]\n")
	set("name", s.name)
	set("provider", s.provider())
	set("base_url", s.world.BaseURL())
	switch s.options.Face {
	case sim.FaceInstagram:
		set("access_token", s.world.Key())
		set("verify_token", s.hook.VerifyToken)
		fmt.Fprintf(&b, "human_agent = %t\n", s.options.HumanAgent)
	case sim.FaceChatt2me:
		set("api_key", s.world.Key())
		set("channel", s.world.Channel())
		set("platform", string(s.platform()))
	default:
		set("api_key", s.world.Key())
		s.setKeysOfPlatforms(set)
	}
	quoted := make([]string, len(s.hook.Secrets))
	for i, secret := range s.hook.Secrets {
		quoted[i] = strconv.Quote(secret)
	}
	fmt.Fprintf(&b, "webhook_secrets = [%s]\n", strings.Join(quoted, ", "))
	return b.String()
}

// setKeysOfPlatforms: the simulator takes any keys for a platform, but not none.
func (s simulated) setKeysOfPlatforms(set func(key, value string)) {
	p, _ := platforms.Find(s.provider())
	for _, f := range p.Fields {
		if f.For != "" {
			set(f.Name, "simulated")
		}
	}
}

type simOptions struct {
	face          string
	platform      string
	listen        string
	seed          uint64
	conversations int
	messages      int
	faults        []string
	webhook       string
	secrets       []string
	verifyToken   string
	json          bool
}

type simRecord struct {
	BaseURL        string   `json:"base_url"`
	Key            string   `json:"key"`
	ControlURL     string   `json:"control_url"`
	ControlToken   string   `json:"control_token"`
	Face           string   `json:"face"`
	Channel        string   `json:"channel,omitempty"`
	AppID          string   `json:"app_id,omitempty"`
	AppSecret      string   `json:"app_secret,omitempty"`
	WebhookSecrets []string `json:"webhook_secrets"`
	VerifyToken    string   `json:"verify_token,omitempty"`
}

func (a *app) simCommand() *cobra.Command {
	o := simOptions{seed: 1, face: string(sim.FaceAyrshare)}
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve the simulator alone",
		Long: `Sim serves a provider's API with simulated customers behind it until it is
interrupted, and prints where it listens, its key, and an [[account]] table with
both: put that into a file, and parley --config FILE --data DIR works with it. The
simulator takes any keys for X, but not none. A fault is OP[@PLATFORM]:FAULT
[=VALUE][:WHEN], such as send:tear-after:0.3, read@twitter:429=10s:once or
any:latency=50ms..400ms.

With --webhook it calls that address, as the provider does, from when it is
answered on: http://127.0.0.1:8480/webhook/sim is that of the printed account.

With --json, one object: base_url, key, control_url, control_token, face, channel,
app_id, app_secret, webhook_secrets, verify_token.`,
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(sim.Faces, sim.Face(o.face)) {
				var names []string
				for _, f := range sim.Faces {
					names = append(names, string(f))
				}
				return &usageError{text: fmt.Sprintf("the simulator has no face %q; %s", o.face, config.Suggest(o.face, names))}
			}
			return a.sim(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.face, "face", o.face, "the API that it speaks: `NAME` of a provider")
	cmd.Flags().StringVar(&o.platform, "platform", "", "only this `PLATFORM`; chatt2me has one at a time")
	cmd.Flags().StringVar(&o.webhook, "webhook", "", "`URL` to call with what happens")
	cmd.Flags().StringArrayVar(&o.secrets, "webhook-secret", nil, "`SECRET` that signs the calls (default: made up); may be repeated")
	cmd.Flags().StringVar(&o.verifyToken, "verify-token", "", "`TOKEN` by which the address proves itself (default: made up)")
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:0", "`HOST:PORT`")
	cmd.Flags().Var(seedFlag(&o.seed), "seed", "the same `N` makes the same world")
	cmd.Flags().Var(countFlag(&o.conversations), "conversations", "how many at the start (0: the demo's)")
	cmd.Flags().Var(countFlag(&o.messages), "messages", "how many at the start, over all conversations (0: a few each)")
	cmd.Flags().StringArrayVar(&o.faults, "fault", nil, "something that goes wrong; may be repeated")
	cmd.Flags().BoolVar(&o.json, "json", false, "one JSON object")
	return cmd
}

// sim serves the simulator until a signal.
func (a *app) sim(ctx context.Context, o simOptions) error {
	s := simulated{name: "sim", options: sim.Options{
		Face: sim.Face(o.face), Listen: o.listen, Seed: o.seed, Conversations: o.conversations, Messages: o.messages, Faults: o.faults,
		Webhook: sim.Webhook{URL: o.webhook, Secrets: o.secrets, VerifyToken: o.verifyToken},
	}}
	if o.platform != "" {
		s.options.Platforms = []inbox.Platform{inbox.Platform(o.platform)}
	}
	if err := s.start(); err != nil {
		return &usageError{text: err.Error()}
	}
	defer s.world.Close()
	if err := a.printSimulated(s, o.json); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func (a *app) printSimulated(s simulated, asJSON bool) error {
	r := simRecord{
		BaseURL: s.world.BaseURL(), Key: s.world.Key(), ControlURL: s.world.ControlURL(), ControlToken: s.world.ControlToken(),
		Face: s.provider(), WebhookSecrets: s.hook.Secrets, VerifyToken: s.hook.VerifyToken,
	}
	switch s.options.Face {
	case sim.FaceInstagram:
		r.AppID, r.AppSecret = s.world.App()
	case sim.FaceChatt2me:
		r.Channel = s.world.Channel()
	}
	if asJSON {
		return jsonLines(a.stdout).Encode(r)
	}
	_, err := fmt.Fprintf(a.stdout, "base_url       %s\nkey            %s\ncontrol_url    %s\ncontrol_token  %s\n\n# For a config of its own (--config FILE --data DIR):\n%s%s",
		r.BaseURL, r.Key, r.ControlURL, r.ControlToken, s.accountTable(), s.webhookTable())
	return err
}

// webhookTable is the part of a config that listens where the simulator calls;
// "" when that is not this machine.
func (s simulated) webhookTable() string {
	u, err := url.Parse(s.hook.URL)
	if err != nil || !httpapi.IsLoopback(u.Hostname()) || u.Port() == "" {
		return ""
	}
	return fmt.Sprintf("\n[webhook]\nlisten = %q\n", net.JoinHostPort(u.Hostname(), u.Port()))
}
