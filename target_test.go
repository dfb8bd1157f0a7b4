package mailtls

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/mailtls/mailtls/evidence"
)

func TestParseTarget(t *testing.T) {
	for _, c := range []struct {
		in   string
		want evidence.Target
	}{
		{"smtp://mail.example.org", evidence.Target{Protocol: "smtp", Host: "mail.example.org", Port: 25}},
		{"smtp://mail.example.org:2525", evidence.Target{Protocol: "smtp", Host: "mail.example.org", Port: 2525}},
		{"SMTP://mail.example.org./", evidence.Target{Protocol: "smtp", Host: "mail.example.org", Port: 25}},
		{"submission://mail", evidence.Target{Protocol: "submission", Host: "mail", Port: 587}},
		{"submissions://mail", evidence.Target{Protocol: "submissions", Host: "mail", Port: 465}},
		{"smtps://mail", evidence.Target{Protocol: "submissions", Host: "mail", Port: 465}},
		{"lmtp://127.0.0.1", evidence.Target{Protocol: "lmtp", Host: "127.0.0.1", Port: 24}},
		{"imap://192.0.2.1", evidence.Target{Protocol: "imap", Host: "192.0.2.1", Port: 143}},
		{"imaps://[2001:db8::1]", evidence.Target{Protocol: "imaps", Host: "2001:db8::1", Port: 993}},
		{"imaps://[2001:db8::1]:1993", evidence.Target{Protocol: "imaps", Host: "2001:db8::1", Port: 1993}},
		{"pop3://xn--mil-ula.example", evidence.Target{Protocol: "pop3", Host: "xn--mil-ula.example", Port: 110}},
		{"pop3s://_x.example", evidence.Target{Protocol: "pop3s", Host: "_x.example", Port: 995}},
		{"sieve://a-b.example:65535", evidence.Target{Protocol: "sieve", Host: "a-b.example", Port: 65535}},
	} {
		c.want.Input = c.in
		if got, err := ParseTarget(c.in); err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v", c.in, got, err)
		}
	}
}

func TestParseTargetTellsWhatIsRight(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "want a target such as smtp://",
		"example.org":            "want smtp://example.org or imaps://example.org",
		"example.org:993":        "want imaps://example.org:993",
		"example.org:25":         "want smtp://example.org:25",
		"stmp://example.org":     "did you mean smtp?",
		"https://example.org":    "want one of smtp, submission",
		"smtp://":                "host is missing",
		"smtp://:25":             "host is missing",
		"smtp://mail:":           "from 1 to 65535",
		"smtp://mail:0":          "from 1 to 65535",
		"smtp://mail:65536":      "from 1 to 65535",
		"smtp://mail:smtp":       "from 1 to 65535",
		"smtp://mail:-25":        "from 1 to 65535",
		"smtp://mail:+25":        "from 1 to 65535",
		"smtp://u:p@mail":        "want smtp://host or smtp://host:port",
		"smtp://mail/x":          "want smtp://host or smtp://host:port",
		"smtp://2001:db8::1":     "want [2001:db8::1]",
		"smtp://a:b:c":           "more than one colon",
		"smtp://[2001:db8::1":    "is not closed",
		"smtp://[2001:db8::1]25": "a port such as :25",
		"smtp://[192.0.2.1]":     "is no IPv6 address",
		"smtp://256.0.0.1":       "is no IPv4 address",
		"smtp://1.2.3":           "is no IPv4 address",
		"smtp://mäil.example":    "xn--",
		"smtp://-mail.example":   "want a name such as",
		"smtp://a..example":      "want a name such as",
		"smtp://ma il":           "want a name such as",
		"smtp://mail\x1b[31m":    "want a name such as",
		"smtp://" + strings.Repeat("a.", 130) + "org": "at most 253",
		"smtp://" + strings.Repeat("a", 64) + ".org":  "want a name such as",
	} {
		_, err := ParseTarget(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", in, err, want)
			continue
		}
		if strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%q: the error holds what cannot be printed: %q", in, err)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"smtp://mail.example.org:25", "imaps://[2001:db8::1]", "smtps://192.0.2.1/", "example.org", "://", "smtp://[", "smtp://]:["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTarget(s)
		if err != nil {
			if strings.ContainsFunc(err.Error(), unicode.IsControl) {
				t.Errorf("the error holds what cannot be printed: %q", err)
			}
			return
		}
		if got.Host == "" || got.Port < 1 || got.Port > 65535 {
			t.Fatalf("%q: %+v", s, got)
		}
		host := got.Host
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		again, err := ParseTarget(fmt.Sprintf("%s://%s:%d", got.Protocol, host, got.Port))
		if err != nil || again.Host != got.Host || again.Port != got.Port || again.Protocol != got.Protocol {
			t.Errorf("%q: written out it becomes %+v, %v", s, again, err)
		}
	})
}
