package sim

import (
	"net/http"
	"time"
)

// This file has the face of the Instagram Graph API: its paths.

type graphFace struct{ opts Options }

func newGraphFace(opts Options) *graphFace { return &graphFace{opts: opts} }

func (*graphFace) base() string { return "/v24.0" }
func (*graphFace) root() string { return "/" }

func (f *graphFace) route(*call) operation {
	return operation{name: "none", do: func(*call) reply { return f.refuse(http.StatusNotFound, "not found") }}
}
func (f *graphFace) admit(c *call, _ operation) (reply, bool) { return reply{}, true }
func (*graphFace) headers(*call, http.Header)                 {}
func (*graphFace) shown(c *conversation) int {
	return min(20, int(c.history)+len(c.live)-c.unsent)
}
func (f *graphFace) tooMany(wait time.Duration) reply { return f.refuse(400, "") }
func (f *graphFace) expiredKey() reply                { return f.refuse(400, "") }
func (f *graphFace) suspended() reply                 { return f.refuse(400, "") }
func (f *graphFace) statusError() reply               { return f.refuse(500, "") }
func (f *graphFace) gateway(status int) reply         { return f.refuse(status, "") }
func (*graphFace) refuse(status int, message string) reply {
	return jsonReply(status, map[string]any{"error": map[string]any{"message": message}})
}
