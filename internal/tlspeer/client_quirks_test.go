package tlspeer_test

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// dialForeign runs the server's half of a handshake with a server of its own.
func dialForeign(t *testing.T, server realtest.Starter, cc *tlspeer.ClientConfig) *tlspeer.Session {
	t.Helper()
	conn, err := net.Dial("tcp", realtest.Start(t, server).Addr("tls"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s, err := tlspeer.Client(testContext(t), conn, cc)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestClientForeignQuirks(t *testing.T) {
	openssl := func(args ...string) realtest.Starter {
		return realtest.OpenSSL{Silent: true, Args: append([]string{"-tls1_3"}, args...)}
	}
	for _, test := range []struct {
		name   string
		server realtest.Starter
		retry  []tlswire.ExtensionType // in the HelloRetryRequest
	}{
		{"cookie", openssl("-stateless"), []tlswire.ExtensionType{tlswire.ExtensionSupportedVersions, tlswire.ExtensionCookie}},
		{"wrong guess", openssl("-groups", "P-384"), []tlswire.ExtensionType{tlswire.ExtensionSupportedVersions, tlswire.ExtensionKeyShare}},
		{"no compatibility mode", openssl("-no_middlebox"), nil},
		{"fragments", openssl("-max_send_frag", "512"), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := hello(tlspeer.Suites(), append(classicGroups(), tlswire.X25519MLKEM768))
			h.SessionID = nil // s_server -stateless stumbles over the change_cipher_spec that a session id brings, also from s_client
			s := dialForeign(t, test.server, &tlspeer.ClientConfig{Hello: h, Shares: []tlswire.Group{tlswire.X25519MLKEM768, tlswire.X25519}})
			if v := s.Seen.SignatureValid; v == nil || !*v {
				t.Errorf("signature valid: %v", v)
			}
			if r := s.Seen.HelloRetryRequest; (r != nil) != (test.retry != nil) {
				t.Errorf("retry %+v", r)
			}
			for _, want := range test.retry {
				if _, ok := tlswire.Find(s.Seen.HelloRetryRequest.Extensions, want); !ok {
					t.Errorf("no %v in the retry", want)
				}
			}
			if err := s.Finish(testContext(t)); err != nil {
				t.Fatal(err)
			}
			goodbye(t, s)
		})
	}
}

// TestClientRefusedLate wants the alert of a server that insists on a certificate, which comes behind the handshake.
func TestClientRefusedLate(t *testing.T) {
	server := realtest.OpenSSL{Silent: true, Args: []string{"-tls1_3", "-Verify", "1"}}
	s := dialForeign(t, server, &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]})
	if s.Seen.CertificateRequest == nil {
		t.Error("no certificate request")
	}
	if err := s.Finish(testContext(t)); err != nil {
		t.Fatal(err)
	}
	_, err := io.ReadAll(s)
	var e *tlspeer.Error
	if !errors.As(err, &e) || e.End != tlspeer.EndAlert || s.Seen.Alert.Description != tlswire.AlertCertificateRequired {
		t.Errorf("error %v, alert %v", err, s.Seen.Alert)
	}
}
