package discover

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// counting counts the questions that are asked, and how many of them at once.
type counting struct {
	resolve.Resolver
	asked atomic.Int32
}

func (c *counting) Lookup(ctx context.Context, name string, t resolve.Type) (*resolve.Answer, error) {
	c.asked.Add(1)
	return c.Resolver.Lookup(ctx, name, t)
}

// surveyOf asks about good.test, of a DNS with these records.
func surveyOf(t *testing.T, records string, status map[string]resolve.Status, errs map[string]string) (*evidence.Domain, int) {
	t.Helper()
	w, err := resolve.NewTwin(records, status, errs)
	if err != nil {
		t.Fatal(err)
	}
	c := &counting{Resolver: w}
	d, err := Domain(t.Context(), "good.test", Config{Resolver: c, Mode: resolve.Local, Fetch: Fetcher{Timeout: time.Second, Port: 1, Plain: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return d, int(c.asked.Load())
}

func TestGuess(t *testing.T) {
	all := func(host string) []string {
		return []string{"guess submission " + host + ":587 ", "guess submissions " + host + ":465 ", "guess imap " + host + ":143 ", "guess imaps " + host + ":993 ",
			"guess pop3 " + host + ":110 ", "guess pop3s " + host + ":995 ", "guess sieve " + host + ":4190 "}
	}
	for _, c := range []struct {
		name, records string
		want          []string
	}{
		{"nothing there", "good.test. MX 10 mx.other.test.\nmx.other.test. A 127.0.0.1", nil},
		{"mail", "good.test. TXT x\nmail.good.test. A 127.0.0.1", all("mail.good.test")},
		{"the exchanger", "good.test. MX 10 mx.good.test.\nmx.good.test. A 127.0.0.1", all("mx.good.test")},
		{"the domain itself", "good.test. A 127.0.0.1", all("good.test")},
		{"one address under many names", "good.test. MX 10 mx.good.test.\nmail.good.test. A 127.0.0.1\nmx.good.test. A 127.0.0.1\nsmtp.good.test. CNAME mail.good.test.\n" +
			"imap.good.test. A 127.0.0.1\npop3.good.test. A 127.0.0.1",
			[]string{"guess submission smtp.good.test:587 ", "guess submissions smtp.good.test:465 ", "guess imap imap.good.test:143 ", "guess imaps imap.good.test:993 ",
				"guess pop3 pop3.good.test:110 ", "guess pop3s pop3.good.test:995 ", "guess sieve imap.good.test:4190 "}},
		{"a wildcard", "*.good.test. A 127.0.0.1", nil}, // of which the twin knows nothing: no such record is made up
		{"IMAP is told, and sieve is there", "_imaps._tcp.good.test. SRV 0 0 993 in.good.test.\n_submission._tcp.good.test. SRV 0 0 587 out.good.test.\n_pop3s._tcp.good.test. SRV 0 0 0 .\n" +
			"in.good.test. A 127.0.0.1\nmail.good.test. A 127.0.0.2",
			[]string{"srv submission out.good.test:587 ", "srv imaps in.good.test:993 ", "srv pop3s :0 ", "guess sieve in.good.test:4190 "}},
		{"own exchangers, the best", "good.test. MX 30 c.good.test.\ngood.test. MX 20 b.good.test.\ngood.test. MX 10 a.good.test.\ngood.test. MX 5 notgood.test.\n" +
			"a.good.test. A 127.0.0.1\nb.good.test. A 127.0.0.2\nc.good.test. A 127.0.0.3\nnotgood.test. A 127.0.0.4\n_imap._tcp.good.test. SRV 0 0 0 .\n_pop3._tcp.good.test. SRV 0 0 0 .\n_sieve._tcp.good.test. SRV 0 0 0 .",
			[]string{"srv imap :0 ", "srv pop3 :0 ", "srv sieve :0 ", "guess submission a.good.test:587 ", "guess submissions a.good.test:465 "}},
		{"more addresses of the same host", "good.test. MX 10 mx.good.test.\nmail.good.test. A 127.0.0.1\nmx.good.test. A 127.0.0.1\nmx.good.test. AAAA ::1", all("mail.good.test")},
	} {
		d, asked := surveyOf(t, c.records, nil, nil)
		if diff := cmp.Diff(c.want, summary(d.Services.Value)); diff != "" || d.Services.State != evidence.Known {
			t.Errorf("%s: %s %s", c.name, d.Services.State, diff)
		}
		for _, m := range d.Services.Value {
			if m.Host != "" && d.Hosts[m.Host] == nil {
				t.Errorf("%s: nothing is known of %s", c.name, m.Host)
			}
		}
		for host := range d.Hosts {
			if strings.HasPrefix(host, "pop.") {
				t.Errorf("%s: %s is there, which nobody has heard of", c.name, host)
			}
		}
		if asked > 60 {
			t.Errorf("%s: %d questions", c.name, asked)
		}
	}
	if d, _ := surveyOf(t, "mail.good.test. A 127.0.0.1", nil, map[string]string{"_submission._tcp.good.test.": "no reply", "_submissions._tcp.good.test.": "no reply",
		"_imap._tcp.good.test.": "no reply", "_imaps._tcp.good.test.": "no reply", "_pop3._tcp.good.test.": "no reply", "_pop3s._tcp.good.test.": "no reply", "_sieve._tcp.good.test.": "no reply"}); d.Services.State != evidence.Unknown {
		t.Errorf("%+v", d.Services)
	}
}

// TestGuessed drops nothing that anything else than a guess names.
func TestGuessed(t *testing.T) {
	d := &evidence.Domain{Services: known([]evidence.MailService{{Source: evidence.ByGuess, Protocol: "imap", Host: "a.test", Port: 143},
		{Source: evidence.ByAutoconfig, Protocol: "imaps", Host: "a.test", Port: 993}})}
	for port, want := range map[int]bool{143: true, 993: false} {
		if got := Guessed(d, evidence.Target{Protocol: map[int]string{143: "imap", 993: "imaps"}[port], Host: "a.test", Port: port}); got != want {
			t.Errorf("%d: %v", port, got)
		}
	}
}
