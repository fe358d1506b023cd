package platforms

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is the listener's own. It is renewed on disk every few weeks, by
// something that does not know of us: so each handshake looks whether the files
// have changed.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	warned            throttle

	mu      sync.Mutex
	current *tls.Certificate
	loaded  [2]stamp // the files that current is from
}

// stamp tells one state of a file from another.
type stamp struct {
	modified time.Time
	size     int64
}

func loadCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	now, err := c.stamps()
	if err != nil {
		return nil, err
	}
	return c, c.load(now)
}

func (c *certificate) stamps() (s [2]stamp, err error) {
	for i, file := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(file)
		if err != nil {
			return s, err
		}
		s[i] = stamp{info.ModTime(), info.Size()}
	}
	return s, nil
}

func (c *certificate) load(now [2]stamp) error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("certificate %s, key %s: %w", c.certFile, c.keyFile, err)
	}
	if time.Now().After(pair.Leaf.NotAfter) {
		c.log.Warn("the webhook's certificate has expired: providers will not call", "file", c.certFile, "expired", pair.Leaf.NotAfter)
	}
	c.current, c.loaded = &pair, now
	return nil
}

// get is called at each handshake. Files that cannot be read, or of which only
// one is new yet, leave the certificate as it is.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, err := c.stamps()
	if err == nil && now != c.loaded {
		if err = c.load(now); err == nil {
			c.log.Info("the webhook's certificate was read anew", "file", c.certFile, "expires", c.current.Leaf.NotAfter)
		}
	}
	if err != nil {
		if _, ok := c.warned.allow("renewal"); ok {
			c.log.Warn("the webhook's certificate cannot be read anew: the one from before stays", "error", err)
		}
	}
	return c.current, nil
}
