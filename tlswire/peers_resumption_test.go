package tlswire

import (
	"bytes"
	"crypto/tls"
	"net"
	"testing"
	"time"
)

// recording keeps what is written to a connection.
type recording struct {
	net.Conn
	sent bytes.Buffer
}

func (c *recording) Write(b []byte) (int, error) {
	c.sent.Write(b)
	return c.Conn.Write(b)
}

// loopback returns both ends of a connection that holds bytes on their way, unlike net.Pipe: in a whole handshake both sides write at once.
func loopback(t *testing.T) (near, far net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if near, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if far, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	_ = near.SetDeadline(time.Now().Add(time.Minute))
	_ = far.SetDeadline(time.Now().Add(time.Minute))
	return near, far
}

// dial makes a whole handshake of crypto/tls with a server and reads one byte, behind which its tickets are read too.
// It returns what the client sent.
func dial(t *testing.T, client, server *tls.Config) []byte {
	t.Helper()
	near, far := loopback(t)
	defer near.Close()
	defer far.Close()
	done := make(chan error, 1)
	go func() {
		_, err := tls.Server(far, server).Write([]byte{'.'})
		done <- err
	}()
	wire := &recording{Conn: near}
	if _, err := tls.Client(wire, client).Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return wire.sent.Bytes()
}

func firstHello(t *testing.T, wire []byte) ClientHello {
	t.Helper()
	h, err := ParseClientHello(readMessage(t, bytes.NewReader(wire)).Body)
	if err != nil {
		t.Fatal(err)
	}
	checkMarshalSame(t, h, wire)
	return h
}

// checkMarshalSame builds the records again and compares them with the start of what was sent.
func checkMarshalSame(t *testing.T, h ClientHello, wire []byte) {
	t.Helper()
	body, err := h.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	message, err := Handshake{TypeClientHello, body}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if again := AppendRecords(nil, ContentHandshake, TLS10, message, 0); !bytes.HasPrefix(wire, again) {
		t.Errorf("sent %x\nbuilt again %x", wire, again)
	}
}

func TestGoClientResumes(t *testing.T) {
	server := &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	client := &tls.Config{ServerName: "mx.example", InsecureSkipVerify: true, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
	if _, ok := Find(firstHello(t, dial(t, client, server)).Extensions, ExtensionPreSharedKey); ok {
		t.Error("pre_shared_key in the first hello")
	}
	list := firstHello(t, dial(t, client, server)).Extensions
	if last := list[len(list)-1]; last.Type != ExtensionPreSharedKey {
		t.Fatalf("the last extension is %v, want pre_shared_key", last.Type)
	}
	psk, err := ParsePreSharedKey(list[len(list)-1].Data)
	if err != nil || len(psk.Identities) != 1 || len(psk.Binders) != 1 || len(psk.Binders[0]) != 32 {
		t.Errorf("%+v, error %v", psk, err)
	}
	modes, ok := Find(list, ExtensionPSKKeyExchangeModes)
	if got, err := ParsePSKKeyExchangeModes(modes.Data); !ok || err != nil || len(got) != 1 || got[0] != PSKWithDHE {
		t.Errorf("modes %v, error %v", got, err)
	}
}

func TestGoServerAsksForCertificate(t *testing.T) {
	conn := serve(t, &tls.Config{ClientAuth: tls.RequestClientCert})
	send(t, conn, offer(0xC02B), 0)
	for range 3 { // server_hello, certificate, server_key_exchange
		readMessage(t, conn)
	}
	request, err := ParseCertificateRequest(readMessage(t, conn).Body, TLS12)
	if err != nil || len(request.Types) != 2 || len(request.Schemes) == 0 || len(request.Authorities) != 0 {
		t.Errorf("%+v, error %v", request, err)
	}
	readMessage(t, conn)
}
