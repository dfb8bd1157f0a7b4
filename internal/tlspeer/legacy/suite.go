package legacy

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// suite is a cipher suite as one version uses it.
type suite struct {
	tlswire.SuiteInfo
	material int // bytes of key in the key block: fewer than keyLen in export suites
	keyLen   int
	ivLen    int // bytes of IV in the key block
	newMAC   func() hash.Hash
	newBlock func(key []byte) (cipher.Block, error) // of CBC
	newAEAD  func(key []byte) (cipher.AEAD, error)
	newPRF   func() hash.Hash // of TLS 1.2
}

// Suites returns the cipher suites with which this package can finish a
// handshake in version v, in the order of their numbers.
func Suites(v tlswire.Version) (list []tlswire.Suite) {
	for _, info := range tlswire.Suites() {
		if !info.Negotiable(v) {
			continue
		}
		if _, err := suiteOf(info.ID, v); err == nil {
			list = append(list, info.ID)
		}
	}
	return list
}

// suiteOf returns the suite, or an error that says what of it is not implemented.
func suiteOf(id tlswire.Suite, v tlswire.Version) (suite, error) {
	info, ok := id.Info()
	if !ok || id.IsSSLv2() || v < tlswire.SSLv3 || v > tlswire.TLS12 {
		return suite{}, unsupported(fmt.Errorf("suite %v in %v is not known", id, v))
	}
	s := suite{SuiteInfo: info}
	err := errors.Join(s.checkExchange(), s.setCipher(v), s.setMAC(v), s.setPRF())
	if err != nil {
		return s, unsupported(fmt.Errorf("suite %v in %v: %w", id, v, err))
	}
	return s, nil
}

func missing(what any) error { return fmt.Errorf("%v is not implemented", what) }

// privateUse is where the numbers begin that Netscape took for itself: some of its suites derive their keys in ways of their own.
const privateUse = 0xFE00

func (s *suite) checkExchange() error {
	if s.ID >= privateUse {
		return missing("a suite of a private number")
	}
	switch s.KeyExchange {
	case tlswire.KeyExchangeRSA, tlswire.KeyExchangeDHE, tlswire.KeyExchangeECDHE:
	default:
		return missing(s.KeyExchange)
	}
	switch s.Auth {
	case tlswire.AuthRSA, tlswire.AuthDSS, tlswire.AuthECDSA, tlswire.AuthAnon:
		return nil
	}
	return missing(s.Auth)
}

func (s *suite) setCipher(v tlswire.Version) error {
	s.keyLen = s.Bits / 8
	switch s.Cipher {
	case tlswire.CipherNull:
	case tlswire.CipherRC4:
		s.keyLen = 16 // the 40 and 56 bits of export suites are stretched
	case tlswire.CipherDES, tlswire.CipherDES40:
		s.keyLen, s.newBlock = 8, des.NewCipher
	case tlswire.Cipher3DES:
		s.keyLen, s.newBlock = 24, des.NewTripleDESCipher
	case tlswire.CipherAES:
		s.newBlock = aes.NewCipher
	case tlswire.CipherChaCha20:
		if s.Recommended == "-" { // the drafts before RFC 7905 had other nonces
			return missing("ChaCha20-Poly1305 of a draft")
		}
		s.ivLen, s.newAEAD = 12, chacha20poly1305.New
	default:
		return missing(s.Cipher)
	}
	s.material = s.exportMaterial()
	return s.setMode(v)
}

// exportMaterial follows RFC 2246, Section 6.3.1 and Appendix C, and draft-ietf-tls-56-bit-ciphersuites-01, Section 3.
func (s *suite) exportMaterial() int {
	switch {
	case !s.Export:
		return s.keyLen
	case s.Bits == 40:
		return 5
	case s.Cipher == tlswire.CipherDES:
		return 8
	}
	return 7
}

func (s *suite) setMode(v tlswire.Version) error {
	switch s.Mode {
	case tlswire.ModeNone, tlswire.ModeStream, tlswire.ModePoly1305:
	case tlswire.ModeCBC:
		if v < tlswire.TLS11 {
			s.ivLen = 8
			if !s.Block64 {
				s.ivLen = aes.BlockSize
			}
		}
	case tlswire.ModeGCM:
		s.ivLen, s.newAEAD, s.newBlock = 4, newGCM, nil
	case tlswire.ModeCCM:
		s.ivLen, s.newAEAD, s.newBlock = 4, newCCM(16), nil
	case tlswire.ModeCCM8:
		s.ivLen, s.newAEAD, s.newBlock = 4, newCCM(8), nil
	default:
		return missing(s.Mode)
	}
	if s.newAEAD != nil && v < tlswire.TLS12 {
		return missing("an AEAD cipher before TLS 1.2")
	}
	return nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func newCCM(tagSize int) func([]byte) (cipher.AEAD, error) {
	return func(key []byte) (cipher.AEAD, error) { return tlspeer.NewCCM(key, tagSize) }
}
