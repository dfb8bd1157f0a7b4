package starttls

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// selfSigned makes a certificate for one test.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// listen serves one connection on the loopback and returns the other end.
func listen(t *testing.T, serve func(net.Conn)) net.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		serve(conn)
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		l.Close()
		<-done
	})
	return conn
}

// answer reads a line for each reply and writes the reply.
func answer(conn io.ReadWriter, greeting string, replies ...string) {
	in := bufio.NewReader(conn)
	io.WriteString(conn, greeting)
	for _, r := range replies {
		if _, err := in.ReadString('\n'); err != nil {
			return
		}
		io.WriteString(conn, r)
	}
}

// Through TLS and out again, over real sockets.
func TestWholeSession(t *testing.T) {
	cert := selfSigned(t)
	tests := []struct {
		p             Protocol
		plain, secret []string
		mechanism     string
	}{
		{SMTP, []string{"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"},
			[]string{"", "250-mx\r\n250 AUTH PLAIN\r\n", "221 bye\r\n"}, "PLAIN"},
		{IMAP, []string{"* OK hi\r\n", "* CAPABILITY STARTTLS\r\na1 OK x\r\n", "a2 OK go\r\n"},
			[]string{"", "* CAPABILITY AUTH=EXTERNAL\r\na1 OK x\r\n", "* BYE\r\na3 OK bye\r\n"}, "EXTERNAL"},
		{POP3, []string{"+OK hi\r\n", "+OK\r\nSTLS\r\n.\r\n", "+OK go\r\n"},
			[]string{"", "+OK\r\nSASL PLAIN\r\n.\r\n", "+OK bye\r\n"}, "PLAIN"},
		{Sieve, []string{"\"STARTTLS\"\r\nOK\r\n", "OK\r\n"},
			[]string{"\"SASL\" \"PLAIN\"\r\nOK\r\n", "OK\r\n"}, "PLAIN"},
	}
	for _, tt := range tests {
		t.Run(string(tt.p), func(t *testing.T) {
			conn := listen(t, func(conn net.Conn) {
				answer(conn, tt.plain[0], tt.plain[1:]...)
				secret := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
				answer(secret, tt.secret[0], tt.secret[1:]...)
			})
			if res := Start(t.Context(), conn, tt.p, Options{}); res.Outcome != Ready {
				t.Fatalf("start: %s, %v", res.Outcome, res.Err)
			}
			secret := tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
			res := Again(t.Context(), secret, tt.p, Options{})
			if res.Outcome != Ready || strings.Join(res.Before.AuthMechanisms, " ") != tt.mechanism {
				t.Fatalf("again: %s, %v, %+v", res.Outcome, res.Err, res.Before)
			}
			if res := Quit(t.Context(), secret, tt.p, Options{}); res.Outcome != Ready {
				t.Fatalf("quit: %s, %v", res.Outcome, res.Err)
			}
		})
	}
}

// The name by default is the address of this end, which a server can parse.
func TestDefaultHelo(t *testing.T) {
	got := make(chan string, 1)
	conn := listen(t, func(conn net.Conn) {
		io.WriteString(conn, "220 mx\r\n")
		line, _ := bufio.NewReader(conn).ReadString('\n')
		got <- line
	})
	Start(t.Context(), conn, SMTP, Options{})
	if line := <-got; line != "EHLO [127.0.0.1]\r\n" {
		t.Errorf("client said %q", line)
	}
}

// A reset is told from an orderly close by its error.
func TestReset(t *testing.T) {
	conn := listen(t, func(conn net.Conn) {
		answer(conn, "220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n")
		bufio.NewReader(conn).ReadString('\n')
		conn.(*net.TCPConn).SetLinger(0)
	})
	res := Start(t.Context(), conn, SMTP, Options{})
	if res.Outcome != Closed || res.Step != StepSTARTTLS || isError(res.Err, io.EOF) {
		t.Errorf("outcome %s at %s: %v", res.Outcome, res.Step, res.Err)
	}
}
