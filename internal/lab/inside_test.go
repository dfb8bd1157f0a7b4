package lab

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// TestInside takes crypto/tls, a stranger to tlspeer, behind the encryption.
func TestInside(t *testing.T) {
	ca := testCA(t)
	for _, c := range []struct{ server, handshake, mail string }{
		{"inner-silent", "silence", ""},
		{"inner-garbage", "bad record MAC", ""},
		{"inner-extensions", "", "250 "},
		{"inner-1mb-chain", "exceeds maximum", ""},
		{"inner-no-certificate", "empty certificates", ""},
		{"inner-second-hello", "unexpected handshake message", ""},
		{"inner-unknown", "unexpected message", ""},
		{"inner-signature", "invalid signature", ""},
		{"inner-finished", "invalid server finished hash", ""},
		{"inner-tickets", "", "too many non-advancing records"},
		{"inner-key-updates", "", "too many non-advancing records"},
		{"inside-endless", "", "flood"},
		{"inside-line", "", "flood"},
		{"inside-greeting", "", "flood"},
		{"inside-escapes", "", escapes},
		{"inside-silent-greeting", "", "silence"},
		{"inside-reset", "", "reset"},
	} {
		t.Run(c.server, func(t *testing.T) {
			t.Parallel()
			r := byName(t, c.server, ca)
			raw, in := dial(t, r)
			conn := tls.Client(&replayed{raw, in, raw}, &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS13})
			if c.handshake == "silence" {
				raw.SetDeadline(time.Now().Add(100 * time.Millisecond))
			}
			if got := outcome(conn.Handshake()); !strings.Contains(got, c.handshake) || (got == "") != (c.handshake == "") {
				t.Fatalf("handshake: %q, want %q", got, c.handshake)
			}
			if c.mail == "" {
				return
			}
			if c.mail == "silence" {
				raw.SetDeadline(time.Now().Add(100 * time.Millisecond))
			}
			if got := converse(r, conn); !strings.Contains(got, c.mail) {
				t.Errorf("conversation: %.200q, want %q", got, c.mail)
			}
		})
	}
}

// outcome says how a step ended, "" for well.
func outcome(err error) string {
	if err == nil {
		return ""
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "silence"
	}
	return ending(err)
}

// converse greets the server, asks for its capabilities, and returns what came
// back and how it ended.
func converse(r *Running, conn io.ReadWriter) string {
	in := bufio.NewReader(&io.LimitedReader{R: conn, N: enough})
	question, last := "EHLO client.lab.test", "250 "
	if r.Server.Protocol == "imaps" {
		question, last = "a CAPABILITY", "a OK"
	}
	io.WriteString(conn, question+"\r\n")
	total := 0
	var said strings.Builder
	for {
		line, err := in.ReadString('\n')
		total += len(line)
		if total >= enough {
			return "flood"
		}
		said.WriteString(line)
		if err != nil {
			return said.String() + ending(err)
		}
		if strings.HasPrefix(line, last) {
			return said.String()
		}
	}
}

// TestPostscreen speaks after the greeting is through, and before: to a server that
// will not get to its end.
func TestPostscreen(t *testing.T) {
	ca := testCA(t)
	r := byName(t, "postscreen", ca)
	if got := ask(t, r, fullOffer(tlswire.TLS12, intermediate())); got.end != "done" {
		t.Errorf("a patient client: %q", got.end)
	}
	slow := r.Server
	slow.Quirks.Mail.Teaser = plenty
	conn, in := connect(t, start(t, slow, ca))
	io.WriteString(conn, "EHLO client.lab.test\r\n")
	if got, _ := io.ReadAll(in); !strings.Contains(string(got), "\r\n521 ") {
		t.Errorf("an impatient client was told %q", got)
	}
}
