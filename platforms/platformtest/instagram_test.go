package platformtest_test

import (
	"testing"

	"parley/inbox"
	"parley/platforms/instagram"
	"parley/platforms/login"
	"parley/platforms/platformtest"
	"parley/platforms/sim"
)

func TestInstagramKeepsTheContract(t *testing.T) {
	platformtest.Run(t, platformtest.Face{
		Open: instagram.Open,
		// A third call a second: net/http repeats a GET whose connection was torn by
		// itself, and the provider does not see it.
		World:  sim.Options{Face: sim.FaceInstagram, Platforms: []inbox.Platform{inbox.Instagram}, Conversations: 1, HumanAgent: true, CallsPerSecond: 3},
		Sparse: true, Together: true, Apart: true,
		Refusals: platformtest.Refusals{Cold: inbox.WindowIsOver},
		Remote:   func(c sim.Conversation) string { return c.Participant },
		Login: func(s *sim.Server) login.Login {
			return login.Login{
				Account: "acme",
				BaseURL: s.BaseURL(),
				Values:  map[string]string{"human_agent": "true"},
				Secrets: map[string]login.Secret{
					"access_token": login.NewSecret(s.Key()),
					"verify_token": login.NewSecret(platformtest.VerifyToken),
				},
				Lists: map[string][]login.Secret{"webhook_secrets": {login.NewSecret(platformtest.WebhookSecret)}},
			}
		},
	})
}
