package web

import (
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// reportOn scans a server of the lab.
func reportOn(t testing.TB, name string) *report.Report {
	t.Helper()
	target, _ := weak(t, name)
	r, err := mailtls.Scan(t.Context(), target, &mailtls.Config{Quick: true, Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// keep stores a report as that of a scan of target, and returns the ID.
func (s *service) keep(t testing.TB, target string, r *report.Report) string {
	t.Helper()
	worker, err := s.store.AddWorker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	scan, _, err := s.store.Ask(t.Context(), target, r.Run.Quick, func(*sql.Tx, string) error { return nil })
	if err == nil {
		scan, _, err = s.store.Begin(t.Context(), scan.ID, worker)
	}
	if err == nil {
		err = s.store.Finish(t.Context(), scan, r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return scan.ID
}

// TestDiff stores two reports that say different things of one server, and wants what is worse told first, and text of the server
// escaped.
func TestDiff(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	const target = "smtp://mail.example.org:25"
	before, after := reportOn(t, "strong"), reportOn(t, "weak-client-order")
	for _, r := range []*report.Report{before, after} {
		to := &r.Endpoints[0].Target
		to.Host, to.Port, to.Address, to.Input = "<i>mail.example.org", 25, "192.0.2.1", target
	}
	older, newer := s.keep(t, target, before), s.keep(t, target, after)
	page := s.get(t, "/diff?old="+older+"&new="+newer, http.StatusOK)
	for _, want := range []string{`<li class="worse">`, `href="/checks/rc4"`, "Grade was A, now B.", "&lt;i&gt;mail.example.org", "TLS_ECDHE_RSA_WITH_RC4_128_SHA"} {
		if !strings.Contains(page, want) {
			t.Errorf("does not say %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "<pre") || strings.Contains(page, "<i>") {
		t.Errorf("terminal text, or unescaped:\n%s", page)
	}
	history := s.get(t, "/history?target="+url.QueryEscape(target), http.StatusOK)
	for _, want := range []string{`<circle class="warn"`, `name="old" value="` + older + `" aria-label=`, `class="course"`, `<input id="target" name="target" value="` + target + `"`} {
		if !strings.Contains(history, want) {
			t.Errorf("the history has no %q:\n%s", want, history)
		}
	}
}

// TestChart wants scans in the order of time and grade, those without a grade below all others and named, with no line over them, and no
// chart of a single one or without a grade.
func TestChart(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	scans := []store.Scan{
		{ID: "d", Asked: day(5), State: store.Failed},
		{ID: "f", Asked: day(5), State: store.Done, Grade: "F", Verdict: report.Fail},
		{ID: "e", Asked: day(4), State: store.Done, Grade: "A", Verdict: report.Warn},
		{ID: "c", Asked: day(3), State: store.Done, Verdict: report.Fail},
		{ID: "b", Asked: day(2), State: store.Done, Verdict: report.Incomplete},
		{ID: "a", Asked: day(1), State: store.Done, Grade: "A+", Verdict: report.Pass},
	}
	c := chartOf(scans)
	if len(c.Points) != 3 || len(c.Lines) != 1 || len(c.Gaps) != 2 {
		t.Fatalf("%d points, %d lines, %d gaps", len(c.Points), len(c.Lines), len(c.Gaps))
	}
	a, b, last := c.Points[0], c.Gaps[0], c.Points[2]
	if a.X != "13.00%" || b.X != "34.00%" || last.X != "97.00%" || a.Y >= last.Y || last.Y >= b.Y || b.Y >= c.Height || c.Rows[len(c.Rows)-1].Y >= b.Y {
		t.Errorf("points %+v, gaps %+v of height %d", c.Points, c.Gaps, c.Height)
	}
	if line := c.Lines[0]; line.X1 != c.Points[1].X || line.X2 != last.X {
		t.Errorf("the line %+v leads over scans without a grade", line)
	}
	if got, want := c.Without(), "2026-11-02 12:00 UTC (incomplete), 2026-11-03 12:00 UTC (fail)"; got != want {
		t.Errorf("without a grade: %q, want %q", got, want)
	}
	if chartOf(scans[1:2]) != nil || chartOf(scans[3:5]) != nil {
		t.Error("one scan has a chart, or those without a grade have")
	}
	if c := chartOf([]store.Scan{scans[1], scans[1]}); c.Points[0].X != "97.00%" {
		t.Errorf("at the same time: %+v", c.Points)
	}
}
