package evidence

import "time"

// RevocationStatus is what an authority says of one of its certificates.
type RevocationStatus string

// The statuses. The empty one means that nothing was said.
const (
	NotRevoked       RevocationStatus = "good"
	Revoked          RevocationStatus = "revoked"
	RevocationUnsure RevocationStatus = "unknown" // the authority does not know the certificate (RFC 6960, Section 2.2)
)

// OCSPProblem is why a client must not go by an OCSP response.
type OCSPProblem string

// The problems. A response may have several; each is decided for itself.
const (
	OCSPMalformed   OCSPProblem = "malformed"           // no OCSP response that can be read, Detail says why
	OCSPRefused     OCSPProblem = "refused"             // the responder's word that it does not answer, Detail has it
	OCSPOther       OCSPProblem = "other_certificate"   // it is about another certificate
	OCSPSignature   OCSPProblem = "bad_signature"       // the signature does not fit the key of whom it names
	OCSPSigner      OCSPProblem = "unauthorized_signer" // signed by somebody whom the issuer did not charge with it (RFC 6960, Section 4.2.2.2)
	OCSPExpired     OCSPProblem = "expired"             // there should be a newer one by now
	OCSPNotYetValid OCSPProblem = "not_yet_valid"       // made for later
	OCSPCritical    OCSPProblem = "critical_extension"  // with a critical extension that nobody knows
	OCSPUnverified  OCSPProblem = "unverified"          // who signed could not be checked: the issuer is not at hand, or its key is of no known kind
)

// OCSPResponse is what an OCSP response (RFC 6960) says of a certificate, and whether that is to be believed. Text is raw
// apart from invalid UTF-8.
type OCSPResponse struct {
	SHA256     string           `json:"sha256"`               // of the whole response, hex
	Status     RevocationStatus `json:"status,omitempty"`     // of the certificate; empty if it is not spoken of
	ProducedAt time.Time        `json:"produced_at,omitzero"` // UTC, as the following
	ThisUpdate time.Time        `json:"this_update,omitzero"` //
	NextUpdate time.Time        `json:"next_update,omitzero"` // zero if it does not say
	RevokedAt  time.Time        `json:"revoked_at,omitzero"`  //
	Reason     string           `json:"reason,omitempty"`     // of the revocation, as RFC 5280, Section 5.3.1 names them
	SignerDN   string           `json:"signer_dn,omitempty"`  // subject of the certificate that came with it and signed; empty: the issuer itself
	SCTs       int              `json:"scts,omitempty"`       // signed certificate timestamps in it (RFC 6962, Section 3.3)
	Problems   []OCSPProblem    `json:"problems,omitempty"`   // all that were found
	Detail     string           `json:"detail,omitempty"`     // for people
	At         time.Time        `json:"at"`                   // the time for which it was decided
}

// Believed reports whether nothing speaks against the response.
func (r OCSPResponse) Believed() bool { return len(r.Problems) == 0 }

// Revocation is what authorities said when they were asked about one certificate.
type Revocation struct {
	Certificate string           `json:"certificate"`          // key of Blobs.Certificates, or of a certificate that was not sent, the same digits
	Status      RevocationStatus `json:"status,omitempty"`     // empty if nobody gave an answer to go by
	By          string           `json:"by,omitempty"`         // what told it: "OCSP" or "CRL"
	URL         string           `json:"url,omitempty"`        // where; raw
	ThisUpdate  time.Time        `json:"this_update,omitzero"` // of that answer
	NextUpdate  time.Time        `json:"next_update,omitzero"` // zero if it does not say
	RevokedAt   time.Time        `json:"revoked_at,omitzero"`  //
	Reason      string           `json:"reason,omitempty"`     // as RFC 5280, Section 5.3.1 names them
	Sourceless  bool             `json:"sourceless,omitempty"` // the certificate names nobody to ask
	Failed      []Inquiry        `json:"failed,omitempty"`     // who was asked in vain
}

// Inquiry is one question to an authority that brought no answer to go by.
type Inquiry struct {
	By  string `json:"by"`  // "OCSP" or "CRL"
	URL string `json:"url"` // raw
	Why string `json:"why"` // raw
}
