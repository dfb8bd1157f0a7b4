package tlspeer_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// both runs client against server, and finishes when both are content.
func both(t testing.TB, cc *tlspeer.ClientConfig, cfg *tlspeer.ServerConfig) (*tlspeer.Session, error) {
	t.Helper()
	client, server := connect(t)
	done := serve(testContext(t), server, cfg)
	s, err := tlspeer.Client(testContext(t), client, cc)
	if err == nil {
		err = s.Finish(testContext(t))
	}
	t.Cleanup(func() { client.Close(); <-done })
	return s, err
}

// replace changes the messages of one type.
func replace(want tlswire.HandshakeType, with ...tlswire.Handshake) func(tlswire.Handshake) []tlswire.Handshake {
	return func(m tlswire.Handshake) []tlswire.Handshake {
		if m.Type == want {
			return with
		}
		return []tlswire.Handshake{m}
	}
}

// TestClientMisled has the server violate the protocol where only encrypted messages can.
func TestClientMisled(t *testing.T) {
	cert := certificate(t, "p256")
	retry := tlswire.ServerHello{
		Version: tlswire.TLS12, Random: tlswire.HelloRetryRequestRandom, Suite: tlswire.TLS_AES_128_GCM_SHA256,
		Extensions: []tlswire.Extension{tlswire.SelectedVersion(tlswire.TLS13), tlswire.RetryKeyShare(tlswire.BrainpoolP256r1)},
	}
	unknownGroup, _ := retry.Marshal()
	retry.Extensions[1] = tlswire.RetryKeyShare(tlswire.X25519)
	again, _ := retry.Marshal()
	hash := tlswire.Handshake{Type: tlswire.TypeServerHello, Body: again}
	retry.Random[0] = 0
	retry.Suite, retry.Extensions = 0x1306, retry.Extensions[:1]
	unknownSuite, _ := retry.Marshal()
	retry.Suite = tlswire.TLS_AES_128_GCM_SHA256
	noShare, _ := retry.Marshal()
	for _, test := range []struct {
		name string
		hook func(tlswire.Handshake) []tlswire.Handshake
		end  tlspeer.End
	}{
		{"retry with a group not implemented", replace(tlswire.TypeServerHello, tlswire.Handshake{Type: tlswire.TypeServerHello, Body: unknownGroup}), tlspeer.EndUnsupported},
		{"retry twice in one record", replace(tlswire.TypeServerHello, hash, hash), tlspeer.EndNonsense},
		{"retry twice", func(m tlswire.Handshake) []tlswire.Handshake {
			if m.Type == tlswire.TypeServerHello {
				return []tlswire.Handshake{hash}
			}
			return nil
		}, tlspeer.EndNonsense},
		{"suite not implemented", replace(tlswire.TypeServerHello, tlswire.Handshake{Type: tlswire.TypeServerHello, Body: unknownSuite}), tlspeer.EndUnsupported},
		{"no key share", replace(tlswire.TypeServerHello, tlswire.Handshake{Type: tlswire.TypeServerHello, Body: noShare}), tlspeer.EndNonsense},
		{"no extensions", replace(tlswire.TypeEncryptedExtensions), tlspeer.EndNonsense},
		{"no certificate", replace(tlswire.TypeCertificate), tlspeer.EndNonsense},
		{"no signature", replace(tlswire.TypeCertificateVerify), tlspeer.EndNonsense},
		{"malformed certificate", replace(tlswire.TypeCertificate, tlswire.Handshake{Type: tlswire.TypeCertificate, Body: []byte{0, 0, 0, 9}}), tlspeer.EndNonsense},
		{"certificate above the limit", replace(tlswire.TypeCertificate, tlswire.Handshake{Type: tlswire.TypeCertificate, Body: make([]byte, 256<<10+1)}), tlspeer.EndLimit},
		{"compression bomb", replace(tlswire.TypeCertificate, tlswire.Handshake{Type: tlswire.TypeCompressedCertificate, Body: []byte{0, 1, 0xFF, 0xFF, 0xFF, 0, 0, 1, 0}}), tlspeer.EndLimit},
		{"wrong finished", replace(tlswire.TypeFinished, tlswire.Handshake{Type: tlswire.TypeFinished, Body: make([]byte, 32)}), tlspeer.EndNonsense},
		{"message behind finished in its record", func(m tlswire.Handshake) []tlswire.Handshake {
			if m.Type == tlswire.TypeFinished {
				return []tlswire.Handshake{m, {Type: tlswire.TypeKeyUpdate, Body: []byte{0}}}
			}
			return []tlswire.Handshake{m}
		}, tlspeer.EndNonsense},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := serverConfig(cert, tlswire.ECDSASecp256r1SHA256)
			cfg.Hooks.Message, cfg.RecordSize, cfg.Retry = test.hook, 1<<14, test.name == "retry twice"
			h := hello(tlspeer.Suites(), classicGroups())
			s, err := both(t, &tlspeer.ClientConfig{Hello: h, Shares: classicGroups()[:1]}, cfg)
			var e *tlspeer.Error
			if !errors.As(err, &e) || e.End != test.end {
				t.Errorf("%v, end %q", err, s.Seen.End)
			}
			if len(s.Seen.Messages) == 0 && test.end != tlspeer.EndLimit {
				t.Error("no messages kept")
			}
		})
	}
}

// TestClientToleratesLies has the handshake go on where only the certificate or its signature is wrong.
func TestClientToleratesLies(t *testing.T) {
	cert := certificate(t, "p256")
	signature, _ := tlswire.CertificateVerify{Scheme: tlswire.ECDSASecp256r1SHA256, Signature: []byte("forged")}.Marshal()
	unknown, _ := tlswire.CertificateVerify{Scheme: tlswire.Ed448, Signature: []byte("forged")}.Marshal()
	garbage, _ := tlswire.CertificateTLS13{Entries: []tlswire.CertificateEntry{{DER: []byte("garbage")}}}.Marshal()
	empty, _ := tlswire.CertificateTLS13{}.Marshal()
	no := false
	for _, test := range []struct {
		name string
		hook func(tlswire.Handshake) []tlswire.Handshake
		want *bool
	}{
		{"forged signature", replace(tlswire.TypeCertificateVerify, tlswire.Handshake{Type: tlswire.TypeCertificateVerify, Body: signature}), &no},
		{"unknown scheme", replace(tlswire.TypeCertificateVerify, tlswire.Handshake{Type: tlswire.TypeCertificateVerify, Body: unknown}), nil},
		{"garbage for a certificate", replace(tlswire.TypeCertificate, tlswire.Handshake{Type: tlswire.TypeCertificate, Body: garbage}), nil},
		{"no certificate", replace(tlswire.TypeCertificate, tlswire.Handshake{Type: tlswire.TypeCertificate, Body: empty}), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := serverConfig(cert, tlswire.ECDSASecp256r1SHA256)
			cfg.Hooks.Message = test.hook
			s, err := both(t, &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]}, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Seen.SignatureValid; (got == nil) != (test.want == nil) || got != nil && *got != *test.want {
				t.Errorf("signature valid: %v", got)
			}
			exchange(t, s)
		})
	}
}

// TestSessionEndless has a server send everything but application data behind the handshake.
func TestSessionEndless(t *testing.T) {
	for _, test := range []struct {
		name string
		say  func(*tlspeer.Session) error
	}{
		{"key updates", func(s *tlspeer.Session) error { return s.UpdateKeys(false) }},
		{"user_canceled", func(s *tlspeer.Session) error {
			return s.SendAlert(tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertUserCanceled})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, server := connect(t)
			cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
			go func() {
				s, err := tlspeer.Server(testContext(t), server, nil, cfg)
				for err == nil {
					err = test.say(s)
				}
			}()
			cc := &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1], Limits: tlspeer.Limits{Records: 500}}
			s, err := tlspeer.Client(testContext(t), client, cc)
			if err == nil {
				err = s.Finish(testContext(t))
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(s); err == nil || s.Seen.End != tlspeer.EndLimit {
				t.Errorf("%v, end %q", err, s.Seen.End)
			}
		})
	}
}

// TestWriteHello has the caller put the hello onto the wire.
func TestWriteHello(t *testing.T) {
	var written []byte
	cc := &tlspeer.ClientConfig{
		Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1],
		WriteHello: func(w io.Writer, hello []byte) error {
			written = bytes.Clone(hello)
			_, err := w.Write(tlswire.AppendRecords(nil, tlswire.ContentHandshake, tlswire.TLS12, hello, 7))
			return err
		},
	}
	s, err := both(t, cc, serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Seen.Sent) != 1 || !bytes.Equal(s.Seen.Sent[0], written) {
		t.Errorf("sent %x, written %x", s.Seen.Sent, written)
	}
	exchange(t, s)
	refuse := errors.New("refused")
	cc.WriteHello = func(io.Writer, []byte) error { return refuse }
	client, _ := net.Pipe()
	if s, err := tlspeer.Client(testContext(t), client, cc); !errors.Is(err, refuse) || s.Seen.End != tlspeer.EndLocal {
		t.Errorf("%v, end %q", err, s.Seen.End)
	}
}
