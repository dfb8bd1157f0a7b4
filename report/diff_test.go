package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// reread is r as it comes from a file, since nothing in memory may be shared.
func reread(t *testing.T, r *Report) *Report {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	back, err := ReadJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func diffText(t *testing.T, c *Changes) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestNoDiff compares each kind of server with itself.
func TestNoDiff(t *testing.T) {
	for name, r := range map[string]*Report{
		"healthy": build(t, healthy(t)), "weak": build(t, weak(t)), "throttled": build(t, throttled(t)), "unanswered": build(t, unanswered(t)), "none": build(t),
	} {
		if c := Diff(r, reread(t, r)); c.Any() || c.Worse() || len(c.Notes) > 0 {
			t.Errorf("%s differs from itself:\n%s", name, diffText(t, c))
		}
	}
}

func TestDiff(t *testing.T) {
	o := healthy(t)
	n := healthy(t)
	n.At = o.At.Add(24 * time.Hour)
	n.Facts.Versions = known([]tlswire.Version{tlswire.TLS10, tlswire.TLS12})
	n.Facts.Suites.Value[tlswire.TLS10] = suites(t, "TLS_RSA_WITH_RC4_128_SHA")
	delete(n.Facts.Suites.Value, tlswire.TLS13)
	n.Blobs.Certificates["leaf"].SHA256 = "another"
	older, newer := build(t, o, weak(t)), build(t, n, addressed(t, "192.0.2.77"))
	c := Diff(older, newer)
	golden(t, "diff.txt", []byte(diffText(t, c)))
	if !c.Worse() || !c.Any() {
		t.Error("it is not worse")
	}
	var b bytes.Buffer
	if err := c.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.json", b.Bytes())
	var back Changes
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Endpoints) != 3 {
		t.Errorf("%v: %v", err, back)
	}
	if d := Diff(newer, older); !slices.ContainsFunc(d.Endpoints[0].Findings, func(f FindingChange) bool { return f.Check == "protocol-tls10" && f.Trend == Better }) {
		t.Errorf("the way back is not better:\n%s", diffText(t, d))
	}
}

// TestDiffOfTheUnknown takes nothing for gone that was only not seen this time, nor for new that was only not seen before.
func TestDiffOfTheUnknown(t *testing.T) {
	stopped := throttled(t)
	stopped.Facts.Suites.Open[tlswire.TLS13] = healthy(t).Facts.Suites.Value[tlswire.TLS13]
	whole, part := build(t, healthy(t)), build(t, stopped)
	c := Diff(whole, part)
	for _, f := range c.Endpoints[0].Facts {
		if len(f.Removed) > 0 {
			t.Errorf("%s: %v is told to be gone", f.Fact, f.Removed)
		}
		if f.Known == "" {
			t.Errorf("%s: that less is known is not told", f.Fact)
		}
	}
	for _, f := range c.Endpoints[0].Findings {
		if f.New == check.Undecided && f.Trend != Lost {
			t.Errorf("%s is %s", f.Check, f.Trend)
		}
	}
	for _, f := range Diff(part, whole).Endpoints[0].Facts {
		if slices.ContainsFunc(f.Added, func(w string) bool { return strings.HasPrefix(w, "TLS 1.3") }) {
			t.Errorf("%s: %v is told to be new", f.Fact, f.Added)
		}
	}
	if lost := Diff(whole, build(t, unanswered(t))); lost.Worse() {
		t.Errorf("a server that does not answer has become worse:\n%s", diffText(t, lost))
	}
}

// TestDiffOfNothing has no fact come or go of which one of the scans saw nothing.
func TestDiffOfNothing(t *testing.T) {
	whole, blank := healthy(t), healthy(t)
	blank.Facts = evidence.Facts{Greeting: evidence.Fact[string]{State: evidence.Unknown, Why: "a quick scan"}}
	for _, changes := range [][]FactChange{factChanges(blank, whole), factChanges(whole, blank)} {
		if len(changes) == 0 || !slices.ContainsFunc(changes, func(f FactChange) bool { return f.Fact == "greeting" }) {
			t.Errorf("%+v", changes)
		}
		for _, f := range changes {
			if len(f.Added)+len(f.Removed) > 0 || f.Known == "" {
				t.Errorf("%+v", f)
			}
		}
	}
	blank.Facts.Greeting = known("")
	for _, f := range append(factChanges(blank, whole), factChanges(whole, blank)...) {
		if slices.Contains(append(f.Added, f.Removed...), "") {
			t.Errorf("nothing at all has come or gone: %+v", f)
		}
	}
}

// TestDiffIgnoresWhatIsNewEachTime compares greetings with dates and timestamps, and session tickets.
func TestDiffIgnoresWhatIsNewEachTime(t *testing.T) {
	greet := func(s string, ticket byte) *Report {
		e := healthy(t)
		e.Facts.Greeting = known(s)
		e.Facts.SessionTicket = known([]evidence.Ticket{{Version: tlswire.TLS12, Lifetime: 7200, Length: 160 + int(ticket), KeyName: []byte{ticket}}})
		return build(t, e)
	}
	a := greet("220 mx ESMTP Exim 4.96 Wed, 25 Nov 2026 21:30:01 +0000", 1)
	if c := Diff(a, greet("220 mx ESMTP Exim 4.96 Thu, 26 Nov 2026 09:00:00 +0000", 2)); c.Any() {
		t.Error(diffText(t, c))
	}
	if c := Diff(greet("+OK <1896.697170952@dbc.mtview.ca.us>", 1), greet("+OK <1897.700000000@dbc.mtview.ca.us>", 1)); c.Any() {
		t.Error(diffText(t, c))
	}
	if !Diff(a, greet("220 mx ESMTP Exim 4.98 Wed, 25 Nov 2026 21:30:01 +0000", 1)).Any() {
		t.Error("another version of the software is no change")
	}
}

// TestDiffNotes tells of all else by which findings may differ.
func TestDiffNotes(t *testing.T) {
	o, n := build(t, healthy(t)), build(t, healthy(t))
	n.Tool.Version, n.Run.Quick, n.Run.Roots = "2", true, evidence.Roots{Name: "given"}
	n.Endpoints[0].Judged = Judged{Policy: "other", Version: "1", Role: policy.Relay}
	if c := Diff(o, n); len(c.Notes) != 4 || c.Any() {
		t.Errorf("%q", c.Notes)
	}
}

// TestDiffOfAnotherAddress takes a server that moved for the same.
func TestDiffOfAnotherAddress(t *testing.T) {
	c := Diff(build(t, healthy(t)), build(t, addressed(t, "2001:db8::1")))
	if len(c.Endpoints) != 1 || c.Endpoints[0].Presence != InBoth || c.Endpoints[0].Facts[0].Fact != "address" {
		t.Error(diffText(t, c))
	}
}

func TestDiffEscapes(t *testing.T) {
	text := diffText(t, Diff(build(t, weak(t)), build(t, hostile(t), weak(t))))
	e := hostile(t)
	e.Target = weak(t).Target
	text += diffText(t, Diff(build(t, weak(t)), build(t, e)))
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q reaches the terminal", text[i:min(i+20, len(text))])
	}
}
