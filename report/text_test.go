package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestText(t *testing.T) {
	for _, c := range []struct {
		name      string
		endpoints []*evidence.Endpoint
		opt       TextOptions
	}{
		{"healthy-80", []*evidence.Endpoint{healthy(t)}, TextOptions{}},
		{"healthy-80-verbose", []*evidence.Endpoint{healthy(t)}, TextOptions{Verbose: true}},
		{"weak-80", []*evidence.Endpoint{weak(t)}, TextOptions{Width: 80}},
		{"weak-80-colour", []*evidence.Endpoint{weak(t)}, TextOptions{Width: 80, Color: true}},
		{"weak-80-plain", []*evidence.Endpoint{weak(t)}, TextOptions{Width: 80, Plain: true}},
		{"weak-120", []*evidence.Endpoint{weak(t)}, TextOptions{Width: 120}},
		{"weak-120-verbose", []*evidence.Endpoint{weak(t)}, TextOptions{Width: 120, Verbose: true}},
		{"throttled-80", []*evidence.Endpoint{throttled(t)}, TextOptions{Width: 80}},
		{"throttled-80-plain-verbose", []*evidence.Endpoint{throttled(t)}, TextOptions{Plain: true, Verbose: true}},
		{"unanswered-80", []*evidence.Endpoint{unanswered(t)}, TextOptions{Width: 80}},
		{"several-80", []*evidence.Endpoint{healthy(t), throttled(t), unanswered(t)}, TextOptions{Width: 80}},
		{"several-80-plain", []*evidence.Endpoint{healthy(t), addressed(t, "2001:db8:1234:5678:9abc:def0:1234:5678"), addressed(t, "192.0.2.2")}, TextOptions{Width: 80, Plain: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := WriteText(&got, build(t, c.endpoints...), c.opt); err != nil {
				t.Fatal(err)
			}
			golden(t, c.name+".txt", got.Bytes())
			fits(t, got.String(), max(c.opt.Width, 80))
			if c.opt.Plain && strings.ContainsFunc(got.String(), func(r rune) bool { return r > '~' }) {
				t.Error("plain text has other characters than ASCII")
			}
		})
	}
}

// fits fails for lines that are too wide, and for escape sequences that are not ours.
func fits(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		copied := strings.HasPrefix(strings.TrimSpace(line), "postconf ") || strings.HasPrefix(strings.TrimSpace(line), "ssl_") || strings.Contains(line, ". 3600 IN ") // a line to copy stays whole
		if w := lipgloss.Width(strings.TrimSuffix(line, "\n")); w > width && !copied {
			t.Errorf("%d columns: %s", w, line)
		}
		if strings.Contains(line, "owned") && strings.Contains(line, "\x1b]") {
			t.Errorf("a server's escape sequence got through: %q", line)
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update if that is right:\n%s", path, diff)
	}
}

// TestEncryptionRow answers the first promise on ports where the checks of STARTTLS have nothing to say.
func TestEncryptionRow(t *testing.T) {
	implicit := evidence.Fact[evidence.STARTTLS]{State: evidence.Inapplicable, Why: "TLS from the start"}
	for _, c := range []struct {
		name string
		harm func(*evidence.Facts)
		want string
	}{
		{"implicit TLS works", func(f *evidence.Facts) { f.STARTTLS = implicit }, "offered and working     ok"},
		{"implicit TLS accepts nothing", func(f *evidence.Facts) { f.STARTTLS, f.Versions = implicit, known([]tlswire.Version(nil)) },
			"offered and working     FAIL  no version of TLS is accepted"},
		{"implicit TLS falls silent", func(f *evidence.Facts) {
			f.STARTTLS, f.Versions = implicit, evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "timeout"}
		}, "offered and working     ?     not known: timeout"},
		{"STARTTLS accepts nothing", func(f *evidence.Facts) { f.Versions = known([]tlswire.Version(nil)) },
			"offered and working     FAIL  no version of TLS is accepted"},
		{"no STARTTLS", func(f *evidence.Facts) { f.STARTTLS = known(evidence.STARTTLS{}) }, "offered and working     FAIL  no STARTTLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := healthy(t)
			c.harm(&e.Facts)
			var b bytes.Buffer
			if err := WriteText(&b, build(t, e), TextOptions{Plain: true}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), c.want+"\n") {
				t.Errorf("want %q in:\n%s", c.want, b.String())
			}
		})
	}
}

// TestReasonOnce has a long reason keep every promise from being known: it stands under "Not known", and nowhere else.
func TestReasonOnce(t *testing.T) {
	why := "the reply is not TLS: the server answers in the clear and at length"
	e := healthy(t)
	for _, k := range evidence.Keys() {
		k.Exclude(&e.Facts, "")
	}
	e.Facts.Reachable = known(true)
	e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: why}
	e.Facts.Suites = evidence.Fact[evidence.PerVersion[tlswire.Suite]]{State: evidence.Unknown, Why: why}
	for _, verbose := range []bool{false, true} {
		var b bytes.Buffer
		if err := WriteText(&b, build(t, e), TextOptions{Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(strings.Join(strings.Fields(b.String()), " "), why); n != 1 {
			t.Errorf("verbose %v: the reason stands there %d times:\n%s", verbose, n, b.String())
		}
	}
}

// addressed returns the evidence of a healthy server at another address.
func addressed(t *testing.T, address string) *evidence.Endpoint {
	e := healthy(t)
	e.Target.Address = address
	return e
}

// TestSummaryTellsEndpointsApart has endpoints that differ in their address or their scheme alone.
func TestSummaryTellsEndpointsApart(t *testing.T) {
	second, imap, nameless, bare := addressed(t, "2001:db8::1"), healthy(t), addressed(t, ""), addressed(t, "192.0.2.9")
	imap.Target.Protocol, bare.Target.Host = "imap", "192.0.2.9"
	var b bytes.Buffer
	if err := WriteText(&b, build(t, healthy(t), second, imap, nameless, bare), TextOptions{Plain: true}); err != nil {
		t.Fatal(err)
	}
	summary, _, _ := strings.Cut(b.String(), "\n\n")
	for i, line := range strings.Split(summary, "\n") {
		want := []string{"smtp, 192.0.2.1 ", "smtp, 2001:db8::1 ", "imap, 192.0.2.1 ", "mx1.example.org:25  smtp  ", "192.0.2.9:25  smtp  "}[i]
		if !strings.Contains(line, want) {
			t.Errorf("want %q in %q", want, line)
		}
	}
}

// TestNoTickForNothing ticks no promise for a server that lets nobody come to TLS, or refuses all of it.
func TestNoTickForNothing(t *testing.T) {
	nothing := func(stands evidence.STARTTLS, but ...*evidence.Key) *evidence.Endpoint {
		e := healthy(t)
		for _, k := range evidence.Keys() {
			if !slices.Contains(but, k) {
				k.Exclude(&e.Facts, "nothing to see here")
			}
		}
		e.Facts.STARTTLS = known(stands)
		return e
	}
	masked := nothing(evidence.STARTTLS{Masked: true})
	refusing := nothing(evidence.STARTTLS{Offered: true}, evidence.KeyVersions, evidence.KeySuites)
	refusing.Facts.Versions, refusing.Facts.Suites = known([]tlswire.Version{}), known(evidence.PerVersion[tlswire.Suite]{})
	for name, e := range map[string]*evidence.Endpoint{"masked": masked, "absent": nothing(evidence.STARTTLS{}), "refusing": refusing} {
		for _, row := range promises() {
			if level, text := row.kept(build(t, e).Endpoints[0].Findings); level == check.Pass {
				t.Errorf("%s: %s is kept: %q", name, row.label, text)
			}
		}
	}
}

// TestKeyReuse says nothing about keys that were not seen, or not compared.
func TestKeyReuse(t *testing.T) {
	for want, k := range map[string]evidence.KeyReuse{
		"none seen":                                      {},
		"ECDH no in 9 handshakes":                        {ECDHHandshakes: 9},
		"DH yes in 2 handshakes, ECDH seen once":         {DH: true, DHHandshakes: 2, ECDHHandshakes: 1},
		"DH no in 3 handshakes, ECDH no in 4 handshakes": {DHHandshakes: 3, ECDHHandshakes: 4},
	} {
		if got := keyReuse(k); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestAnonymousNote does not tell a postmaster that a server without a password has "no authentication".
func TestAnonymousNote(t *testing.T) {
	e := healthy(t)
	e.Facts.Suites.Value[tlswire.TLS12] = append(e.Facts.Suites.Value[tlswire.TLS12], suites(t, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA")...)
	var b bytes.Buffer
	if err := WriteText(&b, build(t, e), TextOptions{Plain: true}); err != nil {
		t.Fatal(err)
	}
	if want := "no weak cipher suite               ok    but anonymous suites, CBC\n"; !strings.Contains(b.String(), want) {
		t.Errorf("want %q in:\n%s", want, b.String())
	}
}

// TestCertificateLine tells of a certificate what could be read, and nothing else.
func TestCertificateLine(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(*evidence.Certificate)
		want string
	}{
		"whole":   {func(*evidence.Certificate) {}, "mx1.example.org, RSA 2048, until 2027-01-22, 60 days left, by\n                Example CA R1\n"},
		"nothing": {func(c *evidence.Certificate) { *c = evidence.Certificate{SHA256: "leaf", Size: 3} }, "cannot be read\n"},
		"no dates": {func(c *evidence.Certificate) { c.NotBefore, c.NotAfter = time.Time{}, time.Time{} },
			"mx1.example.org, RSA 2048, by Example CA R1\n"},
		"no key": {func(c *evidence.Certificate) { c.PublicKey = evidence.PublicKey{} },
			"mx1.example.org, until 2027-01-22, 60 days left, by Example CA\n                R1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			e := healthy(t)
			c.harm(e.Blobs.Certificates["leaf"])
			var b bytes.Buffer
			if err := WriteText(&b, build(t, e), TextOptions{Plain: true}); err != nil {
				t.Fatal(err)
			}
			if want := "  certificate   " + c.want; !strings.Contains(b.String(), want) {
				t.Errorf("want %q in:\n%s", want, b.String())
			}
			if strings.Contains(b.String(), "issued by\n") || strings.Contains(b.String(), "0001-01-01") {
				t.Errorf("what cannot be read is printed:\n%s", b.String())
			}
		})
	}
}

func TestBlockedPort25(t *testing.T) {
	other := weak(t)
	refused := unanswered(t)
	refused.Facts.Reachable.Why = "connection refused"
	unrouted := unanswered(t)
	unrouted.Facts.Reachable.Why = "no route to this address"
	stopped := unanswered(t)
	stopped.Facts.Reachable.Why = "the scan was interrupted"
	nameless := unanswered(t)
	nameless.Target.Address, nameless.Facts.Reachable.Why = "", "the DNS knows no address of this host"
	for _, c := range []struct {
		name      string
		endpoints []*evidence.Endpoint
		want      bool
	}{
		{"no address for 25, 143 answers", []*evidence.Endpoint{nameless, other}, false},
		{"25 silent, 143 answers", []*evidence.Endpoint{unanswered(t), other}, true},
		{"25 silent, nothing else asked", []*evidence.Endpoint{unanswered(t), unanswered(t)}, false},
		{"25 refused, 143 answers", []*evidence.Endpoint{refused, other}, false},
		{"stopped before 25 answered, 143 answers", []*evidence.Endpoint{stopped, other}, false},
		{"no way to 25, 143 answers", []*evidence.Endpoint{unrouted, other}, false},
		{"one 25 silent, no way to the other, 143 answers", []*evidence.Endpoint{unanswered(t), unrouted, other}, true},
		{"one 25 answers", []*evidence.Endpoint{unanswered(t), healthy(t), other}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list []*Report // as of several targets, each of which knows nothing of the others
			for _, e := range c.endpoints {
				list = append(list, build(t, e))
			}
			for _, r := range []*Report{build(t, c.endpoints...), Merge(mailPolicy(t), nil, list...)} {
				var text, data bytes.Buffer
				if err := errors.Join(WriteText(&text, r, TextOptions{}), WriteJSON(&data, r)); err != nil {
					t.Fatal(err)
				}
				if got := strings.Contains(text.String(), "Port 25 answers nowhere"); got != c.want {
					t.Errorf("got %v:\n%s", got, text.String())
				}
				if got := strings.Contains(data.String(), `"id":"port-25-blocked"`); got != c.want {
					t.Errorf("in JSON: %v", got)
				}
			}
		})
	}
}

func TestNextStep(t *testing.T) {
	wrong := func(why string) *evidence.Endpoint {
		e := throttled(t)
		e.Target.Protocol = "imap"
		e.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Unknown, Why: why}
		e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: why}
		e.Observations = nil
		return e
	}
	clear := func(line string) *evidence.Endpoint {
		why := fmt.Sprintf("the server answers in the clear: %q", line)
		e := wrong("the reply is not TLS: " + why)
		e.Target.Protocol, e.Target.Port = "submissions", 465
		e.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Inapplicable, Why: "TLS from the first byte"}
		e.Observations = []evidence.Observation{{ID: "suites-1", End: evidence.End{Kind: evidence.EndNotTLS, Detail: why}}}
		return e
	}
	broken := clear("220 what is this?")
	broken.Target.Protocol, broken.Facts.STARTTLS = "imap", known(evidence.STARTTLS{Offered: true})
	none := wrong("")
	none.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Known}
	none.Ended = "the server does not list STARTTLS"
	for _, c := range []struct {
		name     string
		endpoint *evidence.Endpoint
		text     string
		want     bool
	}{
		{"SMTP", wrong(`greeting: the server speaks SMTP or FTP: "220 mx.example ESMTP"`), " smtp://mx1.example.org:25\n", true},
		{"FTP", wrong(`greeting: the server speaks SMTP or FTP: "220 ProFTPD"`), "smtp://", false},
		{"POP3", wrong(`greeting: the server speaks POP3: "+OK ready"`), "pop3://", true},
		{"ManageSieve", wrong(`greeting: the server speaks ManageSieve: "\"IMPLEMENTATION\" \"x\""`), "sieve://", true},
		{"SSH", wrong(`greeting: the server speaks SSH: "SSH-2.0-OpenSSH_9.2p1"`), "smtp://", false},
		{"SSH, what to do", wrong(`greeting: the server speaks SSH: "SSH-2.0-OpenSSH_9.2p1"`), "Is it the right port, and the right scheme?", true},
		{"IMAP in the clear", clear("* OK ready"), "imap://mx1.example.org:465", true},
		{"submission in the clear", clear("220 mx.example ESMTP"), "submission://mx1.example.org:465", true},
		{"HTTP", clear("HTTP/1.1 400 Bad Request"), "://", false},
		{"HTTP, what to do", clear("HTTP/1.1 400 Bad Request"), "Is it the right port, and the right scheme?", true},
		{"text after the go-ahead", broken, "right port", false},
		{"any other reason", wrong("connection reset"), "Is it the right port", false},
		{"no STARTTLS is no early end", none, "stopped early", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := WriteText(&got, build(t, c.endpoint), TextOptions{}); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(got.String(), c.text) != c.want {
				t.Errorf("want %q: %v, got\n%s", c.text, c.want, got.String())
			}
		})
	}
}

// TestGroupsOnce has a scan end between the groups of TLS 1.3 and those of TLS 1.2: they stand in one line with one label.
func TestGroupsOnce(t *testing.T) {
	e := healthy(t)
	e.Facts.GroupsTLS12 = evidence.Fact[[]tlswire.Group]{State: evidence.Unknown, Why: "interrupted"}
	var b strings.Builder
	if err := WriteText(&b, build(t, e), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Count(text, "  groups ") != 1 || !strings.Contains(text, "? not all is known") {
		t.Errorf("got\n%s", text)
	}
}

// TestRequested tells without being asked for more what came of what a flag asked for.
func TestRequested(t *testing.T) {
	e := healthy(t)
	e.Facts.Revocation = known([]evidence.Revocation{{Certificate: "leaf", Sourceless: true}})
	e.Facts.Lint = known([]evidence.Lint{{Certificate: "leaf", Name: "e_dnsname_not_valid_tld", Level: "error", Citation: "BRs: 7.1.4.2"}})
	var b strings.Builder
	if err := WriteText(&b, build(t, e), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"revocation    its authority does not tell which certificates", "lint          breaks 1 rule: e_dnsname_not_valid_tld (BRs: 7.1.4.2)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

// TestLoginTwice tells in one piece of a server that offers logins before TLS and takes them.
func TestLoginTwice(t *testing.T) {
	e := healthy(t)
	e.Facts.AuthBeforeTLS = known(evidence.Taken{Accepted: true, Reply: "334 "})
	e.Facts.Capabilities.Value.AuthMechanisms = []string{"PLAIN"}
	var b strings.Builder
	if err := WriteText(&b, build(t, e), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "the cause of plaintext-auth") || strings.Contains(text, "asked for without encryption") {
		t.Errorf("got\n%s", text)
	}
}

// TestUnaskedInShort counts what was not asked where there is no room for the names.
func TestUnaskedInShort(t *testing.T) {
	p := &page{width: 80}
	for text, want := range map[string]string{
		"not asked: cbc, lucky13":                                         "not asked: cbc, lucky13",
		"not asked: starttls-again, starttls-capabilities":                "2 not asked",
		"but anonymous suites, CBC, DHE; not asked: idea-seed-rare, ccm8": "but anonymous suites...; 2 not asked",
		"but a; not asked: starttls-again, starttls-capabilities, cbc":    "but a; 3 not asked",
	} {
		if got := p.brief(check.Pass, text, 38); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
