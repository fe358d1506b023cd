package platformtest_test

import (
	"testing"

	"parley/inbox"
	"parley/platforms/chatt2me"
	"parley/platforms/login"
	"parley/platforms/platformtest"
	"parley/platforms/sim"
)

// TestChatt2meKeepsTheContract for each platform: a login is one channel.
func TestChatt2meKeepsTheContract(t *testing.T) {
	t.Parallel()
	for _, p := range []inbox.Platform{inbox.Instagram, inbox.Facebook} {
		t.Run(string(p), func(t *testing.T) { platformtest.Run(t, chatt2meOn(p)) })
	}
}

func chatt2meOn(p inbox.Platform) platformtest.Face {
	return platformtest.Face{
		Open:     chatt2me.Open,
		World:    sim.Options{Face: sim.FaceChatt2me, Platforms: []inbox.Platform{p}},
		Apart:    true,
		Nameless: p == inbox.Instagram,
		Refusals: platformtest.Refusals{Cold: inbox.WindowIsOver},
		Remote:   func(c sim.Conversation) string { return c.Participant },
		Login: func(s *sim.Server) login.Login {
			return login.Login{
				Account: "acme",
				BaseURL: s.BaseURL(),
				Values:  map[string]string{"channel": s.Channel(), "platform": string(p)},
				Secrets: map[string]login.Secret{"api_key": login.NewSecret(s.Key())},
				Lists:   map[string][]login.Secret{"webhook_secrets": {login.NewSecret(platformtest.WebhookSecret)}},
			}
		},
	}
}
