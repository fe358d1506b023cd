package cli

// Files that are there whole or not at all, also after a power cut, and that only
// their owner can read.

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile puts the data in the file's place.
func replaceFile(file string, data []byte) error { return writeWhole(file, data, os.Rename) }

// createFile makes a file that is not there yet, and its folder.
func createFile(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return writeWhole(file, data, giveName)
}

// writeWhole writes a temporary file beside the one that is meant, which place puts
// there, and returns when the disk has it.
func writeWhole(file string, data []byte, place func(temporary, file string) error) (err error) {
	folder := filepath.Dir(file)
	f, err := os.CreateTemp(folder, "."+filepath.Base(file)+".*.new") // of mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreGone(os.Remove(f.Name()))) }()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = place(f.Name(), file); err != nil {
		return err
	}
	return syncFolder(folder)
}

// giveName gives a file its name unless another one has it. Some file systems have
// no links; there it is looked up before.
func giveName(temporary, file string) error {
	err := os.Link(temporary, file)
	if err == nil {
		return nil
	}
	if _, there := os.Lstat(file); there == nil || errors.Is(err, fs.ErrExist) {
		return &os.PathError{Op: "create", Path: file, Err: fs.ErrExist}
	}
	return os.Rename(temporary, file)
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncFolder makes a name in it durable.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
