package probe

import (
	"crypto/tls"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// finishableSuites returns the accepted suites of version v, TLS 1.0 to TLS 1.2, with which crypto/tls can finish a
// handshake. The others need an engine that does the old key exchanges itself.
func (w *view) finishableSuites(v tlswire.Version) []tlswire.Suite {
	if v < tlswire.TLS10 || v > tlswire.TLS12 {
		return nil
	}
	return w.seenSuites(v, finishable)
}

// finishable reports whether crypto/tls has the suite.
func finishable(s tlswire.SuiteInfo) bool {
	return slices.ContainsFunc(slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()), func(c *tls.CipherSuite) bool {
		return tlswire.Suite(c.ID) == s.ID
	})
}

// unfinishable reports whether it is decided that no handshake with the server can be finished.
func (d *deriver) unfinishable() bool {
	if d.anyOpen(func(v tlswire.Version) bool { return v >= tlswire.TLS10 }) || len(d.spoken()) == 0 {
		return false
	}
	return !slices.ContainsFunc(d.spoken(), func(v tlswire.Version) bool {
		return is13(v) || len(d.finishableSuites(v)) > 0 || v >= tlswire.TLS10 && d.mayAccept(v, finishable)
	})
}
