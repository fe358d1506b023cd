//go:build unix

package cli

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	// rendererPatience lets Bubble Tea's renderer end, which it does beside us: one
	// that is stopped halfway with the process ends the next one when it goes on.
	rendererPatience = 50 * time.Millisecond
	// stopPatience is how long the system may take to stop the process.
	stopPatience = 500 * time.Millisecond
)

// suspend stops this process, with all of its job, until a shell brings it back. In
// a session without job control (`ssh HOST parley`, a window of tmux, a container)
// nobody could; POSIX calls the process group orphaned, and the system leaves it
// running.
func suspend() error {
	time.Sleep(rendererPatience)
	back := make(chan os.Signal, 1)
	signal.Notify(back, syscall.SIGCONT)
	defer signal.Stop(back)
	start := time.Now()
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	select {
	case <-back:
		return nil
	case <-time.After(stopPatience):
	}
	if time.Since(start) > 2*stopPatience {
		return nil // both have come while it was stopped
	}
	return errors.New("no shell is here that could bring it back")
}
