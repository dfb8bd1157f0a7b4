package web

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/report"
)

// stored reads a report that is kept for tests of package report: of a domain with two exchangers and a server of IMAP.
func stored(t testing.TB) *report.Report {
	t.Helper()
	file, err := os.Open("../../report/testdata/domain.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := report.ReadJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestStatistics counts the last scan of each target alone, and what its report says; and counts anew when the count is old.
func TestStatistics(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	if page := s.get(t, "/statistics", http.StatusOK); !strings.Contains(page, "Nothing was scanned yet") {
		t.Errorf("without scans:\n%s", page)
	}
	strong, weak, domain := reportOn(t, "strong"), reportOn(t, "ancient"), stored(t)
	s.keep(t, "smtp://one.example:25", weak)
	s.keep(t, "smtp://one.example:25", strong)
	s.keep(t, "smtp://two.example:25", weak)
	s.keep(t, "xn--mhle-0ra.example", domain)
	now := time.Now()
	c := counter{now: func() time.Time { return now }}
	got, err := c.count(t.Context(), s.store)
	if err != nil {
		t.Fatal(err)
	}
	counts := make(map[string]int)
	for _, d := range append(got.Shares, got.More...) {
		for _, x := range d.Shares {
			counts[d.Key+" "+x.Word] = x.Count
		}
	}
	for key, want := range map[string]int{"verdict warn": 1, "verdict fail": 2, "grade A": 1, "grade F": 1, "grade no grade": 1, "result mail": 1} {
		if counts[key] != want {
			t.Errorf("%s: %d, want %d of %v", key, counts[key], want, counts)
		}
	}
	if got.Targets != 3 || got.Domains != 1 || got.Left != 0 {
		t.Errorf("got %+v", got)
	}
	s.keep(t, "smtp://three.example:25", strong)
	for wait, want := range map[time.Duration]int{statisticsAge - time.Second: 3, statisticsAge: 4} {
		c := counter{now: c.now, rows: c.rows}
		c.last.Store(got)
		now = got.At.Add(wait)
		if again, err := c.count(t.Context(), s.store); err != nil || again.Targets != want {
			t.Errorf("after %v: %+v, %v, want %d targets", wait, again, err, want)
		}
	}
}

// TestStatisticsTakeTurns wants reports for which there is no time to be left for whoever asks next.
func TestStatisticsTakeTurns(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	strong := reportOn(t, "strong")
	for _, name := range []string{"a", "b", "c"} {
		s.keep(t, "smtp://"+name+".example:25", strong)
	}
	now := time.Now()
	c := counter{now: func() time.Time { now = now.Add(statisticsTime * 2 / 3); return now }} // so there is time for one report
	for _, left := range []int{2, 1, 0} {
		if got, err := c.count(t.Context(), s.store); err != nil || got.Left != left || got.Targets != 3 {
			t.Errorf("got %+v, %v, want %d left", got, err, left)
		}
	}
}
