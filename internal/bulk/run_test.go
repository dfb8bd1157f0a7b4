package bulk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

// once wants everything to have been looked at, and nothing twice.
func (w *world) once(t *testing.T, domains, endpoints int) {
	t.Helper()
	if len(w.asked) != domains || len(w.scanned) != endpoints {
		t.Errorf("%d domains and %d endpoints, want %d and %d", len(w.asked), len(w.scanned), domains, endpoints)
	}
	for name, n := range w.asked {
		if n != 1 {
			t.Errorf("%s was asked for %d times", name, n)
		}
	}
	for target, n := range w.scanned {
		if n != 1 || target.Input == "" || target.ServerName != target.Host || target.Resolver == "" {
			t.Errorf("%+v was scanned %d times", target, n)
		}
	}
}

// TestRun: each of the endpoints that many domains share is scanned once, and is in the reports of all of them, in order.
func TestRun(t *testing.T) {
	w := newWorld(40)
	r := newRun(t, w, 200)
	if err := r.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.once(t, 200, 40)
	n := 0
	left, err := r.Each(t.Context(), nil, func(one Result) error {
		if one.Domain != fmt.Sprintf("d%d.test", n) || one.Line != n+1 || one.Relays != 2 || len(one.Report.Endpoints) != 2 || one.Result != Mail {
			t.Errorf("%d: %+v", n, one.Row)
		}
		n++
		return nil
	})
	if err != nil || left != 0 || n != 200 {
		t.Errorf("%d, %d left out: %v", n, left, err)
	}
	r.Stages.Report = nil // rows are kept
	rows := 0
	if left, err = r.EachRow(t.Context(), func(row Row) error { rows++; return nil }); err != nil || left != 0 || rows != 200 {
		t.Errorf("%d, %d left out: %v", rows, left, err)
	}
}

// TestRunInterrupted goes on after a run that ended early: nothing that was finished is done again.
func TestRunInterrupted(t *testing.T) {
	w := newWorld(40)
	r := newRun(t, w, 200)
	ctx, cancel := context.WithCancel(t.Context())
	w.visited = func(evidence.Target) {
		if len(w.scanned) == 15 {
			cancel()
		}
	}
	if err := r.Scan(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	before, err := r.Journal.Counts()
	if err != nil || before.EndpointsWaiting == 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	first := w.scanned
	w.scanned, w.visited = map[evidence.Target]int{}, nil
	if err := r.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	done := before.Endpoints - before.EndpointsWaiting
	if len(w.scanned) != 40-done || len(first) < 15 {
		t.Errorf("%d scanned after %d were done", len(w.scanned), done)
	}
}

// TestRunThrottled leaves an address alone that asks for it, and remembers that.
func TestRunThrottled(t *testing.T) {
	w := newWorld(40)
	r := newRun(t, w, 1)
	target := evidence.Target{}
	w.visited = func(t evidence.Target) { target = t; w.throttle[t.Address] = 1 }
	ctx, cancel := context.WithCancel(t.Context())
	r.Progress = func(p Progress) {
		if p.Connections > 0 {
			cancel()
		}
	}
	if err := r.Scan(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	c, err := r.Journal.Counts()
	if err != nil || c.EndpointsWaiting != 2 || w.scanned[target] != 1 {
		t.Errorf("%+v, scanned %d times: %v", c, w.scanned[target], err)
	}
	if left, err := r.Each(t.Context(), nil, func(Result) error { return nil }); left != 1 || err != nil {
		t.Errorf("%d left out: %v", left, err)
	}
}

// TestRunJournalFails ends when nothing can be kept.
func TestRunJournalFails(t *testing.T) {
	w := newWorld(40)
	r := newRun(t, w, 10)
	broken := errors.New("broken")
	r.Stages.Discover = func(context.Context, string, AdmitWeb) (*evidence.Domain, error) { return nil, broken }
	if err := r.Scan(t.Context()); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// TestRunInvalid: what is no name is a result, too.
func TestRunInvalid(t *testing.T) {
	r := newRun(t, newWorld(2), 1)
	if _, err := r.Journal.Add([]journal.Entry{{Name: "-", Line: 2, Fault: "no name"}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows []Row
	if _, err := r.EachRow(t.Context(), func(row Row) error { rows = append(rows, row); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[1].Result != Invalid || rows[1].Error != "no name" || rows[1].Line != 2 {
		t.Errorf("%+v", rows)
	}
}

// TestWriteJSONL: each line of a domain is a report that can be read again, and the list's order is kept.
func TestWriteJSONL(t *testing.T) {
	r := newRun(t, newWorld(5), 20)
	if _, err := r.Journal.Add([]journal.Entry{{Name: "-\u202e", Line: 21, Fault: "no name"}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if left, err := r.WriteJSONL(t.Context(), &b); left != 0 || err != nil {
		t.Fatal(left, err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i, line := range lines[:20] {
		rep, err := report.ReadJSON(strings.NewReader(line))
		if err != nil || rep.Domains[0].Name != fmt.Sprintf("d%d.test", i) || len(rep.Endpoints) != 2 {
			t.Errorf("%d: %v", i, err)
		}
	}
	if last := lines[len(lines)-1]; len(lines) != 21 || !strings.HasPrefix(last, `{"domain":"-\u202e","line":21,"result":"invalid","error":"no name"`) {
		t.Errorf("%d: %s", len(lines), last)
	}
}
