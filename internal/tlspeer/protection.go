package tlspeer

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/tlswire"
)

var errNoContentType = errors.New("a protected record holds no content type")

// protection protects one direction (RFC 8446, Section 5.2); its zero value
// lets everything through as plaintext.
type protection struct {
	suite  suite
	secret []byte
	aead   cipher.AEAD
	iv     []byte
	seq    uint64
}

// newProtection derives key and IV from a traffic secret (RFC 8446, Section 7.3).
func newProtection(s suite, secret []byte) (protection, error) {
	key, err := expandLabel(s.newHash, secret, "key", nil, s.keyLen)
	if err != nil {
		return protection{}, err
	}
	aead, err := s.newAEAD(key)
	if err != nil {
		return protection{}, fmt.Errorf("record protection: %w", err)
	}
	iv, err := expandLabel(s.newHash, secret, "iv", nil, aead.NonceSize())
	return protection{suite: s, secret: secret, aead: aead, iv: iv}, err
}

// next derives the keys that follow a KeyUpdate (RFC 8446, Section 7.2).
func (p *protection) next() (protection, error) {
	secret, err := expandLabel(p.suite.newHash, p.secret, "traffic upd", nil, p.suite.newHash().Size())
	if err != nil {
		return protection{}, err
	}
	return newProtection(p.suite, secret)
}

func (p *protection) active() bool { return p.aead != nil }

// nonce returns the nonce of the next record and counts it.
func (p *protection) nonce() []byte {
	n := make([]byte, len(p.iv))
	binary.BigEndian.PutUint64(n[len(n)-8:], p.seq)
	for i := range n {
		n[i] ^= p.iv[i]
	}
	p.seq++
	return n
}

// seal returns the record that carries payload, protected when keys are there.
func (p *protection) seal(t tlswire.ContentType, v tlswire.Version, payload []byte) tlswire.Record {
	if !p.active() {
		return tlswire.Record{Type: t, Version: v, Payload: payload}
	}
	size := len(payload) + 1 + p.aead.Overhead()
	header := []byte{byte(tlswire.ContentApplicationData), 3, 3, byte(size >> 8), byte(size)}
	inner := append(append(make([]byte, 0, size), payload...), byte(t))
	sealed := p.aead.Seal(inner[:0], p.nonce(), inner, header)
	return tlswire.Record{Type: tlswire.ContentApplicationData, Version: tlswire.TLS12, Payload: sealed}
}

// open unprotects, in place, the payload that came under header, and strips the padding.
func (p *protection) open(header, payload []byte) (tlswire.ContentType, []byte, error) {
	plain, err := p.aead.Open(payload[:0], p.nonce(), payload, header)
	if err != nil {
		return 0, nil, fmt.Errorf("unprotecting record %d: %w", p.seq-1, err)
	}
	for i := len(plain) - 1; i >= 0; i-- {
		if plain[i] != 0 {
			return tlswire.ContentType(plain[i]), plain[:i], nil
		}
	}
	return 0, nil, errNoContentType
}
