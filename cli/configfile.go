package cli

// parley config: where the file is, and a first one, filled in by a wizard or by
// hand. What may stand in it is told by the package config.

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"parley/config"
)

func (a *app) configCommand() *cobra.Command {
	where := &cobra.Command{
		Use:   "config",
		Short: "Tell where the config is, or write a first one",
		Args:  noSubcommand,
		RunE:  func(*cobra.Command, []string) error { return a.whereConfig() },
	}
	where.AddCommand(&cobra.Command{
		Use:   "init",
		Short: "Write a first config that explains itself, to be filled in",
		Args:  noSubcommand,
		RunE:  func(*cobra.Command, []string) error { return a.initConfig() },
	}, a.wizardCommand())
	return where
}

// whereConfig tells which files this run would use.
func (a *app) whereConfig() error {
	p := a.places()
	_, err := fmt.Fprintf(a.stdout, "config  %s\ndata    %s\nlog     %s\n", p.Config, p.Data, filepath.Join(p.State, "parley.log"))
	return err
}

// initConfig writes a first config; it never replaces one.
func (a *app) initConfig() error {
	file := a.places().Config
	err := createFile(file, []byte(config.First()))
	if errors.Is(err, fs.ErrExist) {
		return errConfigThere(file)
	}
	if err != nil {
		return cannotWrite(err)
	}
	_, err = fmt.Fprintf(a.stdout, "wrote %s\nPut your key into it, then run `parley doctor`.\n", file)
	return err
}
