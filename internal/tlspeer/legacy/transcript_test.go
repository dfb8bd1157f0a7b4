package legacy

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

var record = flag.Bool("record", false, "record the transcripts in testdata anew, from servers of other TLS stacks")

// recording is a connection with a server of another stack that is kept in testdata, so that it can be had again without
// that stack.
type recording struct {
	name   string
	server realtest.Starter
	v      tlswire.Version
	suite  tlswire.Suite
	more   []tlswire.Extension
	zeros  bool // the Diffie-Hellman secret begins with a zero byte, one time in 256
}

func recordings() []recording {
	java := func(v, suite string) realtest.Java {
		return realtest.Java{Versions: []string{v}, Suites: []string{suite}}
	}
	openssl := realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: everything}
	return []recording{
		{"java-ssl3-rc4-md5", java("SSLv3", "SSL_RSA_WITH_RC4_128_MD5"), tlswire.SSLv3, 0x0004, nil, false},
		{"java-ssl3-3des", java("SSLv3", "SSL_RSA_WITH_3DES_EDE_CBC_SHA"), tlswire.SSLv3, 0x000A, nil, false},
		{"java-ssl3-null-md5", java("SSLv3", "SSL_RSA_WITH_NULL_MD5"), tlswire.SSLv3, 0x0001, nil, false},
		{"java-ssl3-export-rc4", java("SSLv3", "SSL_RSA_EXPORT_WITH_RC4_40_MD5"), tlswire.SSLv3, 0x0003, nil, false},
		{"java-ssl3-export-des40-anon", java("SSLv3", "SSL_DH_anon_EXPORT_WITH_DES40_CBC_SHA"), tlswire.SSLv3, 0x0019, nil, false},
		{"java-tls10-export-des40", java("TLSv1", "SSL_RSA_EXPORT_WITH_DES40_CBC_SHA"), tlswire.TLS10, 0x0008, nil, false},
		{"java-tls10-export-dhe", java("TLSv1", "SSL_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"), tlswire.TLS10, 0x0014, nil, false},
		{"java-tls10-export-rc4", java("TLSv1", "SSL_RSA_EXPORT_WITH_RC4_40_MD5"), tlswire.TLS10, 0x0003, nil, false},
		{"java-tls11-des", java("TLSv1.1", "SSL_RSA_WITH_DES_CBC_SHA"), tlswire.TLS11, 0x0009, nil, false},
		{"openssl-tls10-aes", openssl, tlswire.TLS10, cbcSuite, nil, false},
		{"openssl-tls11-etm-ems", openssl, tlswire.TLS11, cbcSuite, []tlswire.Extension{tlswire.EncryptThenMAC(), tlswire.ExtendedMasterSecret()}, false},
		{"openssl-tls12-dhe-gcm384", openssl, tlswire.TLS12, 0x009F, []tlswire.Extension{tlswire.ExtendedMasterSecret()}, false},
		{"openssl-tls10-dhe-zeros", openssl, tlswire.TLS10, 0x0033, nil, true},
	}
}

func (r recording) file() string { return filepath.Join("testdata", r.name+".txt") }

// config is the same each time: what is drawn comes from the name and the number of the attempt.
func (r recording) config(attempt int) *ClientConfig {
	var seed [32]byte
	copy(seed[:], fmt.Sprint(attempt, r.name))
	random := rand.NewChaCha8(seed)
	h := with(hello(r.v, r.suite), r.more...)
	random.Read(h.Random[:])
	return &ClientConfig{Hello: h, random: random}
}

// converse runs the client over conn: the handshake, the server's greeting, a command and its answer.
func (r recording) converse(ctx context.Context, conn net.Conn, attempt int) (*Session, error) {
	s, err := Client(ctx, conn, r.config(attempt))
	if err != nil {
		return s, err
	}
	if err := s.Finish(ctx); err != nil {
		return s, err
	}
	if _, err := io.WriteString(s, "QUIT\r\n"); err != nil {
		return s, err
	}
	var said []byte
	for b := make([]byte, 512); !bytes.Contains(said, []byte("221 ")); {
		n, err := s.Read(b)
		if said = append(said, b[:n]...); err != nil {
			return s, fmt.Errorf("behind %q: %w", said, err)
		}
	}
	return s, s.SendAlert(tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify})
}

// tape keeps what goes over a connection.
type tape struct {
	net.Conn
	said, sent []byte
}

func (c *tape) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.said = append(c.said, p[:n]...)
	return n, err
}

func (c *tape) Write(p []byte) (int, error) {
	c.sent = append(c.sent, p...)
	return c.Conn.Write(p)
}

// scriptConn says its bytes and then ends.
type scriptConn struct {
	net.Conn // nil: nothing else is called
	said     io.Reader
	sent     []byte
	read     int
}

func (c *scriptConn) SetDeadline(time.Time) error { return nil }
func (c *scriptConn) Close() error                { return nil }
func (c *scriptConn) Write(p []byte) (int, error) {
	c.sent = append(c.sent, p...)
	return len(p), nil
}
func (c *scriptConn) Read(p []byte) (n int, err error) {
	n, err = c.said.Read(p)
	c.read += n
	return n, err
}

func (r recording) record(t *testing.T) {
	addr := realtest.Start(t, r.server).Addr("tls")
	for attempt := 0; ; attempt++ {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c := &tape{Conn: conn}
		s, err := r.converse(testContext(t), c, attempt)
		if err != nil {
			t.Fatalf("%v; alert %v", err, s.Seen.Alert)
		}
		conn.Close()
		if r.zeros && !r.isShort(t, s, attempt) {
			continue
		}
		text := fmt.Sprintf("attempt %d\nserver %x\nclient %x\n", attempt, c.said, c.sent)
		if err := os.WriteFile(r.file(), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
}

// isShort tells whether the Diffie-Hellman secret of a session was shorter than the prime.
func (r recording) isShort(t *testing.T, s *Session, attempt int) bool {
	t.Helper()
	d := s.Seen.ServerKeyExchange.DH
	secret, _, err := exchangeDH(r.config(attempt).random, d)
	if err != nil {
		t.Fatal(err)
	}
	return len(secret) < len(d.P)
}

// load returns what server and client said.
func (r recording) load(t testing.TB) (attempt int, said, sent []byte) {
	t.Helper()
	text, err := os.ReadFile(r.file())
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text))
	if attempt, err = strconv.Atoi(fields[1]); err != nil {
		t.Fatal(err)
	}
	return attempt, unhex(t, fields[3]), unhex(t, fields[5])
}

// TestTranscripts has recorded servers say again what they said to the same client, which must say the same, too.
func TestTranscripts(t *testing.T) {
	for _, r := range recordings() {
		t.Run(r.name, func(t *testing.T) {
			if *record {
				r.record(t)
			}
			attempt, said, sent := r.load(t)
			conn := &scriptConn{said: bytes.NewReader(said)}
			s, err := r.converse(testContext(t), conn, attempt)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(conn.sent, sent) {
				t.Errorf("the client sent\n%x\ninstead of\n%x", conn.sent, sent)
			}
			if !s.Seen.Finished || s.Seen.ServerHello.Suite != r.suite || s.Seen.ServerHello.Version != r.v {
				t.Errorf("%+v", s.Seen)
			}
			if r.zeros && !r.isShort(t, s, attempt) {
				t.Error("the secret begins with no zero")
			}
		})
	}
}

// TestTruncated ends the recorded connections at other places.
func TestTruncated(t *testing.T) {
	for _, r := range recordings()[:6:6] {
		attempt, said, _ := r.load(t)
		for n := 0; n < len(said)-1; n += 1 + n/5 {
			conn := &scriptConn{said: bytes.NewReader(said[:n])}
			s, err := r.converse(testContext(t), conn, attempt)
			if err == nil {
				break // it is all there
			}
			if n < 5 && s.Seen.ServerHello != nil || s.Seen.End == tlspeer.EndLocal {
				t.Errorf("%s up to %d: %v, %+v", r.name, n, err, s.Seen)
			}
			var e *Error
			if !errors.As(err, &e) || e.End != tlspeer.EndClosed {
				t.Errorf("%s up to %d: %v", r.name, n, err)
			}
		}
	}
}

// FuzzClient has a server say anything, beginning with what servers said.
func FuzzClient(f *testing.F) {
	all := recordings()
	for i, r := range all {
		_, said, _ := r.load(f)
		f.Add(uint8(i), said)
	}
	limits := tlspeer.Limits{Bytes: 1 << 14, Records: 64, Messages: 8, Message: 1 << 12}
	f.Fuzz(func(t *testing.T, which uint8, said []byte) {
		conn := &scriptConn{said: bytes.NewReader(said)}
		cc := all[int(which)%len(all)].config(0)
		cc.Limits = limits
		cc.Resume = &State{Master: make([]byte, masterLen)}
		s, err := Client(context.Background(), conn, cc)
		if err == nil {
			if err = s.Finish(context.Background()); err == nil {
				_, err = io.Copy(io.Discard, s)
			}
		}
		if err != nil && (s.Seen.End == "" || s.Seen.End == tlspeer.EndLocal || s.Seen.End == tlspeer.EndTimeout) {
			t.Errorf("%v, end %q", err, s.Seen.End)
		}
		if len(s.Seen.Messages) > limits.Messages+1 || conn.read > limits.Bytes+tlswire.MaxCiphertext {
			t.Errorf("%d messages, %d bytes", len(s.Seen.Messages), conn.read)
		}
	})
}
