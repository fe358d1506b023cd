package cache

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"syscall"

	"parley/inbox"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// What can be wrong with a file is told here, once, in words that name the
// file and what to do about it.

var (
	errNoFile  = errors.New("not a regular file")
	errCut     = errors.New("the file is shorter than it says")
	errNewer   = errors.New("the cache was written by a newer version")
	errMissing = errors.New("a part of the file is missing")
)

// explain turns an error about the file into one for people: what is wrong
// with which file, and what to do.
func explain(path string, err error) error {
	if _, ok := errors.AsType[*inbox.Error](err); ok || err == nil {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	text, hint, kind := diagnosis(path, err)
	e := inbox.Errorf(kind, "%s", text).WithHint(hint)
	e.Op, e.Err = "cache", err
	return e
}

func diagnosis(path string, err error) (text, hint string, kind inbox.Kind) {
	dir := filepath.Dir(path)
	mend := "run: parley doctor --mend. It saves drafts and outbox into a new cache and keeps the damaged file; conversations are read anew"
	switch {
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return "the cache " + path + " is closed", "", inbox.Internal
	case errors.Is(err, errNewer):
		return "the cache " + path + " was written by a newer parley than this one", "use the newer parley, or another folder with --data", inbox.Unsupported
	case errors.Is(err, errNoFile):
		return path + " is not a file", "parley keeps its cache there: move away what is in the way, or use another folder with --data", inbox.Internal
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG), errors.Is(err, berrors.ErrMaxSizeReached):
		return "no space left for the cache " + path, "free some space in " + dir + ", or bound the cache in the config; what was stored before is safe", inbox.Unavailable
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "no permission to write the cache " + path, "give yourself the folder " + dir + ", or use another one with --data", inbox.Internal
	case errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrInvalid):
		return path + " is not a parley cache, or it is damaged", mend, inbox.Internal
	case isDamage(err):
		return "the cache " + path + " is damaged", mend, inbox.Internal
	case tooLarge(err):
		return "a record is too large for the cache " + path, "an id has at most " + strconv.Itoa(bolt.MaxKeySize) + " bytes", inbox.Rejected
	}
	return "the cache " + path + ": " + err.Error(), "look at the folder " + dir + ", or use another one with --data", inbox.Internal
}

func tooLarge(err error) bool {
	return errors.Is(err, berrors.ErrKeyTooLarge) || errors.Is(err, berrors.ErrValueTooLarge)
}

// IsDamaged tells that an error of Open came from a file that only [Salvage]
// can help.
func IsDamaged(err error) bool {
	return isDamage(err) || errors.Is(err, berrors.ErrVersionMismatch) || errors.Is(err, berrors.ErrInvalid)
}

// isDamage also knows what bbolt says of a bucket that is not what it should be.
func isDamage(err error) bool {
	for _, damage := range []error{
		errDamaged, errCut, errMissing, berrors.ErrChecksum,
		berrors.ErrIncompatibleValue, berrors.ErrBucketNotFound, berrors.ErrBucketExists,
	} {
		if errors.Is(err, damage) {
			return true
		}
	}
	return false
}
