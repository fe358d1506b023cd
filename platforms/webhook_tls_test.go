package platforms_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/inbox"
	"parley/platforms"
)

// issued is a certificate for 127.0.0.1 by nobody but itself.
type issued struct{ cert, key []byte }

func issue(t *testing.T, serial int64, until time.Time) issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "inbox.shop.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return issued{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
	}
}

// certFiles are the two files, each written at a moment of its own.
type certFiles struct {
	t         *testing.T
	cert, key string
	written   time.Time
}

func newCertFiles(t *testing.T) *certFiles {
	dir := t.TempDir()
	return &certFiles{t: t, cert: filepath.Join(dir, "fullchain.pem"), key: filepath.Join(dir, "privkey.pem"), written: time.Now().Add(-time.Hour)}
}

// put writes a file as renewing programs do: aside, then in its place.
func (f *certFiles) put(file string, content []byte) {
	f.t.Helper()
	f.written = f.written.Add(time.Second)
	aside := file + ".new"
	if err := os.WriteFile(aside, content, 0o600); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Chtimes(aside, f.written, f.written); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Rename(aside, file); err != nil {
		f.t.Fatal(err)
	}
}

func (f *certFiles) use(o *platforms.WebhookOptions) { o.TLSCert, o.TLSKey = f.cert, f.key }

// serial is that of the certificate which a new connection is shown.
func (st *stand) serial() int64 {
	st.t.Helper()
	conn, err := tls.Dial("tcp", st.hooks.Address(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		st.t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestARenewedCertificateNeedsNoRestart(t *testing.T) {
	files := newCertFiles(t)
	first, second := issue(t, 1, time.Now().Add(time.Hour)), issue(t, 2, time.Now().Add(90*24*time.Hour))
	files.put(files.cert, first.cert)
	files.put(files.key, first.key)
	st := serve(t, setup{change: files.use})
	if got := st.serial(); got != 1 {
		t.Fatalf("certificate %d", got)
	}
	files.put(files.cert, second.cert) // the key is still the old one
	if got := st.serial(); got != 1 {
		t.Errorf("half renewed: certificate %d", got)
	}
	if !strings.Contains(st.log.String(), "the one from before stays") {
		t.Errorf("log %s", st.log.String())
	}
	files.put(files.key, second.key)
	if got := st.serial(); got != 2 {
		t.Errorf("renewed: certificate %d", got)
	}
	if err := os.Remove(files.cert); err != nil {
		t.Fatal(err)
	}
	if got := st.serial(); got != 2 {
		t.Errorf("without files: certificate %d", got)
	}
	if strings.Contains(st.log.String(), string(second.key)) {
		t.Error("the key is in the log")
	}
}

// TestOneConnectionHasOneCall: the bound on connections bounds the calls as well.
func TestOneConnectionHasOneCall(t *testing.T) {
	files := newCertFiles(t)
	own := issue(t, 1, time.Now().Add(time.Hour))
	files.put(files.cert, own.cert)
	files.put(files.key, own.key)
	st := serve(t, setup{change: files.use})
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(own.cert)
	conn, err := tls.Dial("tcp", st.hooks.Address(), &tls.Config{RootCAs: pool, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if p := conn.ConnectionState().NegotiatedProtocol; p != "http/1.1" {
		t.Errorf("the protocol is %q", p)
	}
}

func TestACallOverTLS(t *testing.T) {
	files := newCertFiles(t)
	own := issue(t, 1, time.Now().Add(time.Hour))
	files.put(files.cert, own.cert)
	files.put(files.key, own.key)
	st := serve(t, setup{change: files.use})
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(own.cert)
	for _, http2 := range []bool{false, true} {
		st.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: http2}
		url := st.hooks.URL("acme")
		if !strings.HasPrefix(url, "https://127.0.0.1:") {
			t.Fatalf("URL %q", url)
		}
		body := hello(t)
		req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Sum", sign("blue", body))
		if got := st.do(req); got.status != 200 {
			t.Errorf("http2 %v: answer %+v", http2, got)
		}
		st.client.CloseIdleConnections()
	}
	if texts := st.texts(ann); len(texts) != 1 {
		t.Errorf("thread %q", texts)
	}
	// Somebody who speaks no TLS is told so, and is no call.
	res, err := http.Get("http://" + st.hooks.Address() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusBadRequest || bytes.Contains(b, []byte("ok")) {
		t.Errorf("%d %q %v", res.StatusCode, b, err)
	}
}

func TestACertificateThatCannotBeUsed(t *testing.T) {
	one, other := issue(t, 1, time.Now().Add(time.Hour)), issue(t, 2, time.Now().Add(time.Hour))
	for _, c := range []struct {
		name      string
		cert, key []byte
		want      string
	}{
		{"no files", nil, nil, "no such file"},
		{"another key", one.cert, other.key, "private key does not match"},
		{"no PEM", []byte("hello"), one.key, "PEM"},
		{"the two mixed up", one.key, one.cert, "PEM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := newCertFiles(t)
			if c.cert != nil {
				files.put(files.cert, c.cert)
				files.put(files.key, c.key)
			}
			o := platforms.WebhookOptions{Listen: "127.0.0.1:0"}
			files.use(&o)
			_, err := platforms.NewWebhooks(o)
			if inbox.KindOf(err) != inbox.Rejected || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), files.cert) {
				t.Errorf("err = %v, want %q", err, c.want)
			}
		})
	}
	if _, err := platforms.NewWebhooks(platforms.WebhookOptions{TLSCert: "cert.pem"}); err == nil || !strings.Contains(err.Error(), "tls_key") {
		t.Errorf("a certificate without key: %v", err)
	}
}

func TestAnExpiredCertificateIsWarnedOf(t *testing.T) {
	files := newCertFiles(t)
	old := issue(t, 1, time.Now().Add(-time.Minute))
	files.put(files.cert, old.cert)
	files.put(files.key, old.key)
	st := open(t, setup{change: files.use})
	if !strings.Contains(st.log.String(), "has expired") {
		t.Errorf("log %s", st.log.String())
	}
}
