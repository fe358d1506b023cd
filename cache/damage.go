package cache

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// bbolt trusts its file: where a page is not what its parent says, it panics,
// or reads behind the end of the file, which is a fault. A cache that is
// damaged is an error like any other, so both are caught here and nowhere
// else. A panic that did not begin in bbolt is somebody's mistake and passes.

var errDamaged = errors.New("damaged")

// guard runs f and turns damage that bbolt stumbles over into errDamaged.
func guard(f func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(before)
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if e, ok := p.(error); ok && errors.Is(e, errMissing) {
			err = e
			return
		}
		if !isFault(p) && !panickedInBolt() {
			panic(p)
		}
		err = fmt.Errorf("%w: %v", errDamaged, p)
	}()
	return f()
}

// isFault tells a read of memory that is not there, which only the mapped file
// can cause, from every other run-time error.
func isFault(p any) bool {
	fault, ok := p.(interface {
		runtime.Error
		Addr() uintptr
	})
	return ok && fault.Addr() > 1<<16
}

// panickedInBolt looks for the function that panicked: the first one below the
// run-time's own.
func panickedInBolt() bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		switch {
		case inRuntime:
			panicking = true
		case panicking:
			return strings.HasPrefix(frame.Function, "go.etcd.io/bbolt")
		}
		if !more {
			return false
		}
	}
}
