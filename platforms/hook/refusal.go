package hook

import (
	"fmt"
	"net/http"
)

// Refusal is why a call is not taken in.
type Refusal struct {
	Status int    // HTTP
	Text   string // for the log and the doctor: no secret, no content
}

func (r *Refusal) Error() string { return r.Text }

// Refuse makes a *[Refusal]. What a stranger has sent does not belong in its text.
func Refuse(status int, format string, args ...any) error {
	return &Refusal{Status: status, Text: fmt.Sprintf(format, args...)}
}

// BadRequest refuses what cannot be read.
func BadRequest(format string, args ...any) error {
	return Refuse(http.StatusBadRequest, format, args...)
}

// Unauthorized refuses a call that is not signed, or not by a secret of ours.
func Unauthorized(format string, args ...any) error {
	return Refuse(http.StatusUnauthorized, format, args...)
}

// Forbidden refuses what no signature would help.
func Forbidden(format string, args ...any) error {
	return Refuse(http.StatusForbidden, format, args...)
}

// NoSecret refuses everything that comes to an account with nothing to check a
// signature by: setting is the name of what is missing in its table.
func NoSecret(setting string) error {
	return Forbidden("%s is not set: without it nobody can tell a genuine call from a forged one", setting)
}
