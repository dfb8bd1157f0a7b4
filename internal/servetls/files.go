package servetls

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
)

// Files are a certificate and its key in PEM files. They may be used by several goroutines.
type Files struct {
	cert, key string
	log       *slog.Logger

	mu   sync.Mutex
	seen [2]os.FileInfo // of the files when they were last read
	now  *tls.Certificate
}

// NewFiles reads the certificate, with those that sign it, from one file, and the key from another, or the same.
func NewFiles(cert, key string, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, log: log}
	seen, err := f.look()
	if err == nil {
		f.seen = seen
		f.now, err = f.read()
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// TLS is how to speak with what is in the files.
func (f *Files) TLS() *tls.Config {
	c := settings()
	c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current(), nil }
	return c
}

// current is the certificate of the files, read again if one of them is another than before: whoever renews it needs not tell us. What cannot
// be used is told once, and the one before goes on; it may be half of a renewal, whose other half changes the files again.
func (f *Files) current() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, err := f.look()
	if err != nil || same(seen, f.seen) { // a file may be gone for the moment in which it is replaced
		return f.now
	}
	f.seen = seen
	fresh, err := f.read()
	if err != nil {
		f.log.Warn("the new certificate cannot be used; the one before goes on", "certificate", f.cert, "key", f.key, "error", err)
		return f.now
	}
	f.log.Info("the certificate was read again", "until", fresh.Leaf.NotAfter)
	f.now = fresh
	return fresh
}

func (f *Files) read() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	return &pair, err
}

func (f *Files) look() (seen [2]os.FileInfo, err error) {
	for i, path := range []string{f.cert, f.key} {
		if seen[i], err = os.Stat(path); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// same reports whether the files are as they were.
func same(a, b [2]os.FileInfo) bool {
	for i := range a {
		if !os.SameFile(a[i], b[i]) || !a[i].ModTime().Equal(b[i].ModTime()) || a[i].Size() != b[i].Size() {
			return false
		}
	}
	return true
}
