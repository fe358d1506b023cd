package config

// Sizes as people write them. Durations are inbox.ParseDuration.

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// size is a number with a unit of bytes.
var size = regexp.MustCompile(`^(\d{1,9})(B|KB|MB|GB|TB|KIB|MIB|GIB|TIB)?$`)

// parseSize understands "500MB", "2GB", "1GiB" and plain bytes. Units are
// powers of 1024 whichever way they are written: it is a limit, not a bill.
func parseSize(text string) (int64, error) {
	m := size.FindStringSubmatch(strings.ToUpper(strings.ReplaceAll(text, " ", "")))
	if m == nil {
		return 0, errors.New("not a size")
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // nine digits at most
	shift := 10 * strings.IndexByte("BKMGT", (m[2] + "B")[0])
	if n == 0 || n > 1<<50>>shift {
		return 0, errors.New("out of range")
	}
	return n << shift, nil
}
