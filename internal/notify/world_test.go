package notify

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// world is a domain with its servers, as a scan found it: that of package report's own test of its JSON.
type world struct {
	run       evidence.Run
	tool      evidence.Tool
	domain    *evidence.Domain
	endpoints []*evidence.Endpoint
}

func newWorld(t testing.TB) *world {
	t.Helper()
	text, err := os.ReadFile("../../report/testdata/domain.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := report.ReadJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{run: r.Run, tool: r.Tool, domain: r.Domains[0].Domain}
	for i := range r.Endpoints {
		w.endpoints = append(w.endpoints, r.Endpoints[i].Endpoint)
	}
	// The relay is well, and its certificate has just been renewed.
	e := w.endpoints[0]
	for _, c := range e.Blobs.Certificates {
		c.NotBefore, c.NotAfter = e.At.Add(-time.Hour), e.At.Add(90*24*time.Hour)
	}
	// The mailbox server is of another test.
	w.endpoints = w.endpoints[:1]
	return w
}

func (w *world) report(t testing.TB) *report.Report {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	if w.domain == nil {
		return again(t, report.Build(w.tool, w.run, p, w.endpoints...))
	}
	return again(t, report.BuildDomains(w.tool, w.run, p, []*evidence.Domain{w.domain}, w.endpoints))
}

// again is a report as the store gives it back.
func again(t testing.TB, r *report.Report) *report.Report {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	out, err := report.ReadJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// looks is a series of looks at a world, whose state is kept as the store keeps it.
type looks struct {
	*world
	state State
}

func newLooks(t testing.TB) *looks {
	t.Helper()
	l := &looks{world: newWorld(t)}
	if out := l.look(t); len(out.Changes) > 0 || out.Again {
		t.Fatalf("the first look tells %+v", out)
	}
	return l
}

func (l *looks) look(t testing.TB) Outcome {
	t.Helper()
	out := Look(l.state, l.report(t), policy.Mail)
	text, err := json.Marshal(out.Next)
	if err == nil {
		l.state = State{}
		err = json.Unmarshal(text, &l.state)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// later lets time pass.
func (w *world) later(d time.Duration) {
	w.run.Start = w.run.Start.Add(d)
	if w.domain != nil {
		w.domain.At = w.domain.At.Add(d)
	}
	for _, e := range w.endpoints {
		e.At = e.At.Add(d)
	}
}
