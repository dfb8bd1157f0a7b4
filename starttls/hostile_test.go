package starttls

import (
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// endless says first once and then the same again and again.
type endless struct {
	replay
	again string
	sent  int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.says == "" {
		e.says = e.again
	}
	n, err := e.replay.Read(b)
	e.sent += n
	return n, err
}

func TestEndless(t *testing.T) {
	const ehlo = "220 mx\r\n250-mx\r\n"
	tests := []struct {
		name         string
		p            Protocol
		first, again string
		outcome      Outcome
		step         Step
		most         int // bytes read
	}{
		{"smtp banner line", SMTP, "220 ", "x", TooLong, StepGreeting, 2 * MaxSMTPLine},
		{"smtp banner lines", SMTP, "", "220-x\r\n", TooLong, StepGreeting, 2 * 8 * MaxLines},
		{"smtp long banner lines", SMTP, "", "220-" + strings.Repeat("x", 2000) + "\r\n", TooLong, StepGreeting, MaxBytes},
		{"smtp EHLO lines", SMTP, ehlo, "250-X\r\n", TooLong, StepCapabilities, 2 * 8 * MaxLines},
		{"smtp EHLO line", SMTP, ehlo, "250-STARTTLS", TooLong, StepCapabilities, 2 * MaxSMTPLine},
		{"lmtp zeros", LMTP, "", "\x00", NotThisProtocol, StepGreeting, 2 * MaxSMTPLine},
		{"imap line", IMAP, "* OK ", "x", TooLong, StepGreeting, 2 * MaxLine},
		{"imap untagged", IMAP, "* OK x\r\n", "* OK x\r\n", TooLong, StepCapabilities, 2 * 8 * MaxLines},
		{"imap continuations", IMAP, "* OK x\r\n", "+ x\r\n", TooLong, StepCapabilities, 2 * 8 * MaxLines},
		{"imap literals", IMAP, "* OK x\r\n", "* X {0}\r\n", TooLong, StepCapabilities, 2 * 9 * MaxLines},
		{"imap literal", IMAP, "* OK x\r\n* X {260000}\r\n", "x", TooLong, StepCapabilities, MaxBytes},
		{"pop3 line", POP3, "+OK ", "x", TooLong, StepGreeting, 2 * MaxLine},
		{"pop3 CAPA", POP3, "+OK\r\n+OK\r\n", "STLS\r\n", TooLong, StepCapabilities, 2 * 6 * MaxLines},
		{"sieve line", Sieve, `"A" "`, "x", TooLong, StepGreeting, 2 * MaxLine},
		{"sieve lines", Sieve, "", "\"A\"\r\n", TooLong, StepGreeting, 2 * 6 * MaxLines},
		{"sieve literals", Sieve, "", "{0}\r\n", TooLong, StepGreeting, 2 * 6 * MaxLines},
		{"sieve literal", Sieve, "{262000}\r\n", "x", TooLong, StepGreeting, MaxBytes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{1, 100000} {
				conn := &endless{replay: replay{says: tt.first, piece: piece}, again: tt.again}
				res := Start(t.Context(), conn, tt.p, testOptions)
				if res.Outcome != tt.outcome || res.Step != tt.step {
					t.Errorf("outcome %s at %s: %v, want %s at %s", res.Outcome, res.Step, res.Err, tt.outcome, tt.step)
				}
				if conn.sent > tt.most {
					t.Errorf("read %d bytes, want at most %d", conn.sent, tt.most)
				}
			}
		})
	}
}

// The longest replies within the limits are taken.
func TestLongest(t *testing.T) {
	line := func(n int) string { return "250-" + strings.Repeat("x", n-6) + "\r\n" }
	lines := func(n int) string { return strings.Repeat("250-X\r\n", n-2) }
	tests := []struct {
		name, ehlo string
		outcome    Outcome
	}{
		{"line", line(MaxSMTPLine), Ready},
		{"line too long", line(MaxSMTPLine + 1), TooLong},
		{"lines", lines(MaxLines), Ready},
		{"a line too many", lines(MaxLines + 1), TooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{1, 7, 100000} {
				says := "220 mx\r\n250-mx\r\n" + tt.ehlo + "250 STARTTLS\r\n220 go\r\n"
				res := Start(t.Context(), &replay{says: says, piece: piece, err: io.EOF}, SMTP, testOptions)
				if res.Outcome != tt.outcome {
					t.Errorf("pieces of %d: %s, %v", piece, res.Outcome, res.Err)
				}
			}
		})
	}
}

func TestForeign(t *testing.T) {
	tests := []struct {
		name    string
		p       Protocol
		says    string
		outcome Outcome
		in      string // of the error
	}{
		{"TLS alert", SMTP, "\x15\x03\x01\x00\x02\x02\x28", ImplicitTLS, "TLS record"},
		{"TLS handshake", IMAP, "\x16\x03\x03\x00\x7a\x02", ImplicitTLS, "TLS record"},
		{"TLS cut short", SMTP, "\x15\x03", NotThisProtocol, `\x15\x03`},
		{"SSH", SMTP, "SSH-2.0-OpenSSH_9.2p1\r\n", NotThisProtocol, "SSH"},
		{"SSH on IMAP", IMAP, "SSH-2.0-OpenSSH_9.2p1\r\n", NotThisProtocol, "SSH"},
		{"HTTP", POP3, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html>\x00", NotThisProtocol, "HTTP"},
		{"HTTP on sieve", Sieve, "HTTP/1.1 400 Bad Request\r\n", NotThisProtocol, "HTTP"},
		{"POP3 on IMAP", IMAP, "+OK hi\r\n", NotThisProtocol, "POP3"},
		{"IMAP on SMTP", SMTP, "* OK hi\r\n", NotThisProtocol, "IMAP"},
		{"SMTP on POP3", POP3, "220 mx ESMTP\r\n", NotThisProtocol, "SMTP"},
		{"sieve on IMAP", IMAP, "\"IMPLEMENTATION\" \"x\"\r\n", NotThisProtocol, "ManageSieve"},
		{"MySQL", SMTP, "\x4a\x00\x00\x00\x0a5.7.1\x00", NotThisProtocol, `J\x00`},
		{"empty line", SMTP, "\r\n", NotThisProtocol, "not a greeting"},
		{"garbage after the first line", SMTP, "220-mx\r\nhm\r\n", Malformed, "hm"},
		{"hostile error text", SMTP, "\x1b]0;x\a\u202e\r\n", NotThisProtocol, `\x1b]0;x\x07\u{202e}`},
		{"nothing", SMTP, "", Closed, "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{1, 1000} {
				res := Start(t.Context(), &replay{says: tt.says, piece: piece, err: io.EOF}, tt.p, testOptions)
				if res.Outcome != tt.outcome || res.Step != StepGreeting || !strings.Contains(res.Err.Error(), tt.in) {
					t.Errorf("outcome %s at %s: %v", res.Outcome, res.Step, res.Err)
				}
				got := strings.TrimRight(server(res.Dialogue), "\n")
				if piece > 1 && got != strings.TrimRight(strings.ReplaceAll(tt.says, "\r\n", "\n"), "\n") {
					t.Errorf("transcript %q, want all of %q", got, tt.says)
				}
			}
		})
	}
}

// A TLS record in the middle is seen as soon as it begins.
func TestTLSRecordLater(t *testing.T) {
	res := Start(t.Context(), &replay{says: "220 mx\r\n\x15\x03\x03\x00\x02\x02\x0a", piece: 1, err: io.EOF}, SMTP, testOptions)
	if res.Outcome != ImplicitTLS || res.Step != StepCapabilities {
		t.Errorf("outcome %s at %s", res.Outcome, res.Step)
	}
}

func TestRawBytes(t *testing.T) {
	const name = "mx\x00\x1b[31m\xff"
	res := Start(t.Context(), &replay{says: "220 " + name + "\r\n250-mx\r\n250-\x00STARTTLS\r\n250 A\xff\r\n", piece: 9, err: io.EOF}, SMTP, testOptions)
	if res.Outcome != NotOffered || res.Greeting != "220 "+name {
		t.Errorf("outcome %s, greeting %q", res.Outcome, res.Greeting)
	}
	if !slices.Equal(res.Before.Raw, []string{"\x00STARTTLS", "A\xff"}) || len(res.Before.Names) != 0 {
		t.Errorf("capabilities %q, %q", res.Before.Raw, res.Before.Names)
	}
	if l := res.Dialogue.Lines[0]; l.Text != "220 "+name || string(l.Raw) != l.Text {
		t.Errorf("line %q, raw %q", l.Text, l.Raw)
	}
}

// What follows the go-ahead in the same read is handed over, not read as a reply
// or lost.
func TestEarly(t *testing.T) {
	tests := []struct {
		name string
		p    Protocol
		says string
	}{
		{"smtp", SMTP, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n"},
		{"imap", IMAP, "* OK [CAPABILITY STARTTLS] x\r\na2 OK go\r\n"},
		{"pop3", POP3, "+OK\r\n-ERR\r\n+OK\r\n"},
		{"sieve", Sieve, "\"STARTTLS\"\r\nOK\r\nOK\r\n"},
	}
	const injected = "250 injected\r\n\x16\x03\x01"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{1, 3, 1000} {
				conn := &replay{says: tt.says + injected, piece: piece, err: io.EOF}
				res := Start(t.Context(), conn, tt.p, testOptions)
				if res.Outcome != Ready || string(res.Early)+conn.says != injected {
					t.Errorf("pieces of %d: %s, early %q, unread %q", piece, res.Outcome, res.Early, conn.says)
				}
				if piece == 1000 && string(res.Early) != injected {
					t.Errorf("early %q", res.Early)
				}
				if heard := server(res.Dialogue); !strings.HasSuffix(heard, strings.ReplaceAll(string(res.Early), "\r", "")) {
					t.Errorf("the transcript %q leaves out %q", heard, res.Early)
				}
			}
		})
	}
}

// atOnce is a connection that fails in the same read as its last bytes, and hangs
// if it is read again.
type atOnce struct {
	replay
	t *testing.T
}

func (a *atOnce) Read(b []byte) (int, error) {
	if a.says == "" {
		a.t.Error("read again after an error")
	}
	n, _ := a.replay.Read(b)
	return n, a.err
}

// An error that comes with bytes is kept until they are used up.
func TestErrorWithBytes(t *testing.T) {
	conn := &atOnce{replay{says: "220 mx\r\n250-mx\r\n250 STARTTLS\r\n", piece: 100, err: syscall.ECONNRESET}, t}
	res := Start(t.Context(), conn, SMTP, testOptions)
	if res.Outcome != Closed || res.Step != StepSTARTTLS || !isError(res.Err, syscall.ECONNRESET) {
		t.Errorf("outcome %s at %s: %v", res.Outcome, res.Step, res.Err)
	}
}

// deaf is a connection on which writes fail and reads do what replay does.
type deaf struct {
	replay
	werr error
}

func (d *deaf) Write([]byte) (int, error) { return 0, d.werr }

func TestErrors(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	unreachable := &net.OpError{Op: "read", Err: syscall.EHOSTUNREACH}
	tests := []struct {
		name    string
		conn    net.Conn
		outcome Outcome
		step    Step
		is      error
	}{
		{"reset in the greeting", &replay{err: reset}, Closed, StepGreeting, syscall.ECONNRESET},
		{"reset after the greeting", &replay{says: "220 mx\r\n", piece: 9, err: reset}, Closed, StepCapabilities, syscall.ECONNRESET},
		{"TLS without close_notify", &replay{err: io.ErrUnexpectedEOF}, Closed, StepGreeting, io.ErrUnexpectedEOF},
		{"unreachable", &replay{err: unreachable}, Failed, StepGreeting, syscall.EHOSTUNREACH},
		{"no progress", &replay{}, Failed, StepGreeting, io.ErrNoProgress},
		{"write fails", &deaf{replay{says: "220 mx\r\n", piece: 100, err: io.EOF}, syscall.EPIPE}, Closed, StepCapabilities, syscall.EPIPE},
		{"last words, in the same read", &deaf{replay{says: "220 mx\r\n421 too many connections\r\n", piece: 99, err: io.EOF}, syscall.EPIPE}, TemporarilyRefused, StepCapabilities, nil},
		{"last words", &deaf{replay{says: "220 mx\r\n421 too many connections\r\n", piece: 9, err: io.EOF}, syscall.EPIPE}, TemporarilyRefused, StepCapabilities, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := Start(t.Context(), tt.conn, SMTP, testOptions)
			if res.Outcome != tt.outcome || res.Step != tt.step || tt.is != nil && !isError(res.Err, tt.is) {
				t.Errorf("outcome %s at %s: %v", res.Outcome, res.Step, res.Err)
			}
		})
	}
}

func TestMisuse(t *testing.T) {
	for _, p := range []Protocol{Submissions, IMAPS, POP3S, "gopher", ""} {
		conn := &replay{says: "220 mx\r\n", piece: 9, err: io.EOF}
		if res := Start(t.Context(), conn, p, testOptions); res.Outcome != Failed || conn.wrote.Len() > 0 {
			t.Errorf("Start(%q): %s, wrote %q", p, res.Outcome, conn.wrote.String())
		}
	}
	client, server := net.Pipe()
	server.Close()
	client.Close()
	if res := Start(t.Context(), client, SMTP, testOptions); res.Outcome != Closed {
		t.Errorf("a closed connection: %s, %v", res.Outcome, res.Err)
	}
}
