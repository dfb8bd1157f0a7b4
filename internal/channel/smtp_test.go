package channel

import (
	"bufio"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// taker is a mail server that takes what it is given, and says STARTTLS unless it is plain.
type taker struct {
	port  int
	roots *x509.CertPool
	cert  tls.Certificate
	plain bool
	deny  string // what it says to RCPT, if not 250
	spurn string // what it says behind a mail, if not 250
	codes bool   // it says that it gives enhanced status codes
	rude  bool   // it hangs up once it has a mail

	mu    sync.Mutex
	mails []taken
}

// taken is one mail, and what was said before it.
type taken struct {
	from, to, auth, text string
	tls                  bool
}

func newTaker(t *testing.T) *taker {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s := &taker{roots: x509.NewCertPool(), cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
	s.roots.AddCert(leaf)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	return s
}

func (s *taker) talk(c net.Conn) {
	defer func() { _ = c.Close() }()
	var m taken
	r := bufio.NewReader(c)
	say := func(text string) { _, _ = fmt.Fprint(c, text+"\r\n") }
	say("220 taker ESMTP")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.TrimSpace(line))
		switch {
		case strings.HasPrefix(verb, "EHLO"):
			switch {
			case m.tls:
				say("250-taker\r\n250 AUTH PLAIN")
			case s.plain && s.codes:
				say("250-taker\r\n250 ENHANCEDSTATUSCODES")
			case s.plain:
				say("250 taker")
			default:
				say("250-taker\r\n250 STARTTLS")
			}
		case verb == "STARTTLS":
			say("220 go")
			c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{s.cert}})
			r, m.tls = bufio.NewReader(c), true
		case strings.HasPrefix(verb, "AUTH PLAIN"):
			b, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line)[len("AUTH PLAIN "):])
			m.auth = string(b)
			say("235 fine")
		case strings.HasPrefix(verb, "MAIL FROM:"):
			m.from = strings.TrimSpace(line)
			say("250 fine")
		case strings.HasPrefix(verb, "RCPT TO:"):
			m.to += strings.TrimSpace(line) + ";"
			if s.deny != "" {
				say(s.deny)
			} else {
				say("250 fine")
			}
		case verb == "DATA":
			say("354 go")
			var b strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(line, "."))
			}
			m.text = b.String()
			s.mu.Lock()
			s.mails = append(s.mails, m)
			s.mu.Unlock()
			say(cmp.Or(s.spurn, "250 taken"))
			if s.rude {
				return
			}
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}
