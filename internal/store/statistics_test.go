package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mailtls/mailtls/report"
)

// TestStatistics counts the last scan of each target alone, among as many as are wanted, and what has ended, and has not.
func TestStatistics(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		start := time.Now().Add(-time.Minute)
		for i, target := range []string{"a.example", "b.example", "a.example", "c.example"} {
			made(t, s, target, start.Add(time.Duration(i)*time.Second), new(report.Report))
		}
		ask(t, s, "d.example", true)
		begin(t, s, first(ask(t, s, "e.example", true)).ID, worker(t, s))
		all, err := s.Shares(t.Context(), 100)
		if n := targets(all); err != nil || n != 3 {
			t.Errorf("%d targets, want 3: %+v, %v", n, all, err)
		}
		some, err := s.Shares(t.Context(), 2)
		if n := targets(some); err != nil || n != 2 {
			t.Errorf("%d targets of the last two scans: %+v, %v", n, some, err)
		}
		ids, err := s.LastOfTargets(t.Context(), 2)
		if err != nil || len(ids) != 2 {
			t.Fatalf("got %v, %v", ids, err)
		}
		var names []string
		for _, id := range ids {
			scan, err := s.Scan(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, scan.Target)
		}
		if diff := cmp.Diff([]string{"c.example", "a.example"}, names); diff != "" {
			t.Error(diff)
		}
		waiting, running, err := s.UnderWayCount(t.Context())
		if err != nil || waiting != 1 || running != 1 {
			t.Errorf("%d wait, %d run, %v", waiting, running, err)
		}
		ended, err := s.EndedSince(t.Context(), start.Add(-time.Second), time.Now().Add(time.Hour))
		if err != nil || len(ended) != 4 || ended[0].State != Done {
			t.Errorf("got %+v, %v", ended, err)
		}
		if ended, err = s.EndedSince(t.Context(), time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)); err != nil || len(ended) != 0 {
			t.Errorf("got %+v, %v", ended, err)
		}
	})
}

func first(s *Scan, _ bool) *Scan { return s }

func targets(list []Share) (n int) {
	for _, s := range list {
		n += s.Targets
	}
	return n
}
