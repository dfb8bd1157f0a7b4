package mailtls

import (
	"context"
	"crypto/x509"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/revocation"
)

// askRevocation asks the authorities about the certificates of each endpoint, and fills the fact.
func askRevocation(ctx context.Context, endpoints []*evidence.Endpoint, cfg *Config, roots *x509.CertPool) {
	asker := &revocation.Asker{Timeout: cfg.Timeout}
	for _, e := range endpoints {
		certs := e.Facts.Certificates
		f := evidence.Fact[[]evidence.Revocation]{State: certs.State, Why: certs.Why}
		if certs.Seen() {
			f = revocationFact(certs, askAbout(ctx, asker, e, cfg, roots))
		}
		e.Facts.Revocation = f
	}
}

// askAbout asks about each certificate once that leads to a trusted root: what others say of their own tells nothing, and
// they must not make us ask wherever they like. An authority that the caller named may be at a private address.
func askAbout(ctx context.Context, asker *revocation.Asker, e *evidence.Endpoint, cfg *Config, roots *x509.CertPool) []evidence.Revocation {
	var out []evidence.Revocation
	for _, chain := range e.Facts.Certificates.Value {
		path := pathOf(e, chain, roots)
		for _, r := range asker.Path(ctx, path, endsIn(path, cfg.ExtraRoots), time.Now()) {
			if !slices.ContainsFunc(out, func(x evidence.Revocation) bool { return x.Certificate == r.Certificate }) {
				out = append(out, r)
			}
		}
	}
	return out
}

// revocationFact is Known if there is an answer about every certificate that names somebody to ask.
func revocationFact(certs evidence.Fact[[]evidence.Chain], list []evidence.Revocation) evidence.Fact[[]evidence.Revocation] {
	open := func(r evidence.Revocation) bool { return r.Status == "" && !r.Sourceless }
	f := evidence.Fact[[]evidence.Revocation]{State: evidence.Known, Value: list, From: certs.From}
	switch {
	case len(list) == 0:
		return evidence.Fact[[]evidence.Revocation]{State: evidence.Inapplicable, Why: "no certificate comes from a trusted authority"}
	case slices.ContainsFunc(list, open):
		f.State, f.Why = evidence.Partial, "an authority gave no answer to go by"
	case certs.State == evidence.Partial:
		f.State, f.Why = evidence.Partial, certs.Why
	}
	return f
}
