package tlspeer_test

import (
	"io"
	"net"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// foreign is a server of another TLS stack, with everything it has switched on.
type foreign struct {
	name    string
	server  realtest.Starter
	suites  []tlswire.Suite
	groups  []tlswire.Group
	schemes []tlswire.SignatureScheme
	answer  string // to "tls\n"; empty where the server says nothing of its own, but sends a ticket
}

func ffdheGroups() []tlswire.Group {
	return []tlswire.Group{tlswire.FFDHE2048, tlswire.FFDHE3072, tlswire.FFDHE4096, tlswire.FFDHE6144, tlswire.FFDHE8192}
}

func classicGroups() []tlswire.Group {
	return []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1}
}

const opensslSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
const opensslGroups = "X25519:P-256:P-384:P-521:X448:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192"

func foreignServers() []foreign {
	all := append(append(classicGroups(), tlswire.X448), ffdheGroups()...)
	rsa := []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512}
	both := []realtest.Key{realtest.RSA, realtest.ECDSA}
	gcm := tlspeer.Suites()[:3]
	return []foreign{
		{"openssl", realtest.OpenSSL{Keys: both, Silent: true, Args: []string{"-tls1_3", "-ciphersuites", opensslSuites, "-groups", opensslGroups, "-verify", "1"}},
			tlspeer.Suites(), all, append(rsa, tlswire.ECDSASecp256r1SHA256), ""},
		{"openssl -rev", realtest.OpenSSL{Keys: both, Silent: true, Args: []string{"-tls1_3", "-rev", "-ciphersuites", opensslSuites}}, // takes a second for each
			tlspeer.Suites()[1:4:4], all[:1], nil, "slt\n"},
		{"gnutls", realtest.GnuTLS{Keys: both, Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.3:+AES-128-CCM-8:+GROUP-X448", Args: []string{"--echo"}},
			tlspeer.Suites(), all, append(rsa, tlswire.ECDSASecp256r1SHA256), "tls\n"},
		{"nss", realtest.NSS{Keys: both, Versions: "tls1.3:tls1.3", Args: []string{"-u"}}, gcm, append(classicGroups()[:3:3], tlswire.FFDHE2048), rsa, ""},
		// Java strips leading zeros off a finite-field secret, against RFC 8446, Section 7.4.1: one in 256 handshakes fails.
		{"java", realtest.Java{Keys: both, Silent: true, Versions: []string{"TLSv1.3"}, Suites: names(gcm)}, gcm, all[:5:5], rsa, ""},
	}
}

func names(suites []tlswire.Suite) (list []string) {
	for _, s := range suites {
		list = append(list, s.String())
	}
	return list
}

func TestClientForeign(t *testing.T) {
	for _, f := range foreignServers() {
		t.Run(f.name, func(t *testing.T) {
			addr := realtest.Start(t, f.server).Addr("tls")
			for _, suite := range f.suites {
				t.Run(suite.String(), func(t *testing.T) {
					cc := &tlspeer.ClientConfig{Hello: hello([]tlswire.Suite{suite}, f.groups), Shares: f.groups[:1]}
					s := f.handshake(t, addr, cc)
					if s.Seen.ServerHello.Suite != suite {
						t.Errorf("suite %v", s.Seen.ServerHello.Suite)
					}
				})
			}
			for _, group := range f.groups {
				t.Run(group.String(), func(t *testing.T) { f.testGroup(t, addr, group) })
			}
			for _, scheme := range f.schemes {
				t.Run(scheme.String(), func(t *testing.T) {
					h := hello(tlspeer.Suites(), f.groups)
					h.Extensions[3] = tlswire.SignatureAlgorithms([]tlswire.SignatureScheme{scheme})
					h.Extensions = append(h.Extensions, tlswire.SignatureAlgorithmsCert(everyScheme()))
					s := f.handshake(t, addr, &tlspeer.ClientConfig{Hello: h, Shares: f.groups[:1]})
					if s.Seen.Scheme != scheme {
						t.Errorf("scheme %v", s.Seen.Scheme)
					}
				})
			}
		})
	}
}

// testGroup wants the group agreed on at once, and named by the server when there is no share.
func (f foreign) testGroup(t *testing.T, addr string, group tlswire.Group) {
	for _, shares := range [][]tlswire.Group{{group}, {}} {
		h := hello(tlspeer.Suites(), []tlswire.Group{group})
		h.SessionID = h.SessionID[:32*(1-len(shares))] // without middlebox compatibility, too
		s := f.handshake(t, addr, &tlspeer.ClientConfig{Hello: h, Shares: shares, RecordSize: 40})
		if got, _ := s.Seen.ServerHello.Group(); got != group {
			t.Errorf("group %v", got)
		}
		if (s.Seen.HelloRetryRequest == nil) == (len(shares) == 0) {
			t.Errorf("retry: %v, shares: %d", s.Seen.HelloRetryRequest, len(shares))
		}
	}
}

// handshake wants a whole handshake with a valid signature, and an answer behind it.
func (f foreign) handshake(t *testing.T, addr string, cc *tlspeer.ClientConfig) *tlspeer.Session {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s, err := tlspeer.Client(testContext(t), conn, cc)
	if err != nil {
		t.Fatal(err)
	}
	if v := s.Seen.SignatureValid; v == nil || !*v {
		t.Errorf("signature valid: %v", v)
	}
	if err := s.Finish(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if f.answer != "" {
		f.wantAnswer(t, s)
		if err := s.UpdateKeys(true); err != nil {
			t.Fatal(err)
		}
		f.wantAnswer(t, s)
	}
	goodbye(t, s)
	return s
}

func (f foreign) wantAnswer(t *testing.T, s *tlspeer.Session) {
	t.Helper()
	if _, err := io.WriteString(s, "tls\n"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(f.answer))
	if _, err := io.ReadFull(s, got); err != nil || string(got) != f.answer {
		t.Fatalf("answer %q, %v", got, err)
	}
}

// goodbye sends close_notify and reads to the end; a ticket on the way shows that the server was content with the client's Finished.
func goodbye(t *testing.T, s *tlspeer.Session) {
	t.Helper()
	if err := s.SendAlert(tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify}); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(s); len(rest) > 0 || s.Seen.End != tlspeer.EndAlert && s.Seen.End != tlspeer.EndClosed {
		t.Errorf("the end: %q, %v", rest, err)
	}
	if len(s.Seen.Tickets) == 0 {
		t.Errorf("no ticket; alert %v", s.Seen.Alert)
	}
}
