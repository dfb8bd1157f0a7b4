package cipherstring

import "fmt"

// barred says why a suite that is on the list cannot be chosen at a security level (SSL_CTX_set_security_level(3)), or by
// a mail server at all; level -1 stands for a version without levels.
func (s *opensslSuite) barred(level int) string {
	switch {
	case s.is(kx, "PSK", "RSAPSK", "DHEPSK", "ECDHEPSK"):
		return needsPSK
	case s.is(kx, "SRP"):
		return needsSRP
	case level <= 0:
		return ""
	}
	bits := [...]int{80, 112, 128, 192, 256}[level-1]
	secret := s.is(minimum, tls13) || s.is(kx, "DH", "ECDH")
	if s.strength < bits || s.is(auth, "None") || s.is(mac, "MD5") || s.is(mac, "SHA1") && bits > 160 ||
		level >= 2 && s.is(enc, "RC4") || level >= 3 && !secret {
		return fmt.Sprintf("security level %d", level)
	}
	return ""
}
