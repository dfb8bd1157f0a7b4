package starttls

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// replay is a connection whose server says what it says whatever it is asked, in
// pieces of a size of choice, and then fails with an error. It needs no
// goroutine and never waits.
type replay struct {
	says  string
	piece int
	err   error
	wrote strings.Builder
	extra []string // what was written after the second command of one write
}

func (r *replay) Read(b []byte) (int, error) {
	if r.says == "" {
		return 0, r.err
	}
	n := copy(b[:min(len(b), r.piece)], r.says)
	r.says = r.says[n:]
	return n, nil
}

func (r *replay) Write(b []byte) (int, error) {
	if strings.Count(string(b), "\n") != 1 {
		r.extra = append(r.extra, string(b))
	}
	return r.wrote.Write(b)
}

func (*replay) Close() error                     { return nil }
func (*replay) LocalAddr() net.Addr              { return nil }
func (*replay) RemoteAddr() net.Addr             { return nil }
func (*replay) SetDeadline(time.Time) error      { return nil }
func (*replay) SetReadDeadline(time.Time) error  { return nil }
func (*replay) SetWriteDeadline(time.Time) error { return nil }

// full are complete dialogues, of which only the server's bytes count.
var full = []struct {
	name string
	p    Protocol
	says string
}{
	{"smtp", SMTP, "220-wait\r\n220 mx\r\n250-mx\r\n250-SIZE 1\r\n250 STARTTLS\r\n220 2.0.0 go\r\n"},
	{"smtp helo", SMTP, "220 mx\r\n502 what\r\n250 mx\r\n"},
	{"smtp none", SMTP, "220 mx\r\n250-mx\r\n250 SIZE 1\r\n"},
	{"lmtp", LMTP, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n"},
	{"imap", IMAP, "* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK x\r\na2 OK go\r\n"},
	{"imap none", IMAP, "* OK hi\r\n* CAPABILITY IMAP4rev1\r\na1 OK x\r\n"},
	{"pop3", POP3, "+OK hi\r\n+OK\r\nSTLS\r\n.\r\n+OK go\r\n"},
	{"pop3 none", POP3, "+OK hi\r\n+OK\r\nUSER\r\n.\r\n"},
	{"pop3 old", POP3, "+OK hi\r\n-ERR no\r\n-ERR no\r\n"},
	{"sieve", Sieve, "\"IMPLEMENTATION\" \"x\"\r\n{8}\r\nSTARTTLS\r\nOK {2}\r\nhi\r\nOK \"go\"\r\n"},
	{"sieve none", Sieve, "\"IMPLEMENTATION\" \"x\"\r\nOK\r\n"},
}

// A dialogue that ends early, at whichever byte, never says Yes or No.
func TestTruncated(t *testing.T) {
	for _, tt := range full {
		t.Run(tt.name, func(t *testing.T) {
			whole := Start(t.Context(), &replay{says: tt.says, piece: 1, err: io.EOF}, tt.p, testOptions)
			if whole.Outcome != Ready && whole.Outcome != NotOffered {
				t.Fatalf("the whole dialogue ends in %s: %v", whole.Outcome, whole.Err)
			}
			for n := range len(tt.says) {
				for _, piece := range []int{1, len(tt.says)} {
					res := Start(t.Context(), &replay{says: tt.says[:n], piece: piece, err: io.EOF}, tt.p, testOptions)
					if res.Outcome != Closed {
						t.Errorf("after %q: %s (%v), want closed", tt.says[:n], res.Outcome, res.Err)
					}
					if heard := server(res.Dialogue); strings.ReplaceAll(tt.says[:n], "\r\n", "\n") != strings.ReplaceAll(heard, "\r", "") &&
						!strings.HasSuffix(tt.says[:n], "\r") {
						t.Errorf("after %q the transcript has %q", tt.says[:n], heard)
					}
				}
			}
		})
	}
}

// server returns what the server said by the transcript, its lines ended by LF.
func server(d Dialogue) string {
	var b strings.Builder
	for _, l := range d.Lines {
		if l.From == Server {
			b.Write(l.Bytes())
			if !l.Cut {
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}

// No write carries more than one command, also when the replies are there already.
func TestNeverPipelines(t *testing.T) {
	for _, tt := range full {
		t.Run(tt.name, func(t *testing.T) {
			conn := &replay{says: tt.says, piece: len(tt.says), err: io.EOF}
			Start(t.Context(), conn, tt.p, testOptions)
			if len(conn.extra) > 0 || conn.wrote.Len() == 0 && tt.p != Sieve {
				t.Errorf("writes %q, of several lines %q", conn.wrote.String(), conn.extra)
			}
		})
	}
}
