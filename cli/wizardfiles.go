package cli

// What the wizard writes: the config, and a file for each secret that was typed.
// All of it or nothing, nothing in the place of something else, and the config
// last, so that no secret is left behind without one that names it.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"parley/config"
	"parley/inbox"
	"parley/platforms/login"
)

// newFile is a file that is about to be made.
type newFile struct {
	path  string
	data  string
	about string
}

// newConfigFile is the whole path of a config that can be made there, as far as
// that can be told before.
func newConfigFile(path string) (string, error) {
	file, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if _, err := os.Lstat(file); err == nil {
		return "", errConfigThere(file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", cannotWrite(err)
	}
	if err := canWriteIn(filepath.Dir(file)); err != nil {
		return "", cannotWrite(err)
	}
	return file, nil
}

func errConfigThere(file string) error {
	return &usageError{text: "there is a config already: " + file, hint: "`parley doctor` tells what is wrong with it; --config FILE writes another one"}
}

func cannotWrite(err error) error {
	return &usageError{text: "the config cannot be written: " + err.Error(), hint: "--config FILE writes it elsewhere"}
}

// canWriteIn tries a folder, or the nearest one above it that is there, and leaves
// nothing in it.
func canWriteIn(folder string) error {
	for {
		probe, err := os.MkdirTemp(folder, ".parley-")
		if err == nil {
			return os.Remove(probe)
		}
		if above := filepath.Dir(folder); errors.Is(err, fs.ErrNotExist) && above != folder {
			folder = above
			continue
		}
		return err
	}
}

// write shows what will be written, and writes it when the agent agrees. What goes
// wrong then can be mended and tried again.
func (w *wizard) write(ctx context.Context) error {
	files, err := w.files()
	if err != nil {
		return err
	}
	w.show(files)
	for {
		agreed, err := w.ask.agrees(ctx, "Write it?", true)
		if err != nil {
			return err
		}
		if !agreed {
			return errLeft
		}
		err = createFiles(files)
		if err == nil {
			break
		}
		w.app.complain(err.Error(), "mend that and try again, or say n")
	}
	w.ask.say("Written.")
	return nil
}

// files are what has to be written, the config last. From here on the draft names
// the files of what was typed.
func (w *wizard) files() ([]newFile, error) {
	var files []newFile
	for _, f := range w.draft.Provider.Fields {
		s, given := w.draft.Secrets[f.Name]
		if !given || s.Form != config.SecretInline {
			continue
		}
		path, err := freeName(filepath.Join(filepath.Dir(w.file), string(w.draft.Name)+"."+f.Name))
		if err != nil {
			return nil, err
		}
		files = append(files, newFile{path, s.Value + "\n", aboutTyped(f)})
		w.draft.Secrets[f.Name] = config.Source{Form: config.SecretFile, Value: underHome(path)}
	}
	text := w.draft.Text()
	if _, err := config.Parse(w.file, []byte(text)); err != nil {
		return nil, err
	}
	return append(files, newFile{w.file, text, "the config; all else that can be set is there as comments"}), nil
}

// aboutTyped says what is in the file of a secret.
func aboutTyped(f login.Field) string {
	if f.Hook == login.HookMade || f.Hook == login.HookTyped {
		return "a random text for " + f.Name + ", for you alone"
	}
	return "the " + f.Name + " that you have typed, for you alone"
}

// show tells which files there will be, and what is set in the config.
func (w *wizard) show(files []newFile) {
	w.ask.say("\nThis will be written:\n")
	for _, f := range files {
		fmt.Fprintf(w.ask.out, "%s\n  (%s)\n", inbox.CleanLine(underHome(f.path)), f.about)
	}
	for line := range strings.Lines(files[len(files)-1].data) {
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "[") {
			fmt.Fprintln(w.ask.out)
		}
		if text != "" && !strings.HasPrefix(text, "#") {
			fmt.Fprintf(w.ask.out, "    %s\n", text)
		}
	}
	fmt.Fprintln(w.ask.out)
}

// mostNames bounds the search for a free name.
const mostNames = 100

// freeName is the path, or one with a number behind it if that is taken by
// something older.
func freeName(path string) (string, error) {
	for n := 1; n <= mostNames; n++ {
		name := path
		if n > 1 {
			name = fmt.Sprintf("%s-%d", path, n)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		} else if err != nil {
			return "", cannotWrite(err)
		}
	}
	return "", &usageError{text: fmt.Sprintf("there are %d files called %s already", mostNames, path), hint: "remove those that are not needed any more"}
}

// underHome writes a path in the home folder as people do, and as a config takes
// it.
func underHome(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); err == nil && ok {
		return "~/" + filepath.ToSlash(rest)
	}
	return path
}

// createFiles makes all of the files, or none.
func createFiles(files []newFile) (err error) {
	for i, f := range files {
		if err := createFile(f.path, []byte(f.data)); err != nil {
			for _, made := range files[:i] {
				err = errors.Join(err, os.Remove(made.path))
			}
			return err
		}
	}
	return nil
}
