package legacy

import (
	"io"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// TestRenegotiateForeign renegotiates securely and insecurely where that is allowed, and is refused where it is not.
func TestRenegotiateForeign(t *testing.T) {
	allowed := append([]string{"-client_renegotiation", "-legacy_renegotiation"}, everything...)
	open := realtest.Start(t, realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: allowed}).Addr("tls")
	shut := realtest.Start(t, realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: everything}).Addr("tls")
	for _, v := range versions()[1:] {
		for _, id := range []tlswire.Suite{cbcSuite, ecdheSuite} {
			t.Run(v.String()+"/"+id.String(), func(t *testing.T) {
				h := hello(v, id)
				t.Run("secure", func(t *testing.T) {
					s := complete(t, open, &ClientConfig{Hello: h})
					for range 3 {
						renegotiate(t, s, with(h, tlswire.RenegotiationInfo(s.ClientVerifyData)))
					}
				})
				t.Run("insecure", func(t *testing.T) {
					h := h
					h.Extensions = h.Extensions[1:]
					s := complete(t, open, &ClientConfig{Hello: h})
					renegotiate(t, s, h)
				})
				t.Run("refused", func(t *testing.T) {
					s := complete(t, shut, &ClientConfig{Hello: h})
					defer s.Close()
					seen, err := s.Renegotiate(testContext(t), with(h, tlswire.RenegotiationInfo(s.ClientVerifyData)))
					if err == nil || seen.End != tlspeer.EndAlert || seen.Alert == nil || seen.Alert.Description != tlswire.AlertNoRenegotiation {
						t.Errorf("%v, %+v", err, seen)
					}
					if seen.ServerHello != nil {
						t.Error("a server hello")
					}
					greeted(t, s) // it was a warning
				})
			})
		}
	}
}

func renegotiate(t *testing.T, s *Session, h tlswire.ClientHello) {
	t.Helper()
	seen, err := s.Renegotiate(testContext(t), h)
	if err != nil {
		t.Fatalf("%v, alert %v", err, seen.Alert)
	}
	if seen.ServerHello == nil || !seen.Finished || !seen.Messages[0].Encrypted {
		t.Errorf("%+v", seen)
	}
}

// TestHelloRequestForeign is asked to renegotiate, which it reports and does only when told to.
func TestHelloRequestForeign(t *testing.T) {
	addr := realtest.Start(t, realtest.GnuTLS{Priority: gnuTLSEverything, Args: []string{"--echo"}}).Addr("tls")
	h := hello(tlswire.TLS12, ecdheGCM)
	s := complete(t, addr, &ClientConfig{Hello: h})
	io.WriteString(s, "**REHANDSHAKE**\n")
	for s.Seen.HelloRequests == 0 {
		if err := s.receive(); err != nil {
			t.Fatal(err)
		}
	}
	renegotiate(t, s, with(h, tlswire.RenegotiationInfo(s.ClientVerifyData)))
	wantLine(t, s, "executed") // what it sent while it waited
	echoed(t, s)
}
