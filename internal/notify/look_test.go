package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

func kinds(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, string(c.Kind)+" "+c.Check+" "+string(c.Trend))
	}
	return strings.Join(out, ", ")
}

func has(changes []Change, k Kind, trend report.Trend) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.Kind == k && c.Trend == trend })
}

func unreachable(e *evidence.Endpoint) {
	e.Facts = evidence.Facts{Reachable: evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer to the connection attempt", From: []string{"versions-1"}}}
}

// TestKinds makes each kind of change, and wants it told by the second look that sees it, once, and its end once.
func TestKinds(t *testing.T) {
	for _, tc := range []struct {
		name   string
		kind   Kind
		change func(*world)
		end    report.Trend // of what ends it; "": nothing does
	}{
		{"finding", Finding, func(w *world) {
			f := &w.endpoints[0].Facts
			f.Versions.Value = append([]tlswire.Version{tlswire.SSLv3}, f.Versions.Value...)
		}, report.Better},
		{"unreachable", Reach, func(w *world) { unreachable(w.endpoints[0]) }, report.Better},
		{"refused", Reach, func(w *world) {
			w.endpoints[0].Facts = evidence.Facts{Reachable: evidence.Fact[bool]{State: evidence.Known, Why: "connection refused"}}
		}, report.Better},
		{"dns", Reach, func(w *world) {
			w.domain.Exchange = evidence.Fact[evidence.Exchange]{State: evidence.Unknown, Why: "the DNS gives no answer"}
		}, report.Better},
		{"certificate", Certificate, func(w *world) {
			for _, c := range w.endpoints[0].Blobs.Certificates {
				c.SHA256 = strings.Repeat("ab", 32)
			}
		}, ""},
		{"tlsa", TLSA, func(w *world) {
			for _, h := range w.domain.Hosts {
				h.TLSA[25] = evidence.Fact[evidence.TLSA]{State: evidence.Known, Value: evidence.TLSA{Records: []string{"3 1 1 " + strings.Repeat("cd", 32)}}}
			}
		}, report.Neither},
		{"mta-sts", STS, func(w *world) {
			w.domain.Policy = evidence.Fact[evidence.STSPolicy]{State: evidence.Known, Value: evidence.STSPolicy{Mode: "testing", MX: []string{"mx2.example.org"}, MaxAge: time.Hour}}
		}, report.Neither},
		{"breaking", Breaking, func(w *world) {
			w.domain.Policy = evidence.Fact[evidence.STSPolicy]{State: evidence.Known, Value: evidence.STSPolicy{Mode: "testing", MX: []string{"mx2.example.org"}, MaxAge: time.Hour}}
		}, report.Better},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newLooks(t)
			ready(l)
			well := *l.world
			facts, domain, certs := well.endpoints[0].Facts, *well.domain, well.endpoints[0].Blobs
			hosts := map[string]evidence.Fact[evidence.TLSA]{}
			for name, h := range domain.Hosts {
				hosts[name] = h.TLSA[25]
			}
			settle(t, l)
			tc.change(l.world)
			if out := l.look(t); len(out.Changes) > 0 || !out.Again {
				t.Fatalf("one look is enough: %s, again %v", kinds(out.Changes), out.Again)
			}
			out := l.look(t)
			if !slices.ContainsFunc(out.Changes, func(c Change) bool { return c.Kind == tc.kind && c.Trend != report.Better }) {
				t.Fatalf("the second look tells %s", kinds(out.Changes))
			}
			for range 3 {
				if out := l.look(t); len(out.Changes) > 0 {
					t.Fatalf("told twice: %s", kinds(out.Changes))
				}
			}
			*l.domain = domain
			l.endpoints[0].Facts, l.endpoints[0].Blobs = facts, certs
			for name, f := range hosts {
				l.domain.Hosts[name].TLSA[25] = f
			}
			l.look(t)
			if out := l.look(t); tc.end != "" && !has(out.Changes, tc.kind, tc.end) {
				t.Errorf("its end tells %s", kinds(out.Changes))
			}
			if out := l.look(t); len(out.Changes) > 0 {
				t.Errorf("its end is told twice: %s", kinds(out.Changes))
			}
		})
	}
}

// ready gives a world what the kinds need: a policy of MTA-STS, and TLSA records.
func ready(l *looks) {
	l.domain.STS = evidence.Fact[evidence.STSRecord]{State: evidence.Known, Value: evidence.STSRecord{ID: "1"}}
	l.domain.Policy = evidence.Fact[evidence.STSPolicy]{State: evidence.Known, Value: evidence.STSPolicy{Mode: "enforce", MX: []string{"*.example.org"}, MaxAge: 14 * 24 * time.Hour}}
	for _, h := range l.domain.Hosts {
		if h.TLSA == nil {
			h.TLSA = map[int]evidence.Fact[evidence.TLSA]{}
		}
		h.TLSA[25] = evidence.Fact[evidence.TLSA]{State: evidence.Known, Value: evidence.TLSA{Records: []string{"3 1 1 " + strings.Repeat("ef", 32)}}}
	}
}

// settle looks until nothing is new.
func settle(t *testing.T, l *looks) {
	t.Helper()
	for range 3 {
		l.look(t)
	}
	if out := l.look(t); len(out.Changes) > 0 || out.Again {
		t.Fatalf("it does not settle: %s", kinds(out.Changes))
	}
}

// TestGrade wants verdict and grade of a server told when they change, and what has changed them.
func TestGrade(t *testing.T) {
	l := &looks{world: newWorld(t)}
	l.domain = nil
	l.look(t)
	l.endpoints[0].Facts.Versions.Value = append([]tlswire.Version{tlswire.SSLv2, tlswire.SSLv3}, l.endpoints[0].Facts.Versions.Value...)
	if out := l.look(t); len(out.Changes) > 0 || !out.Again {
		t.Fatalf("one look is enough: %s", kinds(out.Changes))
	}
	out := l.look(t)
	if !has(out.Changes, Grade, report.Worse) || !has(out.Changes, Verdict, report.Worse) || !has(out.Changes, Finding, report.Worse) {
		t.Fatalf("told %s", kinds(out.Changes))
	}
	m := Compose("smtp://mx2.example.org:25", out.Changes, nil, Links{})
	if !strings.Contains(m.Body, "Grade: F, was B") || !strings.Contains(m.Subject, ": F (was B): offers SSLv2 on mx2.example.org:25, and 1 more") {
		t.Errorf("subject %q, body:\n%s", m.Subject, m.Body)
	}
	if out := l.look(t); len(out.Changes) > 0 {
		t.Errorf("told twice: %s", kinds(out.Changes))
	}
}

// TestFlapping wants nothing told of what every second look sees.
func TestFlapping(t *testing.T) {
	l := newLooks(t)
	well := l.endpoints[0].Facts
	for range 5 {
		unreachable(l.endpoints[0])
		if out := l.look(t); len(out.Changes) > 0 {
			t.Fatalf("told %s", kinds(out.Changes))
		}
		l.endpoints[0].Facts = well
		if out := l.look(t); len(out.Changes) > 0 {
			t.Fatalf("told %s", kinds(out.Changes))
		}
	}
}

// TestByTurns wants a certificate that one of two machines shows told once.
func TestByTurns(t *testing.T) {
	l := newLooks(t)
	certificate := func(sha string) {
		for _, c := range l.endpoints[0].Blobs.Certificates {
			c.SHA256 = sha
		}
	}
	first := l.endpoints[0].Blobs.Certificates[l.endpoints[0].Facts.Certificates.Value[0].Certificates[0]].SHA256
	told := 0
	for range 4 {
		for range 2 {
			certificate(strings.Repeat("12", 32))
			told += len(l.look(t).Changes)
		}
		certificate(first)
		told += len(l.look(t).Changes)
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// TestUnknown wants nothing told of what a look could not learn, nor what was told ended by it.
func TestUnknown(t *testing.T) {
	l := newLooks(t)
	well := l.endpoints[0].Facts
	bad := well
	bad.Versions.Value = append([]tlswire.Version{tlswire.SSLv3}, well.Versions.Value...)
	l.endpoints[0].Facts = bad
	l.look(t)
	if out := l.look(t); !has(out.Changes, Finding, report.Worse) {
		t.Fatalf("told %s", kinds(out.Changes))
	}
	open := bad
	open.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "timeout"}
	l.endpoints[0].Facts = open
	for range 3 {
		if out := l.look(t); len(out.Changes) > 0 {
			t.Fatalf("of what is not known: %s", kinds(out.Changes))
		}
	}
	l.endpoints[0].Facts = bad
	for range 2 {
		if out := l.look(t); len(out.Changes) > 0 {
			t.Fatalf("told twice: %s", kinds(out.Changes))
		}
	}
	// No time was left to try the server.
	l.endpoints[0].Facts = evidence.Facts{Reachable: evidence.Fact[bool]{State: evidence.Unknown, Why: "the scan was ended"}}
	for range 3 {
		if out := l.look(t); has(out.Changes, Reach, report.Worse) {
			t.Fatalf("of what was not tried: %s", kinds(out.Changes))
		}
	}
}

// TestSuspicion wants what one look saw, and the next could not tell, told when a later one sees it.
func TestSuspicion(t *testing.T) {
	l := newLooks(t)
	bad := l.endpoints[0].Facts
	bad.Versions.Value = append([]tlswire.Version{tlswire.SSLv3}, bad.Versions.Value...)
	open := bad
	open.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "timeout"}
	for i, f := range []evidence.Facts{bad, open, bad} {
		l.endpoints[0].Facts = f
		if out := l.look(t); has(out.Changes, Finding, report.Worse) != (i == 2) {
			t.Errorf("look %d tells %s", i, kinds(out.Changes))
		}
	}
}

// TestProgram wants another program named as a reason.
func TestProgram(t *testing.T) {
	l := newLooks(t)
	l.tool.Version += ".1"
	if out := l.look(t); len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "another version") {
		t.Errorf("notes %q", out.Notes)
	}
}

// TestConfirmTwice wants what is another at every look confirmed twice, and then no sooner than by the schedule.
func TestConfirmTwice(t *testing.T) {
	l := newLooks(t)
	for i, want := range []bool{true, true, false, true, true, false} {
		for _, c := range l.endpoints[0].Blobs.Certificates {
			c.SHA256 = strings.Repeat(string("abcdef"[i]), 64)
		}
		if out := l.look(t); out.Again != want || len(out.Changes) > 0 {
			t.Errorf("look %d: again %v, %s", i, out.Again, kinds(out.Changes))
		}
	}
}

// TestBackElsewhere wants it told that a server is back which was told to be silent, though it has another address than it had, or one at all.
func TestBackElsewhere(t *testing.T) {
	for _, former := range []string{"", "192.0.2.99"} {
		l := newLooks(t)
		well, now := l.endpoints[0].Facts, l.endpoints[0].Target.Address
		settle(t, l)
		unreachable(l.endpoints[0])
		l.endpoints[0].Target.Address, l.endpoints[0].Ended = former, "no such host"
		l.look(t)
		if out := l.look(t); !has(out.Changes, Reach, report.Worse) {
			t.Fatalf("at %q: told %s", former, kinds(out.Changes))
		}
		l.endpoints[0].Facts, l.endpoints[0].Target.Address, l.endpoints[0].Ended = well, now, ""
		if out := l.look(t); has(out.Changes, Reach, report.Better) || !out.Again {
			t.Errorf("at %q: one look is enough: %s, again %v", former, kinds(out.Changes), out.Again)
		}
		if out := l.look(t); !has(out.Changes, Reach, report.Better) {
			t.Errorf("at %q: its end tells %s", former, kinds(out.Changes))
		}
		for range 2 {
			if out := l.look(t); len(out.Changes) > 0 || out.Again {
				t.Errorf("at %q: told twice: %s", former, kinds(out.Changes))
			}
		}
	}
}
