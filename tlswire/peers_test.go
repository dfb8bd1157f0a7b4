package tlswire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"
)

// goHello returns the ClientHello of crypto/tls as it leaves it.
func goHello(t *testing.T, config *tls.Config) ClientHello {
	t.Helper()
	near, far := net.Pipe()
	_ = near.SetDeadline(time.Now().Add(time.Minute)) // a peer that hangs fails the test
	defer near.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = tls.Client(far, config).Handshake() // fails as soon as the pipe is closed
	}()
	hello, err := ParseClientHello(readMessage(t, near).Body)
	near.Close()
	<-done
	if err != nil {
		t.Fatal(err)
	}
	return hello
}

// readMessage reads records until they hold one handshake message.
func readMessage(t *testing.T, r io.Reader) Handshake {
	t.Helper()
	var buffer HandshakeBuffer
	for {
		record := readRecord(t, r)
		if record.Type != ContentHandshake {
			t.Fatalf("%v record %x, want a handshake", record.Type, record.Payload)
		}
		buffer.Feed(record.Payload)
		h, ok, err := buffer.Next()
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			return h
		}
	}
}

func readRecord(t *testing.T, r io.Reader) Record {
	t.Helper()
	b := make([]byte, RecordHeaderLen)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	rest := make([]byte, int(b[3])<<8|int(b[4]))
	if _, err := io.ReadFull(r, rest); err != nil {
		t.Fatal(err)
	}
	record, _, err := ParseRecord(append(b, rest...))
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestGoClient(t *testing.T) {
	hello := goHello(t, &tls.Config{ServerName: "mx.example", NextProtos: []string{"smtp"}})
	e, _ := Find(hello.Extensions, ExtensionServerName)
	if host, err := ParseServerName(e.Data); host != "mx.example" || err != nil {
		t.Errorf("server name %q, error %v", host, err)
	}
	e, _ = Find(hello.Extensions, ExtensionKeyShare)
	shares, err := ParseKeyShares(e.Data)
	if err != nil || len(shares) != 2 || shares[0].Group != X25519MLKEM768 || len(shares[0].Data) != 1216 || shares[1].Group != X25519 {
		t.Errorf("%d key shares, error %v", len(shares), err)
	}
	e, _ = Find(hello.Extensions, ExtensionSupportedVersions)
	if versions, err := ParseSupportedVersions(e.Data); err != nil || versions[0] != TLS13 {
		t.Errorf("versions %v, error %v", versions, err)
	}
}

func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// serve runs crypto/tls as a server on one end of a pipe and returns the other.
func serve(t *testing.T, config *tls.Config) net.Conn {
	t.Helper()
	config.Certificates = []tls.Certificate{selfSigned(t)}
	near, far := net.Pipe()
	_ = near.SetDeadline(time.Now().Add(time.Minute)) // a peer that hangs fails the test
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = tls.Server(far, config).Handshake() // the tests never finish it
	}()
	t.Cleanup(func() {
		near.Close()
		<-done
	})
	return near
}

// send writes a hello as records of at most size bytes.
func send(t *testing.T, conn net.Conn, hello ClientHello, size int) {
	t.Helper()
	body, err := hello.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	message, err := Handshake{TypeClientHello, body}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(AppendRecords(nil, ContentHandshake, TLS10, message, size)); err != nil {
		t.Fatal(err)
	}
}

func offer(suite Suite, extensions ...Extension) ClientHello {
	return ClientHello{
		Version: TLS12, Suites: []Suite{suite}, CompressionMethods: []CompressionMethod{CompressionNull},
		Extensions: append(extensions,
			SupportedGroups([]Group{Secp384r1}), ECPointFormats([]ECPointFormat{PointUncompressed}),
			SignatureAlgorithms([]SignatureScheme{ECDSASecp256r1SHA256})),
	}
}

func TestGoServerAsksAgain(t *testing.T) {
	conn := serve(t, &tls.Config{})
	hello := offer(TLS_AES_128_GCM_SHA256, SupportedVersions([]Version{TLS13}), KeyShares(nil))
	send(t, conn, hello, 10) // in pieces of ten bytes
	got, err := ParseServerHello(readMessage(t, conn).Body)
	if group, ok := got.RetryGroup(); err != nil || !ok || group != Secp384r1 || got.NegotiatedVersion() != TLS13 {
		t.Errorf("group %v, %v, version %v, error %v", group, ok, got.NegotiatedVersion(), err)
	}
}

func TestGoServerTLS12(t *testing.T) {
	conn := serve(t, &tls.Config{})
	const ecdheECDSA = Suite(0xC02B)
	send(t, conn, offer(ecdheECDSA, RenegotiationInfo(nil)), 0)
	hello, err := ParseServerHello(readMessage(t, conn).Body)
	if err != nil || hello.Suite != ecdheECDSA || hello.DowngradeSentinel() != DowngradeTLS12 {
		t.Fatalf("suite %v, sentinel %q, error %v", hello.Suite, hello.DowngradeSentinel(), err)
	}
	chain, err := ParseCertificate(readMessage(t, conn).Body)
	if err != nil || len(chain.Chain) != 1 {
		t.Fatalf("%d certificates, error %v", len(chain.Chain), err)
	}
	kx, err := ParseServerKeyExchange(readMessage(t, conn).Body, KeyExchangeECDHE, false, TLS12)
	if err != nil || kx.EC.Group != Secp384r1 || kx.Scheme != ECDSASecp256r1SHA256 {
		t.Fatalf("key exchange %+v, error %v", kx, err)
	}
	if done := readMessage(t, conn); done.Type != TypeServerHelloDone {
		t.Errorf("%v, want server_hello_done", done.Type)
	}
}

func TestGoServerRefuses(t *testing.T) {
	conn := serve(t, &tls.Config{})
	send(t, conn, offer(0x0005), 0)
	r := readRecord(t, conn)
	alert, err := ParseAlert(r.Payload)
	if want := (Alert{AlertLevelFatal, AlertHandshakeFailure}); r.Type != ContentAlert || alert != want || err != nil {
		t.Errorf("%v record, %v, error %v, want %v", r.Type, alert, err, want)
	}
}
