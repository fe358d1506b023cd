package sim_test

import (
	"strings"
	"testing"

	"parley/inbox"
	"parley/platforms/sim"
)

func TestStartSaysWhatIsWrong(t *testing.T) {
	taken := start(t, quiet(newClock()))
	address := strings.TrimSuffix(strings.TrimPrefix(taken.BaseURL(), "http://"), "/api")
	for name, c := range map[string]struct {
		opts sim.Options
		says string
	}{
		"platform":      {sim.Options{Platforms: []inbox.Platform{"tiktok"}}, "tiktok"},
		"face":          {sim.Options{Face: "telegram"}, "telegram"},
		"reach":         {sim.Options{Face: sim.FaceInstagram, Platforms: []inbox.Platform{inbox.Twitter}}, "twitter"},
		"conversations": {sim.Options{Conversations: -1}, "-1"},
		"fault":         {sim.Options{Faults: []string{"send:explode"}}, "explode"},
		"address":       {sim.Options{Listen: address}, "in use"},
	} {
		s, err := sim.Start(c.opts)
		if err == nil {
			s.Close()
			t.Errorf("%s: no error", name)
		} else if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not name %q", name, err, c.says)
		}
	}
}

func TestKeysAreMadeUpAndDiffer(t *testing.T) {
	a, b := start(t, quiet(newClock())), start(t, quiet(newClock()))
	keys := map[string]bool{a.Key(): true, b.Key(): true, a.ControlToken(): true, b.ControlToken(): true}
	if len(keys) != 4 || keys[""] {
		t.Errorf("the keys are %v", keys)
	}
}

func TestTheRightKeysOfXAreAskedForWhenTheyAreSet(t *testing.T) {
	opts := quiet(newClock())
	opts.XKey, opts.XSecret, opts.ProfileKey = "key", "other", "shop-1"
	s := start(t, opts)
	res := do(t, s, "GET", "/messages/twitter", "")
	if o := object(t, res); res.StatusCode != 400 || o["code"] != 272.0 {
		t.Errorf("%s %v", res.Status, o)
	}
	for profile, status := range map[string]int{"": 200, "shop-1": 200, "shop-2": 403} {
		res := do(t, s, "GET", "/messages/twitter", "", with("X-Twitter-OAuth1-Api-Secret", "other"), with("Profile-Key", profile))
		res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("profile %q: %s", profile, res.Status)
		}
	}
}

func TestCloseMayBeCalledAgain(t *testing.T) {
	s := start(t, quiet(newClock()))
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestEachFaceHasItsOwnAddressAndKeepsToItsPlatforms(t *testing.T) {
	for face, want := range map[sim.Face]struct {
		path      string
		platforms int
	}{
		"":                {"/api", 3},
		sim.FaceAyrshare:  {"/api", 3},
		sim.FaceInstagram: {"/v24.0", 1},
		sim.FaceChatt2me:  {"/v1", 1},
	} {
		s := start(t, sim.Options{Face: face, Quiet: true})
		platforms := map[inbox.Platform]bool{}
		for _, c := range s.Conversations() {
			platforms[c.Platform] = true
			if c.Archived && want.path != "/api" {
				t.Errorf("%q has an archive", face)
			}
		}
		if !strings.HasSuffix(s.BaseURL(), want.path) || len(platforms) != want.platforms {
			t.Errorf("%q is at %s, with %v", face, s.BaseURL(), platforms)
		}
	}
}
