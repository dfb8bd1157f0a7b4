package tlspeer_test

import (
	"crypto/tls"
	"io"
	"net"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// resumption is how a server takes a ticket.
type resumption string

const (
	notResumed   resumption = "full handshake"
	resumedBare  resumption = "resumed without a key exchange"
	resumedShare resumption = "resumed with a key exchange"
)

func resumptionOf(s *tlspeer.Session) resumption {
	_, share := s.Seen.ServerHello.KeyShare()
	switch {
	case !s.Seen.Resumed:
		return notResumed
	case share:
		return resumedShare
	}
	return resumedBare
}

// offering is the hello of these tests with those modes.
func offering(suite tlswire.Suite, modes ...tlswire.PSKMode) tlswire.ClientHello {
	h := hello([]tlswire.Suite{suite}, classicGroups())
	h.Extensions[4] = tlswire.PSKKeyExchangeModes(modes)
	return h
}

// resumeOver completes a handshake, takes leave, and returns the tickets.
func resumeOver(t *testing.T, conn net.Conn, cc *tlspeer.ClientConfig) (*tlspeer.Session, []tlspeer.Ticket) {
	t.Helper()
	defer conn.Close()
	s, err := tlspeer.Client(testContext(t), conn, cc)
	if err == nil {
		err = s.Finish(testContext(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SendAlert(tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify}); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(s); len(rest) > 0 {
		t.Logf("%q, %v", rest, err)
	}
	return s, s.Tickets()
}

// TestResumeForeign resumes by tickets of other stacks: offering to leave the key exchange out, not to, and by way of a retry.
func TestResumeForeign(t *testing.T) {
	both := []realtest.Key{realtest.RSA, realtest.ECDSA}
	gcm := names(tlspeer.Suites()[:2])
	for _, f := range []struct {
		name   string
		server realtest.Starter
		bare   resumption // the answer to psk_ke alone
	}{
		{"openssl", realtest.OpenSSL{Keys: both, Silent: true, Args: []string{"-tls1_3", "-allow_no_dhe_kex"}}, resumedBare},
		{"openssl default", realtest.OpenSSL{Keys: both, Silent: true, Args: []string{"-tls1_3"}}, notResumed},
		{"gnutls", realtest.GnuTLS{Keys: both, Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.3:+PSK:+DHE-PSK:+ECDHE-PSK", Args: []string{"--echo"}}, resumedBare},
		{"gnutls default", realtest.GnuTLS{Keys: both, Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.3", Args: []string{"--echo"}}, notResumed},
		{"nss", realtest.NSS{Keys: both, Versions: "tls1.3:tls1.3", Args: []string{"-u"}}, notResumed},
		{"java", realtest.Java{Keys: both, Silent: true, Versions: []string{"TLSv1.3"}, Suites: gcm}, notResumed},
	} {
		t.Run(f.name, func(t *testing.T) {
			addr := realtest.Start(t, f.server).Addr("tls")
			for _, suite := range tlspeer.Suites()[:2] { // of each hash
				testResume(t, suite, f.bare, func() net.Conn {
					conn, err := net.Dial("tcp", addr)
					if err != nil {
						t.Fatal(err)
					}
					return conn
				})
			}
		})
	}
}

func testResume(t *testing.T, suite tlswire.Suite, bare resumption, dial func() net.Conn) {
	for _, test := range []struct {
		name   string
		modes  []tlswire.PSKMode
		shares []tlswire.Group
		want   resumption
	}{
		{"psk_dhe_ke", []tlswire.PSKMode{tlswire.PSKWithDHE}, classicGroups()[:1], resumedShare},
		{"psk_dhe_ke behind a retry", []tlswire.PSKMode{tlswire.PSKWithDHE}, []tlswire.Group{}, resumedShare},
		{"psk_ke", []tlswire.PSKMode{tlswire.PSKOnly}, classicGroups()[:1], bare},
	} {
		t.Run(suite.String()+"/"+test.name, func(t *testing.T) {
			first := &tlspeer.ClientConfig{Hello: offering(suite, tlswire.PSKWithDHE, tlswire.PSKOnly), Shares: classicGroups()[:1]}
			s, tickets := resumeOver(t, dial(), first)
			if len(tickets) == 0 || s.Seen.Resumed {
				t.Fatalf("%d tickets, resumed %v", len(tickets), s.Seen.Resumed)
			}
			s, _ = resumeOver(t, dial(), &tlspeer.ClientConfig{Hello: offering(suite, test.modes...), Shares: test.shares, Resume: &tickets[len(tickets)-1]})
			if got := resumptionOf(s); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if full := s.Seen.Certificate != nil; full != (test.want == notResumed) {
				t.Errorf("certificate: %v", full)
			}
		})
	}
}

// TestResumeStdlib resumes a session of crypto/tls, which has psk_dhe_ke alone.
func TestResumeStdlib(t *testing.T) {
	cfg := &tls.Config{Certificates: []tls.Certificate{certificate(t, "p256")}, MinVersion: tls.VersionTLS13}
	cfg.SetSessionTicketKeys([][32]byte{{1}})
	testResume(t, tlswire.TLS_AES_128_GCM_SHA256, notResumed, func() net.Conn {
		client, server := connect(t)
		go func() {
			s := tls.Server(server, cfg)
			io.Copy(s, s)
			s.CloseWrite()
		}()
		return client
	})
}

// TestServerResumes has our server resume, too, or not.
func TestServerResumes(t *testing.T) {
	for without, want := range map[bool]resumption{false: notResumed, true: resumedBare} {
		secrets := map[string][]byte{}
		cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
		cfg.Tickets = []tlswire.NewSessionTicketTLS13{{Lifetime: 60, Nonce: []byte{7}, Ticket: []byte("ticket")}}
		cfg.Issued = func(ticket tlswire.NewSessionTicketTLS13, secret []byte) { secrets[string(ticket.Ticket)] = secret }
		cfg.Secret = func(ticket []byte) []byte { return secrets[string(ticket)] }
		cfg.WithoutShare = without
		testResume(t, cfg.Suite, want, func() net.Conn {
			client, server := connect(t)
			go func() {
				if s, err := tlspeer.Server(testContext(t), server, nil, cfg); err == nil {
					io.Copy(io.Discard, s)
					s.Close()
				}
			}()
			return client
		})
	}
}
