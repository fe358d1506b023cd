package cli

// What the inbox needs of this machine for pictures and links: a client that
// fetches them, the command that opens a link, and the one that uploads a file.

import (
	"os"
	"os/exec"
	"runtime"

	"parley/config"
	"parley/inbox"
	"parley/platforms/media"
)

// newMedia makes the client that fetches what messages link to. The demo has a
// world of its own for it.
func (a *app) newMedia() (*media.Client, error) {
	return media.New(media.Options{StandIn: a.standIn})
}

// opener is the command that opens a link in the agent's browser, none where
// there is no display to show it on.
func opener(system string, getenv func(string) string, find func(string) (string, error)) []string {
	if getenv("SSH_TTY") != "" || getenv("SSH_CONNECTION") != "" {
		return nil // it would open on the wrong machine
	}
	switch system {
	case "darwin":
		return []string{"open"}
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"} // start belongs to the shell
	}
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
		return nil
	}
	if path, err := find("xdg-open"); err == nil {
		return []string{path}
	}
	return nil
}

func openerHere() []string { return opener(runtime.GOOS, os.Getenv, exec.LookPath) }

// uploaderOf is the config's command for files that are sent, nil without one.
func uploaderOf(c *config.Config) inbox.Uploader {
	if len(c.Upload) == 0 {
		return nil
	}
	return c.Upload
}
