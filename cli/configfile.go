package cli

// parley config: where the file is, and a first one. What may stand in it is told
// by the package config.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
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
		Short: "Write a first config that explains itself",
		Args:  noSubcommand,
		RunE:  func(*cobra.Command, []string) error { return a.initConfig() },
	})
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
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &usageError{text: "there is a config already: " + file, hint: "`parley doctor` tells what is wrong with it"}
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteString(config.First()); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "wrote %s\nPut your key into it, then run `parley doctor`.\n", file)
	return err
}
