package tlswire

import (
	"fmt"
	"slices"
	"sort"
)

//go:generate go run ./internal/gen .

// Suite is a cipher suite: the 16-bit code point of SSLv3 and TLS, or the
// 24-bit cipher kind of SSLv2, which is always above 0xFFFF. (The kind
// 0x000000, SSL_CK_NULL_WITH_MD5, cannot be told from the suite 0x0000 and is
// left out: nobody negotiates it.)
type Suite uint32

// Signalling values that stand among the suites of a ClientHello but are no
// suites: a server must never choose one.
const (
	EmptyRenegotiationInfoSCSV Suite = 0x00FF // RFC 5746, Section 3.3
	FallbackSCSV               Suite = 0x5600 // RFC 7507, Section 2
)

// The suites of TLS 1.3 (RFC 8446, Appendix B.4), named as in crypto/tls.
const (
	TLS_AES_128_GCM_SHA256       Suite = 0x1301
	TLS_AES_256_GCM_SHA384       Suite = 0x1302
	TLS_CHACHA20_POLY1305_SHA256 Suite = 0x1303
	TLS_AES_128_CCM_SHA256       Suite = 0x1304
	TLS_AES_128_CCM_8_SHA256     Suite = 0x1305
)

var signallingSuites = []named[Suite]{
	{EmptyRenegotiationInfoSCSV, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
	{FallbackSCSV, "TLS_FALLBACK_SCSV"},
}

// IsSSLv2 tells whether s is a 24-bit cipher kind, which fits SSLv2 alone.
func (s Suite) IsSSLv2() bool { return s > 0xFFFF }

// IsGREASE tells whether s is one of the reserved values of RFC 8701.
func (s Suite) IsGREASE() bool { return !s.IsSSLv2() && IsGREASE(uint16(s)) }

// IsSCSV tells whether s is a signalling value and no suite.
func (s Suite) IsSCSV() bool { return s == EmptyRenegotiationInfoSCSV || s == FallbackSCSV }

// Info gives the attributes of s; false when s is not a known suite, as GREASE
// and signalling values are not.
func (s Suite) Info() (SuiteInfo, bool) {
	i := sort.Search(len(suiteTable), func(i int) bool { return suiteTable[i].ID >= s })
	if i == len(suiteTable) || suiteTable[i].ID != s {
		return SuiteInfo{}, false
	}
	return suiteTable[i], true
}

// Suites are all known suites by ascending code point, SSLv2 kinds last,
// without GREASE and signalling values. The slice is the caller's.
func Suites() []SuiteInfo { return slices.Clone(suiteTable) }

// SuiteByName finds a suite by its IANA, OpenSSL or GnuTLS name, in this case.
// OpenSSL gave SSLv2 kinds and later suites the same names ("RC4-MD5"): they
// find the later suite.
func SuiteByName(name string) (Suite, bool) { return lookUp(suiteNames, name) }

// String is the IANA name, for code points IANA has not registered the usual
// name, and for unknown ones the number ("0x1234", SSLv2 kinds "0x010080").
func (s Suite) String() string {
	if info, ok := s.Info(); ok {
		return info.Name
	}
	if s.IsSSLv2() {
		return hexText(s, 6)
	}
	if name := greaseName(uint16(s)); name != "" {
		return name
	}
	return nameOrHex(nameIn(signallingSuites, s), s, 4)
}

// MarshalText gives what String gives.
func (s Suite) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads any name that SuiteByName knows, the names of GREASE and
// signalling values, or a number as "0x" and at most six hexadecimal digits.
func (s *Suite) UnmarshalText(text []byte) error {
	value, err := parseCodePoint(text, "cipher suite", suiteOrSignalByName)
	if err != nil {
		return err
	}
	if value > maxSuite {
		return fmt.Errorf("reading a cipher suite: %q is not a number in its range", text)
	}
	*s = value
	return nil
}

const maxSuite Suite = 0xFFFFFF

func suiteOrSignalByName(name string) (Suite, bool) {
	if value, ok := SuiteByName(name); ok {
		return value, true
	}
	if value, ok := greaseByName(name); ok {
		return Suite(value), true
	}
	return valueIn(signallingSuites)(name)
}
