package realtest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"
)

// visit connects as a mail program does, which takes no other than the right certificate.
func visit(t *testing.T, addr string) (net.Conn, *tls.Config) {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.DialTimeout("tcp", addr, scanLimit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(scanLimit)); err != nil {
		t.Fatal(err)
	}
	return conn, &tls.Config{RootCAs: roots, ServerName: Host}
}

// deliver sends a message as a mail program does: with TLS, and no other than the right certificate.
func deliver(t *testing.T, addr string, implicit bool) {
	t.Helper()
	conn, cfg := visit(t, addr)
	if implicit {
		conn = tls.Client(conn, cfg)
	}
	c, err := smtp.NewClient(conn, Host)
	if err == nil && !implicit {
		err = c.StartTLS(cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{c.Mail("sender@example.org"), c.Rcpt("recipient@example.net")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("Subject: a test\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("the message was not taken: %v", err)
	}
	_ = c.Quit()
}

// logIn logs in as a mail program does (RFC 9051, Sections 6.2.1 and 6.2.3).
func logIn(t *testing.T, addr string) {
	t.Helper()
	conn, cfg := visit(t, addr)
	r := bufio.NewReader(conn)
	say := func(command, want string) {
		t.Helper()
		if command != "" {
			fmt.Fprintf(conn, "%s\r\n", command)
		}
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatalf("%s: %v", command, err)
			}
			if !strings.HasPrefix(line, "* ") || command == "" {
				if !strings.HasPrefix(line, want) {
					t.Fatalf("%s: %s", command, line)
				}
				return
			}
		}
	}
	say("", "* OK")
	say("a STARTTLS", "a OK")
	conn = tls.Client(conn, cfg)
	r = bufio.NewReader(conn)
	say("b LOGIN someone secret", "b OK")
}
