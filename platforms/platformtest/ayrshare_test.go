package platformtest_test

import (
	"testing"

	"parley/inbox"
	"parley/platforms/ayrshare"
	"parley/platforms/login"
	"parley/platforms/platformtest"
	"parley/platforms/sim"
)

func TestAyrshareKeepsTheContract(t *testing.T) {
	platformtest.Run(t, platformtest.Face{
		Open: ayrshare.Open,
		Ages: true, Waits: true, Monthly: true,
		Silent: inbox.Twitter,
		Login: func(s *sim.Server) login.Login {
			return login.Login{
				Account: "acme",
				BaseURL: s.BaseURL(),
				Secrets: map[string]login.Secret{
					"api_key":            login.NewSecret(s.Key()),
					"profile_key":        login.NewSecret(platformtest.ProfileKey),
					"twitter_api_key":    login.NewSecret(platformtest.XKey),
					"twitter_api_secret": login.NewSecret(platformtest.XSecret),
				},
				Lists: map[string][]login.Secret{"webhook_secrets": {login.NewSecret(platformtest.WebhookSecret)}},
			}
		},
	})
}
