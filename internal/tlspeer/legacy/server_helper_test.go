package legacy

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// identity is an RSA key with a certificate.
type identity struct {
	key *rsa.PrivateKey
	der []byte
}

// testIdentity is made once for all tests: keys take long.
var testIdentity = sync.OnceValues(func() (identity, error) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		return identity{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return identity{key, der}, err
})

// echo is a server with RSA key exchange that says everything again.
type echo struct {
	ServerConfig
	version    tlswire.Version
	suite      tlswire.Suite
	extensions []tlswire.Extension // of the ServerHello
	addr       string
	sessions   chan *ServerSession // one for each connection, when it has ended
}

// startEcho starts a server with suite in version v; change may set what it does wrong.
func startEcho(t *testing.T, v tlswire.Version, suite string, change func(*echo)) *echo {
	t.Helper()
	id, err := testIdentity()
	if err != nil {
		t.Fatal(err)
	}
	e := &echo{version: v, sessions: make(chan *ServerSession, 100)}
	if e.suite = suiteNamed(t, suite); v > tlswire.SSLv3 {
		e.extensions = []tlswire.Extension{tlswire.RenegotiationInfo(nil)}
	}
	e.Sessions = NewSessions(TicketKeysRandom)
	if change != nil {
		change(e)
	}
	chain, err := tlswire.Certificate{Chain: [][]byte{id.der}}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	e.Answer = func(_ *ReceivedHello, session *State) (*Flight, error) {
		f := &Flight{Hello: tlswire.ServerHello{Version: v, Suite: e.suite, SessionID: randomBytes(32), Extensions: slices.Clone(e.extensions)}}
		rand.Read(f.Hello.Random[:])
		if session == nil {
			f.Rest = []tlswire.Handshake{{Type: tlswire.TypeCertificate, Body: chain}, {Type: tlswire.TypeServerHelloDone}}
			f.Exchange.RSA = id.key
		}
		return f, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.addr = l.Addr().String()
	var served sync.WaitGroup
	t.Cleanup(func() { l.Close(); served.Wait() })
	served.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() { e.serve(t, conn) })
		}
	})
	return e
}

func (e *echo) serve(t *testing.T, conn net.Conn) {
	defer conn.Close()
	s, err := Server(testContext(t), conn, &e.ServerConfig)
	if err == nil {
		_, err = io.Copy(s, s)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && errors.Is(err, ErrReset) {
		tcp.SetLinger(0)
	} else if ok {
		tcp.CloseWrite()
		io.Copy(io.Discard, tcp)
	}
	e.sessions <- s
}

// hello offers the server what it has, and everything that it may answer.
func (e *echo) hello(extensions ...tlswire.Extension) *ClientConfig {
	return &ClientConfig{Hello: with(hello(e.version, e.suite), extensions...)}
}

func suiteNamed(t *testing.T, name string) tlswire.Suite {
	t.Helper()
	s, ok := tlswire.SuiteByName(name)
	if !ok {
		t.Fatalf("no suite %q", name)
	}
	return s
}

// wantEcho says a line and wants it again.
func wantEcho(t *testing.T, s *Session) {
	t.Helper()
	if _, err := io.WriteString(s, "EHLO client.example.org\r\n"); err != nil {
		t.Fatal(err)
	}
	wantLine(t, s, "EHLO client.example.org")
}

// outcome is how the server ended a connection, as the client sees it: an alert, an end, or the data that came.
func outcome(t *testing.T, s *Session) string {
	t.Helper()
	in, err := s.ReadRecord(testContext(t))
	var failed *Error
	switch {
	case errors.As(err, &failed):
		return string(failed.End)
	case in.Alert != nil:
		return in.Alert.String()
	case in.err() != nil:
		return in.err().Error()
	}
	return string(in.Content)
}

// pipe returns both ends of a connection.
func pipe(t *testing.T) (client, server net.Conn) {
	t.Helper()
	client, server = net.Pipe()
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}
