package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// This file is Ayrshare's /hook/webhook: one address for each action, all signed
// with the profile's one secret. Only the action "messages" is told anything.
// https://www.ayrshare.com/docs/apis/webhooks/register

// ayrshareActions are those of the documents, whose lists differ.
var ayrshareActions = []string{
	"messages", "feed", "social", "scheduled", "batch", "mentions", "comments", "automations", "accountActivity", "suspended",
}

var (
	opHook        = operation{name: "webhooks", do: (*call).registerHook}
	opHookList    = operation{name: "webhooks", do: (*call).listHooks}
	opHookDeleted = operation{name: "webhooks", do: (*call).unregisterHook}
)

// hookOrder is the body of a registration.
type hookOrder struct {
	Action string `json:"action"`
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// readHookOrder also checks the action.
func (c *call) readHookOrder() (in hookOrder, bad *reply) {
	problem := ""
	switch err := json.Unmarshal(c.body, &in); {
	case err != nil:
		problem = "The body is not valid JSON for this endpoint."
	case !slices.Contains(ayrshareActions, in.Action):
		problem = "The action is required and must be one of the webhook actions."
	}
	if problem != "" {
		rep := refuse(http.StatusBadRequest, "webhook", codeBadRequest, problem)
		return in, &rep
	}
	return in, nil
}

func (c *call) registerHook() reply {
	in, bad := c.readHookOrder()
	if bad != nil {
		return *bad
	}
	if err := checkHTTPS(in.URL); err != nil {
		return refuse(http.StatusBadRequest, "webhook", codeBadRequest, "The url is not valid: "+err.Error())
	}
	secrets := c.profileSecrets(in.Secret)
	list := []*endpoint{{url: in.URL, event: in.Action, since: c.now, secrets: secrets}}
	for _, e := range c.hooksExcept(in.Action) {
		signed := *e // the old one may be in use at this moment
		signed.secrets = secrets
		list = append(list, &signed)
	}
	if err := c.s.hooks.replace(list); err != nil {
		return refuse(http.StatusServiceUnavailable, "webhook", 503, "The service is not available at the moment.")
	}
	return jsonReply(http.StatusOK, map[string]string{
		"status": "success", "action": in.Action, "url": in.URL, "refId": refIDOf(c.s.opts),
	})
}

// profileSecrets is the given secret, or else the one that is in force.
func (c *call) profileSecrets(given string) []string {
	if given != "" {
		return []string{given}
	}
	for _, e := range c.s.hooks.endpoints {
		return e.secrets
	}
	return nil
}

func (c *call) hooksExcept(action string) []*endpoint {
	return slices.DeleteFunc(slices.Clone(c.s.hooks.endpoints), func(e *endpoint) bool { return e.event == action })
}

// listHooks answers with a flat object: a field for each action, and when.
func (c *call) listHooks() reply {
	out := map[string]string{"status": "success"}
	for _, e := range c.s.hooks.endpoints {
		since := e.since.UTC().Format(time.RFC3339)
		out[e.event], out[e.event+"Updated"] = e.url, since
		out["updated"] = max(out["updated"], since)
	}
	return jsonReply(http.StatusOK, out)
}

func (c *call) unregisterHook() reply {
	in, bad := c.readHookOrder()
	if bad != nil {
		return *bad
	}
	rest := c.hooksExcept(in.Action)
	if len(rest) == len(c.s.hooks.endpoints) {
		return refuse(http.StatusNotFound, "webhook", 404, "No webhook is registered for this action.")
	}
	if err := c.s.hooks.replace(rest); err != nil {
		return refuse(http.StatusServiceUnavailable, "webhook", 503, "The service is not available at the moment.")
	}
	return jsonReply(http.StatusOK, map[string]string{"status": "success", "action": in.Action})
}
