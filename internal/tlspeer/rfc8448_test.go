package tlspeer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// trace reads the handshake of RFC 8448, Section 3 ("Simple 1-RTT Handshake").
func trace(t *testing.T) map[string][]byte {
	t.Helper()
	f, err := os.Open("testdata/rfc8448-section3.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	values := map[string][]byte{}
	for s := bufio.NewScanner(f); s.Scan(); {
		name, text, _ := strings.Cut(s.Text(), " ")
		if values[name], err = hex.DecodeString(text); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

func TestKeyScheduleRFC8448(t *testing.T) {
	v := trace(t)
	hellos := transcript{append(bytes.Clone(v["client_hello"]), v["server_hello"]...)}
	s, err := newSchedule(sha256.New, nil)
	check := func(what string, got []byte) {
		t.Helper()
		if err != nil || !bytes.Equal(got, v[what]) {
			t.Errorf("%s: got %x, %v, want %x", what, got, err, v[what])
		}
	}
	check("early_secret", s.secret)
	err = s.mix(v["shared_secret"])
	check("handshake_secret", s.secret)
	secret, err := s.derive("c hs traffic", hellos.hash(sha256.New))
	check("client_hs_traffic", secret)
	secret, err = s.derive("s hs traffic", hellos.hash(sha256.New))
	check("server_hs_traffic", secret)
	suite, _ := suiteOf(tlswire.TLS_AES_128_GCM_SHA256)
	p, err := newProtection(suite, secret)
	check("server_hs_iv", p.iv)
	err = s.mix(nil)
	check("master_secret", s.secret)
}

// replay is the server of the trace: it says its lines whatever it hears.
func replay(v map[string][]byte) (net.Conn, <-chan []byte) {
	client, server := net.Pipe()
	heard := make(chan []byte, 1)
	go func() {
		io.ReadFull(server, make([]byte, len(v["client_hello"])+tlswire.RecordHeaderLen))
		server.Write(serverBytes(v))
		rest, _ := io.ReadAll(server)
		heard <- rest
	}()
	return client, heard
}

// TestClientRFC8448 is the client of the trace, byte for byte.
func TestClientRFC8448(t *testing.T) {
	v := trace(t)
	conn, heard := replay(v)
	s, err := traceClient(t, v, conn)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.Seen.Sent[0], v["client_hello"]) || s.Seen.SignatureValid == nil || !*s.Seen.SignatureValid || s.Seen.Scheme != tlswire.RSAPSSRSAESHA256 {
		t.Errorf("seen %+v", s.Seen)
	}
	if !bytes.Equal(s.in.secret, v["server_ap_traffic"]) || !bytes.Equal(s.nextOut, v["client_ap_traffic"]) {
		t.Errorf("application traffic secrets %x, %x", s.in.secret, s.nextOut)
	}
	if err := s.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(v["client_app_payload"]); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if got, want := <-heard, append(bytes.Clone(v["client_finished_record"]), v["client_app_record"]...); !bytes.Equal(got, want) {
		t.Errorf("sent %x, want %x", got, want)
	}
}

// scriptConn is a connection that says its bytes and then ends, whatever it hears.
type scriptConn struct {
	net.Conn // nil: nothing else is called
	io.Reader
}

func say(b []byte) *scriptConn { return &scriptConn{Reader: bytes.NewReader(b)} }

func (c *scriptConn) Read(p []byte) (int, error)  { return c.Reader.Read(p) }
func (c *scriptConn) Write(p []byte) (int, error) { return len(p), nil }

// traceClient runs the client of the trace, with its key, against conn.
func traceClient(t *testing.T, v map[string][]byte, conn net.Conn) (*Session, error) {
	h, err := tlswire.ParseClientHello(v["client_hello"][4:])
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdh.X25519().NewPrivateKey(v["client_private"])
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(conn, Limits{})
	c := &client{Session: s, cfg: &ClientConfig{Hello: h}, hello: h, own: map[tlswire.Group]private{tlswire.X25519: ecdhKey{key}}}
	return s, s.run(context.Background(), "replaying", c.handshake)
}

// serverBytes is all that the server of the trace says.
func serverBytes(v map[string][]byte) []byte {
	h := tlswire.Record{Type: tlswire.ContentHandshake, Version: tlswire.TLS12, Payload: v["server_hello"]}
	raw, _ := h.Append(nil) // 90 bytes fit
	return append(raw, v["server_flight_record"]...)
}

func TestClientTruncated(t *testing.T) {
	v := trace(t)
	whole := serverBytes(v)
	if _, err := traceClient(t, v, say(whole)); err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		s, err := traceClient(t, v, say(whole[:n]))
		if err == nil || s.Seen.End != EndClosed {
			t.Errorf("%d bytes: %v, end %q", n, err, s.Seen.End)
		}
	}
}

func TestClientCorrupted(t *testing.T) {
	v := trace(t)
	whole := serverBytes(v)
	for i := range whole {
		if i == 2 { // the minor version of a plaintext record, which is ignored (RFC 8446, Section 5.1)
			continue
		}
		bad := bytes.Clone(whole)
		bad[i] ^= 1
		s, err := traceClient(t, v, say(bad))
		if err == nil || s.Seen.End == "" || s.Seen.End == EndLocal {
			t.Errorf("byte %d: %v, end %q", i, err, s.Seen.End)
		}
	}
}
