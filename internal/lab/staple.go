package lab

import (
	"crypto"
	"crypto/x509"

	"golang.org/x/crypto/ocsp"
)

// staple returns the OCSP response that a server sends with its certificate (RFC
// 6960, Section 4.2). Certificates that crypto/x509 cannot read get none.
func (ca *CA) staple(id identity, by issuer) ([]byte, error) {
	leaf, err := x509.ParseCertificate(id.chain[0])
	if err != nil {
		return nil, nil //nolint:nilerr // hostile certificates have no staple, and are no error
	}
	authority, err := x509.ParseCertificate(by.der)
	if err != nil {
		return nil, err
	}
	answer := ocsp.Response{Status: ocsp.Good, SerialNumber: leaf.SerialNumber,
		ThisUpdate: ca.made.Add(-day), NextUpdate: ca.made.Add(6 * day), ProducedAt: ca.made.Add(-day)}
	var signer crypto.Signer = by.key.std
	switch id.Staple {
	case StapleExpired:
		answer.ThisUpdate, answer.NextUpdate, answer.ProducedAt = ca.made.Add(-10*day), ca.made.Add(-3*day), ca.made.Add(-10*day)
	case StapleRevoked:
		answer.Status, answer.RevokedAt, answer.RevocationReason = ocsp.Revoked, ca.made.Add(-2*day), ocsp.KeyCompromise
	case StapleForged:
		signer = id.key.std
	case StapleRefused:
		return ocsp.TryLaterErrorResponse, nil
	}
	return ocsp.CreateResponse(authority, authority, answer, signer)
}
