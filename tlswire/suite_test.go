package tlswire

import (
	"slices"
	"testing"
)

func TestSuitesAreSortedAndUnique(t *testing.T) {
	suites := Suites()
	if len(suites) != 396 {
		t.Errorf("%d suites, want 396: data/README.md counts them", len(suites))
	}
	names := make(map[string]Suite)
	for i, info := range suites {
		if i > 0 && suites[i-1].ID >= info.ID {
			t.Errorf("%v does not come before %v", suites[i-1].ID, info.ID)
		}
		if other, taken := names[info.Name]; taken || info.Name == "" {
			t.Errorf("name %q of %#x is empty or that of %#x", info.Name, uint32(info.ID), uint32(other))
		}
		names[info.Name] = info.ID
		if info.ID.IsGREASE() || info.ID.IsSCSV() {
			t.Errorf("%v is no suite", info.ID)
		}
	}
}

func TestEverySuiteNameIsFound(t *testing.T) {
	sharedWithSSLv2 := []string{"NULL", "NULL-MD5", "EXP-RC4-MD5", "RC4-MD5", "EXP-RC2-CBC-MD5", "DES-CBC-SHA", "DES-CBC3-SHA"}
	for _, info := range Suites() {
		if found, ok := info.ID.Info(); !ok || found != info {
			t.Errorf("%v is not found by its code point", info.Name)
		}
		for _, name := range []string{info.Name, info.OpenSSL, info.GnuTLS} {
			if name == "" || info.ID.IsSSLv2() && slices.Contains(sharedWithSSLv2, name) {
				continue
			}
			if id, ok := SuiteByName(name); !ok || id != info.ID {
				t.Errorf("%q finds %v, want %v", name, id, info.ID)
			}
		}
	}
	for _, name := range sharedWithSSLv2 {
		if id, ok := SuiteByName(name); !ok || id.IsSSLv2() {
			t.Errorf("%q finds %#x, want a suite of SSLv3", name, uint32(id))
		}
	}
}

func TestUnknownSuites(t *testing.T) {
	for _, s := range []Suite{0x1234, 0x0A0A, FallbackSCSV, EmptyRenegotiationInfoSCSV, 0x123456} {
		if info, ok := s.Info(); ok {
			t.Errorf("%v has attributes: %v", s, info)
		}
	}
	for _, name := range []string{"", "TLS_FALLBACK_SCSV", "GREASE_0A0A", "aes128-sha", "0x002F"} {
		if s, ok := SuiteByName(name); ok {
			t.Errorf("%q finds %v", name, s)
		}
	}
}

func TestSuiteAttributesFitTogether(t *testing.T) {
	for _, info := range Suites() {
		t.Run(info.Name, func(t *testing.T) {
			for complaint, wrong := range suiteContradictions(info) {
				if wrong {
					t.Error(complaint)
				}
			}
		})
	}
}

func suiteContradictions(i SuiteInfo) map[string]bool {
	return map[string]bool{
		"versions are upside down":      i.MinVersion > i.MaxVersion || i.SpecMin > i.SpecMax,
		"range narrower than specified": i.MinVersion > i.SpecMin || i.MaxVersion < i.SpecMax,
		"SSLv2 kinds are SSLv2 alone":   i.ID.IsSSLv2() != (i.MaxVersion == SSLv2),
		"TLS 1.3 suites are its alone":  (i.MaxVersion == TLS13) != (i.MinVersion == TLS13),
		"TLS 1.3 chooses kx and auth":   (i.MaxVersion == TLS13) != (i.KeyExchange == KeyExchangeAny && i.Auth == AuthAny),
		"Null and its cipher differ":    i.Null != (i.Cipher == CipherNull) || i.Null != (i.Bits == 0),
		"AEAD and its MAC differ":       i.AEAD != (i.MAC == MACAEAD),
		"stronger than its key":         i.Strength > i.Bits,
		"strength of 3DES is 112":       i.Cipher == Cipher3DES && i.Strength != 112,
		"CBC without a block":           i.Mode == ModeCBC && i.Cipher == CipherRC4,
		"AEAD needs TLS 1.2":            i.AEAD && i.MinVersion < TLS12,
		"export is weak":                i.Export && i.Strength > 56,
		"anonymous has no certificate":  i.Anonymous != (i.Auth == AuthAnon || i.Auth == AuthNull),
		"static key exchange with PFS":  i.ForwardSecret && slices.Contains([]KeyExchange{KeyExchangeRSA, KeyExchangeDH, KeyExchangeECDH, KeyExchangePSK}, i.KeyExchange),
		"ephemeral one without PFS":     !i.ForwardSecret && slices.Contains([]KeyExchange{KeyExchangeDHE, KeyExchangeECDHE, KeyExchangeAny}, i.KeyExchange),
		"not a constant of KeyExchange": !slices.Contains(keyExchanges, i.KeyExchange),
		"not a constant of Auth":        !slices.Contains(auths, i.Auth),
		"not a constant of Cipher":      !slices.Contains(ciphers, i.Cipher),
		"not a constant of Mode":        !slices.Contains(modes, i.Mode),
		"not a constant of MAC":         !slices.Contains(macs, i.MAC),
		"not a constant of PRF":         !slices.Contains(prfs, i.PRF),
		"unknown recommendation":        !slices.Contains([]string{"Y", "N", "D", "-"}, i.Recommended),
		"unknown word of RFC 10015":     !slices.Contains([]string{"", "MUST NOT", "SHOULD NOT"}, i.RFC10015),
	}
}

var (
	keyExchanges = []KeyExchange{
		KeyExchangeAny, KeyExchangeNull, KeyExchangeRSA, KeyExchangeDH, KeyExchangeDHE, KeyExchangeECDH,
		KeyExchangeECDHE, KeyExchangePSK, KeyExchangeSRP, KeyExchangeKRB5, KeyExchangeECCPWD,
		KeyExchangeFortezza, KeyExchangeCECPQ1, KeyExchangeGOST94, KeyExchangeGOST2001, KeyExchangeGOST2012,
	}
	auths = []Auth{
		AuthAny, AuthNull, AuthAnon, AuthRSA, AuthDSS, AuthECDSA, AuthPSK, AuthRSAPSK, AuthSRP, AuthKRB5,
		AuthECCPWD, AuthKEA, AuthGOST94, AuthGOST2001, AuthGOST2012,
	}
	ciphers = []Cipher{
		CipherNull, CipherRC2, CipherRC4, CipherDES40, CipherDES, Cipher3DES, CipherIDEA, CipherSkipjack,
		CipherAES, CipherCamellia, CipherARIA, CipherSEED, CipherSM4, CipherChaCha20, CipherAEGIS128L,
		CipherAEGIS256, CipherAscon, CipherGOST89, CipherMagma, CipherKuznyechik,
	}
	modes = []Mode{
		ModeNone, ModeStream, ModeCBC, ModeCFB64, ModeCTR, ModeCNT, ModeGCM, ModeCCM, ModeCCM8, ModeMGM,
		ModePoly1305, ModeAEGIS, ModeAscon,
	}
	macs = []MAC{
		MACNull, MACAEAD, MACMD5, MACSHA1, MACSHA256, MACSHA384, MACGOST89, MACGOST94, MACOMAC, MACStreebog,
	}
	prfs = []PRF{
		PRFLegacy, PRFMD5, PRFSHA256, PRFSHA384, PRFSHA512, PRFSM3, PRFAscon, PRFGOST94, PRFStreebog,
	}
)

func TestSuitesOfAVersion(t *testing.T) {
	tests := []struct {
		suite   string
		version Version
		want    bool
	}{
		{"TLS_AES_128_GCM_SHA256", TLS12, false},
		{"TLS_AES_128_GCM_SHA256", TLS13, true},
		{"AES128-SHA", SSLv3, true},
		{"AES128-SHA", SSLv2, false},
		{"AES128-SHA256", TLS11, false},
		{"EXP-RC4-MD5", TLS12, true},
		{"SSL_CK_RC4_128_WITH_MD5", SSLv2, true},
		{"SSL_CK_RC4_128_WITH_MD5", SSLv3, false},
	}
	for _, test := range tests {
		t.Run(test.suite+" "+test.version.String(), func(t *testing.T) {
			id, _ := SuiteByName(test.suite)
			info, ok := id.Info()
			if !ok || info.Negotiable(test.version) != test.want {
				t.Errorf("found %v; negotiable is not %v", ok, test.want)
			}
		})
	}
}

func TestCallersCannotChangeTheTables(t *testing.T) {
	Suites()[0].Name, Groups()[0].Name, SignatureSchemes()[0].Name = "changed", "changed", "changed"
	if Suites()[0].Name == "changed" || Groups()[0].Name == "changed" || SignatureSchemes()[0].Name == "changed" {
		t.Error("a change to a returned slice changed the table")
	}
}

func BenchmarkSuiteInfo(b *testing.B) {
	for b.Loop() {
		Suite(0xC02F).Info()
	}
}
