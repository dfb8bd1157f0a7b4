package fix

import (
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func TestDataIsWhole(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, s := range all {
		for _, name := range append(s.Also, s.Name) {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
		if s.Title == "" || s.File == "" || s.Comment == "" || s.Edit != "" && strings.Count(s.Edit, "%s") != 1 {
			t.Errorf("%s: title, file, comment or edit is missing", s.Name)
		}
		for _, x := range s.Settings {
			for _, f := range x.Forms {
				if len(f.Lines)+len(f.Run) == 0 || f.Since != "" && !IsVersion(f.Since) || f.Until != "" && !IsVersion(f.Until) {
					t.Errorf("%s, %s: a form without lines, or a version that is none", s.Name, x.Title)
				}
				for _, l := range slices.Concat(f.Lines, f.Run) {
					if strings.ContainsFunc(l, func(r rune) bool { return r < ' ' || r > '~' }) || s.Edit != "" && strings.Contains(l, "'") && slices.Contains(f.Lines, l) {
						t.Errorf("%s, %s: a line that cannot be copied: %q", s.Name, x.Title, l)
					}
				}
			}
		}
		if len(s.Protocols) > 0 && len(s.Marks.Greeting)+len(s.Marks.Orders) == 0 {
			t.Errorf("%s cannot be recognised", s.Name)
		}
	}
}

// toCome are checks that fixes are there for already.
func toCome() []string {
	return []string{
		"plaintext-auth", "starttls-not-enforced", "cram-md5-before-tls", "auth-on-25",
		"implicit-tls-missing", "requiretls", "cert-revoked", "debian-weak-key", "banner-version", "imap-compress",
		"port-inconsistency", "cleartext-port-open", "ocsp-staple-invalid",
	}
}

func TestCuresAreChecks(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, x := range s.Settings {
			for _, id := range x.Cures {
				if _, ok := check.ByID(id); !ok && !slices.Contains(toCome(), id) {
					t.Errorf("%s, %s: there is no check %s", s.Name, x.Title, id)
				}
			}
		}
	}
}

func TestWhatWasTriedIsSaid(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		known := slices.Contains([]How{Untried, Taken, Scanned, Cured}, s.Tried.How)
		if !known || (s.Tried.How == Untried) != (s.Tried == Tried{}) || s.Tried.How != Untried && (s.Tried.With == "" || !IsVersion(s.Tried.Version)) {
			t.Errorf("%s: %+v", s.Name, s.Tried)
		}
	}
	expired := check.Finding{Check: "cert-expired", Level: check.Fail}
	for version, want := range map[string][]string{
		"":    {"Dovecot 2.4 and newer, not tried by us", "Dovecot before 2.4", ""},
		"2.4": {"not tried by us", ""},
		"2.3": {"", ""},
	} {
		var got []string
		for _, step := range Advice(expired, Guess{Software: "dovecot", Version: version}) {
			got = append(got, step.For)
		}
		if !slices.Equal(got, want) {
			t.Errorf("Dovecot %s: %q, want %q", version, got, want)
		}
	}
	dovecot, _ := Named("dovecot")
	if text := dovecot.Harden("2.4"); strings.Count(text, "# Not tried by us:\n") != 3 {
		t.Errorf("Dovecot 2.4:\n%s", text)
	}
}

func TestUnknownFieldsAreErrors(t *testing.T) {
	for _, text := range []string{`{"unknown": "x"}`, `{"settings": [{"title": "no form"}]}`, `{`, `[]`} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// server returns what a scan sees of a server.
func server(protocol, greeting, goAhead string, names ...string) *evidence.Endpoint {
	e := &evidence.Endpoint{Target: evidence.Target{Protocol: protocol, Port: 25, ServerName: "mx.test"}}
	e.Facts.Greeting = evidence.Fact[string]{State: evidence.Known, Value: greeting}
	e.Facts.Capabilities = evidence.Fact[evidence.Capabilities]{State: evidence.Known, Value: evidence.Capabilities{Listed: true, Names: names}}
	e.Blobs.Dialogues = map[string]*evidence.Dialogue{"a": {Outcome: "ready", Lines: []evidence.Line{
		{From: "server", Text: greeting}, {From: "client", Text: "STARTTLS"}, {From: "server", Text: goAhead},
	}}}
	return e
}

var postfixNames = []string{"PIPELINING", "SIZE", "VRFY", "ETRN", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING"}

func TestRecognise(t *testing.T) {
	swapped := slices.Clone(postfixNames)
	slices.Reverse(swapped)
	for _, c := range []struct {
		name       string
		e          *evidence.Endpoint
		software   string
		confidence Confidence
	}{
		{"all agrees", server("smtp", "220 mx.test ESMTP Postfix", "220 2.0.0 Ready to start TLS", postfixNames...), "postfix", Sure},
		{"a greeting of one's own", server("smtp", "220 mx.test ESMTP", "220 2.0.0 Ready to start TLS", postfixNames...), "postfix", Likely},
		{"a greeting alone", server("smtp", "220 mx.test ESMTP Postfix", "220 Go on", swapped...), "postfix", Claimed},
		{"a go-ahead alone", server("smtp", "220 mx.test ESMTP", "220 2.0.0 Ready to start TLS"), "", Unrecognised},
		{"nothing", server("smtp", "", ""), "", Unrecognised},
		{"another protocol", server("imap", "220 mx.test ESMTP Postfix", "220 2.0.0 Ready to start TLS", postfixNames...), "", Unrecognised},
	} {
		t.Run(c.name, func(t *testing.T) {
			if g := Recognise(c.e); g.Software != c.software || g.Confidence != c.confidence {
				t.Errorf("recognised as %q (%s), want %q (%s)", g.Software, g.Confidence, c.software, c.confidence)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		guess Guess
		want  string
		label string
	}{
		{Guess{Software: "postfix", Version: "3.7"}, ">=TLSv1.2", ""},
		{Guess{Software: "postfix", Version: "3.10"}, ">=TLSv1.2", ""},
		{Guess{Software: "postfix", Version: "3.5.6"}, "!SSLv2", ""},
		{Guess{Software: "postfix"}, "!SSLv2", ""}, // it holds for all
	} {
		steps := Advice(check.Finding{Check: "protocol-tls10", Level: check.Fail}, c.guess)
		if len(steps) != 2 || !strings.Contains(steps[0].Lines[0], c.want) || steps[0].For != c.label || steps[1].Lines[0] != "postfix reload" {
			t.Errorf("%+v: %+v, want %s", c.guess, steps, c.want)
		}
	}
	steps := Advice(check.Finding{Check: "cert-expired", Level: check.Fail}, Guess{Software: "postfix", Name: "mx.test"})
	if len(steps) != 3 || steps[0].For == "" || steps[1].For == "" || !strings.Contains(steps[0].Lines[0], "/mx.test/") {
		t.Errorf("an unknown version gets %+v", steps)
	}
}

func TestAdviceWarnsRelaysAlone(t *testing.T) {
	f := check.Finding{Check: "protocol-tls10", Level: check.Warn}
	for role, want := range map[policy.Role]bool{policy.Relay: true, policy.Access: false} {
		steps := Advice(f, Guess{Software: "postfix", Version: "3.7", Role: role})
		if got := steps[0].Warning != ""; got != want {
			t.Errorf("%s: warned %v, want %v", role, got, want)
		}
	}
}

func TestNoAdvice(t *testing.T) {
	postfix := Guess{Software: "postfix"}
	for name, steps := range map[string][]Step{
		"what passes":      Advice(check.Finding{Check: "protocol-tls10", Level: check.Pass}, postfix),
		"unknown software": Advice(check.Finding{Check: "protocol-tls10", Level: check.Fail}, Guess{}),
		"unknown check":    Advice(check.Finding{Check: "no-such-check", Level: check.Fail}, postfix),
	} {
		if len(steps) > 0 {
			t.Errorf("%s: %+v", name, steps)
		}
	}
}

// A name that a server or a command line brings does not get into a shell.
func TestNamesAreHarmless(t *testing.T) {
	for _, name := range []string{"a'; rm -rf /; '", "$(id)", "-x", "a b", "ä"} {
		if got := named([]string{"x mail.example.org"}, name); got[0] != "x mail.example.org" {
			t.Errorf("%q got into a line: %s", name, got[0])
		}
	}
}

func TestHarden(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		text := s.Harden("")
		if strings.Contains(text, "Not tried by us: ") != (s.Tried.How == Untried) {
			t.Errorf("%s: tried %q, but:\n%s", s.Name, s.Tried, text)
		}
		for line := range strings.Lines(text) {
			if len(line) > 80 && strings.HasPrefix(line, s.Comment+" ") && !strings.HasPrefix(line, s.Comment+"     ") {
				t.Errorf("%s: a long comment: %s", s.Name, line)
			}
		}
	}
}

// TestHardenTriedFirst wants what is set to be what was tried, where the version is not known.
func TestHardenTriedFirst(t *testing.T) {
	s, _ := Named("dovecot")
	text := "\n" + s.Harden("")
	for line, want := range map[string]bool{"disable_plaintext_auth = yes": true, "auth_allow_cleartext = no": false} { // of 2.3, which was tried, and 2.4
		if got := strings.Contains(text, "\n"+line+"\n"); got != want || !got && !strings.Contains(text, "#     "+line) {
			t.Errorf("%s: set is %v, want %v:\n%s", line, got, want, text)
		}
	}
}

// TestHardenOnce wants no command twice, and no line twice of a file that is read line by line: Postfix warns of those.
func TestHardenOnce(t *testing.T) {
	s, _ := Named("postfix")
	byPolicy, err := s.HardenBy("3.7", policyNamed(t, "ncsc-nl-2025"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{s.Harden("3.7"), byPolicy} {
		seen := make(map[string]bool)
		for line := range strings.Lines(text) {
			command := strings.HasPrefix(line, "#     ") || !strings.HasPrefix(line, "#")
			if line = strings.TrimSpace(line); command && line != "" && seen[line] {
				t.Errorf("twice: %s", line)
			}
			seen[line] = true
		}
	}
}
