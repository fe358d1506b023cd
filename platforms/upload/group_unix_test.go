//go:build unix

package upload_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"parley/platforms/upload"
)

// TestStoppedCommandTakesItsChildrenAlong: what a script has started does not go
// on when nobody waits for it any more. The pipe ends when its last writer has.
func TestStoppedCommandTakesItsChildrenAlong(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	sh := script(t, `( echo started; sleep 1000 ) > "$1"; :`)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := upload.Command{"/bin/sh", sh, pipe}.Upload(ctx, file(t, "a.jpg", "x"))
		ended <- err
	}()
	said, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	if _, err := io.ReadFull(said, make([]byte, len("started\n"))); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if rest, err := io.ReadAll(said); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}
