package tlswire

import "golang.org/x/crypto/cryptobyte"

// Certificate is the certificate message of SSLv3 to TLS 1.2 (RFC 5246, Section 7.4.2).
type Certificate struct {
	Chain [][]byte // DER, the peer's own certificate first; what a peer sent may be no certificate at all
}

// ParseCertificate parses the body of a certificate message of SSLv3 to TLS 1.2. The chain
// aliases b. The error is ErrMalformed.
func ParseCertificate(b []byte) (Certificate, error) {
	body, err := parseOpaque(b, readOpaque24, "certificate")
	if err != nil {
		return Certificate{}, err
	}
	chain, ok := opaques(body, readOpaque24)
	if !ok {
		return Certificate{}, malformed("certificate", "chain")
	}
	return Certificate{chain}, nil
}

// Marshal returns the body of the message. The error is a chain that does not fit its length.
func (c Certificate) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, der := range c.Chain {
			addOpaque24(b, der)
		}
	})
	out, err := b.Bytes()
	return marshalled("certificate", out, err)
}

// CertificateTLS13 is the certificate message of TLS 1.3 (RFC 8446, Section 4.4.2).
type CertificateTLS13 struct {
	Context []byte // certificate_request_context; empty in a server's first flight
	Entries []CertificateEntry
}

// CertificateEntry is one certificate of a TLS 1.3 chain, with the extensions that staple its
// status and timestamps.
type CertificateEntry struct {
	DER        []byte
	Extensions []Extension // here nil and empty are the same: the block is always there
}

// ParseCertificateTLS13 parses the body of a certificate message of TLS 1.3. The fields alias
// b. The error is ErrMalformed.
func ParseCertificateTLS13(b []byte) (CertificateTLS13, error) {
	const message = "certificate"
	var c CertificateTLS13
	var entries cryptobyte.String
	s := cryptobyte.String(b)
	if !readOpaque8(&s, &c.Context) {
		return CertificateTLS13{}, malformed(message, "request context")
	}
	if !s.ReadUint24LengthPrefixed(&entries) || !s.Empty() {
		return CertificateTLS13{}, malformed(message, "length")
	}
	for !entries.Empty() {
		var e CertificateEntry
		var ok bool
		if !readOpaque24(&entries, &e.DER) {
			return CertificateTLS13{}, malformed(message, "entry")
		}
		if e.Extensions, ok = readExtensions(&entries); !ok {
			return CertificateTLS13{}, malformed(message, "extensions")
		}
		c.Entries = append(c.Entries, e)
	}
	return c, nil
}

// Chain returns the certificates without their extensions, the peer's own first.
func (c CertificateTLS13) Chain() [][]byte {
	chain := make([][]byte, len(c.Entries))
	for i, e := range c.Entries {
		chain[i] = e.DER
	}
	return chain
}

// Marshal returns the body of the message. The error is a field that does not fit its length.
func (c CertificateTLS13) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	addOpaque8(&b, c.Context)
	b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, e := range c.Entries {
			addOpaque24(b, e.DER)
			addExtensions(b, e.Extensions)
		}
	})
	out, err := b.Bytes()
	return marshalled("certificate", out, err)
}
