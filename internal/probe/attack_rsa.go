package probe

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/binary"
	"errors"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// The vectors of ROBOT: blocks that a client may encrypt in its ClientKeyExchange, the first as PKCS #1 v1.5 and TLS want it
// (RFC 8017, Section 7.2.1; RFC 5246, Section 7.4.7.1), the others with one fault each.
const (
	wellFormed    = "well-formed"
	wrongStart    = "no-0002"       // does not begin with 0x00 0x02
	withoutZero   = "no-zero"       // nothing but padding
	misplacedZero = "late-zero"     // the zero byte behind the padding leaves one byte instead of 48
	wrongVersion  = "other-version" // the premaster secret begins with another version than the hello's
)

const premasterLen = 48

var (
	errShortKey = errors.New("the RSA key is too short for a premaster secret")
	errNoRSAKey = errors.New("there is no RSA key that could be read")
)

// premasterBlock returns the block of one vector, to be encrypted by key, from a client that offered version v.
func premasterBlock(key *rsa.PublicKey, vector string, v tlswire.Version) ([]byte, error) {
	size := (key.N.BitLen() + 7) / 8
	if size < premasterLen+11 {
		return nil, errShortKey
	}
	b := nonZero(size)
	b[0], b[1] = 0, 2
	zero := size - premasterLen - 1
	switch vector {
	case wrongStart:
		b[0], b[1] = key.N.Bytes()[0]/2, 0x17 // still less than the modulus
	case withoutZero:
		return b, nil
	case misplacedZero:
		b[size-2] = 0
		return b, nil
	case wrongVersion:
		v = 0x0202
	}
	b[zero] = 0
	binary.BigEndian.PutUint16(b[zero+1:], uint16(v))
	return b, nil
}

// nonZero returns n random bytes, none of them zero.
func nonZero(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		for b[i] == 0 {
			_, _ = rand.Read(b[i : i+1]) // crypto/rand.Read never fails
		}
	}
	return b
}

// tryROBOT sends a ClientKeyExchange with the block of the offer's vector, and, if the server says nothing to that,
// ChangeCipherSpec and a Finished that nobody can decrypt. Whoever goes on with a random premaster secret (RFC 5246,
// Section 7.4.7.1) reacts to that last record alone, and always in the same way.
func (c *connection) tryROBOT(ctx context.Context) evidence.End {
	if end := c.flight(); end.Kind != evidence.EndDone {
		return end
	}
	exchange, err := c.keyExchange(c.offer.Vector)
	if err != nil {
		return evidence.End{Kind: evidence.EndDone, Detail: err.Error()}
	}
	rest := tlswire.AppendRecords(nil, tlswire.ContentChangeCipherSpec, c.version, []byte{1}, tlswire.MaxPlaintext)
	rest = tlswire.AppendRecords(rest, tlswire.ContentHandshake, c.version, unreadable(), tlswire.MaxPlaintext)
	c.provokeTwice(ctx, exchange, rest, c.pause())
	return evidence.End{Kind: evidence.EndDone}
}

// unreadable is the payload of a protected record that nobody can decrypt, long enough for any suite and a multiple of all
// block sizes.
func unreadable() []byte {
	b := make([]byte, 80)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	return b
}

// keyExchange returns the records of the client's answer to a flight: an empty certificate if one was asked for, and
// ClientKeyExchange with the block of vector.
func (c *connection) keyExchange(vector string) ([]byte, error) {
	key, ok := c.rsaKey()
	if !ok {
		return nil, errNoRSAKey
	}
	block, err := premasterBlock(key, vector, c.offer.Version)
	if err != nil {
		return nil, err
	}
	body, err := legacy.RSABlock(key, block)
	if err != nil {
		return nil, err
	}
	if c.version > tlswire.SSLv3 { // which has no length in front (RFC 6101, Section 5.6.7.1)
		body = append(binary.BigEndian.AppendUint16(nil, uint16(len(body))), body...)
	}
	raw, err := tlswire.Handshake{Type: tlswire.TypeClientKeyExchange, Body: body}.Append(nil)
	return append(c.withoutCertificate(), tlswire.AppendRecords(nil, tlswire.ContentHandshake, c.version, raw, tlswire.MaxPlaintext)...), err
}

// withoutCertificate says that there is no certificate, if the server asked for one (RFC 5246, Section 7.4.6; RFC 6101,
// Section 5.6.6): who leaves that out is refused for it, whatever comes behind.
func (c *connection) withoutCertificate() []byte {
	asked := false
	for _, m := range c.obs.Messages {
		asked = asked || m.Type == tlswire.TypeCertificateRequest
	}
	switch {
	case !asked:
		return nil
	case c.version == tlswire.SSLv3:
		return tlswire.AppendRecords(nil, tlswire.ContentAlert, c.version, []byte{byte(tlswire.AlertLevelWarning), byte(tlswire.AlertNoCertificate)}, tlswire.MaxPlaintext)
	}
	return tlswire.AppendRecords(nil, tlswire.ContentHandshake, c.version, []byte{byte(tlswire.TypeCertificate), 0, 0, 3, 0, 0, 0}, tlswire.MaxPlaintext)
}

// rsaKey is that of the certificate in the server's flight.
func (c *connection) rsaKey() (*rsa.PublicKey, bool) {
	for _, m := range c.obs.Messages {
		if m.Type != tlswire.TypeCertificate || len(m.Certificates) == 0 {
			continue
		}
		c.mu.Lock()
		leaf := c.ep.Blobs.Certificates[m.Certificates[0]]
		c.mu.Unlock()
		key, ok := tlspeer.PublicKey(leaf.DER).(*rsa.PublicKey)
		return key, ok && key.N.Sign() > 0
	}
	return nil, false
}
