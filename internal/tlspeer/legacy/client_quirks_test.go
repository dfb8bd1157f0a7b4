package legacy

import (
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// until reads records up to one that want is true of.
func until(t *testing.T, s *Session, want func(Incoming) bool) Incoming {
	t.Helper()
	for {
		in, err := s.ReadRecord(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if want(in) {
			return in
		}
	}
}

func isAlert(in Incoming) bool { return in.Alert != nil }

// TestMalformedForeign sends malformed records, which healthy stacks refuse by one and the same alert.
func TestMalformedForeign(t *testing.T) {
	mac := Alter{Plain: func(p *Parts) { p.MAC[0] ^= 1 }}
	padding := Alter{Plain: func(p *Parts) { p.Padding[0] ^= 1 }}
	empty := Alter{Plain: func(p *Parts) { // whole blocks of padding, and nothing else
		p.Padding, p.Content, p.MAC = bytes.Repeat([]byte{255}, 256), nil, nil
	}}
	tag := Alter{Tag: func(c, tag []byte) ([]byte, []byte) { tag[0] ^= 1; return c, tag }}
	servers := map[string]realtest.Starter{
		"openssl": realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: everything},
		"gnutls":  realtest.GnuTLS{Priority: gnuTLSEverything, Args: []string{"--echo"}},
	}
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := realtest.Start(t, server).Addr("tls")
			for _, v := range versions()[1:] {
				for _, alter := range []Alter{mac, padding, empty} {
					testMalformed(t, addr, hello(v, cbcSuite), alter)
				}
				testMalformed(t, addr, with(hello(v, cbcSuite), tlswire.EncryptThenMAC()), tag)
			}
			testMalformed(t, addr, hello(tlswire.TLS12, gcmSuite), tag)
		})
	}
}

func testMalformed(t *testing.T, addr string, h tlswire.ClientHello, alter Alter) {
	t.Helper()
	s := complete(t, addr, &ClientConfig{Hello: h})
	r, err := s.Seal(tlswire.ContentApplicationData, []byte("NOOP\r\n"), alter)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WriteRecord(r); err != nil {
		t.Fatal(err)
	}
	in := until(t, s, isAlert)
	if in.Alert.Description != tlswire.AlertBadRecordMAC || !in.Protected || s.Seen.Alert == nil {
		t.Errorf("%v: %+v", h.Version, in)
	}
	s.Conn.Close() // OpenSSL waits for it
}

// TestNoncesForeign sees the explicit nonces of GCM records.
func TestNoncesForeign(t *testing.T) {
	addr := realtest.Start(t, realtest.GnuTLS{Priority: gnuTLSEverything, Args: []string{"--echo"}}).Addr("tls")
	s := complete(t, addr, &ClientConfig{Hello: hello(tlswire.TLS12, gcmSuite)})
	seen := map[string]bool{}
	for range 3 {
		io.WriteString(s, "mailtls\n")
		in := until(t, s, func(in Incoming) bool { return in.Record.Type == tlswire.ContentApplicationData })
		if !in.MACOK || string(in.Content) != "mailtls\n" || len(in.Explicit) != 8 || len(in.Nonce) != 12 || seen[string(in.Explicit)] {
			t.Errorf("%+v", in)
		}
		seen[string(in.Explicit)] = true
	}
}

// TestHooksForeign changes a message, and a record, of which OpenSSL complains.
func TestHooksForeign(t *testing.T) {
	addr := realtest.Start(t, realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: everything}).Addr("tls")
	t.Run("message", func(t *testing.T) {
		cc := &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)}
		cc.Hooks.Message = func(m tlswire.Handshake) []tlswire.Handshake {
			if m.Type == tlswire.TypeFinished {
				m.Body[0] ^= 1
			}
			return []tlswire.Handshake{m}
		}
		s := begin(t, addr, cc)
		if err := s.Finish(testContext(t)); err == nil || s.Seen.Alert == nil || s.Seen.Alert.Description != tlswire.AlertDecryptError {
			t.Errorf("%v, %v", err, s.Seen.Alert)
		}
	})
	t.Run("record by record", func(t *testing.T) {
		s := begin(t, addr, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
		if err := s.handshake.answer(); err != nil {
			t.Fatal(err)
		}
		in := until(t, s, func(in Incoming) bool { return in.Record.Type == tlswire.ContentHandshake })
		if !in.Protected || !in.MACOK || in.Content[0] != byte(tlswire.TypeFinished) {
			t.Errorf("%+v", in)
		}
	})
	t.Run("early change_cipher_spec", func(t *testing.T) {
		s := begin(t, addr, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
		if err := s.WriteRecord(tlswire.Record{Type: tlswire.ContentChangeCipherSpec, Version: tlswire.TLS12, Payload: []byte{1}}); err != nil {
			t.Fatal(err)
		}
		if in := until(t, s, isAlert); in.Alert.Description != tlswire.AlertUnexpectedMessage || in.Protected {
			t.Errorf("%+v", in)
		}
	})
	t.Run("ClientKeyExchange alone", func(t *testing.T) {
		cc := &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)}
		cc.Hooks.Record = func(r tlswire.Record) []tlswire.Record {
			if r.Type == tlswire.ContentChangeCipherSpec {
				return nil
			}
			return []tlswire.Record{r}
		}
		s := begin(t, addr, cc)
		if err := s.handshake.answer(); err != nil {
			t.Fatal(err)
		}
		if in := until(t, s, isAlert); in.Alert.Description == tlswire.AlertCloseNotify {
			t.Errorf("%+v", in)
		}
	})
}

// TestWrongFinishedForeign has the server of a resumed session see another hello than is in our transcript.
func TestWrongFinishedForeign(t *testing.T) {
	addr := realtest.Start(t, realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: everything}).Addr("tls")
	for _, v := range versions()[1:] {
		h := with(hello(v, cbcSuite), tlswire.SessionTicket(nil))
		s := complete(t, addr, &ClientConfig{Hello: h})
		s.Close()
		h = with(h, tlswire.SessionTicket(s.State().Ticket))
		h.SessionID = []byte("ours")
		cc := &ClientConfig{Hello: h, Resume: s.State(), WriteHello: func(w io.Writer, hello []byte) error {
			hello = bytes.Replace(hello, []byte("ours"), []byte("mine"), 1)
			_, err := w.Write(tlswire.AppendRecords(nil, tlswire.ContentHandshake, v, hello, 0))
			return err
		}}
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		s, err = Client(testContext(t), conn, cc)
		if err == nil || s.Seen.End != tlspeer.EndNonsense || s.Seen.Finished || !s.Seen.Resumed {
			t.Errorf("%v: %v, %+v", v, err, s.Seen)
		}
		conn.Close()
	}
}

// TestWrongSignature changes a bit of recorded signatures.
func TestWrongSignature(t *testing.T) {
	for _, r := range recordings() {
		attempt, said, _ := r.load(t)
		s, err := Client(testContext(t), &scriptConn{said: bytes.NewReader(said)}, r.config(attempt))
		if err != nil {
			t.Fatal(err)
		}
		k := s.Seen.ServerKeyExchange
		if k == nil || k.Signature == nil {
			continue
		}
		changed := bytes.Clone(k.Signature)
		changed[9] ^= 1
		said = bytes.Replace(said, k.Signature, changed, 1)
		was := *s.Seen.SignatureValid
		s, err = Client(testContext(t), &scriptConn{said: bytes.NewReader(said)}, r.config(attempt))
		if err != nil || !was || s.Seen.SignatureValid == nil || *s.Seen.SignatureValid {
			t.Errorf("%s: %v, valid: %v and %v", r.name, err, was, s.Seen.SignatureValid)
		}
	}
}
