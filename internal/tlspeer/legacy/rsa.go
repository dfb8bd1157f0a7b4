package legacy

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"math/big"
)

var (
	errRSAKey   = errors.New("an RSA key that nothing can be encrypted with")
	errRSABlock = errors.New("a block that is not smaller than the RSA modulus")
)

// RSABlock raises block to the public exponent, without any padding of its own
// (RFC 8017, Section 5.1.1). Keys may be of any length, which crypto/rsa's may
// not. The result is as long as the modulus.
func RSABlock(key *rsa.PublicKey, block []byte) ([]byte, error) {
	if key.N == nil || key.N.Sign() <= 0 || key.E < 1 {
		return nil, errRSAKey
	}
	m := new(big.Int).SetBytes(block)
	if m.Cmp(key.N) >= 0 {
		return nil, errRSABlock
	}
	return m.Exp(m, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, rsaSize(key))), nil
}

// rsaSize is the length of the modulus in bytes.
func rsaSize(key *rsa.PublicKey) int { return (key.N.BitLen() + 7) / 8 }

// rsaPadded is the block that carries message (PKCS #1 v1.5: RFC 8017, Section 7.2.1).
func rsaPadded(random io.Reader, key *rsa.PublicKey, message []byte) ([]byte, error) {
	if key.N == nil || rsaSize(key) < len(message)+11 {
		return nil, errRSAKey
	}
	block := make([]byte, rsaSize(key))
	block[1] = 2
	filler := block[2 : len(block)-len(message)-1]
	for i := range filler {
		for filler[i] == 0 {
			if _, err := io.ReadFull(random, filler[i:i+1]); err != nil {
				return nil, fmt.Errorf("drawing padding: %w", err)
			}
		}
	}
	copy(block[len(block)-len(message):], message)
	return block, nil
}

// rsaEncrypt encrypts message with PKCS #1 v1.5 padding.
func rsaEncrypt(random io.Reader, key *rsa.PublicKey, message []byte) ([]byte, error) {
	block, err := rsaPadded(random, key, message)
	if err != nil {
		return nil, err
	}
	return RSABlock(key, block)
}

// rsaVerify tells whether signature is that of a digest, behind the prefix of its hash (RFC 8017, Section 8.2.2).
func rsaVerify(key *rsa.PublicKey, prefix, digest, signature []byte) bool {
	block, err := RSABlock(key, signature)
	if err != nil || len(signature) != rsaSize(key) {
		return false
	}
	filler := len(block) - 3 - len(prefix) - len(digest)
	if filler < 8 {
		return false
	}
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, filler)...)
	want = append(append(append(want, 0), prefix...), digest...)
	return bytes.Equal(block, want)
}
