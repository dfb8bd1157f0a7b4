package mailtls

import (
	"crypto/x509"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/x509lax"
)

// lintAll has the certificates that each endpoint sends looked at by cfg.Lint, and fills the fact.
func lintAll(endpoints []*evidence.Endpoint, cfg *Config, roots *x509.CertPool) {
	for _, e := range endpoints {
		certs := e.Facts.Certificates
		f := evidence.Fact[[]evidence.Lint]{State: certs.State, Why: certs.Why}
		if certs.Seen() {
			f.From = certs.From
			lintEndpoint(e, cfg, roots, &f)
		}
		e.Facts.Lint = f
	}
}

// lintEndpoint leaves roots out that are sent: nobody goes by what is in them.
func lintEndpoint(e *evidence.Endpoint, cfg *Config, roots *x509.CertPool, f *evidence.Fact[[]evidence.Lint]) {
	var done []string
	for _, chain := range e.Facts.Certificates.Value {
		path := pathOf(e, chain, roots)
		public := cfg.Roots == nil && len(path) > 0 && !endsIn(path, cfg.ExtraRoots)
		for i, key := range chain.Certificates {
			c := e.Blobs.Certificates[key]
			if c == nil || slices.Contains(done, key) || i > 0 && c.SelfSigned {
				continue
			}
			done = append(done, key)
			list, err := cfg.Lint(c.DER, public)
			if err != nil {
				f.State, f.Why = evidence.Partial, "certificate "+key+": "+err.Error()
			}
			for _, l := range list {
				l.Certificate = key
				f.Value = append(f.Value, l)
			}
		}
	}
}

// pathOf is the way from a chain's first certificate to a root; nil if there is none.
func pathOf(e *evidence.Endpoint, chain evidence.Chain, roots *x509.CertPool) []*x509.Certificate {
	var list [][]byte
	for _, key := range chain.Certificates {
		if c := e.Blobs.Certificates[key]; c != nil {
			list = append(list, c.DER)
		}
	}
	return x509lax.Path(list, roots, e.At)
}

// endsIn reports whether a path ends in one of roots.
func endsIn(path, roots []*x509.Certificate) bool {
	return len(path) > 0 && slices.ContainsFunc(roots, path[len(path)-1].Equal)
}
