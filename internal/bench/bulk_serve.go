package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"
)

// serveBulk runs n mail servers, each at an address of its own and all at one port, which it prints. For each line of in it prints how many
// connections there were so far, and it ends with in.
func serveBulk(n int, in io.Reader, out io.Writer) error {
	cert, err := selfSigned()
	if err != nil {
		return err
	}
	cfg := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	var connections atomic.Int64
	port := uint16(0)
	for i := range n {
		l, err := net.Listen("tcp", netip.AddrPortFrom(serverAddress(i), port).String())
		if err != nil {
			return err
		}
		port = uint16(l.Addr().(*net.TCPAddr).Port)
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				connections.Add(1)
				go serveMail(conn, cfg)
			}
		}()
	}
	fmt.Fprintln(out, port)
	for lines := bufio.NewScanner(in); lines.Scan(); {
		fmt.Fprintln(out, connections.Load())
	}
	return nil
}

// serveMail is as much of a mail server as a scan asks for.
func serveMail(conn net.Conn, cfg *tls.Config) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprint(conn, "220 bench ESMTP\r\n")
	for r := bufio.NewReader(conn); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"):
			fmt.Fprint(conn, "250-bench\r\n250-PIPELINING\r\n250 STARTTLS\r\n")
		case verb == "STARTTLS" && r.Buffered() == 0:
			fmt.Fprint(conn, "220 go ahead\r\n")
			inner := tls.Server(conn, cfg)
			if inner.Handshake() == nil {
				conn, r = inner, bufio.NewReader(inner)
				continue
			}
			return
		case verb == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "502 no\r\n")
		}
	}
}

// handshake makes one connection of the plainest kind.
func handshake(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	r := bufio.NewReader(conn)
	for _, step := range []struct{ say, end string }{{"", "220 "}, {"EHLO bench\r\n", "250 "}, {"STARTTLS\r\n", "220 "}} {
		if _, err := io.WriteString(conn, step.say); err != nil {
			return err
		}
		for line := ""; !strings.HasPrefix(line, step.end); {
			if line, err = r.ReadString('\n'); err != nil {
				return err
			}
			if line[0] > '3' {
				return errors.New(line)
			}
		}
	}
	return tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(ctx) // the floor is about speed
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour), DNSNames: []string{"mx.test"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
