package tlspeer

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

const (
	ccmNonceSize = 12 // so that the length field L has 3 bytes (RFC 5116, Section 5.3)
	ccmMaxLength = 1<<24 - 1
)

var errCCMOpen = errors.New("ccm: message authentication failed")

// ccm is AES-CCM (RFC 3610) with the 12-byte nonces of RFC 5116 and tags of 16
// bytes (AEAD_AES_128_CCM) or 8 (AEAD_AES_128_CCM_8, RFC 6655, Section 6.1).
type ccm struct {
	block   cipher.Block
	tagSize int
}

func (c ccm) NonceSize() int { return ccmNonceSize }
func (c ccm) Overhead() int  { return c.tagSize }

// Seal appends ciphertext and tag to dst; plaintext may share dst's memory
// exactly, as cipher.AEAD says.
func (c ccm) Seal(dst, nonce, plaintext, additional []byte) []byte {
	tag := c.mac(nonce, plaintext, additional)
	head := len(dst)
	dst = append(dst, plaintext...)
	stream := c.stream(nonce, &tag)
	stream.XORKeyStream(dst[head:], dst[head:])
	return append(dst, tag[:c.tagSize]...)
}

// Open appends the plaintext to dst, or fails without a hint of the reason.
func (c ccm) Open(dst, nonce, ciphertext, additional []byte) ([]byte, error) {
	n := len(ciphertext) - c.tagSize
	if n < 0 || n > ccmMaxLength {
		return nil, errCCMOpen
	}
	var got, mask [16]byte
	copy(got[:], ciphertext[n:])
	stream := c.stream(nonce, &mask)
	head := len(dst)
	dst = append(dst, ciphertext[:n]...)
	stream.XORKeyStream(dst[head:], dst[head:])
	want := c.mac(nonce, dst[head:], additional)
	subtle.XORBytes(want[:], want[:], mask[:])
	if subtle.ConstantTimeCompare(want[:c.tagSize], got[:c.tagSize]) != 1 {
		clear(dst[head:])
		return nil, errCCMOpen
	}
	return dst, nil
}

// stream returns the key stream for the message and masks first with S_0, the
// block that RFC 3610, Section 2.3 keeps for the tag.
func (c ccm) stream(nonce []byte, first *[16]byte) cipher.Stream {
	var counter [16]byte
	counter[0] = 2 // L-1
	copy(counter[1:], nonce)
	s := cipher.NewCTR(c.block, counter[:])
	s.XORKeyStream(first[:], first[:])
	return s
}

// mac computes the CBC-MAC of RFC 3610, Section 2.2.
func (c ccm) mac(nonce, plaintext, additional []byte) [16]byte {
	var x [16]byte
	x[0] = byte((c.tagSize-2)/2)<<3 | 2
	copy(x[1:], nonce)
	binary.BigEndian.PutUint16(x[14:], uint16(len(plaintext)))
	x[13] = byte(len(plaintext) >> 16)
	if len(additional) > 0 {
		x[0] |= 1 << 6
	}
	c.block.Encrypt(x[:], x[:])
	if len(additional) > 0 {
		head := binary.BigEndian.AppendUint16(nil, uint16(len(additional))) // below 0xFF00: TLS has 5 bytes
		c.absorb(&x, append(head, additional...))
	}
	c.absorb(&x, plaintext)
	return x
}

// absorb runs data, padded with zeros to whole blocks, through the CBC-MAC.
func (c ccm) absorb(x *[16]byte, data []byte) {
	for len(data) > 0 {
		n := subtle.XORBytes(x[:], x[:], data)
		data = data[n:]
		c.block.Encrypt(x[:], x[:])
	}
}
