package probe

import (
	"crypto/tls"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// finishableSuites returns the accepted suites of version v, TLS 1.0 to TLS 1.2, with which crypto/tls can finish a
// handshake. The others need an engine that does the old key exchanges itself.
func finishableSuites(p *plan, v tlswire.Version) []tlswire.Suite {
	if v < tlswire.TLS10 || v > tlswire.TLS12 {
		return nil
	}
	return p.seenSuites(v, func(s tlswire.SuiteInfo) bool {
		return slices.ContainsFunc(slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()), func(c *tls.CipherSuite) bool {
			return tlswire.Suite(c.ID) == s.ID
		})
	})
}
