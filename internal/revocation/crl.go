package revocation

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/x509lax"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// skew is by how much the clocks of authorities may differ from ours.
const skew = 5 * time.Minute

// removeFromCRL is the reason of entries that take a revocation back (RFC 5280, Section 5.3.1).
const removeFromCRL = 8

// readCRL looks a certificate up in a list, as RFC 5280, Section 6.3.3 wants it. That it is not in a list means something
// only if the list is about all certificates of its kind, and for all reasons.
func readCRL(der []byte, q question) (answer, error) {
	list, err := x509.ParseRevocationList(der)
	switch {
	case err != nil:
		return answer{}, fmt.Errorf("no list that can be read: %w", err)
	case !bytes.Equal(list.RawIssuer, q.cert.RawIssuer):
		return answer{}, errors.New("a list of another authority")
	case list.CheckSignatureFrom(q.issuer) != nil:
		return answer{}, errors.New("a list that the authority did not sign")
	case q.at.Add(skew).Before(list.ThisUpdate):
		return answer{}, errors.New("a list that is not valid yet")
	case list.NextUpdate.IsZero():
		return answer{}, errors.New("a list that does not say until when it counts")
	case q.at.Add(-skew).After(list.NextUpdate):
		return answer{}, fmt.Errorf("a list that is out of date since %s", list.NextUpdate.UTC().Format(time.DateOnly))
	}
	whole, err := scopeOf(list, q.cert)
	if err != nil {
		return answer{}, err
	}
	out := answer{thisUpdate: list.ThisUpdate.UTC(), nextUpdate: list.NextUpdate.UTC()}
	entry, listed := lookUp(list, q.cert)
	switch {
	case listed && entry.ReasonCode != removeFromCRL:
		out.status, out.revokedAt = evidence.Revoked, entry.RevocationTime.UTC()
		if hasReason(entry) {
			out.reason = x509lax.ReasonName(entry.ReasonCode)
		}
		return out, nil
	case whole != "":
		return answer{}, errors.New(whole)
	}
	out.status = evidence.NotRevoked
	return out, nil
}

func lookUp(list *x509.RevocationList, c *x509.Certificate) (x509.RevocationListEntry, bool) {
	i := slices.IndexFunc(list.RevokedCertificateEntries, func(e x509.RevocationListEntry) bool { return e.SerialNumber.Cmp(c.SerialNumber) == 0 })
	if i < 0 {
		return x509.RevocationListEntry{}, false
	}
	return list.RevokedCertificateEntries[i], true
}

func hasReason(e x509.RevocationListEntry) bool {
	return slices.ContainsFunc(e.Extensions, func(x pkix.Extension) bool { return x.Id.String() == "2.5.29.21" })
}

// scopeOf says what a list is about: an error if that is not for c; else why the list is not whole, so that nothing follows
// from c not being in it; empty if it is.
func scopeOf(list *x509.RevocationList, c *x509.Certificate) (partly string, err error) {
	for _, x := range list.Extensions {
		switch id := x.Id.String(); {
		case id == "2.5.29.27": // deltaCRLIndicator
			partly = "a list of changes only (delta CRL)"
		case id == "2.5.29.28":
			point, ok := readDistributionPoint(x.Value)
			if !ok {
				return "", errors.New("a list whose extent (issuing distribution point) cannot be read")
			}
			if err := point.covers(c); err != nil {
				return "", err
			}
			if point.someReasons {
				partly = "a list for some reasons of revocation only"
			}
		case x.Critical:
			return "", fmt.Errorf("a list with a critical extension that is not known: %s", id)
		}
	}
	return partly, nil
}

// distributionPoint is IssuingDistributionPoint (RFC 5280, Section 5.2.5).
type distributionPoint struct {
	named                          bool     // it says which part of the authority's list it is
	names                          []string // URLs of that part
	users, authorities, attributes bool     // only certificates of that kind
	someReasons, indirect          bool
}

// readDistributionPoint reads the value of the extension.
func readDistributionPoint(der []byte) (p distributionPoint, ok bool) {
	tag := func(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific() }
	in := cryptobyte.String(der)
	var seq, name cryptobyte.String
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !in.Empty() {
		return p, false
	}
	if !seq.ReadOptionalASN1(&name, &p.named, tag(0).Constructed()) {
		return p, false
	}
	if p.named {
		if p.names, ok = readFullName(name); !ok {
			return p, false
		}
	}
	return p, readFlags(&seq, &p)
}

// readFlags reads the rest of the extension, in its order.
func readFlags(s *cryptobyte.String, p *distributionPoint) bool {
	for n, flag := range []*bool{1: &p.users, 2: &p.authorities, 3: &p.someReasons, 4: &p.indirect, 5: &p.attributes} {
		var value cryptobyte.String
		var there bool
		switch {
		case flag == nil:
			continue
		case !s.ReadOptionalASN1(&value, &there, asn1.Tag(n).ContextSpecific()):
			return false
		}
		*flag = there && (n == 3 || len(value) == 1 && value[0] != 0)
	}
	return s.Empty()
}

// readFullName reads the URLs of DistributionPointName; other forms are not ok.
func readFullName(s cryptobyte.String) ([]string, bool) {
	var full cryptobyte.String
	if !s.ReadASN1(&full, asn1.Tag(0).ContextSpecific().Constructed()) || !s.Empty() {
		return nil, false
	}
	var names []string
	for !full.Empty() {
		var value cryptobyte.String
		var tag asn1.Tag
		if !full.ReadAnyASN1(&value, &tag) {
			return nil, false
		}
		if tag == asn1.Tag(6).ContextSpecific() {
			names = append(names, string(value))
		}
	}
	return names, true
}

// covers returns why a list is not about c: nil if it is.
func (p distributionPoint) covers(c *x509.Certificate) error {
	ours := func(name string) bool { return slices.Contains(c.CRLDistributionPoints, name) }
	switch {
	case p.indirect:
		return errors.New("a list for several authorities (indirect CRL), which is not understood here")
	case p.attributes, p.users && c.IsCA, p.authorities && !c.IsCA:
		return errors.New("a list about certificates of another kind")
	case p.named && !slices.ContainsFunc(p.names, ours):
		return errors.New("a part of the list that is not this certificate's (issuing distribution point)")
	}
	return nil
}
