package report

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

func TestVerdictAndGrade(t *testing.T) {
	for _, c := range []struct {
		name          string
		findings      []check.Finding
		verdict       Verdict
		grade, atBest policy.Grade
		complete      bool
	}{
		{"no findings", nil, Incomplete, "", "A+", false},
		{"all well", []check.Finding{{Level: check.Pass}, {Level: check.NotApplicable}}, Pass, "A+", "", true},
		{"a note caps", []check.Finding{{Level: check.Pass, Note: true, Cap: "A"}}, Pass, "A", "", true},
		{"warned", []check.Finding{{Level: check.Pass}, {Level: check.Warn, Cap: "B"}}, Warn, "B", "", true},
		{"warned without cap", []check.Finding{{Level: check.Warn}}, Warn, "A+", "", true},
		{"the worst cap wins", []check.Finding{{Level: check.Fail, Cap: "D"}, {Level: check.Warn, Cap: "B"}}, Fail, "D", "", true},
		{"not all known", []check.Finding{{Level: check.Warn, Cap: "B"}, {Level: check.Undecided}}, Incomplete, "", "B", false},
		{"wrong and not all known", []check.Finding{{Level: check.Fail, Cap: "C"}, {Level: check.Undecided}}, Fail, "", "C", false},
		{"nothing is worse than F", []check.Finding{{Level: check.Fail, Cap: "F"}, {Level: check.Undecided}}, Fail, "F", "", false},
		{"nothing applies", []check.Finding{{Level: check.NotApplicable}}, Incomplete, "", "A+", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, atBest, _ := grade(c.findings, true)
			if v := verdictOf(c.findings); v != c.verdict || g != c.grade || atBest != c.atBest || decided(c.findings) != c.complete {
				t.Errorf("got %s, grade %q, at best %q, complete %v", v, g, atBest, decided(c.findings))
			}
		})
	}
}

func TestCapsAreNamedWorstFirst(t *testing.T) {
	_, _, caps := grade([]check.Finding{{Check: "a", Cap: "B", Message: "m"}, {Check: "b"}, {Check: "c", Cap: "D"}, {Check: "d", Cap: "B"}}, true)
	want := []Cap{{"D", "c", ""}, {"B", "a", "m"}, {"B", "d", ""}}
	if !slices.Equal(caps, want) {
		t.Errorf("got %v", caps)
	}
}

func TestComplete(t *testing.T) {
	if !build(t, healthy(t), weak(t)).Complete() {
		t.Error("known servers are incomplete")
	}
	if build(t, healthy(t), unanswered(t)).Complete() || build(t).Complete() {
		t.Error("an unanswered scan is complete")
	}
}

// TestEveryCheckIsPromised fails for a check that the table at the top would leave out, or count twice.
func TestEveryCheckIsPromised(t *testing.T) {
	seen := make(map[string]int)
	for _, p := range promises() {
		if len(p.label) >= promiseWidth {
			t.Errorf("%q is too long", p.label)
		}
		for _, part := range p.parts {
			seen[part.check]++
		}
	}
	for _, c := range check.All() {
		if seen[c.ID] != 1 {
			t.Errorf("%s belongs to %d promises", c.ID, seen[c.ID])
		}
		delete(seen, c.ID)
	}
	for id := range seen {
		t.Errorf("%s is no check", id)
	}
}

func TestPromiseInWords(t *testing.T) {
	p := promise{"x", []part{{"a", "A"}, {"b", "B"}}}
	for _, c := range []struct {
		a, b  check.Finding
		level check.Level
		text  string
	}{
		{check.Finding{Level: check.Pass}, check.Finding{Level: check.Pass}, check.Pass, ""},
		{check.Finding{Level: check.Pass, Note: true}, check.Finding{Level: check.NotApplicable}, check.Pass, "but A"},
		{check.Finding{Level: check.Warn}, check.Finding{Level: check.Fail}, check.Fail, "A, B"},
		{check.Finding{Level: check.Undecided, Message: "timeout"}, check.Finding{Level: check.Pass}, check.Undecided, "not known: timeout"},
		{check.Finding{Level: check.Undecided, Message: "timeout"}, check.Finding{Level: check.Warn}, check.Warn, "B, and not all is known"},
		{check.Finding{Level: check.Undecided, Message: "timeout", Aside: true}, check.Finding{Level: check.Pass}, check.Pass, "not known: a"},
		{check.Finding{Level: check.Undecided, Message: "timeout", Aside: true}, check.Finding{Level: check.NotApplicable}, check.Undecided, "not known: timeout"},
		{check.Finding{Level: check.NotApplicable}, check.Finding{Level: check.NotApplicable, Message: "no TLS"}, check.NotApplicable, "no TLS"},
	} {
		c.a.Check, c.b.Check = "a", "b"
		if level, text := p.kept([]check.Finding{c.a, c.b}); level != c.level || text != c.text {
			t.Errorf("%s and %s: %s %q, want %s %q", c.a.Level, c.b.Level, level, text, c.level, c.text)
		}
	}
}

// TestPromiseUnasked says what a tick does not stand for, since a scan left it out. What is asked for on request alone counts
// for nothing.
func TestPromiseUnasked(t *testing.T) {
	p := promise{"x", []part{{"null", "A"}, {"cbc", "B"}, {"lucky13", "C"}, {"cert-lint", "D"}}}
	for _, c := range []struct {
		null check.Finding
		text string
	}{
		{check.Finding{Level: check.Pass}, "not asked: cbc, lucky13"},
		{check.Finding{Level: check.Pass, Note: true}, "but A; not asked: cbc, lucky13"},
		{check.Finding{Level: check.Fail}, "A"},
		{check.Finding{Level: check.NotApplicable, Message: "no TLS"}, "no TLS"},
	} {
		c.null.Check = "null"
		if _, text := p.kept([]check.Finding{c.null}); text != c.text {
			t.Errorf("%+v: %q, want %q", c.null, text, c.text)
		}
	}
	if level, text := p.kept(nil); level != check.NotApplicable || text != "not asked: null, cbc, lucky13" {
		t.Errorf("nothing: %v %q", level, text)
	}
}

// What is good to have is told by no word.
func TestPromiseWithoutWord(t *testing.T) {
	p := promise{"x", []part{{"a", "A"}, {"b", ""}}}
	level, text := p.kept([]check.Finding{{Check: "a", Level: check.Pass}, {Check: "b", Level: check.Pass, Note: true}})
	if level != check.Pass || text != "" {
		t.Errorf("%s %q", level, text)
	}
}

// A port that is TLS from the first byte keeps what it owes about passwords, but only if TLS was seen there.
func TestPromiseOfPasswords(t *testing.T) {
	e := healthy(t)
	e.Target.Protocol, e.Target.Port = "imaps", 993
	e.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Inapplicable, Why: "TLS from the first byte"}
	e.Facts.Capabilities = evidence.Fact[evidence.Capabilities]{State: evidence.Inapplicable, Why: "TLS from the first byte"}
	e.Facts.MailBeforeTLS = evidence.Fact[evidence.Taken]{State: evidence.Inapplicable, Why: "TLS from the first byte"}
	e.Facts.AuthBeforeTLS = e.Facts.MailBeforeTLS
	promised := func() check.Level {
		i := slices.IndexFunc(promises(), func(p promise) bool { return p.parts[0].check == "mail-before-tls" })
		level, _ := promises()[i].keptBy(build(t, e).Endpoints[0])
		return level
	}
	if level := promised(); level != check.Pass {
		t.Errorf("with TLS: %s", level)
	}
	e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "timeout"}
	if level := promised(); level == check.Pass {
		t.Errorf("without: %s", level)
	}
}

// Where the name was not compared, no tick says that it fits.
func TestPromiseOfName(t *testing.T) {
	p := promise{"x", []part{{"cert-untrusted", "not trusted"}, {"cert-hostname", "another name"}}}
	for _, c := range []struct {
		trust check.Level
		want  check.Level
		text  string
	}{
		{check.Pass, check.Undecided, "not known: whether it is for this server: give --sni NAME"},
		{check.Fail, check.Fail, "not trusted, and not all is known"},
		{check.NotApplicable, check.NotApplicable, ""},
	} {
		level, text := p.kept([]check.Finding{{Check: "cert-untrusted", Level: c.trust}, {Check: "cert-hostname", Level: check.NotApplicable}})
		if level != c.want || text != c.text {
			t.Errorf("%v: %v %q, want %v %q", c.trust, level, text, c.want, c.text)
		}
	}
}

func TestVerdictText(t *testing.T) {
	for v := Incomplete; v <= Fail; v++ {
		text, _ := v.MarshalText()
		var back Verdict
		if err := back.UnmarshalText(text); err != nil || back != v {
			t.Errorf("%s came back as %s, %v", text, back, err)
		}
	}
	if new(Verdict).UnmarshalText([]byte("good")) == nil {
		t.Error("an unknown verdict was read")
	}
}

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want, ascii string }{
		{"220 mx ESMTP", "220 mx ESMTP", "220 mx ESMTP"},
		{"a\x1b[31mb", `a\x1B[31mb`, `a\x1B[31mb`},
		{"a\u009bb", `a\x9Bb`, `a\x9Bb`},
		{"a\x9bb", `a\x9Bb`, `a\x9Bb`},
		{"a\x00\r\n\tb", `a\x00\r\n\tb`, `a\x00\r\n\tb`},
		{"\u202egro", `\u202Egro`, `\u202Egro`},
		{"a\u200bb\u00adc", `a\u200Bb\xADc`, `a\u200Bb\xADc`},
		{"Zürich ✓", "Zürich ✓", `Z\xFCrich \u2713`},
		{"\U000E0041", `\U000E0041`, `\U000E0041`},
		{"\xff\xfe", `\xFF\xFE`, `\xFF\xFE`},
	} {
		if got := Escape(c.in); got != c.want {
			t.Errorf("Escape(%q) = %q, want %q", c.in, got, c.want)
		}
		if got := EscapeASCII(c.in); got != c.ascii {
			t.Errorf("EscapeASCII(%q) = %q, want %q", c.in, got, c.ascii)
		}
	}
	if got := Escape(strings.Repeat("x", 1<<20)); len(got) > 300 || !strings.HasSuffix(got, "... (1048336 bytes more)") {
		t.Errorf("long text became %d bytes", len(got))
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("\x1b]0;x\a\u202e\xff")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsFunc(Escape(s), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q holds what cannot be printed", Escape(s))
		}
		if strings.ContainsFunc(EscapeASCII(s), func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q is not ASCII", EscapeASCII(s))
		}
	})
}

func FuzzWrap(f *testing.F) {
	f.Add("a long line of words and averyveryverylongwordthatdoesnotfit", 20)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s = Escape(s)
		if width > 200 {
			return
		}
		if got, want := strings.Join(wrap(s, width), ""), strings.Join(strings.Fields(s), ""); strings.ReplaceAll(got, " ", "") != want {
			t.Errorf("wrapping lost text: %q became %q", want, got)
		}
	})
}
