package tlspeer_test

import (
	"crypto/tls"
	"errors"
	"io"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// echoServer answers with crypto/tls and sends back what it reads.
func echoServer(t *testing.T, cfg *tls.Config, cc *tlspeer.ClientConfig) (*tlspeer.Session, error) {
	t.Helper()
	client, server := connect(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c := tls.Server(server, cfg)
		io.Copy(c, c)
		c.Close()
	}()
	t.Cleanup(func() { client.Close(); <-done })
	return tlspeer.Client(testContext(t), client, cc)
}

func TestClientSuites(t *testing.T) {
	cert := certificate(t, "p256")
	for _, suite := range tlspeer.Suites()[:3] { // crypto/tls has no CCM
		t.Run(suite.String(), func(t *testing.T) {
			cc := &tlspeer.ClientConfig{
				Hello:  hello([]tlswire.Suite{suite}, []tlswire.Group{tlswire.X25519}),
				Shares: []tlswire.Group{tlswire.X25519},
			}
			s, err := echoServer(t, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13}, cc)
			if err != nil {
				t.Fatal(err)
			}
			if s.Seen.ServerHello.Suite != suite {
				t.Errorf("suite %v", s.Seen.ServerHello.Suite)
			}
			finish(t, s)
			if len(s.Seen.Tickets) == 0 {
				t.Error("no tickets")
			}
		})
	}
}

func stdlibGroups() []tlswire.Group {
	return []tlswire.Group{
		tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1,
		tlswire.X25519MLKEM768, tlswire.SecP256r1MLKEM768, tlswire.SecP384r1MLKEM1024,
	}
}

func TestClientGroups(t *testing.T) {
	cert := certificate(t, "p256")
	for _, group := range stdlibGroups() {
		server := &tls.Config{Certificates: []tls.Certificate{cert}, CurvePreferences: []tls.CurveID{tls.CurveID(group)}}
		for _, test := range []struct {
			name   string
			shares []tlswire.Group
			retry  bool
		}{
			{"share", []tlswire.Group{group}, false},
			{"empty list", []tlswire.Group{}, true},
			{"wrong guess", []tlswire.Group{0x0A0A, tlswire.FFDHE2048}, true},
		} {
			t.Run(group.String()+"/"+test.name, func(t *testing.T) {
				cc := &tlspeer.ClientConfig{
					Hello:  hello(tlspeer.Suites(), []tlswire.Group{0x0A0A, tlswire.FFDHE2048, group}),
					Shares: test.shares,
				}
				s, err := echoServer(t, server, cc)
				if err != nil {
					t.Fatal(err)
				}
				if g, _ := s.Seen.ServerHello.Group(); g != group {
					t.Errorf("group %v", g)
				}
				if got := s.Seen.HelloRetryRequest != nil; got != test.retry {
					t.Errorf("retry %v", got)
				}
				finish(t, s)
			})
		}
	}
}

func TestClientCertificates(t *testing.T) {
	for _, test := range []struct {
		kind   string
		scheme tlswire.SignatureScheme
	}{
		{"rsa", tlswire.RSAPSSRSAESHA256},
		{"p256", tlswire.ECDSASecp256r1SHA256},
		{"p384", tlswire.ECDSASecp384r1SHA384},
		{"p521", tlswire.ECDSASecp521r1SHA512},
		{"ed25519", tlswire.Ed25519},
	} {
		t.Run(test.kind, func(t *testing.T) {
			cert := certificate(t, test.kind)
			cert.OCSPStaple = []byte("staple")
			cfg := &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"smtp"}, ClientAuth: tls.RequestClientCert}
			h := hello(tlspeer.Suites(), stdlibGroups())
			h.Extensions = append(h.Extensions, tlswire.ALPN([]string{"smtp"}), tlswire.StatusRequest(tlswire.OCSPStatusRequest{}))
			s, err := echoServer(t, cfg, &tlspeer.ClientConfig{Hello: h, Shares: []tlswire.Group{tlswire.X25519}})
			if err != nil {
				t.Fatal(err)
			}
			checkCertificate(t, &s.Seen, cert.Certificate[0], test.scheme)
			if _, ok := tlswire.Find(s.Seen.EncryptedExtensions, tlswire.ExtensionALPN); !ok {
				t.Error("no ALPN in the encrypted extensions")
			}
			if _, ok := tlswire.Find(s.Seen.Certificate.Entries[0].Extensions, tlswire.ExtensionStatusRequest); !ok {
				t.Error("no staple")
			}
			if s.Seen.CertificateRequest == nil {
				t.Error("no certificate request")
			}
			finish(t, s)
		})
	}
}

func checkCertificate(t *testing.T, seen *tlspeer.Seen, der []byte, scheme tlswire.SignatureScheme) {
	t.Helper()
	if seen.Certificate == nil || string(seen.Certificate.Entries[0].DER) != string(der) {
		t.Fatalf("certificate %+v", seen.Certificate)
	}
	if seen.Scheme != scheme {
		t.Errorf("scheme %v", seen.Scheme)
	}
	if seen.SignatureValid == nil || !*seen.SignatureValid {
		t.Errorf("signature valid: %v", seen.SignatureValid)
	}
}

func TestClientEnds(t *testing.T) {
	cert := certificate(t, "p256")
	base := &tls.Config{Certificates: []tls.Certificate{cert}}
	old := &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12}
	both := hello([]tlswire.Suite{tlswire.TLS_AES_128_GCM_SHA256, 0xC02B}, []tlswire.Group{tlswire.X25519})
	both.Extensions[1] = tlswire.SupportedVersions([]tlswire.Version{tlswire.TLS13, tlswire.TLS12})
	for _, test := range []struct {
		name   string
		server *tls.Config
		hello  tlswire.ClientHello
		end    tlspeer.End
		alert  tlswire.AlertDescription
	}{
		{"no common suite", base, hello([]tlswire.Suite{tlswire.TLS_AES_128_CCM_SHA256}, []tlswire.Group{tlswire.X25519}), tlspeer.EndAlert, tlswire.AlertHandshakeFailure},
		{"no common version", old, hello(tlspeer.Suites(), []tlswire.Group{tlswire.X25519}), tlspeer.EndAlert, tlswire.AlertProtocolVersion},
		{"older version", old, both, tlspeer.EndVersion, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := echoServer(t, test.server, &tlspeer.ClientConfig{Hello: test.hello, Shares: []tlswire.Group{tlswire.X25519}})
			var e *tlspeer.Error
			if !errors.As(err, &e) || e.End != test.end || s.Seen.End != test.end || e.Seen != &s.Seen {
				t.Fatalf("error %v, end %q", err, s.Seen.End)
			}
			if test.alert != 0 && (s.Seen.Alert == nil || s.Seen.Alert.Description != test.alert) {
				t.Errorf("alert %v", s.Seen.Alert)
			}
			if test.end == tlspeer.EndVersion && s.Seen.ServerHello.NegotiatedVersion() != tlswire.TLS12 {
				t.Errorf("server hello %+v", s.Seen.ServerHello)
			}
		})
	}
}
