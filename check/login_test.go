package check

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// serving returns a server of another protocol, with the capabilities that it lists before TLS.
func serving(t *testing.T, protocol string, port int, c evidence.Capabilities) *evidence.Endpoint {
	t.Helper()
	e := healthy(t)
	e.Target.Protocol, e.Target.Port = protocol, port
	c.Listed = true
	e.Facts.Capabilities = known(c)
	return e
}

func TestLoginsBeforeTLS(t *testing.T) {
	plain := []string{"PLAIN"}
	for _, c := range []struct {
		name     string
		protocol string
		caps     evidence.Capabilities
		want     Level
		message  string // a part of it
	}{
		{"IMAP that forbids LOGIN", "imap", evidence.Capabilities{LoginDisabled: true}, Pass, "no login"},
		{"IMAP that does not", "imap", evidence.Capabilities{}, Fail, "the command LOGIN"},
		{"IMAP that forbids LOGIN alone", "imap", evidence.Capabilities{LoginDisabled: true, AuthMechanisms: plain}, Fail, "AUTH PLAIN"},
		{"IMAP with something overwritten, which may be LOGINDISABLED", "imap", evidence.Capabilities{Masked: true}, Undecided, "overwritten"},
		{"IMAP with something overwritten, but not AUTH", "imap", evidence.Capabilities{Masked: true, AuthMechanisms: plain}, Fail, "AUTH PLAIN"},
		{"POP3 with USER", "pop3", evidence.Capabilities{Names: []string{"TOP", "USER"}}, Fail, "the command USER"},
		{"POP3 without", "pop3", evidence.Capabilities{Names: []string{"TOP", "STLS"}}, Pass, "no login"},
		{"ManageSieve with PLAIN", "sieve", evidence.Capabilities{AuthMechanisms: plain}, Fail, "AUTH PLAIN"},
		{"submission with a token", "submission", evidence.Capabilities{AuthMechanisms: []string{"XOAUTH2"}}, Fail, "AUTH XOAUTH2"},
		{"submission with Kerberos", "submission", evidence.Capabilities{AuthMechanisms: []string{"GSSAPI"}}, Pass, "no login"},
		{"SMTP with LOGIN", "smtp", evidence.Capabilities{AuthMechanisms: []string{"LOGIN"}}, Warn, "AUTH LOGIN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := run(t, "plaintext-auth", serving(t, c.protocol, 0, c.caps))
			if f.Level != c.want || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s: %s, want %s", f.Level, f.Message, c.want)
			}
		})
	}
}

// Dovecot offers to its own machine what it offers nobody else.
func TestDovecotAskedFromItsOwnAddress(t *testing.T) {
	for _, c := range []struct {
		name, greeting, source string
		want                   Level
	}{
		{"its own", "* OK Dovecot (Debian) ready.", "192.0.2.1", Undecided},
		{"another", "* OK Dovecot (Debian) ready.", "192.0.2.9", Fail},
		{"not told", "* OK Dovecot (Debian) ready.", "", Fail},
		{"another server", "* OK ready.", "192.0.2.1", Fail},
	} {
		e := serving(t, "imap", 143, evidence.Capabilities{AuthMechanisms: []string{"PLAIN", "CRAM-MD5"}})
		e.Facts.Greeting.Value, e.Source = c.greeting, c.source
		weak := Warn
		if c.want == Undecided {
			weak = Undecided
		}
		if f := run(t, "plaintext-auth", e); f.Level != c.want {
			t.Errorf("%s: %s: %s", c.name, f.Level, f.Message)
		}
		if f := run(t, "cram-md5-before-tls", e); f.Level != weak {
			t.Errorf("%s: %s: %s", c.name, f.Level, f.Message)
		}
	}
}

func TestAPOP(t *testing.T) {
	for greeting, want := range map[string]Level{
		"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>": Warn,
		"+OK Dovecot ready.":           Pass,
		"+OK ready (a < b, and @ too)": Pass,
	} {
		e := serving(t, "pop3", 110, evidence.Capabilities{})
		e.Facts.Greeting.Value = greeting
		if f := run(t, "cram-md5-before-tls", e); f.Level != want {
			t.Errorf("%s: %s: %s", greeting, f.Level, f.Message)
		}
	}
}

// What is offered before TLS is told even if nobody looked inside; that nothing is offered takes both.
func TestAuthOn25(t *testing.T) {
	for _, c := range []struct {
		name   string
		before []string
		inside evidence.Fact[evidence.Capabilities]
		want   Level
		note   bool
	}{
		{"before, and nobody looked inside", []string{"LOGIN"}, evidence.Fact[evidence.Capabilities]{}, Pass, true},
		{"not before, and nobody looked inside", nil, evidence.Fact[evidence.Capabilities]{}, Undecided, false},
		{"not before, and inside is not known", nil, evidence.Fact[evidence.Capabilities]{State: evidence.Unknown, Why: "timeout"}, Undecided, false},
		{"not before, and there is no inside", nil, evidence.Fact[evidence.Capabilities]{State: evidence.Inapplicable}, Pass, false},
		{"neither", nil, known(evidence.Capabilities{Listed: true}), Pass, false},
		{"inside", nil, known(evidence.Capabilities{Listed: true, Names: []string{"AUTH"}}), Pass, true},
	} {
		e := serving(t, "smtp", 25, evidence.Capabilities{AuthMechanisms: c.before})
		e.Facts.CapabilitiesTLS = c.inside
		if f := run(t, "auth-on-25", e); f.Level != c.want || f.Note != c.note {
			t.Errorf("%s: %s, note %v: %s", c.name, f.Level, f.Note, f.Message)
		}
	}
	if f := run(t, "auth-on-25", serving(t, "lmtp", 24, evidence.Capabilities{})); f.Level != NotApplicable {
		t.Errorf("LMTP: %s", f.Level)
	}
}

func TestLostInside(t *testing.T) {
	before := evidence.Capabilities{Names: []string{"PIPELINING", "SIZE", "STARTTLS", "X-ANONYMOUSTLS", "AUTH=PLAIN", "LOGINDISABLED", "USER", "STLS", "SASL", "8BITMIME"}}
	got := lostInside(before, evidence.Capabilities{Names: []string{"8BITMIME", "AUTH"}})
	if strings.Join(got, " ") != "PIPELINING SIZE" {
		t.Errorf("lost %v", got)
	}
}

func TestVersionInGreeting(t *testing.T) {
	for greeting, want := range map[string]string{
		"220 mail.example.org ESMTP Exim 4.96 Sun, 22 Nov 2026 12:00:00 +0000":                    "Exim 4.96",
		"220 mx.example.org ESMTP Postfix (3.7.11)":                                               "Postfix (3.7.11",
		"220 mx.example.org ESMTP Sendmail 8.17.1/8.17.1/Debian-2; Sun, 22 Nov 2026":              "Sendmail 8.17.1",
		"220 EX.example.org Microsoft ESMTP MAIL Service, Version: 10.0.14393.4169 ready at  Sun": "Version: 10.0.14393.4169",
		"* OK [CAPABILITY IMAP4rev1 X 1.2] imap Cyrus IMAP 3.6.1-4 server ready":                  "IMAP 3.6.1-4",
		"+OK Hello there. Courier/1.2":                                                            "Courier/1.2",
		"220 mx.example.org ESMTP Postfix":                                                        "",
		"220 mx1.example.org ESMTP ready from 192.0.2.1":                                          "",
		"220 10.0.0.1 ESMTP":                                    "",
		"220 mx.example.org ESMTP ready on 22.11.2026":          "",
		"220 mx.example.org ESMTP Exim Sun, 22 Nov 2026 12:00":  "",
		"+OK POP3 ready <1896.697170952@mail.example.org>":      "",
		"* OK [CAPABILITY IMAP4rev1 LITERAL+] Dovecot ready.":   "",
		"\"IMPLEMENTATION\" \"x\"\r\n\"VERSION\" \"1.0\"\r\nOK": "",
		"": "",
	} {
		if got := versionIn(greeting); got != want {
			t.Errorf("%q: %q, want %q", greeting, got, want)
		}
	}
}
