package legacy

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rc4"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

// cipherState protects one direction of a connection. A nil one lets everything through as plaintext.
type cipherState struct {
	version tlswire.Version
	suite   suite
	etm     bool // encrypt-then-MAC (RFC 7366)
	macKey  []byte
	stream  cipher.Stream
	block   cipher.Block
	aead    cipher.AEAD
	iv      []byte // CBC before TLS 1.1: the last block of ciphertext; AEAD: what of the nonce is not sent
	seq     uint64
	random  io.Reader // of the explicit IVs
}

// newCipherState takes what the suite needs of k. encryptThenMAC changes CBC suites alone (RFC 7366, Section 3).
func newCipherState(v tlswire.Version, s suite, k directionKeys, encryptThenMAC bool) (*cipherState, error) {
	c := &cipherState{version: v, suite: s, macKey: k.mac, iv: k.iv, random: rand.Reader}
	var err error
	switch {
	case s.newAEAD != nil:
		c.aead, err = s.newAEAD(k.key)
	case s.newBlock != nil:
		c.etm = encryptThenMAC
		c.block, err = s.newBlock(k.key)
	case s.Cipher == tlswire.CipherRC4:
		c.stream, err = rc4.NewCipher(k.key)
	}
	if err != nil {
		return nil, local(fmt.Errorf("record protection: %w", err))
	}
	return c, nil
}

// mac authenticates content of a record with this header.
func (c *cipherState) mac(seq uint64, t tlswire.ContentType, v tlswire.Version, content []byte) []byte {
	if c.suite.newMAC == nil {
		return nil
	}
	if c.version == tlswire.SSLv3 { // has no version among what it authenticates (RFC 6101, Section 5.2.3.1)
		header := append(binary.BigEndian.AppendUint64(nil, seq), byte(t), byte(len(content)>>8), byte(len(content)))
		return keyedSSL3(c.suite.newMAC, c.macKey, true, header, content)
	}
	m := hmac.New(c.suite.newMAC, c.macKey)
	m.Write(pseudoHeader(seq, t, v, len(content)))
	m.Write(content)
	return m.Sum(nil)
}

// pseudoHeader is what TLS authenticates beside the content (RFC 5246, Section 6.2.3.1 and 6.2.3.3).
func pseudoHeader(seq uint64, t tlswire.ContentType, v tlswire.Version, length int) []byte {
	b := append(binary.BigEndian.AppendUint64(nil, seq), byte(t))
	b = binary.BigEndian.AppendUint16(b, uint16(v))
	return binary.BigEndian.AppendUint16(b, uint16(length))
}

// explicitIV tells whether CBC records begin with their IV (RFC 4346, Section 6.2.3.2).
func (c *cipherState) explicitIV() bool { return c.version >= tlswire.TLS11 }

// nonce joins the secret part of an AEAD nonce with the explicit one, or with
// the sequence number (RFC 5288, Section 3; RFC 7905, Section 2).
func (c *cipherState) nonce(explicit []byte, seq uint64) []byte {
	if len(c.iv) < c.aead.NonceSize() {
		return append(c.iv[:len(c.iv):len(c.iv)], explicit...)
	}
	n := append([]byte{}, c.iv...)
	for i, b := range binary.BigEndian.AppendUint64(nil, seq) {
		n[len(n)-8+i] ^= b
	}
	return n
}

// explicitNonceLen is the number of bytes of the nonce in front of an AEAD record.
func (c *cipherState) explicitNonceLen() int { return c.aead.NonceSize() - len(c.iv) }
