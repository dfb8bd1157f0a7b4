package legacy

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/tlswire"
)

// foreign is a server of another TLS stack, with everything it has switched on.
type foreign struct {
	name     string
	server   realtest.Starter
	versions []tlswire.Version
	has      func(v tlswire.Version, s tlswire.SuiteInfo) bool // whether it must accept a suite
	talk     func(t testing.TB, s *Session)                    // wants something said over the session
}

var (
	bothKeys   = []realtest.Key{realtest.RSA, realtest.ECDSA}
	everything = []string{"-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"}
)

const gnuTLSEverything = "NORMAL:-VERS-TLS1.3:+VERS-TLS1.0:+VERS-TLS1.1:+CIPHER-ALL:+AES-256-CCM-8:+AES-128-CCM-8:+3DES-CBC:+ARCFOUR-128:+NULL:+SHA256:+SHA384:+MD5:+ANON-ECDH:+ANON-DH"

const nssEverything = ":C02B:C02C:C02F:C030:CCA9:CCA8:CCAA:C009:C00A:C013:C014:C023:C024:C027:C028:C007:C011:C008:C012:C006:C010:" +
	"0033:0039:0067:006B:009E:009F:0016:0015:002F:0035:003C:003D:009C:009D:000A:0009:0005:0004:0002:0001:003B"

func foreignServers() []foreign {
	javaKeys := bothKeys
	if !*all {
		javaKeys = bothKeys[:1] // two take a second longer to prepare
	}
	return []foreign{
		{"openssl", realtest.OpenSSL{Keys: bothKeys, Min: tlswire.TLS10, Max: tlswire.TLS12, Args: everything}, versions()[1:], opensslHas, greeted},
		{"gnutls", realtest.GnuTLS{Keys: bothKeys, Priority: gnuTLSEverything, Args: []string{"--echo"}}, versions()[1:], gnuTLSHas, echoed},
		{"nss", realtest.NSS{Keys: bothKeys, Versions: "ssl3:tls1.2", Ciphers: nssEverything}, versions(), nssHas, served},
		{"crypto/tls", realtest.GoTLS{Keys: bothKeys, Config: goConfig()}, versions()[1:], goHas, greeted},
		{"java", realtest.Java{Keys: javaKeys, Versions: []string{"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"}, Suites: javaSuites()}, versions(), javaHas, greeted},
	}
}

// opensslHas: Debian leaves out SSLv3 and weak ciphers.
func opensslHas(_ tlswire.Version, s tlswire.SuiteInfo) bool {
	return s.OpenSSL != "" && s.Auth != tlswire.AuthDSS && is(s.Cipher, tlswire.CipherNull, tlswire.CipherAES, tlswire.CipherChaCha20)
}

// goSuites are all that crypto/tls knows, insecure ones included.
func goSuites() []*tls.CipherSuite { return append(tls.CipherSuites(), tls.InsecureCipherSuites()...) }

func goConfig() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12}
	for _, s := range goSuites() {
		c.CipherSuites = append(c.CipherSuites, s.ID)
	}
	return c
}

func goHas(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return slices.ContainsFunc(goSuites(), func(g *tls.CipherSuite) bool {
		return g.ID == uint16(s.ID) && slices.Contains(g.SupportedVersions, uint16(v))
	})
}

func gnuTLSHas(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return s.GnuTLS != "" && s.Auth != tlswire.AuthDSS
}

func nssHas(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return strings.Contains(nssEverything, fmt.Sprintf(":%04X", uint16(s.ID))) && (v > tlswire.SSLv3 || s.KeyExchange != tlswire.KeyExchangeECDHE)
}

func javaSuites() (list []string) {
	for _, v := range versions() {
		for _, id := range Suites(v) {
			if s, _ := id.Info(); javaHas(v, s) && !slices.Contains(list, javaName(id)) {
				list = append(list, javaName(id))
			}
		}
	}
	return list
}

// javaName is that of SSL for what SSLv3 already had.
func javaName(id tlswire.Suite) string {
	s, _ := id.Info()
	if s.SpecMin == tlswire.SSLv3 {
		return "SSL_" + strings.TrimPrefix(s.Name, "TLS_")
	}
	return s.Name
}

// javaHas: the versions of suites are those of the specifications.
func javaHas(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return s.Recommended != "-" && (*all || s.Auth != tlswire.AuthECDSA) && s.Auth != tlswire.AuthDSS && is(s.Mode, tlswire.ModeNone, tlswire.ModeStream, tlswire.ModeCBC, tlswire.ModeGCM, tlswire.ModePoly1305) && v <= s.SpecMax && (s.SpecMin <= v || v == tlswire.SSLv3)
}

func is[T comparable](v T, among ...T) bool { return slices.Contains(among, v) }

// greeted wants the greeting, and an answer to a command.
func greeted(t testing.TB, s *Session) {
	t.Helper()
	wantLine(t, s, "220 ")
	io.WriteString(s, "QUIT\r\n")
	wantLine(t, s, "221 ")
}

func echoed(t testing.TB, s *Session) {
	t.Helper()
	io.WriteString(s, "mailtls\n")
	wantLine(t, s, "mailtls")
}

func served(t testing.TB, s *Session) {
	t.Helper()
	io.WriteString(s, "GET / HTTP/1.0\r\n\r\n")
	wantLine(t, s, "HTTP/")
}

var all = flag.Bool("all", false, "try every suite in every version, not in one of them")

// chosen is the version, of those in which a suite is had, in which a short run tries it: another one for each stack.
func (f foreign) chosen(s tlswire.SuiteInfo) tlswire.Version {
	var list []tlswire.Version
	for _, v := range f.versions {
		if slices.Contains(Suites(v), s.ID) && f.has(v, s) {
			list = append(list, v)
		}
	}
	return list[(int(s.ID)+len(f.name))%len(list)]
}

// TestClientForeign finishes a handshake with every suite that a foreign stack has, and talks over it.
func TestClientForeign(t *testing.T) {
	for _, f := range foreignServers() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			addr := realtest.Start(t, f.server).Addr("tls")
			for _, v := range f.versions {
				for _, id := range Suites(v) {
					if info, _ := id.Info(); f.has(v, info) && (*all || f.chosen(info) == v) {
						t.Run(v.String()+"/"+id.String(), func(t *testing.T) { f.testSuite(t, addr, v, info) })
					}
				}
			}
		})
	}
}

func (f foreign) testSuite(t *testing.T, addr string, v tlswire.Version, info tlswire.SuiteInfo) {
	s := complete(t, addr, &ClientConfig{Hello: hello(v, info.ID)})
	defer s.Close()
	h := s.Seen.ServerHello
	if h.Version != v || h.Suite != info.ID {
		t.Errorf("%v, %v", h.Version, h.Suite)
	}
	k := s.Seen.ServerKeyExchange
	if signed := k != nil && k.Signature != nil; signed != (s.Seen.SignatureValid != nil) || signed && !*s.Seen.SignatureValid {
		t.Errorf("signed: %v, valid: %v", signed, s.Seen.SignatureValid)
	}
	f.talk(t, s)
}

// TestGroupsForeign agrees on each curve.
func TestGroupsForeign(t *testing.T) {
	addr := realtest.Start(t, realtest.OpenSSL{Max: tlswire.TLS12, Args: []string{"-groups", "X25519:P-256:P-384:P-521:X448"}}).Addr("tls")
	for _, g := range []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1, tlswire.X448} {
		h := with(hello(tlswire.TLS12, ecdheGCM), tlswire.SupportedGroups([]tlswire.Group{g}))
		s := complete(t, addr, &ClientConfig{Hello: h})
		if k := s.Seen.ServerKeyExchange; k.EC == nil || k.EC.Group != g {
			t.Errorf("%v: %+v", g, k)
		}
		greeted(t, s)
		s.Close()
	}
}

// TestExtensionsForeign agrees on what changes keys and records.
func TestExtensionsForeign(t *testing.T) {
	servers := map[string]foreign{
		"openssl": {server: realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: append(everything, "-verify", "1")}, talk: greeted},
		"gnutls":  {server: realtest.GnuTLS{Priority: gnuTLSEverything, Args: []string{"--echo"}}, talk: echoed},
	}
	for name, f := range servers {
		t.Run(name, func(t *testing.T) {
			addr := realtest.Start(t, f.server).Addr("tls")
			for _, v := range versions()[1:] {
				for _, id := range []tlswire.Suite{cbcSuite, ecdheSuite} {
					h := with(hello(v, id), tlswire.EncryptThenMAC(), tlswire.ExtendedMasterSecret())
					s := complete(t, addr, &ClientConfig{Hello: h})
					if !s.Seen.EncryptThenMAC || !s.Seen.ExtendedMasterSecret {
						t.Errorf("%v, %v: %+v", v, id, s.Seen.ServerHello.Extensions)
					}
					if asked := s.Seen.CertificateRequest != nil; asked != (name == "openssl") {
						t.Errorf("%v, %v: certificate asked for: %v", v, id, asked)
					}
					f.talk(t, s)
					s.Close()
				}
			}
		})
	}
}

// TestNoCertificateForeign is asked for a certificate and has none, in the ways of SSLv3 and of TLS.
func TestNoCertificateForeign(t *testing.T) {
	addr := realtest.Start(t, realtest.NSS{Versions: "ssl3:tls1.2", Ciphers: nssEverything, Args: []string{"-r"}}).Addr("tls")
	for _, v := range versions() {
		s := complete(t, addr, &ClientConfig{Hello: hello(v, cbcSuite)})
		if s.Seen.CertificateRequest == nil {
			t.Errorf("%v: no certificate was asked for", v)
		}
		served(t, s)
		s.Close()
	}
}
