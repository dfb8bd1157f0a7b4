package legacy

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"

	"github.com/mailtls/mailtls/tlswire"
)

func (s *suite) setMAC(v tlswire.Version) error {
	switch s.MAC {
	case tlswire.MACAEAD, tlswire.MACNull:
	case tlswire.MACMD5:
		s.newMAC = md5.New
	case tlswire.MACSHA1:
		s.newMAC = sha1.New
	case tlswire.MACSHA256:
		s.newMAC = sha256.New
	case tlswire.MACSHA384:
		s.newMAC = sha512.New384
	default:
		return missing(s.MAC)
	}
	if v == tlswire.SSLv3 && s.macLen() > sha1.Size {
		return missing("an SSLv3 MAC with " + s.MAC)
	}
	return nil
}

func (s *suite) macLen() int {
	if s.newMAC == nil {
		return 0
	}
	return s.newMAC().Size()
}

// setPRF sets what TLS 1.2 derives keys with (RFC 5246, Section 5).
func (s *suite) setPRF() error {
	switch s.PRF {
	case tlswire.PRFLegacy, tlswire.PRFSHA256:
		s.newPRF = sha256.New
	case tlswire.PRFSHA384:
		s.newPRF = sha512.New384
	default:
		return missing(s.PRF)
	}
	return nil
}
