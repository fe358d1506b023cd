package cli

import (
	"context"
	"reflect"
	"testing"

	"parley/config"
	"parley/platforms/login"
)

// TestProviderGetsItsForm: the provider gets what the config says, and the secrets in
// their order; they are fetched only for commands that talk to a provider.
func TestProviderGetsItsForm(t *testing.T) {
	t.Setenv("PARLEY_TEST_FORM", "from-env")
	c, err := config.Parse("c.toml", []byte(`
[[account]]
name = "shop"
provider = "instagram"
access_token_command = "echo token"
webhook_secrets_command = ["echo one", "echo two"]
webhook_secrets = ["", "three"]
webhook_secrets_env = "PARLEY_TEST_FORM"
human_agent = true
mark_seen = false
`))
	if err != nil {
		t.Fatal(err)
	}
	ac := c.Accounts[0]
	form, err := newApp(nil).fillIn(context.Background(), ac, t.TempDir(), online)
	if err != nil {
		t.Fatal(err)
	}
	if want := []login.Secret{login.NewSecret("one"), login.NewSecret("two"), login.NewSecret("three"), login.NewSecret("from-env")}; !reflect.DeepEqual(form.Lists["webhook_secrets"], want) {
		t.Errorf("there are %d secrets, not the four in their order", len(form.Lists["webhook_secrets"]))
	}
	if form.Secrets["access_token"] != login.NewSecret("token") {
		t.Error("the token is not the command's")
	}
	if form.Values["human_agent"] != "true" || form.Values["mark_seen"] != "" {
		t.Errorf("values %v", form.Values)
	}
	form, err = newApp(nil).fillIn(context.Background(), ac, t.TempDir(), offline)
	if err != nil {
		t.Fatal(err)
	}
	if len(form.Lists["webhook_secrets"]) != 4 || form.Secrets["access_token"] != notFetched {
		t.Error("a secret was fetched, or forgotten, for a command that asks the network nothing")
	}
	for _, s := range form.Lists["webhook_secrets"] {
		if s != notFetched {
			t.Error("a secret was fetched for a command that asks the network nothing")
		}
	}
}
