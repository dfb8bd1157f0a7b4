package evidence

import "time"

// Certificate is what could be read from one X.509 certificate (RFC 5280), including certificates that no strict parser
// accepts. Text from the certificate is raw apart from invalid UTF-8, which became U+FFFD: whoever prints it escapes it.
// A field that could not be read has its zero value, and Problems says why.
type Certificate struct {
	DER      []byte   `json:"der,omitempty"`      // absent above the reader's size limit
	SHA256   string   `json:"sha256"`             // of the whole DER, hex
	Size     int      `json:"size"`               // bytes of DER as it came
	Problems []string `json:"problems,omitempty"` // what is malformed or was left out, in reading order

	Version   int       `json:"version"`             // 1 to 3 (anything else is a problem); 0 if unread
	Serial    string    `json:"serial,omitempty"`    // hex, two digits per byte, with "-" if negative; "00" if zero
	Issuer    Name      `json:"issuer"`              //
	Subject   Name      `json:"subject"`             //
	NotBefore time.Time `json:"not_before,omitzero"` // UTC
	NotAfter  time.Time `json:"not_after,omitzero"`  // UTC

	PublicKey PublicKey     `json:"public_key"`
	Signature CertSignature `json:"signature"`

	Names            AltNames          `json:"names"`
	BasicConstraints *BasicConstraints `json:"basic_constraints,omitempty"` // nil if absent
	KeyUsage         []string          `json:"key_usage,omitzero"`          // names of RFC 5280, Section 4.2.1.3; nil if absent
	ExtKeyUsage      []string          `json:"ext_key_usage,omitzero"`      // "serverAuth" …, else dotted OIDs; nil if absent
	SCTs             int               `json:"scts"`                        // embedded signed certificate timestamps, RFC 6962
	TLSFeatures      []int             `json:"tls_features,omitempty"`      // RFC 7633
	MustStaple       bool              `json:"must_staple"`                 // TLSFeatures has status_request
	OCSP             []string          `json:"ocsp,omitempty"`              // URLs, RFC 5280, Section 4.2.2.1
	CAIssuers        []string          `json:"ca_issuers,omitempty"`        // URLs, RFC 5280, Section 4.2.2.1
	CRLs             []string          `json:"crls,omitempty"`              // URLs, RFC 5280, Section 4.2.1.13
	Policies         []string          `json:"policies,omitempty"`          // dotted OIDs
	SubjectKeyID     string            `json:"subject_key_id,omitempty"`    // hex
	AuthorityKeyID   string            `json:"authority_key_id,omitempty"`  // hex
	Extensions       []CertExtension   `json:"extensions,omitempty"`        // all, in order

	SelfIssued bool `json:"self_issued"` // issuer and subject are the same bytes
	SelfSigned bool `json:"self_signed"` // self-issued, and the key identifiers do not say otherwise; not verified
}

// Name is a distinguished name.
type Name struct {
	DN           string `json:"dn"`                     // RFC 4514; empty if the name has no attributes
	CommonName   string `json:"common_name,omitempty"`  // the most specific one
	Organization string `json:"organization,omitempty"` // the most specific one
}

// PublicKey is the subject's key.
type PublicKey struct {
	Algorithm     string `json:"algorithm"`                // "RSA", "RSA-PSS", "DSA", "DH", "EC", "Ed25519", "ML-DSA-65" …; unknown ones are dotted OIDs
	OID           string `json:"oid,omitempty"`            // of the algorithm
	Bits          int    `json:"bits,omitempty"`           // RSA modulus, DSA and DH prime, size of the EC field; 0 if it has no such number
	Exponent      string `json:"exponent,omitempty"`       // RSA, decimal; hex with "0x" above 64 bits
	Curve         string `json:"curve,omitempty"`          // "secp256r1", "brainpoolP256r1" …; unknown ones are dotted OIDs
	ExplicitCurve bool   `json:"explicit_curve,omitempty"` // the curve is spelled out instead of named, which RFC 5480 forbids
	PSSHash       string `json:"pss_hash,omitempty"`       // RSA-PSS keys bound to a hash, else ""
	SHA256        string `json:"sha256,omitempty"`         // of the SubjectPublicKeyInfo, hex
	Tested        bool   `json:"tested,omitempty"`         // an RSA modulus was looked at for the two weaknesses below
	ROCA          bool   `json:"roca,omitempty"`           // the modulus has the mark of CVE-2017-15361
	CloseFactors  bool   `json:"close_factors,omitempty"`  // Fermat's method finds the factors at once (CVE-2022-26320)

	DebianTested bool       `json:"debian_tested,omitempty"` // an RSA modulus was compared with those of CVE-2008-0166 of its size
	Debian       *DebianKey `json:"debian,omitempty"`        // which of them it is; nil if none
}

// DebianKey names one of the keys that OpenSSL made on Debian and its derivatives from 2006 to 2008 (CVE-2008-0166,
// DSA-1571), by all that it follows from beside its size.
type DebianKey struct {
	Arch string `json:"arch"` // machine: "le32", "le64" or "be32", by the order of bytes and the length of C's type long
	Seed string `json:"seed"` // what became of the file ~/.rnd: "rnd" (read), "noreadrnd" (not readable) or "nornd" (absent)
	PID  int    `json:"pid"`  // number of the process, 1 to 32767
}

// CertSignature is the algorithm by which the issuer signed.
type CertSignature struct {
	Name      string `json:"name"`               // "sha256WithRSAEncryption", "ecdsa-with-SHA256", "RSASSA-PSS-SHA256", "Ed25519" …; unknown ones are dotted OIDs
	OID       string `json:"oid,omitempty"`      //
	Algorithm string `json:"algorithm"`          // that of the issuer's key: "RSA", "RSA-PSS", "ECDSA", "DSA", "Ed25519" …
	Hash      string `json:"hash,omitempty"`     // "MD5", "SHA-1", "SHA-256" …; empty if the algorithm brings its own or is unknown
	PSSSalt   int    `json:"pss_salt,omitempty"` // bytes
}

// AltNames are the subject alternative names, by kind, each in the certificate's order (RFC 5280, Section 4.2.1.6).
type AltNames struct {
	DNS       []string    `json:"dns,omitempty"`
	IP        []string    `json:"ip,omitempty"`
	Email     []string    `json:"email,omitempty"`
	URI       []string    `json:"uri,omitempty"`
	Directory []string    `json:"directory,omitempty"` // RFC 4514
	Other     []OtherName `json:"other,omitempty"`     // otherName and the kinds above not named
	Count     int         `json:"count"`               // all names there are; above what is listed, the list was cut
}

// OtherName is an alternative name of a less common kind.
type OtherName struct {
	Type  string `json:"type"`  // "SmtpUTF8Mailbox", "SRVName" …, or a dotted OID
	Value string `json:"value"` // the text if it is a string, else "#" and its DER in hex
}

// BasicConstraints tells whether the subject is a CA (RFC 5280, Section 4.2.1.9).
type BasicConstraints struct {
	CA      bool `json:"ca"`
	PathLen *int `json:"path_len,omitempty"` // nil if unlimited
}

// CertExtension names one extension of a certificate.
type CertExtension struct {
	OID      string `json:"oid"`
	Name     string `json:"name,omitempty"` // empty if unknown
	Critical bool   `json:"critical,omitempty"`
}

// TrustReason is why a certificate chain is not trusted.
type TrustReason string

// The reasons. A chain may have several; each is decided for itself, so that an expired certificate of an unknown
// authority for another name has all three.
const (
	NoCertificate     TrustReason = "no_certificate"     // the chain is empty
	Unparseable       TrustReason = "unparseable"        // crypto/x509 refuses the certificate, Detail says why
	UnknownAuthority  TrustReason = "unknown_authority"  // the path ends in a self-issued certificate that is no trusted root
	IncompleteChain   TrustReason = "incomplete_chain"   // the next issuer was not sent and is no trusted root
	SelfSignedLeaf    TrustReason = "self_signed"        // the server's certificate is its own issuer and no trusted root
	ExpiredPath       TrustReason = "expired"            // a certificate of the path is expired
	NotYetValid       TrustReason = "not_yet_valid"      // a certificate of the path is not valid yet
	NameMismatch      TrustReason = "name_mismatch"      // none of the wanted names is in the certificate
	WeakSignature     TrustReason = "weak_signature"     // the path needs a signature with MD2, MD4, MD5 or SHA-1
	WrongUsage        TrustReason = "wrong_usage"        // the path is not for TLS servers (extended key usage)
	ConstraintBroken  TrustReason = "constraint"         // a CA's name, length or date constraint forbids the certificate, or the CA is none
	CriticalExtension TrustReason = "critical_extension" // a critical extension that crypto/x509 does not know
	BadSignature      TrustReason = "bad_signature"      // the issuer is there but did not sign
	UnsupportedKey    TrustReason = "unsupported_key"    // the issuer's key or algorithm is one that crypto/x509 cannot check
	UntrustedOther    TrustReason = "other"              // anything else, see Detail
)

// TrustResult says whether a chain leads to a trusted root at a time and for a name.
type TrustResult struct {
	Trusted bool          `json:"trusted"`           // no reason against it
	Reasons []TrustReason `json:"reasons,omitempty"` // all that were found
	Detail  string        `json:"detail,omitempty"`  // what crypto/x509 said, raw
	At      time.Time     `json:"at"`                // the time for which it was decided
	Wanted  []string      `json:"wanted,omitempty"`  // names asked for; one of them is enough
	Matched []string      `json:"matched,omitempty"` // those of Wanted that the certificate covers
	Found   []string      `json:"found,omitempty"`   // names in the certificate, on a mismatch
	Path    []string      `json:"path,omitempty"`    // SHA-256 of each certificate from the server's to the root, hex; also when only time, usage or name are wrong
	RootDN  string        `json:"root_dn,omitempty"` // subject of the root, RFC 4514
}
