package tlspeer_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// serverConfig is a server with the certificate, for AES-128-GCM and X25519.
func serverConfig(cert tls.Certificate, scheme tlswire.SignatureScheme) *tlspeer.ServerConfig {
	return &tlspeer.ServerConfig{
		Suite: tlswire.TLS_AES_128_GCM_SHA256, Group: tlswire.X25519, Scheme: scheme, Key: cert.PrivateKey.(crypto.Signer),
		Certificate: tlswire.CertificateTLS13{Entries: []tlswire.CertificateEntry{{DER: cert.Certificate[0]}}},
	}
}

// serve answers one connection, echoes until it ends, and delivers the session and error of the handshake.
func serve(ctx context.Context, conn net.Conn, cfg *tlspeer.ServerConfig) <-chan served {
	done := make(chan served, 1)
	go func() {
		s, err := tlspeer.Server(ctx, conn, nil, cfg)
		if err == nil {
			io.Copy(s, s)
		}
		s.Close()
		done <- served{s, err}
	}()
	return done
}

type served struct {
	session *tlspeer.Session
	err     error
}

// dialStdlib connects crypto/tls to a server and exchanges a line.
func dialStdlib(t *testing.T, cfg *tlspeer.ServerConfig, client *tls.Config) (*tls.Conn, *tlspeer.Session) {
	t.Helper()
	conn, server := connect(t)
	done := serve(testContext(t), server, cfg)
	client.InsecureSkipVerify = true
	c := tls.Client(conn, client)
	if err := c.HandshakeContext(testContext(t)); err != nil {
		conn.Close()
		t.Fatalf("client: %v; server: %v", err, (<-done).err)
	}
	exchange(t, c)
	c.Close()
	return c, (<-done).session
}

func TestServerGroups(t *testing.T) {
	cert := certificate(t, "p256")
	for _, group := range stdlibGroups() {
		for _, retry := range []bool{false, true} {
			name := group.String()
			if retry {
				name += "/retry"
			}
			t.Run(name, func(t *testing.T) {
				cfg := serverConfig(cert, tlswire.ECDSASecp256r1SHA256)
				cfg.Group = group
				client := &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveID(group)}}
				if retry { // crypto/tls sends no share for its second choice, and takes no retry without a change
					client.CurvePreferences = nil
					cfg.Retry, cfg.Cookie = group == tlswire.X25519, []byte("cookie")
				}
				c, s := dialStdlib(t, cfg, client)
				if got := c.ConnectionState().CurveID; got != tls.CurveID(group) {
					t.Errorf("group %v", got)
				}
				if h := s.Seen.ClientHello; len(h.SessionID) == 0 || len(s.Seen.Messages) < 2 {
					t.Errorf("seen %+v", s.Seen)
				}
			})
		}
	}
}

func TestServerSuites(t *testing.T) {
	for _, test := range []struct {
		suite  tlswire.Suite
		kind   string
		scheme tlswire.SignatureScheme
	}{
		{tlswire.TLS_AES_128_GCM_SHA256, "rsa", tlswire.RSAPSSRSAESHA512},
		{tlswire.TLS_AES_256_GCM_SHA384, "p521", tlswire.ECDSASecp521r1SHA512},
		{tlswire.TLS_CHACHA20_POLY1305_SHA256, "ed25519", tlswire.Ed25519},
	} {
		for _, size := range []int{0, 1, 100, 1 << 14} {
			t.Run(test.suite.String(), func(t *testing.T) {
				cfg := serverConfig(certificate(t, test.kind), test.scheme)
				cfg.Suite, cfg.RecordSize = test.suite, size
				cfg.Extensions = []tlswire.Extension{tlswire.ALPN([]string{"smtp"})}
				c, _ := dialStdlib(t, cfg, &tls.Config{NextProtos: []string{"smtp"}})
				if got := c.ConnectionState(); got.CipherSuite != uint16(test.suite) || got.NegotiatedProtocol != "smtp" {
					t.Errorf("state %+v", got)
				}
			})
		}
	}
}

func TestServerAsksForCertificate(t *testing.T) {
	request := &tlswire.CertificateRequestTLS13{Extensions: []tlswire.Extension{tlswire.SignatureAlgorithms(everyScheme())}}
	for _, test := range []struct {
		name   string
		client []tls.Certificate
	}{
		{"none", nil},
		{"ed25519", []tls.Certificate{certificate(t, "ed25519")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
			cfg.CertificateRequest = request
			_, s := dialStdlib(t, cfg, &tls.Config{Certificates: test.client})
			if got := len(s.Seen.Certificate.Entries); got != len(test.client) {
				t.Errorf("%d certificates", got)
			}
			if test.client != nil && (s.Seen.SignatureValid == nil || !*s.Seen.SignatureValid) {
				t.Errorf("signature valid: %v", s.Seen.SignatureValid)
			}
		})
	}
}

func TestServerTickets(t *testing.T) {
	cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
	cfg.Tickets = []tlswire.NewSessionTicketTLS13{{Lifetime: 60, Nonce: []byte{1}, Ticket: []byte("ticket")}}
	cache := new(countingCache)
	dialStdlib(t, cfg, &tls.Config{ClientSessionCache: cache, ServerName: serverName})
	if cache.puts != 1 {
		t.Errorf("the client kept %d tickets", cache.puts)
	}
}

type countingCache struct{ puts int }

func (c *countingCache) Get(string) (*tls.ClientSessionState, bool) { return nil, false }
func (c *countingCache) Put(_ string, s *tls.ClientSessionState) {
	if s != nil {
		c.puts++
	}
}

// TestServerHooks shows that crypto/tls notices what the hooks do.
func TestServerHooks(t *testing.T) {
	flip := func(want tlswire.HandshakeType) func(tlswire.Handshake) []tlswire.Handshake {
		return func(m tlswire.Handshake) []tlswire.Handshake {
			if m.Type == want {
				m.Body = bytes.Clone(m.Body)
				m.Body[len(m.Body)-1] ^= 1
			}
			return []tlswire.Handshake{m}
		}
	}
	drop := func(m tlswire.Handshake) []tlswire.Handshake {
		if m.Type == tlswire.TypeCertificate {
			return nil
		}
		return []tlswire.Handshake{m}
	}
	corrupt := func(r tlswire.Record) []tlswire.Record {
		if r.Type == tlswire.ContentApplicationData {
			r.Payload[0] ^= 1
		}
		return []tlswire.Record{r}
	}
	for _, test := range []struct {
		name  string
		hooks tlspeer.Hooks
		alert tlswire.AlertDescription
	}{
		{"signature", tlspeer.Hooks{Message: flip(tlswire.TypeCertificateVerify)}, tlswire.AlertDecryptError},
		{"finished", tlspeer.Hooks{Message: flip(tlswire.TypeFinished)}, tlswire.AlertDecryptError},
		{"no certificate", tlspeer.Hooks{Message: drop}, tlswire.AlertUnexpectedMessage},
		{"corrupt records", tlspeer.Hooks{Record: corrupt}, tlswire.AlertBadRecordMAC},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, server := connect(t)
			cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
			cfg.Hooks = test.hooks
			done := serve(testContext(t), server, cfg)
			if err := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).Handshake(); err == nil {
				t.Error("the client is content")
			}
			conn.Close()
			got := <-done
			var e *tlspeer.Error
			if !errors.As(got.err, &e) || e.End != tlspeer.EndAlert || e.Seen.Alert.Description != test.alert {
				t.Errorf("server: %v, %+v", got.err, got.session.Seen.Alert)
			}
		})
	}
}
