package tlswire

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// ServerKeyExchange carries the server's half of the key exchange up to TLS 1.2 (RFC 5246,
// Section 7.4.3). Exactly one of DH, EC and RSA is set.
type ServerKeyExchange struct {
	DH  *ServerDHParams  // ephemeral or anonymous Diffie-Hellman
	EC  *ServerECParams  // the same on an elliptic curve
	RSA *ServerRSAParams // the short key of an export suite
	// Scheme is how Signature was made. Only TLS 1.2 says so; 0 means absent.
	Scheme    SignatureScheme
	Signature []byte // nil when anonymous
}

// ServerDHParams are the server's Diffie-Hellman parameters, big-endian and as sent: leading
// zeros stay (RFC 5246, Section 7.4.3).
type ServerDHParams struct {
	P, G, Y []byte
}

// ServerRSAParams are the short public key of an RSA export suite, big-endian (RFC 2246,
// Section 7.4.3).
type ServerRSAParams struct {
	Modulus, Exponent []byte
}

// ParseServerKeyExchange parses the body of a server_key_exchange message, given the key
// exchange of the suite, whether the suite is anonymous (then nothing is signed), and the
// version, SSLv3 to TLS 1.2. The fields alias b. The error is ErrMalformed, or another one for
// a key exchange that has no known message: DHE, ECDHE and RSA (export) have.
func ParseServerKeyExchange(b []byte, kx KeyExchange, anonymous bool, v Version) (ServerKeyExchange, error) {
	var k ServerKeyExchange
	s := cryptobyte.String(b)
	if err := k.readParams(&s, kx); err != nil {
		return ServerKeyExchange{}, err
	}
	if anonymous {
		if !s.Empty() {
			return ServerKeyExchange{}, malformed("server key exchange", "bytes after anonymous parameters")
		}
		return k, nil
	}
	if v >= TLS12 && (!readUint16(&s, &k.Scheme) || k.Scheme == 0) {
		return ServerKeyExchange{}, malformed("server key exchange", "signature scheme")
	}
	if !readOpaque16(&s, &k.Signature) || !s.Empty() {
		return ServerKeyExchange{}, malformed("server key exchange", "signature")
	}
	return k, nil
}

func (k *ServerKeyExchange) readParams(s *cryptobyte.String, kx KeyExchange) error {
	const message = "server key exchange"
	switch kx {
	case KeyExchangeDHE:
		p := new(ServerDHParams)
		if !readOpaque16(s, &p.P) || !readOpaque16(s, &p.G) || !readOpaque16(s, &p.Y) {
			return malformed(message, "Diffie-Hellman parameters")
		}
		k.DH = p
	case KeyExchangeECDHE:
		p := new(ServerECParams)
		if !p.read(s) {
			return malformed(message, "elliptic curve parameters")
		}
		k.EC = p
	case KeyExchangeRSA:
		p := new(ServerRSAParams)
		if !readOpaque16(s, &p.Modulus) || !readOpaque16(s, &p.Exponent) {
			return malformed(message, "RSA parameters")
		}
		k.RSA = p
	default:
		return fmt.Errorf("parsing %s: key exchange %q has no known parameters", message, kx)
	}
	return nil
}

// Params returns the parameters alone, the bytes that are signed after both randoms (RFC 5246,
// Section 7.4.3). The error is a number of parameters other than one, or a field that does not
// fit its length.
func (k ServerKeyExchange) Params() ([]byte, error) {
	var b cryptobyte.Builder
	k.addParams(&b)
	out, err := b.Bytes()
	return marshalled("server key exchange", out, err)
}

func (k ServerKeyExchange) addParams(b *cryptobyte.Builder) {
	switch {
	case k.DH != nil && k.EC == nil && k.RSA == nil:
		addOpaque16(b, k.DH.P)
		addOpaque16(b, k.DH.G)
		addOpaque16(b, k.DH.Y)
	case k.EC != nil && k.DH == nil && k.RSA == nil:
		k.EC.add(b)
	case k.RSA != nil && k.DH == nil && k.EC == nil:
		addOpaque16(b, k.RSA.Modulus)
		addOpaque16(b, k.RSA.Exponent)
	default:
		b.SetError(errors.New("not exactly one of DH, EC and RSA is set"))
	}
}

// Marshal returns the body of the message. The error is one of Params, a scheme without a
// signature, or a signature that does not fit its length.
func (k ServerKeyExchange) Marshal() ([]byte, error) {
	var b cryptobyte.Builder
	k.addParams(&b)
	if k.Scheme != 0 {
		b.AddUint16(uint16(k.Scheme))
	}
	switch {
	case k.Signature != nil:
		addOpaque16(&b, k.Signature)
	case k.Scheme != 0:
		b.SetError(errors.New("signature scheme without a signature"))
	}
	out, err := b.Bytes()
	return marshalled("server key exchange", out, err)
}
