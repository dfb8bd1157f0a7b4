package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/tlswire"
)

const acceptHead = `{"schema": "https://mailtls.org/schema/accept-1", "accept": [` + "\n"

func acceptList(t testing.TB, entries string) *AcceptList {
	t.Helper()
	list, err := ReadAcceptList(strings.NewReader(acceptHead + entries + "\n]}"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// someAccepted accepts something of the weak server, with an entry that has run out and one that meets nothing.
func someAccepted(t testing.TB) *AcceptList {
	t.Helper()
	return acceptList(t, `{"check": "rc4", "endpoint": "imap://IMAP.example.org:143", "reason": "old <phones> | 'x' \u001b[31m", "until": "2026-11-23"},
{"check": "weak-dh", "endpoint": "*:143", "reason": "new groups are ordered", "until": "2026-11-22"},
{"check": "protocol-tls10", "endpoint": "*", "reason": "an old scanner", "until": "2027-01-31"},
{"check": "protocol-sslv2", "endpoint": "192.0.2.7:143", "reason": "never seen", "until": "2027-01-31"},
{"check": "rc4", "endpoint": "smtp://mx9.example.org:25", "reason": "elsewhere", "until": "2027-01-31"}`)
}

func of(t *testing.T, e Endpoint, id string) check.Finding {
	t.Helper()
	f, ok := findingOf(e, id)
	if !ok {
		t.Fatalf("no finding %s", id)
	}
	return f
}

// TestAccept marks what a list accepts, and leaves verdict and grade as they are.
func TestAccept(t *testing.T) {
	before := build(t, weak(t))
	r := Accept(before, someAccepted(t))
	e := r.Endpoints[0]
	if e.Verdict != before.Endpoints[0].Verdict || e.Grade != before.Endpoints[0].Grade || before.Endpoints[0].Remaining != nil {
		t.Errorf("the verdict is %v, the grade %s, or the report given was changed", e.Verdict, e.Grade)
	}
	if f := of(t, e, "rc4"); f.Accepted == nil || f.Level != check.Fail || f.Lapsed != nil {
		t.Errorf("on the last day: %+v", f)
	}
	if f := of(t, e, "weak-dh"); f.Accepted != nil || f.Lapsed == nil {
		t.Errorf("on the day after: %+v", f)
	}
	if f := of(t, e, "protocol-tls11"); f.Accepted != nil {
		t.Errorf("what no entry names is accepted: %+v", f)
	}
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.Text)
	}
	text := strings.Join(notes, "\n")
	for _, want := range []string{"line 5 of the list, and not found: protocol-sslv2 at 192.0.2.7:143: it is not there, so the entry can go", "rc4 at smtp://mx9.example.org:25: no server there was scanned"} {
		if !strings.Contains(text, want) || len(notes) != 2 {
			t.Errorf("%q is not in the notes, or there are others:\n%s", want, text)
		}
	}
	later := Accept(Judge(r, mailPolicy(t), nil, scanned.Add(200*day)), someAccepted(t))
	if f := of(t, later.Endpoints[0], "rc4"); f.Accepted != nil || f.Lapsed == nil {
		t.Errorf("judged half a year later: %+v", f)
	}
}

// TestAcceptNote says of an entry about a note that a note is there, and not that nothing is.
func TestAcceptNote(t *testing.T) {
	r := build(t, weak(t))
	i := slices.IndexFunc(r.Endpoints[0].Findings, func(f check.Finding) bool { return f.Note })
	if i < 0 {
		t.Fatal("the weak server has no note")
	}
	id := r.Endpoints[0].Findings[i].Check
	notes := Accept(r, acceptList(t, `{"check": "`+id+`", "endpoint": "*", "reason": "a note", "until": "2027-01-31"}`)).Notes
	if len(notes) != 1 || !strings.Contains(notes[0].Text, id+" at *: it is a note there, which fails no run") {
		t.Errorf("%+v", notes)
	}
}

// TestAcceptAll makes a run a success whose findings are all accepted, and not one of which some are not known.
func TestAcceptAll(t *testing.T) {
	for _, c := range []struct {
		name     string
		r        *Report
		complete bool
		status   PluginStatus
	}{{"weak", build(t, weak(t)), true, PluginOK}, {"throttled", build(t, throttled(t)), false, PluginUnknown}} {
		var entries []string
		for _, f := range c.r.Endpoints[0].Findings {
			if f.Level != check.Pass {
				entries = append(entries, `{"check": "`+f.Check+`", "endpoint": "*", "reason": "all", "until": "2027-01-31"}`)
			}
		}
		r := Accept(c.r, acceptList(t, strings.Join(entries, ",\n")))
		if r.Has(Fail) || r.Has(Warn) || r.Complete() != c.complete || PluginStatusOf(r) != c.status {
			t.Errorf("%s: Has(Fail) %v, Has(Warn) %v, Complete %v, status %v", c.name, r.Has(Fail), r.Has(Warn), r.Complete(), PluginStatusOf(r))
		}
		if c.complete && r.Endpoints[0].remaining() != Pass {
			t.Errorf("%s: the rest is %v", c.name, r.Endpoints[0].remaining())
		}
		if !build(t, weak(t)).Has(Fail) {
			t.Error("nothing fails without the list")
		}
	}
}

// TestAcceptedIsSeen finds until when and why in every form.
func TestAcceptedIsSeen(t *testing.T) {
	r := Accept(build(t, weak(t)), acceptList(t, `{"check": "rc4", "endpoint": "*", "reason": "old phones", "until": "2027-01-31"},
{"check": "weak-dh", "endpoint": "*", "reason": "groups ordered", "until": "2026-10-31"}`))
	all := forms()
	for _, f := range append(all, form{"html", "", WriteHTML, nil}) {
		var b bytes.Buffer
		if err := f.write(&b, r); err != nil {
			t.Fatal(err)
		}
		want := []string{"2027-01-31", "old phones", "2026-10-31", "groups ordered"}
		if f.name == "prometheus" {
			want = []string{`check="rc4",level="fail",accepted="true"`, `check="weak-dh",level="fail",accepted="false"`, `check="rc4",level="fail"} 1801440000`}
		}
		for _, s := range want {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%s: no %s", f.name, s)
			}
		}
	}
	var b bytes.Buffer
	if err := WriteText(&b, r, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "accepted-80.txt", b.Bytes())
}

// TestLongReason wants what is accepted with a cause to be named behind a reason that is cut.
func TestLongReason(t *testing.T) {
	entry := `{"check": "%s", "endpoint": "*", "reason": "` + strings.Repeat("because ", 40) + `", "until": "2027-01-31"}`
	r := Accept(build(t, weak(t)), acceptList(t, fmt.Sprintf(entry, "protocol-tls10")+",\n"+fmt.Sprintf(entry, "beast")))
	var b bytes.Buffer
	if err := WriteText(&b, r, TextOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(text, "with it beast") {
		t.Errorf("BEAST is not named in\n%s", b.String())
	}
}

// TestAcceptEndpoint compares endpoints as people write them.
func TestAcceptEndpoint(t *testing.T) {
	target := weak(t).Target
	for s, want := range map[string]bool{
		"*": true, "imap://imap.example.org:143": true, "IMAP://imap.example.org.:143": true, "imap.example.org:143": true, "192.0.2.7:143": true,
		"imap://*:143": true, "*:143": true, "imap.example.org:*": true, "*://imap.example.org:143": true, "[192.0.2.7]:143": true,
		"imaps://imap.example.org:143": false, "imap://imap.example.org:993": false, "example.org:143": false, "*.example.org:143": false,
	} {
		list := acceptList(t, `{"check": "rc4", "endpoint": "`+s+`", "reason": "x", "until": "2027-01-31"}`)
		if got := list.Entries[0].covers(target); got != want {
			t.Errorf("%s: %v, want %v", s, got, want)
		}
	}
}

// TestReadAcceptListErrors names line and field of each mistake.
func TestReadAcceptListErrors(t *testing.T) {
	good := `{"check": "rc4", "endpoint": "*", "reason": "x",` + "\n" + ` "until": "2027-01-31"}`
	for _, c := range []struct{ text, want string }{
		{"", "it is empty"},
		{"{", "line 1: it ends too early"},
		{`{"accept": []}`, "it has no schema: want {"},
		{`{"schema": "https://mailtls.org/schema/accept-2", "accept": []}`, "it is of a newer format"},
		{`{"schema": "https://mailtls.org/schema/evidence-1", "accept": []}`, "its schema is"},
		{`{"schema": "https://mailtls.org/schema/accept-1"}`, "line 1: accept: the list is missing"},
		{`{"schema": "https://mailtls.org/schema/accept-1", "accept": 7}`, "line 1: accept: a number stands where none belongs"},
		{"{\"schema\": \"https://mailtls.org/schema/accept-1\",\n \"accepted\": []}", `line 2: unknown field "accepted"`},
		{acceptHead + good + ",\n7]}", "line 4: accept[1]: a number stands where none belongs"},
		{acceptHead + good + ",\nnull]}", "line 4: accept[1].check: is missing or empty"},
		{acceptHead + good + ",\n" + `{"check": "rc4", "color": 1}]}`, "line 4: accept[1].color: unknown field: want check, endpoint, reason and until"},
		{acceptHead + good + ",\n" + `{"check": "rc4"` + ",\n" + `"endpoint": 25}]}`, "line 5: accept[1].endpoint: a number stands where none belongs"},
		{acceptHead + good + ",\n" + `{"check": "rc4", "endpoint": "*", "until": "2027-01-31"}]}`, "line 4: accept[1].reason: is missing or empty"},
		{acceptHead + strings.Replace(good, `"x"`, `" "`, 1) + "]}", "line 2: accept[0].reason: is missing or empty"},
		{acceptHead + strings.Replace(good, "01-31", "02-30", 1) + "]}", `line 3: accept[0].until: "2027-02-30": want a day such as 2027-01-31`},
		{acceptHead + strings.Replace(good, `"*"`, `"mx.example.org"`, 1) + "]}", `line 2: accept[0].endpoint: "mx.example.org": want scheme://host:port`},
		{acceptHead + strings.Replace(good, `"*"`, `"smtp://mx.example.org:smtp"`, 1) + "]}", "want scheme://host:port"},
		{acceptHead + good + "]} x", "line 3: invalid character"},
		{acceptHead + strings.Repeat(" ", MaxAcceptList) + good + "]}", "it is larger than 1024 kB"},
	} {
		list, err := ReadAcceptList(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || list != nil {
			t.Errorf("%.120q: %v, want %q", c.text, err, c.want)
		}
	}
	whole := acceptHead + good + "]}"
	for i := range whole {
		if _, err := ReadAcceptList(strings.NewReader(whole[:i])); err == nil {
			t.Errorf("read as a whole, though it ends after %d bytes", i)
		}
	}
}

func FuzzReadAcceptList(f *testing.F) {
	f.Add([]byte(acceptHead + `{"check": "rc4", "endpoint": "smtp://[::1]:25", "reason": "x", "until": "2027-01-31"}]}`))
	f.Add([]byte(acceptHead + `7, null, {"until": []}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := ReadAcceptList(bytes.NewReader(text))
		if (list == nil) == (err == nil) {
			t.Fatalf("%v and %v", list, err)
		}
		if list == nil {
			return
		}
		r := Accept(&Report{Endpoints: []Endpoint{{Endpoint: weak(t)}}}, list)
		for _, x := range list.Entries {
			if x.Line < 1 || x.Reason == "" || x.Until.IsZero() || x.Until.Start().After(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("%+v", x)
			}
		}
		if len(r.Notes) != len(list.Entries) { // there are no findings
			t.Errorf("%d notes on %d entries", len(r.Notes), len(list.Entries))
		}
	})
}

// TestDiffHeedsAcceptance makes nothing worse of what is accepted, be it new or at a server that is new.
func TestDiffHeedsAcceptance(t *testing.T) {
	older, newer := build(t, healthy(t)), healthy(t)
	newer.Facts.Versions.Value = append([]tlswire.Version{tlswire.TLS11}, newer.Facts.Versions.Value...)
	now := build(t, newer)
	list := acceptList(t, `{"check": "protocol-tls11", "endpoint": "*", "reason": "an old scanner", "until": "2027-01-31"}`)
	for _, before := range []*Report{older, build(t)} {
		if !Diff(before, now).Worse() {
			t.Error("without the list, nothing is worse")
		}
		if Diff(before, Accept(now, list)).Worse() {
			t.Error("what is accepted is worse")
		}
	}
	var b bytes.Buffer
	if err := Diff(older, Accept(now, list)).WriteText(&b); err != nil || !strings.Contains(b.String(), "accepted until 2027-01-31: an old scanner") {
		t.Errorf("%v\n%s", err, &b)
	}
}
