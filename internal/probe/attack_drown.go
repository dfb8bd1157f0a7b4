package probe

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// DROWN needs a server that answers questions about its RSA key over SSLv2. Two faults of OpenSSL make that easy, or possible
// where suites of short keys are turned off. CVE-2016-0703: bytes of the key that a client sent in the clear took the place of
// the first of those that it had encrypted, though the suite has none. CVE-2015-3197: a suite could be used that the server had
// not listed. Both show in the next message, which the server sends under the key that it came to. Our key is a proper one, so
// nothing is learnt of anybody else's.
const (
	clearKey     = "clear-key" // eight bytes in the clear, with a suite of long keys
	unlistedKind = "unlisted"  // a suite of short keys that the server did not list
)

const clearBytes = 8

// exportKind is what every OpenSSL with SSLv2 had: SSL_CK_RC4_128_EXPORT40_WITH_MD5.
const exportKind tlswire.Suite = 0x020080

// tryDROWN says hello as always, and sends the master key of the offer's vector.
func (c *connection) tryDROWN(context.Context) evidence.End {
	if end := c.helloV2(); end.Kind != evidence.EndDone {
		return end
	}
	own, displaced, raw, err := c.masterKeyV2()
	if err != nil {
		return evidence.End{Kind: evidence.EndDone, Detail: err.Error()}
	}
	r := &evidence.Reaction{Sent: slices.Clone(raw[:min(len(raw), keptOfAttack)])}
	c.obs.Reaction = r
	begun := time.Now()
	c.restart()
	_, err = c.conn.Write(raw)
	var rec tlswire.RecordV2
	if err == nil {
		rec, err = readRecordV2(c.conn)
	}
	r.After = micros(time.Since(begun))
	if r.End = endOf(err).Kind; err != nil {
		return evidence.End{Kind: evidence.EndDone}
	}
	kept := evidence.Reacted{Type: tlswire.ContentHandshake, Length: len(rec.Payload)}
	_, told := tlswire.ParseErrorV2(rec.Payload)
	switch {
	case told == nil:
		r.End = evidence.EndErrorV2
	case displaced.OpensVerifyV2(rec):
		r.Times, kept.Echo = 1, len(own.Challenge)
	case own.OpensVerifyV2(rec):
		kept.Echo = len(own.Challenge)
	default:
		r.End = evidence.EndMalformed
	}
	r.Records = append(r.Records, kept)
	return evidence.End{Kind: evidence.EndDone}
}

// masterKeyV2 returns the secrets of a server that does as it should, of one that does what is tried out, and the record that
// shows which it is.
func (c *connection) masterKeyV2() (own, displaced legacy.SecretsV2, raw []byte, err error) {
	key, hello, err := c.serverV2()
	if err != nil {
		return own, displaced, nil, err
	}
	own = legacy.SecretsV2{Cipher: kindFor(c.offer.Vector, hello.Ciphers), Challenge: c.challenge, ConnectionID: hello.ConnectionID}
	n, clear, arg := legacy.KeyLengthV2(own.Cipher)
	if n == 0 {
		return own, displaced, nil, errors.New("no suite is listed that this can be tried with")
	}
	own.Master, own.KeyArg = make([]byte, n), make([]byte, arg)
	_, _ = rand.Read(own.Master) // crypto/rand.Read never fails
	_, _ = rand.Read(own.KeyArg)
	m := tlswire.ClientMasterKeyV2{Cipher: own.Cipher, Clear: own.Master[:clear], KeyArg: own.KeyArg}
	displaced = own // a suite that was not listed works as any other
	if c.offer.Vector == clearKey {
		m.Clear = make([]byte, clearBytes)
		_, _ = rand.Read(m.Clear)
		displaced.Master = slices.Concat(m.Clear, own.Master)[:n]
	}
	if m.Encrypted, err = legacy.RSABlock(key, pkcs1Block(key, own.Master[clear:])); err != nil {
		return own, displaced, nil, err
	}
	body, err := m.Marshal()
	if err == nil {
		raw, err = tlswire.RecordV2{Payload: body}.Append(nil)
	}
	return own, displaced, raw, err
}

// pkcs1Block is data as PKCS #1 v1.5 pads it for encryption (RFC 8017, Section 7.2.1).
func pkcs1Block(key *rsa.PublicKey, data []byte) []byte {
	b := nonZero(max((key.N.BitLen()+7)/8, len(data)+11))
	b[0], b[1] = 0, 2
	copy(b[len(b)-len(data):], data)
	b[len(b)-len(data)-1] = 0
	return b
}

// kindFor is the suite for a vector, 0 if there is none.
func kindFor(vector string, listed []tlswire.Suite) tlswire.Suite {
	if vector == unlistedKind {
		return exportKind
	}
	for _, s := range listed {
		if n, clear, _ := legacy.KeyLengthV2(s); n > 0 && clear == 0 {
			return s
		}
	}
	return 0
}

// serverV2 is the hello that came, and the key in its certificate.
func (c *connection) serverV2() (*rsa.PublicKey, tlswire.ServerHelloV2, error) {
	for _, m := range c.obs.Messages {
		hello, err := tlswire.ParseServerHelloV2(m.Body)
		if err != nil || len(m.Certificates) == 0 {
			continue
		}
		c.mu.Lock()
		leaf := c.ep.Blobs.Certificates[m.Certificates[0]]
		c.mu.Unlock()
		if key, ok := tlspeer.PublicKey(leaf.DER).(*rsa.PublicKey); ok && key.N.Sign() > 0 {
			return key, hello, nil
		}
	}
	return nil, tlswire.ServerHelloV2{}, errNoRSAKey
}

// readRecordV2 reads one record of SSLv2.
func readRecordV2(r io.Reader) (tlswire.RecordV2, error) {
	var raw []byte
	buf := make([]byte, 4096)
	for len(raw) <= tlswire.MaxRecordV2+3 {
		n, err := r.Read(buf)
		raw = append(raw, buf[:n]...)
		rec, _, perr := tlswire.ParseRecordV2(raw)
		if perr == nil || !isShort(perr) {
			return rec, perr
		}
		if err != nil {
			return rec, err
		}
	}
	return tlswire.RecordV2{}, errLimit
}
