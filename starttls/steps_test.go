package starttls

import (
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// reached is a point in a dialogue: what the server has said by then.
type reached struct {
	name string
	p    Protocol
	call call
	says string
	step Step
}

// points are all the places at which a client waits for a server.
func points() []reached {
	return []reached{
		{"smtp greeting", SMTP, Start, "", StepGreeting},
		{"smtp second line of greeting", SMTP, Start, "220-mx\r\n", StepGreeting},
		{"smtp EHLO", SMTP, Start, "220 mx\r\n", StepCapabilities},
		{"smtp second line of EHLO", SMTP, Start, "220 mx\r\n250-mx\r\n", StepCapabilities},
		{"smtp HELO", SMTP, Start, "220 mx\r\n502\r\n", StepCapabilities},
		{"smtp STARTTLS", SMTP, Start, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n", StepSTARTTLS},
		{"smtp second line of STARTTLS", SMTP, Start, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n220-go\r\n", StepSTARTTLS},
		{"submission MAIL", Submission, askFirst, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n", StepBeforeTLS},
		{"submission MAIL in a group", Submission, askFirst, "220 mx\r\n250-PIPELINING\r\n250 STARTTLS\r\n", StepBeforeTLS},
		{"submission RSET", Submission, askFirst, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n250\r\n", StepBeforeTLS},
		{"submission AUTH", Submission, askFirst, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n250\r\n250\r\n", StepBeforeTLS},
		{"submission cancel", Submission, askFirst, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n530\r\n334\r\n", StepBeforeTLS},
		{"imap AUTHENTICATE", IMAP, askFirst, "* OK [CAPABILITY STARTTLS]\r\n", StepBeforeTLS},
		{"imap cancel", IMAP, askFirst, "* OK [CAPABILITY STARTTLS]\r\n+\r\n", StepBeforeTLS},
		{"pop3 AUTH", POP3, askFirst, "+OK\r\n+OK\r\nSTLS\r\n.\r\n", StepBeforeTLS},
		{"pop3 cancel", POP3, askFirst, "+OK\r\n+OK\r\nSTLS\r\n.\r\n+ \r\n", StepBeforeTLS},
		{"sieve AUTHENTICATE", Sieve, askFirst, "\"STARTTLS\"\r\nOK\r\n", StepBeforeTLS},
		{"sieve cancel", Sieve, askFirst, "\"STARTTLS\"\r\nOK\r\n\"\"\r\n", StepBeforeTLS},
		{"smtp again", SMTP, Again, "", StepCapabilities},
		{"smtp again by HELO", SMTP, Again, "500\r\n", StepCapabilities},
		{"smtp quit", SMTP, Quit, "", StepQuit},
		{"submissions greeting", Submissions, Open, "", StepGreeting},
		{"submissions EHLO", Submissions, Open, "220\r\n", StepCapabilities},
		{"lmtp greeting", LMTP, Start, "", StepGreeting},
		{"lmtp LHLO", LMTP, Start, "220\r\n", StepCapabilities},
		{"lmtp STARTTLS", LMTP, Start, "220\r\n250-x\r\n250 STARTTLS\r\n", StepSTARTTLS},
		{"imap greeting", IMAP, Start, "", StepGreeting},
		{"imap CAPABILITY", IMAP, Start, "* OK\r\n", StepCapabilities},
		{"imap end of CAPABILITY", IMAP, Start, "* OK\r\n* CAPABILITY STARTTLS\r\n", StepCapabilities},
		{"imap after a literal", IMAP, Start, "* OK\r\n* X {2}\r\nab", StepCapabilities},
		{"imap STARTTLS", IMAP, Start, "* OK [CAPABILITY STARTTLS]\r\n", StepSTARTTLS},
		{"imap STARTTLS after news", IMAP, Start, "* OK [CAPABILITY STARTTLS]\r\n* OK x\r\n", StepSTARTTLS},
		{"imaps CAPABILITY", IMAPS, Open, "* OK\r\n", StepCapabilities},
		{"imap again", IMAP, Again, "", StepCapabilities},
		{"imap quit", IMAP, Quit, "* BYE\r\n", StepQuit},
		{"pop3 greeting", POP3, Start, "", StepGreeting},
		{"pop3 CAPA", POP3, Start, "+OK\r\n", StepCapabilities},
		{"pop3 list", POP3, Start, "+OK\r\n+OK\r\nSTLS\r\n", StepCapabilities},
		{"pop3 STLS", POP3, Start, "+OK\r\n+OK\r\nSTLS\r\n.\r\n", StepSTARTTLS},
		{"pop3 STLS without CAPA", POP3, Start, "+OK\r\n-ERR\r\n", StepSTARTTLS},
		{"pop3s greeting", POP3S, Open, "", StepGreeting},
		{"pop3 again", POP3, Again, "", StepCapabilities},
		{"pop3 quit", POP3, Quit, "", StepQuit},
		{"sieve greeting", Sieve, Start, "", StepGreeting},
		{"sieve list", Sieve, Start, "\"STARTTLS\"\r\n", StepGreeting},
		{"sieve after a literal", Sieve, Start, "{8}\r\nSTARTTLS", StepGreeting},
		{"sieve STARTTLS", Sieve, Start, "\"STARTTLS\"\r\nOK\r\n", StepSTARTTLS},
		{"sieve again", Sieve, Again, "", StepCapabilities},
		{"sieve quit", Sieve, Quit, "", StepQuit},
	}
}

// opening reports whether the point is the first line of a greeting, where other
// protocols are told.
func (r reached) opening() bool { return r.says == "" && r.step == StepGreeting }

// A connection may end in any way at any point.
func TestEndsAnywhere(t *testing.T) {
	ends := []struct {
		name string
		err  error
		want Outcome
	}{
		{"close", io.EOF, Closed},
		{"reset", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, Closed},
		{"cut off under TLS", io.ErrUnexpectedEOF, Closed},
		{"timeout", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, Timeout},
		{"no route", &net.OpError{Op: "read", Err: syscall.EHOSTUNREACH}, Failed},
	}
	for _, r := range points() {
		for _, end := range ends {
			t.Run(r.name+"/"+end.name, func(t *testing.T) {
				res := r.call(t.Context(), &replay{says: r.says, piece: 5, err: end.err}, r.p, testOptions)
				if res.Outcome != end.want || res.Step != r.step || !isError(res.Err, end.err) {
					t.Errorf("outcome %s at %s: %v, want %s at %s", res.Outcome, res.Step, res.Err, end.want, r.step)
				}
			})
		}
	}
}

// A server may say anything at any point; what it says is in the transcript, and
// never an answer to the question whether it has STARTTLS.
func TestAnythingAnywhere(t *testing.T) {
	things := []struct {
		name, says      string
		opening, inside Outcome // at the first line of a greeting, and elsewhere
	}{
		{"TLS alert", "\x15\x03\x03\x00\x02\x02\x28", ImplicitTLS, ImplicitTLS},
		{"TLS handshake", "\x16\x03\x01\x02\x00\x01", ImplicitTLS, ImplicitTLS},
		{"HTTP", "HTTP/1.0 400 Bad Request\r\n", NotThisProtocol, Malformed},
		{"SSH", "SSH-2.0-x\r\n", NotThisProtocol, Malformed},
		{"escape sequences", "\x1b[2J\x1b]0;pwned\a\r\n", NotThisProtocol, Malformed},
		{"NUL", "\x00\r\n", NotThisProtocol, Malformed},
		{"not UTF-8", "\xff\xfe\r\n", NotThisProtocol, Malformed},
		{"endless line", strings.Repeat("~", MaxLine+1), NotThisProtocol, TooLong},
	}
	for _, r := range points() {
		for _, thing := range things {
			t.Run(r.name+"/"+thing.name, func(t *testing.T) {
				res := r.call(t.Context(), &replay{says: r.says + thing.says, piece: 99999, err: io.EOF}, r.p, testOptions)
				want := thing.inside
				switch {
				case r.opening():
					want = thing.opening
				case want == Malformed && (r.name == "pop3 list" || strings.HasSuffix(r.name, "after a literal")):
					// Any line is a capability of POP3, or goes on after a literal.
					want = Closed
				}
				if res.Outcome != want || res.Step != r.step {
					t.Errorf("outcome %s at %s: %v, want %s at %s", res.Outcome, res.Step, res.Err, want, r.step)
				}
				said := strings.TrimRight(thing.says[:min(len(thing.says), MaxSMTPLine)], "\r\n")
				if heard := server(res.Dialogue); !strings.Contains(heard, said) {
					t.Errorf("the transcript %.100q lacks %.100q", heard, said)
				}
				if res.Err == nil || !printable(res.Err.Error()) {
					t.Errorf("error %q", res.Err)
				}
			})
		}
	}
}

// Silence at any point ends at the deadline of its step.
func TestSilentAnywhere(t *testing.T) {
	opt := Options{Helo: "scan.example", GreetingTimeout: 7 * time.Second, Timeout: 3 * time.Second}
	for _, r := range points() {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				defer server.Close()
				go io.Copy(io.Discard, server)
				go io.WriteString(server, r.says)
				began := time.Now()
				res := r.call(t.Context(), client, r.p, opt)
				if took := time.Since(began); res.Outcome != Timeout || res.Step != r.step || took != opt.timeout(r.step) {
					t.Errorf("outcome %s at %s after %v: %v", res.Outcome, res.Step, took, res.Err)
				}
				client.Close()
			})
		})
	}
}

// recorded are the words of servers of Debian 12, without names and dates.
var recorded = []struct {
	name  string
	p     Protocol
	says  string
	names []string
	auth  []string
}{
	{"Postfix 3.7", SMTP, "220 mail.test ESMTP Postfix\r\n" +
		"250-mail.test\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n" +
		"250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n220 2.0.0 Ready to start TLS\r\n",
		strings.Fields("PIPELINING SIZE VRFY ETRN STARTTLS ENHANCEDSTATUSCODES 8BITMIME DSN SMTPUTF8 CHUNKING"), nil},
	{"Exim 4.96", SMTP, "220 mail.test ESMTP Exim 4.96 Mon, 23 Nov 2026 18:37:54 +0000\r\n" +
		"250-mail.test Hello localhost [127.0.0.1]\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-PIPECONNECT\r\n" +
		"250-CHUNKING\r\n250-STARTTLS\r\n250-SMTPUTF8\r\n250 HELP\r\n220 TLS go ahead\r\n",
		strings.Fields("SIZE 8BITMIME PIPELINING PIPECONNECT CHUNKING STARTTLS SMTPUTF8 HELP"), nil},
	{"Dovecot 2.3 LMTP", LMTP, "220 mail.test Dovecot (Debian) ready.\r\n" +
		"250-mail.test\r\n250-8BITMIME\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n250-PIPELINING\r\n250 STARTTLS\r\n" +
		"220 2.0.0 Begin TLS negotiation now.\r\n",
		strings.Fields("8BITMIME CHUNKING ENHANCEDSTATUSCODES PIPELINING STARTTLS"), nil},
	{"Dovecot 2.3 IMAP", IMAP, "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN] Dovecot (Debian) ready.\r\n" +
		"a2 OK Begin TLS negotiation now.\r\n",
		strings.Fields("IMAP4REV1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN"), []string{"PLAIN"}},
	{"Dovecot 2.3 POP3", POP3, "+OK Dovecot (Debian) ready.\r\n+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\n" +
		"STLS\r\nUSER\r\nSASL PLAIN\r\n.\r\n+OK Begin TLS negotiation now.\r\n",
		strings.Fields("CAPA TOP UIDL RESP-CODES PIPELINING AUTH-RESP-CODE STLS USER SASL"), []string{"PLAIN"}},
	{"Pigeonhole 0.5", Sieve, "\"IMPLEMENTATION\" \"Dovecot (Debian) Pigeonhole\"\r\n\"SIEVE\" \"fileinto reject envelope\"\r\n\"NOTIFY\" \"mailto\"\r\n" +
		"\"SASL\" \"PLAIN\"\r\n\"STARTTLS\"\r\n\"VERSION\" \"1.0\"\r\nOK \"Dovecot (Debian) ready.\"\r\nOK \"Begin TLS negotiation now.\"\r\n",
		strings.Fields("IMPLEMENTATION SIEVE NOTIFY SASL STARTTLS VERSION"), []string{"PLAIN"}},
}

func TestRecorded(t *testing.T) {
	for _, tt := range recorded {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{1, 2, 13, 99999} {
				res := Start(t.Context(), &replay{says: tt.says, piece: piece, err: io.EOF}, tt.p, testOptions)
				if res.Outcome != Ready || len(res.Early) != 0 || !res.Before.Listed || !res.Before.STARTTLS {
					t.Errorf("outcome %s: %v, early %q", res.Outcome, res.Err, res.Early)
				}
				if !slices.Equal(res.Before.Names, tt.names) || !slices.Equal(res.Before.AuthMechanisms, tt.auth) {
					t.Errorf("names %q, mechanisms %q", res.Before.Names, res.Before.AuthMechanisms)
				}
			}
		})
	}
}
