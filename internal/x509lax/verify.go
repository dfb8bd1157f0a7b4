package x509lax

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// Limits of what is given to crypto/x509, whose arithmetic a hostile key could make slow.
const (
	maxChain  = 32      // certificates of a chain that are looked at
	maxStrict = 1 << 19 // bytes of all those that are given to crypto/x509
	maxRSA    = 16384   // bits of a key
)

// link is one certificate of the chain, read both ways.
type link struct {
	lax    *reader
	strict *x509.Certificate // nil if crypto/x509 refuses it
	err    error             // why
}

// verifier is one call of Verify.
type verifier struct {
	links  []link // the server's certificate first
	roots  *x509.CertPool
	others *x509.CertPool
	result evidence.TrustResult
}

// Verify tells whether chain, the server's certificate first and all others in any order, leads to one of roots at that
// time and covers one of names; without names no name is wanted. The result holds every reason against it. Nil roots
// are no roots at all, never those of the system.
func Verify(chain [][]byte, roots *x509.CertPool, names []string, at time.Time) evidence.TrustResult {
	if roots == nil {
		roots = x509.NewCertPool()
	}
	v := &verifier{roots: roots, others: x509.NewCertPool()}
	v.result = evidence.TrustResult{At: at, Wanted: slices.Clone(names)}
	if len(chain) == 0 {
		v.because(evidence.NoCertificate)
		return v.result
	}
	v.read(chain)
	v.path()
	v.names(names)
	v.result.Trusted = len(v.result.Reasons) == 0
	return v.result
}

// because adds a reason once.
func (v *verifier) because(reason evidence.TrustReason) {
	if !slices.Contains(v.result.Reasons, reason) {
		v.result.Reasons = append(v.result.Reasons, reason)
	}
}

func (v *verifier) read(chain [][]byte) {
	left := maxStrict
	for i, der := range chain[:min(len(chain), maxChain)] {
		l := link{lax: read(der)}
		if bits := l.lax.cert.PublicKey.Bits; bits > maxRSA || len(der) > left {
			l.err = fmt.Errorf("a key of %d bits in a certificate of %d bytes is beyond the limits", bits, len(der))
		} else {
			left -= len(der)
			l.strict, l.err = x509.ParseCertificate(der)
		}
		if i > 0 && l.strict != nil {
			v.others.AddCert(l.strict)
		}
		v.links = append(v.links, l)
	}
}

// path looks for a path to a root: at the wanted time, else at another, so that "expired" and "unknown authority" can be
// told apart.
func (v *verifier) path() {
	leaf := v.links[0]
	if leaf.strict == nil {
		v.because(evidence.Unparseable)
		v.result.Detail = leaf.err.Error()
		v.explain()
		return
	}
	if len(leaf.strict.UnhandledCriticalExtensions) > 0 {
		v.because(evidence.CriticalExtension)
		leaf.strict.UnhandledCriticalExtensions = nil // the rest can still be decided
	}
	when, path, err := v.pathAtSomeTime(leaf.strict)
	if err != nil {
		v.result.Detail = err.Error()
		v.classify(err)
		return
	}
	v.describe(path)
	if _, err := v.build(leaf.strict, when, x509.ExtKeyUsageServerAuth); err != nil {
		v.because(evidence.WrongUsage)
		v.result.Detail = err.Error()
	}
}

// pathAtSomeTime gives the time for which there is a path, and the error for the wanted time if there is none.
func (v *verifier) pathAtSomeTime(leaf *x509.Certificate) (time.Time, []*x509.Certificate, error) {
	path, first := v.build(leaf, v.result.At, x509.ExtKeyUsageAny)
	if first == nil {
		return v.result.At, path, nil
	}
	for _, t := range v.otherTimes() {
		if path, err := v.build(leaf, t, x509.ExtKeyUsageAny); err == nil {
			v.result.Detail = first.Error()
			return t, path, nil
		}
	}
	return time.Time{}, nil, first
}

// otherTimes are times at which an outdated path may have been good, all within the leaf's validity.
func (v *verifier) otherTimes() []time.Time {
	leaf, at := v.links[0].strict, v.result.At
	var times []time.Time
	add := func(t time.Time) {
		t = latest(leaf.NotBefore, earliest(leaf.NotAfter, t))
		if len(times) < 8 && !slices.ContainsFunc(times, t.Equal) && !t.Equal(at) {
			times = append(times, t)
		}
	}
	add(at)
	add(leaf.NotBefore) // a root may have expired since; it need not be in the chain
	for _, l := range v.links[1:] {
		if l.strict != nil {
			add(latest(l.strict.NotBefore, earliest(l.strict.NotAfter, at)))
		}
	}
	return times
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// build asks crypto/x509 for paths at a time and gives the shortest. It must not see the zero time, which means now.
func (v *verifier) build(cert *x509.Certificate, at time.Time, usage x509.ExtKeyUsage) ([]*x509.Certificate, error) {
	if at.IsZero() {
		at = at.Add(1)
	}
	paths, err := cert.Verify(x509.VerifyOptions{
		Roots: v.roots, Intermediates: v.others, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{usage},
	})
	if err != nil {
		return nil, err
	}
	shortest := paths[0]
	for _, p := range paths[1:] {
		if len(p) < len(shortest) {
			shortest = p
		}
	}
	return shortest, nil
}

// describe notes the path and which of its certificates are out of their time.
func (v *verifier) describe(path []*x509.Certificate) {
	for _, c := range path {
		r := read(c.Raw)
		v.result.Path = append(v.result.Path, r.cert.SHA256)
		v.result.RootDN = r.cert.Subject.DN
		v.inTime(c.NotBefore, c.NotAfter)
	}
}

func (v *verifier) inTime(notBefore, notAfter time.Time) {
	switch at := v.result.At; {
	case !notAfter.IsZero() && at.After(notAfter):
		v.because(evidence.ExpiredPath)
	case !notBefore.IsZero() && at.Before(notBefore):
		v.because(evidence.NotYetValid)
	}
}

// names looks for the wanted names in the server's certificate.
func (v *verifier) names(names []string) {
	leaf := v.links[0].lax
	for _, name := range names {
		if covered(leaf.san, name) {
			v.result.Matched = append(v.result.Matched, name)
		}
	}
	if len(names) > 0 && len(v.result.Matched) == 0 {
		v.because(evidence.NameMismatch)
		v.result.Found = slices.Concat(leaf.cert.Names.DNS, leaf.cert.Names.IP)
	}
}

// Path returns the certificates from the first of chain to one of roots, both included, at that time or, if there is no
// path then, at another within the first one's validity; nil if there is none.
func Path(chain [][]byte, roots *x509.CertPool, at time.Time) []*x509.Certificate {
	if len(chain) == 0 || roots == nil {
		return nil
	}
	v := &verifier{roots: roots, others: x509.NewCertPool()}
	v.result.At = at
	v.read(chain)
	leaf := v.links[0].strict
	if leaf == nil {
		return nil
	}
	leaf.UnhandledCriticalExtensions = nil
	_, path, err := v.pathAtSomeTime(leaf)
	if err != nil {
		return nil
	}
	return path
}
