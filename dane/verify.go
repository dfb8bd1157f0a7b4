package dane

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Outcome is what one record says of the certificates of a server.
type Outcome struct {
	Record   Record
	Unusable string // why a sender does not use it, "" if it does
	Matches  bool   // it is about one of the certificates, and that makes them good
	Position int    // of that certificate, from 0 for the server's own; -1 if there is none
	Why      string // why it does not match
}

// Verify holds every record against the certificates that a server shows, its own first. names are those that a certificate may be
// made out to if a record speaks of the one above it: the mail exchanger's, and the domain's (RFC 7672, Section 3.2.2). at is the time
// at which certificates have to be valid. Neither names nor time matter to DANE-EE (RFC 7671, Section 5.1). Of the digests of one
// usage and selector only the strongest counts (Section 9).
func Verify(records []Record, chain [][]byte, names []string, at time.Time) []Outcome {
	out := make([]Outcome, len(records))
	for i, r := range records {
		out[i] = Outcome{Record: r, Unusable: r.Unusable(), Position: -1}
		o := &out[i]
		switch {
		case o.Unusable != "":
			o.Why = o.Unusable
		case outdone(r, records):
			o.Why = "senders go by the record with SHA-512 beside it, which has the same usage and selector (RFC 7671, Section 9)"
		case len(chain) == 0:
			o.Why = "the server shows no certificate"
		case r.Usage == DANEEE:
			o.endEntity(chain[0])
		default:
			o.trustAnchor(chain, names, at)
		}
	}
	return out
}

// outdone reports whether a usable record with SHA-512 has a sender ignore r, one with SHA-256. Records in full are never ignored.
func outdone(r Record, among []Record) bool {
	if r.MatchingType != SHA256 {
		return false
	}
	for _, o := range among {
		if o.MatchingType == SHA512 && o.Usage == r.Usage && o.Selector == r.Selector && o.Unusable() == "" {
			return true
		}
	}
	return false
}

// Authenticates reports whether any record makes the certificates good.
func Authenticates(list []Outcome) bool {
	for _, o := range list {
		if o.Matches {
			return true
		}
	}
	return false
}

// Usable reports whether any record is usable: if none is, a sender encrypts without checking (RFC 7672, Section 2.2).
func Usable(list []Outcome) bool {
	for _, o := range list {
		if o.Unusable == "" {
			return true
		}
	}
	return false
}

func (o *Outcome) endEntity(leaf []byte) {
	if !o.Record.Match(leaf) {
		o.Why = "the server's certificate is another"
		return
	}
	o.Matches, o.Position = true, 0
}

// trustAnchor looks for the certificate that the record speaks of, and for a path from the server's own to it.
func (o *Outcome) trustAnchor(chain [][]byte, names []string, at time.Time) {
	o.Why = "the server shows no certificate above its own that is the one"
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		o.Why = "the server's certificate cannot be read: " + err.Error()
		return
	}
	anchor := o.anchor(chain)
	if anchor == nil {
		return
	}
	opt := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	opt.Roots.AddCert(anchor)
	for _, der := range chain[1:] {
		if c, err := x509.ParseCertificate(der); err == nil {
			opt.Intermediates.AddCert(c)
		}
	}
	if _, err := leaf.Verify(opt); err != nil {
		o.Why = "there is no valid path to it: " + err.Error()
		return
	}
	if err := named(leaf, names); err != nil {
		o.Why = err.Error()
		return
	}
	o.Matches, o.Why = true, ""
}

// anchor returns the certificate that the record is about: one that the server shows above its own, or the record itself, which may
// be a bare key, too (RFC 7671, Section 5.2.3).
func (o *Outcome) anchor(chain [][]byte) *x509.Certificate {
	for i, der := range chain[1:] {
		if c, err := x509.ParseCertificate(der); err == nil && o.Record.Match(der) {
			o.Position = i + 1
			return c
		}
	}
	switch {
	case o.Record.MatchingType != Full:
		return nil
	case o.Record.Selector == SPKI:
		return o.signedByKey(chain)
	case o.Record.Match(chain[0]):
		return nil
	}
	c, _ := x509.ParseCertificate(o.Record.Data)
	return c
}

// signedByKey returns the first certificate that the key in the record signed, which is as good as what is above it.
func (o *Outcome) signedByKey(chain [][]byte) *x509.Certificate {
	key, err := x509.ParsePKIXPublicKey(o.Record.Data)
	if err != nil {
		return nil
	}
	authority := &x509.Certificate{PublicKey: key}
	for _, der := range chain {
		c, err := x509.ParseCertificate(der)
		if err == nil && authority.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil {
			return c
		}
	}
	return nil
}

// named says what is wrong with the names in the certificate. The common name counts where there is no other (RFC 7672, Section 3.2.3).
func named(leaf *x509.Certificate, names []string) error {
	if len(leaf.DNSNames) == 0 {
		old := *leaf
		old.DNSNames, leaf = []string{leaf.Subject.CommonName}, &old
	}
	err := errors.New("there is no name to hold the certificate against")
	for _, n := range names {
		n = strings.TrimSuffix(n, ".")
		if err = leaf.VerifyHostname(n); err == nil {
			return nil
		}
	}
	if len(names) > 0 {
		return fmt.Errorf("the server's certificate is made out to none of %s", strings.Join(names, ", "))
	}
	return err
}
