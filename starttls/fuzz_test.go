package starttls

import (
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// fuzzProtocol lets a server say anything and holds every call to what is
// promised of it.
func fuzzProtocol(f *testing.F, p Protocol, seeds ...string) {
	for _, d := range full {
		if family(d.p) == family(p) {
			f.Add(d.says, byte(1))
		}
	}
	for _, s := range seeds {
		f.Add(s, byte(3))
	}
	f.Fuzz(func(t *testing.T, says string, piece byte) {
		for _, do := range []call{Start, Open, Again, Quit, askFirst, askInstead} {
			oneWay(t, do, p, says, int(piece)+1)
		}
		if p == SMTP { // where users submit mail, more is asked
			oneWay(t, askFirst, Submission, says, int(piece)+1)
		}
	})
}

// oneWay checks that the pieces in which a server's bytes come make no
// difference, and that what came back is sane.
func oneWay(t *testing.T, do call, p Protocol, says string, piece int) {
	whole, pieces := &replay{says: says, piece: 1 << 20, err: io.EOF}, &replay{says: says, piece: piece, err: io.EOF}
	a, b := do(t.Context(), whole, p, testOptions), do(t.Context(), pieces, p, testOptions)
	if a.Outcome != b.Outcome || a.Step != b.Step || a.Reply != b.Reply || a.Asked.Mail != b.Asked.Mail || a.Asked.Auth != b.Asked.Auth || a.Greeting != b.Greeting || !reflect.DeepEqual(a.Before, b.Before) {
		t.Errorf("in one piece:\n%+v\nin pieces of %d:\n%+v", a, piece, b)
	}
	if whole.wrote.String() != pieces.wrote.String() || slices.ContainsFunc(whole.extra, notAGroup) {
		t.Errorf("wrote %q and %q, of several lines %q", whole.wrote.String(), pieces.wrote.String(), whole.extra)
	}
	if string(a.Early)+whole.says != string(b.Early)+pieces.says && a.Outcome == Ready && len(says) < readSize {
		t.Errorf("early %q and %q, unread %q and %q", a.Early, b.Early, whole.says, pieces.says)
	}
	if a.Outcome == "" || (a.Err == nil) != (a.Outcome == Ready) {
		t.Errorf("outcome %q, error %v", a.Outcome, a.Err)
	}
	if a.Err != nil && Escape(a.Err.Error()) != strings.ReplaceAll(a.Err.Error(), `\`, `\\`) {
		t.Errorf("error text %q is not safe to print", a.Err)
	}
	for _, n := range a.Before.Names {
		if !plain(n) || strings.ContainsAny(n, " \t") && p != Sieve {
			t.Errorf("capability %q", n)
		}
	}
}

// notAGroup reports whether a write of several lines is none that goes to servers with PIPELINING.
func notAGroup(wrote string) bool { return !strings.HasPrefix(wrote, MailFrom+"\r\n"+Rset+"\r\nAUTH ") }

func FuzzSMTP(f *testing.F) {
	fuzzProtocol(f, SMTP,
		"220 ***\r\n250-mx\r\n250 XXXXXXXA\r\n", "554 5.7.1 no\r\n", "421 too many\r\n", "220 mx\r\n501 what\r\n250 ok\r\n",
		"220-a\r\n\x16\x03\x01", "220\r\n250-\r\n250-PIPELINING\r\n250 STARTTLS\r\n530\r\n250\r\n334\r\n501\r\n220\r\n", "250\r\n250-\r\n250 SIZE -1\r\n", "220 mx\n250-mx\n250-AUTH=PLAIN X\n250 starttls\n454 4.7.0 later\n")
}

func FuzzIMAP(f *testing.F) {
	fuzzProtocol(f, IMAP,
		"* PREAUTH [CAPABILITY STARTTLS]\r\na2 NO [UNAVAILABLE] x\r\n", "* BYE\r\n", "* OK\r\n* X {3}\r\na1 {0}\r\n\r\n+\r\n* BAD\r\n* BAD\r\n",
		"* CAPABILITY A AUTH=B\r\na1 OK [CAPABILITY C\r\n", "* OK\r\n* X {99999999999999999999}\r\n", "* BYE\r\na3 OK\r\n",
		"* OK [CAPABILITY STARTTLS]\r\n+ x\r\na4 BAD\r\na2 OK\r\n")
}

func FuzzPOP3(f *testing.F) {
	fuzzProtocol(f, POP3,
		"-ERR [SYS/TEMP] x\r\n", "+OK\r\n+OK\r\n..\r\nSASL A B\r\n.\r\n", "+ok\r\n-err\r\n+OK\r\n", "+OK [\r\n-ERR ]\r\n", "+OK\r\n+OK\r\nSTLS\r\n.\r\n+\r\n-ERR\r\n+OK\r\n")
}

func FuzzSieve(f *testing.F) {
	fuzzProtocol(f, Sieve,
		"BYE (TRYLATER) \"x\"\r\n", "\"A\\\"\" {3+}\r\na\r\n \"b\"\r\nNO (A (B) \"c\r\n", "OK {262200}\r\n", "OK (\r\nNO ) x\r\n", "\"STARTTLS\"\r\nOK\r\n{0}\r\n\r\nNO\r\nOK\r\n")
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "plain", `a\b`, "\x1b[31m", "\xff\x00", "a\u202eb", "ü漢", "\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := Escape(s)
		if !utf8.ValidString(e) || !printable(e) {
			t.Errorf("Escape(%q) = %q", s, e)
		}
		if plain(s) && e != s {
			t.Errorf("Escape(%q) = %q, want it left alone", s, e)
		}
	})
}
