package probe

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// versions are all protocol versions a scan asks for, in the order in which they are asked.
var versions = []tlswire.Version{tlswire.TLS12, tlswire.TLS13, tlswire.TLS10, tlswire.TLS11, tlswire.SSLv3, tlswire.SSLv2}

// suiteTemplates holds what templateSuites returns.
var suiteTemplates = func() map[tlswire.Version][]tlswire.Suite {
	m := map[tlswire.Version][]tlswire.Suite{}
	for _, v := range versions {
		m[v] = suitesOf(v)
	}
	return m
}()

// templateSuites returns the suites a full offer of version v lists. The caller must not change them.
func templateSuites(v tlswire.Version) []tlswire.Suite { return slices.Clip(suiteTemplates[v]) }

// suitesOf returns the suites a full offer of version v lists, most plausible first. Suites beyond their last version are
// listed too, since old stacks accept them; suites of a later version are not, since they cannot work.
func suitesOf(v tlswire.Version) []tlswire.Suite {
	var list []tlswire.SuiteInfo
	for _, s := range tlswire.Suites() {
		if offeredIn(s, v) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b tlswire.SuiteInfo) int { return plausibility(b) - plausibility(a) })
	ids := make([]tlswire.Suite, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	return finiteFieldLast(ids)
}

func offeredIn(s tlswire.SuiteInfo, v tlswire.Version) bool {
	if s.ID == 0 { // TLS_NULL_WITH_NULL_NULL and its SSLv2 twin are states, not offers (RFC 5246, Section A.5)
		return false
	}
	return s.Negotiable(v)
}

// plausibility orders suites by how likely a mail server accepts them; the number has no other meaning.
func plausibility(s tlswire.SuiteInfo) int {
	return 100*plausibleCipher(s) + 10*plausibleExchange(s) + plausibleMAC(s)
}

func plausibleExchange(s tlswire.SuiteInfo) int {
	switch {
	case s.KeyExchange == tlswire.KeyExchangeECDHE && s.Auth == tlswire.AuthRSA, s.MinVersion == tlswire.TLS13:
		return 9
	case s.KeyExchange == tlswire.KeyExchangeECDHE && s.Auth == tlswire.AuthECDSA:
		return 8
	case s.KeyExchange == tlswire.KeyExchangeDHE && s.Auth == tlswire.AuthRSA:
		return 7
	case s.KeyExchange == tlswire.KeyExchangeRSA && s.Auth == tlswire.AuthRSA:
		return 6
	case s.Anonymous:
		return 5
	}
	return 0
}

func plausibleCipher(s tlswire.SuiteInfo) int {
	switch {
	case plausibleExchange(s) == 0 || s.Export || s.Null:
		return 0
	case s.Cipher == "AES" && s.Mode == tlswire.ModeGCM:
		return 9
	case s.Cipher == "CHACHA20-POLY1305":
		return 8
	case s.Cipher == "AES" && s.Mode == tlswire.ModeCBC:
		return 7
	case s.Cipher == "AES":
		return 6
	case s.Cipher == "CAMELLIA":
		return 5
	case s.Cipher == "ARIA":
		return 4
	case s.Cipher == "3DES" || s.Cipher == "SEED" || s.Cipher == "RC4":
		return 3
	}
	return 1
}

func plausibleMAC(s tlswire.SuiteInfo) int {
	if s.Bits == 256 {
		return 2
	}
	return 1
}

// curves are the elliptic curve groups of TLS 1.2 and older, most plausible first; finite-field groups are apart, since
// a server that knows none of those listed may not use DHE at all (RFC 7919, Section 4).
var curves = slices.Concat([]tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.X448, tlswire.Secp521r1, tlswire.Secp384r1,
	tlswire.Secp256k1, tlswire.BrainpoolP256r1, tlswire.BrainpoolP384r1, tlswire.BrainpoolP512r1,
	tlswire.Secp224r1, tlswire.Secp192r1}, groupRange(1, 18), []tlswire.Group{20})

var finiteFields = groupRange(0x0100, 0x0104)

// groups13 are the groups of TLS 1.3, most plausible first; 0x6399 and 0x639A are the Kyber drafts.
var groups13 = slices.Concat([]tlswire.Group{tlswire.X25519MLKEM768, tlswire.X25519, tlswire.Secp256r1, tlswire.X448,
	tlswire.Secp521r1, tlswire.Secp384r1}, finiteFields, []tlswire.Group{tlswire.SecP256r1MLKEM768, tlswire.SecP384r1MLKEM1024,
	tlswire.MLKEM768, tlswire.MLKEM512, tlswire.MLKEM1024, 31, 32, 33, 41, 0x11EE, 0x6399, 0x639A, tlswire.Secp256k1})

func groupRange(from, to tlswire.Group) []tlswire.Group {
	var list []tlswire.Group
	for g := from; g <= to; g++ {
		list = append(list, g)
	}
	return list
}

// hybrids are the post-quantum groups that servers accept together.
var hybrids = []tlswire.Group{tlswire.X25519MLKEM768, tlswire.SecP256r1MLKEM768, tlswire.SecP384r1MLKEM1024}

// groupsOf returns the groups a full offer of version v lists.
func groupsOf(v tlswire.Version) []tlswire.Group {
	if v == tlswire.TLS13 {
		return groups13
	}
	return slices.Concat(curves, finiteFields)
}

var (
	schemesBoth = []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256, tlswire.ECDSASecp256r1SHA256, tlswire.Ed25519,
		tlswire.RSAPSSRSAESHA384, tlswire.ECDSASecp384r1SHA384, tlswire.RSAPSSRSAESHA512, tlswire.ECDSASecp521r1SHA512, tlswire.Ed448,
		tlswire.RSAPSSPSSSHA256, tlswire.RSAPSSPSSSHA384, tlswire.RSAPSSPSSSHA512,
		tlswire.RSAPKCS1SHA256, tlswire.RSAPKCS1SHA384, tlswire.RSAPKCS1SHA512, tlswire.RSAPKCS1SHA1, tlswire.ECDSASHA1}
	schemes12 = slices.Concat(schemesBoth, []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA224, tlswire.ECDSASHA224,
		0x0602, 0x0502, tlswire.DSASHA256, 0x0302, tlswire.DSASHA1, tlswire.RSAPKCS1MD5, 0x0103, 0x0102})
	schemes13 = slices.Concat(schemesBoth, []tlswire.SignatureScheme{0x081A, 0x081B, 0x081C, 0x0708,
		tlswire.MLDSA44, tlswire.MLDSA65, tlswire.MLDSA87})
)

// schemesOf returns the signature schemes a full offer of version v lists; none before TLS 1.2.
func schemesOf(v tlswire.Version) []tlswire.SignatureScheme {
	switch v {
	case tlswire.TLS13:
		return schemes13
	case tlswire.TLS12:
		return schemes12
	}
	return nil
}
