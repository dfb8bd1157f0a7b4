package lab

import (
	"crypto/x509"

	"golang.org/x/crypto/ocsp"
)

// staple returns an OCSP response that calls a certificate of the lab good (RFC
// 6960, Section 4.2). Certificates that crypto/x509 cannot read get none.
func (ca *CA) staple(der []byte, by issuer) ([]byte, error) {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil //nolint:nilerr // hostile certificates have no staple, and are no error
	}
	authority, err := x509.ParseCertificate(by.der)
	if err != nil {
		return nil, err
	}
	answer := ocsp.Response{Status: ocsp.Good, SerialNumber: leaf.SerialNumber,
		ThisUpdate: ca.made.Add(-day), NextUpdate: ca.made.Add(6 * day), ProducedAt: ca.made.Add(-day)}
	return ocsp.CreateResponse(authority, authority, answer, by.key.std)
}
