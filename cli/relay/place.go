package relay

// Where the socket is. It lies in the data folder, so that whoever means the
// same cache meets there.

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// longestPath is the longest name that a socket can have everywhere: macOS keeps
// 104 bytes for it, the zero at the end included (sys/un.h); Linux 108 (unix(7)).
const longestPath = 103

// supported tells whether there are sockets that belong to one user.
const supported = runtime.GOOS != "windows" && runtime.GOOS != "plan9" && runtime.GOOS != "js" && runtime.GOOS != "wasip1"

// place is the socket's name for a data folder. Where that is too long, it is in
// a folder of the user's under the system's own for such things.
func place(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	path := filepath.Join(dir, "parley.sock")
	if len(path) <= longestPath {
		return path, nil
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(shortFolder(), hex.EncodeToString(sum[:12])+".sock"), nil
}

// shortFolder does not depend on the environment, which may be another one for
// the two ends.
func shortFolder() string {
	uid := strconv.Itoa(os.Getuid())
	if runtimeDir := "/run/user/" + uid; own(runtimeDir) == nil {
		return filepath.Join(runtimeDir, "parley")
	}
	return filepath.Join("/tmp", "parley-"+uid)
}

var errNotOwn = errors.New("the folder of the socket is not this user's own")

// own tells whether the folder is one, is this user's, and lets nobody else in.
func own(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || ownerOf(info) != os.Getuid() {
		return errNotOwn
	}
	return nil
}

// prepare makes the socket's folder where it is not the data folder itself, and
// removes what a process that was killed has left. Only the holder of the cache
// may call it: nobody else can be listening.
func prepare(path, dir string) error {
	if filepath.Base(path) != "parley.sock" {
		folder := filepath.Dir(path)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		if err := own(folder); err != nil {
			return err
		}
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
