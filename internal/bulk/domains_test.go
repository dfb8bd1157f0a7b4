package bulk

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
)

// silentUntil has the name server not answer before a time.
func silentUntil(w *world, at time.Time) func(context.Context, string, AdmitWeb) (*evidence.Domain, error) {
	return func(ctx context.Context, name string, admit AdmitWeb) (*evidence.Domain, error) {
		d, err := w.discover(ctx, name, admit)
		if time.Now().Before(at) {
			d.Exchange = evidence.Fact[evidence.Exchange]{State: evidence.Unknown, Why: "no name server answered"}
			d.Hosts = nil
		}
		return d, err
	}
}

// TestRunUnanswered: a name server that is away for five minutes costs no domain its result, and one that stays away is the result of all.
func TestRunUnanswered(t *testing.T) {
	for _, c := range []struct {
		away            time.Duration
		asked, scans    int
		result, because string
	}{
		{5 * time.Minute, 3, 10, Mail, ""},
		{time.Minute, 2, 10, Mail, ""},
		{24 * time.Hour, 3, 0, Unknown, "no name server answered"},
	} {
		path := t.TempDir() + "/journal"
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(10)
			j, err := journal.Create(path, "")
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			if _, err := j.Add(names(30), nil); err != nil {
				t.Fatal(err)
			}
			r := &Run{Journal: j, Stages: w.stages(t), Workers: 8}
			r.Stages.Discover = silentUntil(w, time.Now().Add(c.away))
			if err := r.Scan(t.Context()); err != nil {
				t.Fatal(err)
			}
			for name, n := range w.asked {
				if n != c.asked {
					t.Errorf("away for %s: %s was asked for %d times, want %d", c.away, name, n, c.asked)
				}
			}
			if len(w.scanned) != c.scans {
				t.Errorf("away for %s: %d scanned, want %d", c.away, len(w.scanned), c.scans)
			}
			left, err := r.EachRow(t.Context(), func(row Row) error {
				if row.Result != c.result || row.Error != c.because {
					t.Errorf("away for %s: %+v", c.away, row)
				}
				return nil
			})
			if left != 0 || err != nil {
				t.Error(left, err)
			}
		})
	}
}

// TestRunUnansweredInterrupted: a domain without an answer has no result when the scan ends early, and the next one asks again.
func TestRunUnansweredInterrupted(t *testing.T) {
	w := newWorld(10)
	r := newRun(t, w, 1)
	r.Stages.Discover = silentUntil(w, time.Now().Add(time.Hour))
	if err := r.discoverOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := r.EachRow(t.Context(), func(row Row) error { t.Errorf("%+v", row); return nil }); left != 1 || err != nil {
		t.Error(left, err)
	}
	list, err := r.Journal.Waiting(0, 10, time.Now().Add(unansweredRest))
	if err != nil || len(list) != 1 || list[0].Tries != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}
