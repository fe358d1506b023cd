//go:build !unix

package cli

import "errors"

// suspend would stop this process.
func suspend() error { return errors.New("this system cannot stop programs") }
