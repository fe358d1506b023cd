package config

// Where a run finds its config, cache and log.

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// Places are the files and folders that this run uses.
type Places struct {
	Config string // file
	Data   string // folder of the cache
	State  string // folder of the log and of crash files
}

// FindPlaces applies flags, then the environment, then the XDG folders. A data
// folder that was named also holds the log, so that two of them never mix.
func FindPlaces(configFlag, dataFlag string) Places {
	p := Places{
		Config: cmp.Or(configFlag, os.Getenv("PARLEY_CONFIG"), filepath.Join(xdg.ConfigHome, "parley", "config.toml")),
		Data:   cmp.Or(dataFlag, os.Getenv("PARLEY_DATA")),
	}
	p.State = p.Data
	if p.Data == "" {
		p.Data = filepath.Join(xdg.DataHome, "parley")
		p.State = filepath.Join(xdg.StateHome, "parley")
	}
	return p
}

// ExpandHome understands a leading ~/, which nobody else does for a path in a
// config, nor a shell for one behind --flag=.
func ExpandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if home, err := os.UserHomeDir(); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}
