package tlspeer_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// scriptConn says its bytes and then ends; it counts what was read.
type scriptConn struct {
	net.Conn // nil: nothing else is called
	said     io.Reader
	read     int
}

func (c *scriptConn) Write(p []byte) (int, error) { return len(p), nil }
func (c *scriptConn) SetDeadline(time.Time) error { return nil }
func (c *scriptConn) Close() error                { return nil }
func (c *scriptConn) Read(p []byte) (n int, err error) {
	n, err = c.said.Read(p)
	c.read += n
	return n, err
}

func fuzzLimits() tlspeer.Limits {
	return tlspeer.Limits{Bytes: 1 << 14, Records: 64, Messages: 8, Message: 1 << 12}
}

// checkEnd wants an end that was not this side's fault, within the limits.
func checkEnd(t *testing.T, s *tlspeer.Session, err error, read int) {
	t.Helper()
	if err == nil || s.Seen.End == "" {
		t.Fatalf("error %v, end %q", err, s.Seen.End)
	}
	if len(s.Seen.Messages) > fuzzLimits().Messages+1 || read > fuzzLimits().Bytes+4096 {
		t.Errorf("%d messages, %d bytes", len(s.Seen.Messages), read)
	}
}

// FuzzClient has a server say anything.
func FuzzClient(f *testing.F) {
	h := hello(tlspeer.Suites(), classicGroups())
	sh := tlswire.ServerHello{Version: tlswire.TLS12, SessionID: h.SessionID, Suite: tlswire.TLS_AES_128_GCM_SHA256}
	for _, random := range [][32]byte{{}, tlswire.HelloRetryRequestRandom} {
		sh.Random = random
		sh.Extensions = []tlswire.Extension{tlswire.SelectedVersion(tlswire.TLS13), tlswire.RetryKeyShare(tlswire.Secp256r1)}
		body, _ := sh.Marshal()
		f.Add(record(tlswire.ContentHandshake, append([]byte{2, 0, 0, byte(len(body))}, body...)...))
	}
	f.Add([]byte("220 mail.example.org\r\n"))
	f.Add(record(tlswire.ContentAlert, 2, 40))
	f.Fuzz(func(t *testing.T, said []byte) {
		conn := &scriptConn{said: bytes.NewReader(said)}
		cc := &tlspeer.ClientConfig{Hello: h, Shares: classicGroups()[:2], Limits: fuzzLimits()}
		s, err := tlspeer.Client(context.Background(), conn, cc)
		checkEnd(t, s, err, conn.read)
	})
}

// FuzzServer has a client say anything.
func FuzzServer(f *testing.F) {
	h := hello(tlspeer.Suites(), classicGroups())
	for _, e := range []tlswire.Extension{tlswire.SCT(), tlswire.KeyShares([]tlswire.KeyShareEntry{{Group: tlswire.X25519, Data: bytes.Repeat([]byte{9}, 32)}})} {
		h.Extensions = append(h.Extensions, e)
		body, _ := h.Marshal()
		message, _ := tlswire.Handshake{Type: tlswire.TypeClientHello, Body: body}.Append(nil)
		f.Add(tlswire.AppendRecords(nil, tlswire.ContentHandshake, tlswire.TLS10, message, 0))
	}
	cfg := serverConfig(certificate(f, "ed25519"), tlswire.Ed25519)
	cfg.Limits = fuzzLimits()
	f.Fuzz(func(t *testing.T, said []byte) {
		conn := &scriptConn{said: bytes.NewReader(said)}
		s, err := tlspeer.Server(context.Background(), conn, nil, cfg)
		checkEnd(t, s, err, conn.read)
	})
}

// FuzzEncrypted has a server put any message into the place of one of its own, so that the fuzzer gets behind the encryption.
func FuzzEncrypted(f *testing.F) {
	for i, t := range []tlswire.HandshakeType{
		tlswire.TypeEncryptedExtensions, tlswire.TypeCertificateRequest, tlswire.TypeCertificate, tlswire.TypeCertificateVerify,
		tlswire.TypeFinished, tlswire.TypeNewSessionTicket,
	} {
		f.Add(uint8(i), uint8(t), []byte{0, 0})
	}
	f.Add(uint8(2), uint8(tlswire.TypeCompressedCertificate), []byte{0, 1, 0, 0, 9, 0, 0, 3, 120, 156, 3})
	f.Add(uint8(5), uint8(tlswire.TypeKeyUpdate), []byte{1})
	cert := certificate(f, "ed25519")
	f.Fuzz(func(t *testing.T, place, kind uint8, body []byte) {
		cfg := serverConfig(cert, tlswire.Ed25519)
		cfg.CertificateRequest = new(tlswire.CertificateRequestTLS13)
		cfg.Tickets = make([]tlswire.NewSessionTicketTLS13, 1)
		sent := 0
		cfg.Hooks.Message = func(m tlswire.Handshake) []tlswire.Handshake {
			if sent++; sent == 2+int(place) { // the first one is the server hello
				m = tlswire.Handshake{Type: tlswire.HandshakeType(kind), Body: body}
			}
			return []tlswire.Handshake{m}
		}
		client, server := connect(t)
		done := make(chan struct{})
		go func() {
			defer close(done)
			s, _ := tlspeer.Server(testContext(t), server, nil, cfg)
			s.Close()
		}()
		s, err := tlspeer.Client(testContext(t), client, &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]})
		if err == nil {
			if err = s.Finish(testContext(t)); err == nil {
				_, err = io.Copy(io.Discard, s)
			}
		}
		client.Close()
		<-done
		if s.Seen.End == tlspeer.EndTimeout || s.Seen.End == tlspeer.EndLocal {
			t.Errorf("%v, end %q", err, s.Seen.End)
		}
	})
}
