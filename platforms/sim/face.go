package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"parley/inbox"
)

// The same world has several faces: the APIs by which its customers can be
// reached. A Server speaks one of them. The world, the faults, the two books and
// the control surface are common to all; what a path means, who is let in and
// how a refusal looks is the face's own.

// Face is the API that a Server speaks.
type Face string

// The faces.
const (
	FaceAyrshare  Face = "ayrshare"  // Ayrshare's Messages API
	FaceInstagram Face = "instagram" // the Instagram Graph API, with Instagram Login
	FaceChatt2me  Face = "chatt2me"  // chatt2me: sends and webhooks, no history
)

// Faces are all that there are.
var Faces = []Face{FaceAyrshare, FaceInstagram, FaceChatt2me}

// face is what differs from API to API. Its methods are called with Server.mu
// held, except route, headers and those that make refusals, which read nothing
// that changes.
type face interface {
	// base is the path of the BaseURL, root the pattern of all paths that the
	// face answers.
	base() string
	root() string

	// route finds the operation, and fills in what the path names.
	route(c *call) operation

	// admit checks what every operation needs: a key, a limit that is not
	// reached. ok is false when the reply is the answer.
	admit(c *call, op operation) (rep reply, ok bool)

	// headers that every answer has.
	headers(c *call, h http.Header)

	// shown is how many messages of the conversation a client can read.
	shown(c *conversation) int

	// How planned faults look.
	tooMany(wait time.Duration) reply
	expiredKey() reply
	suspended() reply
	statusError() reply
	gateway(status int) reply
	coded(status, code, subcode int) reply // any of the platform's own codes
}

// newFace makes the face that the options ask for.
func newFace(opts Options) face {
	switch opts.Face {
	case FaceInstagram:
		return newGraphFace(opts)
	case FaceChatt2me:
		return newChatt2meFace(opts)
	}
	return ayrshareFace{opts}
}

// platformsOf are the platforms that a face reaches.
func platformsOf(f Face) []inbox.Platform {
	switch f {
	case FaceInstagram:
		return []inbox.Platform{inbox.Instagram}
	case FaceChatt2me:
		return []inbox.Platform{inbox.Instagram, inbox.Facebook}
	}
	return inbox.Platforms
}

// keepsArchive tells whether a face knows of archived conversations.
func keepsArchive(f Face) bool { return f == FaceAyrshare }

// cutsHistory tells whether a face hides what is older than the link.
func cutsHistory(f Face) bool { return f == FaceAyrshare }

// keyPrefix lets a key be told from those of other faces.
func keyPrefix(f Face) string {
	switch f {
	case FaceInstagram:
		return "IGAASIM"
	case FaceChatt2me:
		return "c2m-sim-"
	}
	return "SIM-"
}

// checkFace refuses a face, or a platform of it, that does not exist.
func checkFace(o Options) error {
	if !slices.Contains(Faces, o.Face) {
		return fmt.Errorf("simulator: unknown face %q: ayrshare, instagram or chatt2me", o.Face)
	}
	if o.Dialect != "" && o.Dialect != DialectMeta && o.Dialect != DialectFlat {
		return fmt.Errorf("simulator: unknown dialect %q: meta or flat", o.Dialect)
	}
	reaches := platformsOf(o.Face)
	for _, p := range o.Platforms {
		switch {
		case !slices.Contains(inbox.Platforms, p):
			return fmt.Errorf("simulator: unknown platform %q: facebook, instagram or twitter", p)
		case !slices.Contains(reaches, p):
			return fmt.Errorf("simulator: %s does not reach the platform %q", o.Face, p)
		}
	}
	return nil
}

// coded is how chatt2me tells that the platform has refused something: in a 200.
func (chatt2meFace) coded(_, code, _ int) reply {
	return jsonReply(http.StatusOK, map[string]any{
		"messageId": nil, "status": "error", "errorMessage": "The platform refused it.", "errorCode": strconv.Itoa(code),
	})
}
