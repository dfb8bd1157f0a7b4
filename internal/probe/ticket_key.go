package probe

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// ticketKey is what seals session tickets as RFC 5077, Section 4 recommends: the name of the key, an IV, the state in AES-CBC
// and an HMAC over all that.
type ticketKey struct {
	cipher  []byte // of AES
	mac     []byte // of HMAC
	newHash func() hash.Hash
	counted bool // two bytes before the ciphertext tell its length
}

// zeroKeys are keys of zeros in the forms that are in use: that of GnuTLS, of all versions of TLS (CVE-2020-13777; AES-256,
// HMAC-SHA1), that of RFC 5077, and that of OpenSSL, which leaves the length out.
func zeroKeys() []ticketKey {
	zeros := make([]byte, 32) // HMAC fills up its key with zeros: this is any key of zeros
	return []ticketKey{{zeros, zeros, sha1.New, true}, {zeros[:16], zeros, sha256.New, true}, {zeros, zeros, sha256.New, false}}
}

const ticketKeyName = 16

// open returns the state in a ticket that k sealed, padding included.
func (k ticketKey) open(ticket []byte) (state []byte, ok bool) {
	head, n := ticketKeyName+aes.BlockSize, len(ticket)-k.newHash().Size()
	if k.counted {
		head += 2
	}
	if n <= head || (n-head)%aes.BlockSize != 0 || k.counted && int(binary.BigEndian.Uint16(ticket[head-2:])) != n-head {
		return nil, false
	}
	m := hmac.New(k.newHash, k.mac)
	m.Write(ticket[:n])
	block, err := aes.NewCipher(k.cipher)
	if err != nil || !hmac.Equal(m.Sum(nil), ticket[n:]) {
		return nil, false
	}
	state = make([]byte, n-head)
	cipher.NewCBCDecrypter(block, ticket[ticketKeyName:][:aes.BlockSize]).CryptBlocks(state, ticket[head:n])
	return state, true
}

// sealedWithZeros reports whether anybody can open a ticket, since its key is of zeros.
func sealedWithZeros(ticket []byte) bool {
	for _, k := range zeroKeys() {
		if _, ok := k.open(ticket); ok {
			return true
		}
	}
	return false
}
