package tlspeer

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/mailtls/mailtls/tlswire"
)

// Suites returns the suites with which this package can finish a handshake.
func Suites() []tlswire.Suite {
	return []tlswire.Suite{tlswire.TLS_AES_128_GCM_SHA256, tlswire.TLS_AES_256_GCM_SHA384, tlswire.TLS_CHACHA20_POLY1305_SHA256, tlswire.TLS_AES_128_CCM_SHA256, tlswire.TLS_AES_128_CCM_8_SHA256}
}

// suite is what the key schedule and the record layer need of a cipher suite.
type suite struct {
	newHash func() hash.Hash
	keyLen  int
	newAEAD func(key []byte) (cipher.AEAD, error)
}

func suiteOf(id tlswire.Suite) (suite, bool) {
	switch id {
	case tlswire.TLS_AES_128_GCM_SHA256:
		return suite{sha256.New, 16, newGCM}, true
	case tlswire.TLS_AES_256_GCM_SHA384:
		return suite{sha512.New384, 32, newGCM}, true
	case tlswire.TLS_CHACHA20_POLY1305_SHA256:
		return suite{sha256.New, 32, chacha20poly1305.New}, true
	case tlswire.TLS_AES_128_CCM_SHA256:
		return suite{sha256.New, 16, func(key []byte) (cipher.AEAD, error) { return newCCM(key, 16) }}, true
	case tlswire.TLS_AES_128_CCM_8_SHA256:
		return suite{sha256.New, 16, func(key []byte) (cipher.AEAD, error) { return newCCM(key, 8) }}, true
	}
	return suite{}, false
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func newCCM(key []byte, tagSize int) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return ccm{block, tagSize}, nil
}
