package legacy

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	s.conn.Close() // OpenSSL waits for it
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
		if err := s.Answer(testContext(t)); err != nil {
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
		if err := s.Answer(testContext(t)); err != nil {
			t.Fatal(err)
		}
		if in := until(t, s, isAlert); in.Alert.Description == tlswire.AlertCloseNotify {
			t.Errorf("%+v", in)
		}
	})
}

// ownKey starts OpenSSL with a self-signed certificate for a key of the kind that "openssl req -newkey" is told.
func ownKey(t *testing.T, kind string) (addr string) {
	t.Helper()
	realtest.Need(t, "openssl")
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key"), filepath.Join(dir, "cert")
	request := exec.Command("openssl", "req", "-x509", "-nodes", "-subj", "/CN=mail.test", "-keyout", key, "-out", cert, "-newkey", kind)
	if out, err := request.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	args := append([]string{"-cert", cert, "-key", key}, everything...)
	return realtest.Start(t, realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: args}).Addr("tls")
}

// TestShortRSAForeign finishes a handshake with a key that crypto/rsa refuses, and verifies its signature.
func TestShortRSAForeign(t *testing.T) {
	addr := ownKey(t, "rsa:512")
	for _, v := range versions()[1:] {
		for _, id := range []tlswire.Suite{cbcSuite, ecdheSuite} {
			s := complete(t, addr, &ClientConfig{Hello: hello(v, id)})
			if id == ecdheSuite && (s.Seen.SignatureValid == nil || !*s.Seen.SignatureValid) {
				t.Errorf("%v: signature valid: %v", v, s.Seen.SignatureValid)
			}
			greeted(t, s)
			s.Close()
		}
	}
}

func TestDSSForeign(t *testing.T) {
	realtest.Need(t, "openssl")
	params := filepath.Join(t.TempDir(), "params")
	if out, err := exec.Command("openssl", "dsaparam", "-out", params, "1024").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	addr := ownKey(t, "dsa:"+params)
	for v, id := range map[tlswire.Version]tlswire.Suite{tlswire.TLS10: 0x0032, tlswire.TLS11: 0x0038, tlswire.TLS12: 0x00A2} {
		h := hello(v, id)
		if v == tlswire.TLS12 {
			h = with(h, tlswire.SignatureAlgorithms([]tlswire.SignatureScheme{0x0402, 0x0202}))
		}
		s := complete(t, addr, &ClientConfig{Hello: h})
		if s.Seen.ServerKeyExchange.Signature == nil || s.Seen.SignatureValid != nil {
			t.Errorf("%v: signature valid: %v", v, s.Seen.SignatureValid)
		}
		greeted(t, s)
		s.Close()
	}
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

// TestSuites looks at what is claimed, and that the rest says what is missing.
func TestSuites(t *testing.T) {
	for id, want := range map[tlswire.Suite][4]bool{ // SSLv3 to TLS 1.2
		0x0003:     {true, true, true, true}, // export RC4
		cbcSuite:   {true, true, true, true},
		gcmSuite:   {false, false, false, true},
		0x003C:     {false, false, false, true}, // HMAC-SHA256
		ecdheSuite: {true, true, true, true},
		0x0000:     {},
		0x0006:     {}, // RC2
		0x0041:     {}, // Camellia
		0x008C:     {}, // PSK
		0xC004:     {}, // static ECDH
		0xCC13:     {}, // ChaCha20 of a draft
		0xFEFF:     {}, // of Netscape's own
		0x1301:     {}, // TLS 1.3
	} {
		for i, v := range versions() {
			if got := slices.Contains(Suites(v), id); got != want[i] {
				t.Errorf("%v in %v: %v", id, v, got)
			}
			if _, err := suiteOf(id, v); want == [4]bool{} && tlspeer.EndOf(err) != tlspeer.EndUnsupported {
				t.Errorf("%v in %v: %v", id, v, err)
			}
		}
	}
}

// TestEnds tells the ends of connections apart.
func TestEnds(t *testing.T) {
	for name, c := range map[string]struct {
		said []byte
		want tlspeer.End
	}{
		"not TLS":        {[]byte("220 mail.example.org\r\n"), tlspeer.EndNotTLS},
		"closed":         {nil, tlspeer.EndClosed},
		"alert":          {[]byte{21, 3, 1, 0, 2, 2, 40}, tlspeer.EndAlert},
		"warning":        {[]byte{21, 3, 1, 0, 2, 1, 112}, tlspeer.EndClosed},
		"close_notify":   {[]byte{21, 3, 1, 0, 2, 1, 0}, tlspeer.EndAlert},
		"early CCS":      {[]byte{20, 3, 1, 0, 1, 1}, tlspeer.EndNonsense},
		"empty record":   {[]byte{22, 3, 1, 0, 0}, tlspeer.EndNonsense},
		"data in clear":  {[]byte{23, 3, 1, 0, 1, 1}, tlspeer.EndNonsense},
		"too many":       {bytes.Repeat([]byte{22, 3, 1, 0, 4, 0, 0, 0, 0}, maxMessages+1), tlspeer.EndLimit},
		"another first":  {[]byte{22, 3, 1, 0, 4, 14, 0, 0, 0}, tlspeer.EndNonsense},
		"version beyond": {serverHello(t, tlswire.TLS13), tlspeer.EndVersion},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Client(testContext(t), &scriptConn{said: bytes.NewReader(c.said)}, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
			var e *Error
			if !errors.As(err, &e) || e.End != c.want || s.Seen.End != c.want {
				t.Errorf("%v, end %v", err, s.Seen.End)
			}
		})
	}
}

// stutter says pieces, with a deadline that passes between them.
type stutter struct {
	pieces [][]byte
	passed bool
}

func (s *stutter) Read(p []byte) (int, error) {
	if s.passed = !s.passed; s.passed {
		return 0, os.ErrDeadlineExceeded
	}
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.pieces[0])
	s.pieces = s.pieces[1:]
	return n, nil
}

// TestDeadlines wants nothing lost where a deadline passes within a record.
func TestDeadlines(t *testing.T) {
	said := &stutter{pieces: [][]byte{{21, 3}, {1, 0, 2, 1}, {112, 21, 3, 1, 0, 2, 2, 40}}}
	s, err := Client(testContext(t), &scriptConn{said: said}, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
	for range 2 {
		if e := (*Error)(nil); !errors.As(err, &e) || e.End != tlspeer.EndTimeout || s.Seen.End != tlspeer.EndTimeout {
			t.Errorf("%v, end %q", err, s.Seen.End)
		}
		_, err = s.ReadRecord(testContext(t))
	}
	for _, want := range []tlswire.AlertDescription{112, 40} {
		in, err := s.ReadRecord(testContext(t))
		if err != nil || in.Alert == nil || in.Alert.Description != want || s.Seen.End != "" {
			t.Errorf("%v, %+v, end %q", err, in, s.Seen.End)
		}
	}
}

func serverHello(t testing.TB, v tlswire.Version) []byte {
	body, err := tlswire.ServerHello{Version: v, Suite: cbcSuite}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	m, _ := tlswire.Handshake{Type: tlswire.TypeServerHello, Body: body}.Append(nil)
	return tlswire.AppendRecords(nil, tlswire.ContentHandshake, tlswire.TLS12, m, 0)
}

// TestNotReady wants nothing to be possible too early.
func TestNotReady(t *testing.T) {
	conn := &scriptConn{said: bytes.NewReader(nil)}
	s, _ := Client(testContext(t), conn, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, errNotReady) {
		t.Error(err)
	}
	if _, err := s.Write(make([]byte, 1)); !errors.Is(err, errNotReady) {
		t.Error(err)
	}
	if err := s.Finish(testContext(t)); !errors.Is(err, errNoFlight) {
		t.Error(err)
	}
	if _, err := s.Renegotiate(testContext(t), hello(tlswire.TLS12, cbcSuite)); !errors.Is(err, errNotReady) {
		t.Error(err)
	}
	if s.State() != nil {
		t.Error("a state")
	}
}

// TestRSABlock refuses keys that would take forever or make no sense.
func TestRSABlock(t *testing.T) {
	if _, err := RSABlock(&rsa.PublicKey{}, []byte{1}); !errors.Is(err, errRSAKey) {
		t.Error(err)
	}
}

var _ net.Conn = (*scriptConn)(nil)
