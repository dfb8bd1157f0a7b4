package store

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func watching(targets ...string) *Monitor {
	return &Monitor{Name: "ours", Targets: targets, Every: time.Hour, Quick: true, Policy: "mail", Mail: []string{"a@example.org", "b@example.org"}, Webhook: "https://example.org/"}
}

func add(t *testing.T, s *Store, m *Monitor) *Monitor {
	t.Helper()
	if err := s.AddMonitor(t.Context(), m, noon); err != nil {
		t.Fatal(err)
	}
	return m
}

func due(t *testing.T, s *Store, now time.Time) []string {
	t.Helper()
	list, err := s.Due(t.Context(), now, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, w := range list {
		out = append(out, w.Target)
	}
	slices.Sort(out)
	return out
}

// TestMonitor keeps, changes and deletes one.
func TestMonitor(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		m := add(t, s, watching("a.example", "b.example"))
		got, err := s.Monitor(t.Context(), m.ID)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(m) || m.Secret == "" || m.Feed == m.Secret {
			t.Fatalf("got %+v, %v, want %+v", got, err, m)
		}
		if d := due(t, s, noon); len(d) != 2 {
			t.Errorf("due %v", d)
		}
		m.Targets, m.Paused, m.Muted = []string{"b.example", "c.example"}, true, noon.Add(time.Hour)
		if err := s.SetMonitor(t.Context(), m, noon); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Monitor(t.Context(), m.ID); err != nil || fmt.Sprint(got) != fmt.Sprint(m) {
			t.Errorf("got %+v, %v, want %+v", got, err, m)
		}
		if d := due(t, s, noon.Add(time.Hour)); len(d) != 0 {
			t.Errorf("due while it is paused: %v", d)
		}
		m.Paused = false
		if err := s.SetMonitor(t.Context(), m, noon); err != nil {
			t.Fatal(err)
		}
		if d := due(t, s, noon); !slices.Equal(d, []string{"b.example", "c.example"}) {
			t.Errorf("due when it goes on: %v", d)
		}
		if list, err := s.Monitors(t.Context(), "", time.Time{}, 10); err != nil || len(list) != 1 {
			t.Errorf("list %+v, %v", list, err)
		}
		if err := s.DeleteMonitor(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{m.ID, "", "\x00"} {
			if _, err := s.Monitor(t.Context(), id); !errors.Is(err, ErrNoMonitor) {
				t.Errorf("error %v", err)
			}
			if err := s.DeleteMonitor(t.Context(), id); !errors.Is(err, ErrNoMonitor) {
				t.Errorf("error %v", err)
			}
		}
		if d := due(t, s, noon); len(d) != 0 {
			t.Errorf("due without a monitor: %v", d)
		}
	})
}

// seen orders and makes a scan for a target that is due, and returns what is to be looked at.
func seen(t *testing.T, s *Store, now time.Time) Watch {
	t.Helper()
	list, err := s.Due(t.Context(), now, 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("due %+v, %v", list, err)
	}
	scan, _ := ask(t, s, list[0].Target, true)
	if err := s.Ordered(t.Context(), list[0], scan.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Seen(t.Context(), time.Now(), 10); err != nil || len(list) != 0 {
		t.Fatalf("seen before it is over: %+v, %v", list, err)
	}
	if d := due(t, s, now.Add(time.Hour)); len(d) != 0 {
		t.Fatalf("due while it is looked at: %v", d)
	}
	begun, _, err := s.Begin(t.Context(), scan.ID, "w")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(t.Context(), begun, report.Build(evidence.Tool{}, evidence.Run{Start: now}, nil)); err != nil {
		t.Fatal(err)
	}
	list, err = s.Seen(t.Context(), time.Now(), 10)
	if err != nil || len(list) != 1 || list[0].Scan != scan.ID {
		t.Fatalf("seen %+v, %v", list, err)
	}
	return list[0]
}

// TestLooked keeps what came of a look once, with its deliveries or not at all.
func TestLooked(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		m := add(t, s, watching("a.example"))
		w := seen(t, s, noon)
		l := &Look{Watch: w, Next: noon.Add(time.Hour), Confirm: true, At: noon, Event: &Event{Subject: "x", Body: "y\x00"}, Deliveries: []Delivery{{Channel: "mail", Recipient: "a@example.org", Subject: "x"}}}
		l.State, l.Last = `{"a":1}`, w.Scan
		full := errors.New("the queue is full")
		if err := s.Looked(t.Context(), l, func(*sql.Tx, []string) error { return full }); !errors.Is(err, full) {
			t.Fatalf("error %v", err)
		}
		if list, err := s.Events(t.Context(), m.ID, 10); err != nil || len(list) != 0 {
			t.Fatalf("kept without its deliveries: %+v, %v", list, err)
		}
		var ordered []string
		for range 2 {
			if err := s.Looked(t.Context(), l, func(_ *sql.Tx, ids []string) error {
				ordered = append(ordered, ids...)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if len(ordered) != 1 {
			t.Errorf("ordered %v", ordered)
		}
		list, err := s.Watches(t.Context(), m.ID)
		if err != nil || len(list) != 1 || list[0].State != l.State || list[0].Last != w.Scan || list[0].Scan != "" || !list[0].Second || !list[0].Due.Equal(l.Next) {
			t.Errorf("got %+v, %v", list, err)
		}
		if d := due(t, s, noon); len(d) != 0 {
			t.Errorf("due at once: %v", d)
		}
		if list, err := s.Events(t.Context(), m.ID, 10); err != nil || len(list) != 1 || list[0].Subject != "x" || list[0].Scan != w.Scan {
			t.Errorf("events %+v, %v", list, err)
		}
		for i, why := range []string{"no answer", ""} {
			if err := s.Tried(t.Context(), ordered[0], why, false, noon); err != nil {
				t.Fatal(err)
			}
			d, err := s.Delivery(t.Context(), ordered[0])
			if err != nil || d.Why != why || d.Tries != i+1 || (d.State == Sent) != (why == "") {
				t.Errorf("got %+v, %v", d, err)
			}
		}
		if err := s.Tried(t.Context(), ordered[0], "late", true, noon); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Deliveries(t.Context(), m.ID, 10); err != nil || len(list) != 1 || list[0].State != Sent {
			t.Errorf("what was sent has failed: %+v, %v", list, err)
		}
	})
}

// TestGathered tells what has gathered at its time, once.
func TestGathered(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		m := add(t, s, watching("a.example"))
		for i := range 2 {
			now := noon.Add(time.Duration(i) * time.Hour)
			w := seen(t, s, now)
			if err := s.Looked(t.Context(), &Look{Watch: w, Next: now.Add(time.Hour), At: now, Gather: noon.Add(24 * time.Hour), Event: &Event{Subject: fmt.Sprint(i)}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := s.Gathered(t.Context(), noon.Add(23*time.Hour), 10); err != nil || len(list) != 0 {
			t.Errorf("too early: %v, %v", list, err)
		}
		late := noon.Add(25 * time.Hour)
		if list, err := s.Gathered(t.Context(), late, 10); err != nil || !slices.Equal(list, []string{m.ID}) {
			t.Fatalf("gathered %v, %v", list, err)
		}
		told := 0
		for range 2 {
			if err := s.TellGathered(t.Context(), m.ID, late, func(list []Event) ([]Delivery, error) {
				if len(list) != 2 || list[0].Subject != "0" {
					t.Errorf("events %+v", list)
				}
				return []Delivery{{Channel: "mail"}}, nil
			}, func(_ *sql.Tx, ids []string) error {
				told += len(ids)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}

// TestUnmute wants what has gathered while a monitor was muted told when it is not any more.
func TestUnmute(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		m := watching("a.example")
		m.Muted = noon.Add(24 * time.Hour)
		add(t, s, m)
		if err := s.Looked(t.Context(), &Look{Watch: seen(t, s, noon), Next: noon.Add(time.Hour), At: noon, Gather: m.Muted, Event: &Event{Subject: "x"}}, nil); err != nil {
			t.Fatal(err)
		}
		for i, until := range []time.Time{m.Muted.Add(time.Hour), {}} {
			m.Muted = until
			if err := s.SetMonitor(t.Context(), m, noon); err != nil {
				t.Fatal(err)
			}
			if list, err := s.Gathered(t.Context(), noon, 10); err != nil || len(list) != i {
				t.Errorf("muted until %v: %v, %v", until, list, err)
			}
		}
	})
}

// TestUnmuteDigest wants what has gathered of a monitor with one message a day told with the next, once it is muted no more.
func TestUnmuteDigest(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		m := watching("a.example")
		m.Digest, m.Muted = true, noon.Add(72*time.Hour)
		add(t, s, m)
		gather(t, s, m, 1, noon, noon.Add(72*time.Hour+19*time.Hour))
		m.Muted = time.Time{}
		if err := s.SetMonitor(t.Context(), m, noon); err != nil {
			t.Fatal(err)
		}
		for wait, want := range map[time.Duration]int{19*time.Hour - time.Second: 0, 19 * time.Hour: 1} { // until 7:00 of the next day
			if list, err := s.Gathered(t.Context(), noon.Add(wait), 10); err != nil || len(list) != want {
				t.Errorf("after %v: %v, %v", wait, list, err)
			}
		}
	})
}

// TestGone has a scan deleted that a look waits for, which must not wait for ever.
func TestGone(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		add(t, s, watching("a.example"))
		w := seen(t, s, noon)
		if err := s.exec(t.Context(), "UPDATE scans SET state = 'running' WHERE id = ?", w.Scan); err != nil {
			t.Fatal(err)
		}
		for wait, want := range map[time.Duration]int{time.Minute: 0, 2 * stuckAfter: 1} {
			if list, err := s.Seen(t.Context(), time.Now().Add(wait), 10); err != nil || len(list) != want {
				t.Errorf("under way for %v: %+v, %v", wait, list, err)
			}
		}
		if err := s.exec(t.Context(), "DELETE FROM scans WHERE id = ?", w.Scan); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Seen(t.Context(), time.Now(), 10); err != nil || len(list) != 1 {
			t.Errorf("seen %+v, %v", list, err)
		}
	})
}

// TestPlans wants what is asked every few seconds, or for each page, found by indexes, however many monitors and scans there are.
func TestPlans(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	for query, want := range map[string]string{
		dueNow: "SEARCH watches USING INDEX watches_due", seenNow: "USING INDEX watches_scan",
		"SELECT id FROM monitors WHERE digest_ms > 0 AND digest_ms <= ? ORDER BY digest_ms LIMIT ?": "USING INDEX monitors_digest",
		lastBefore: "USING INDEX scans_done",
	} {
		rows, err := s.query(t.Context(), "EXPLAIN QUERY PLAN "+query, []any{1, 1, 1}[:strings.Count(query, "?")]...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var a, b, c int
			var text string
			if err := rows.Scan(&a, &b, &c, &text); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, text)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(plan, "; "); !strings.Contains(text, want) || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s\n%s, want %s", query, text, want)
		}
	}
}

// BenchmarkDue finds the ten that are due among 10,000 monitors.
func BenchmarkDue(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "x.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for i := range 10_000 {
		if err := s.AddMonitor(b.Context(), watching(fmt.Sprintf("d%d.example", i)), noon.Add(time.Duration(i)*time.Second)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if list, err := s.Due(b.Context(), noon.Add(9*time.Second), 100); err != nil || len(list) != 10 {
			b.Fatalf("due %d, %v", len(list), err)
		}
	}
}
