package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/evidence"
)

func newJournal(t *testing.T) (*Journal, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list?#%41.mailtls")
	j, err := Create(path, "quick")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if j.ops != nil {
			_ = j.Close()
		}
	})
	return j, path
}

func place(address, host string) Place {
	return Place{evidence.Target{Protocol: "smtp", Host: host, Port: 25, Address: address}, "provider.test"}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func none(string, string) bool { return false }

// TestJournal goes the way of two domains that share an endpoint.
func TestJournal(t *testing.T) {
	j, path := newJournal(t)
	if n, err := j.Add([]Entry{{"a.test", 1, ""}, {"b.test", 2, ""}, {"a.test", 3, ""}, {"-", 4, "no name"}}, nil); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	waiting := must[[]Domain](t)(j.Waiting(0, 10, time.Now()))
	if len(waiting) != 2 || waiting[0].Name != "a.test" {
		t.Fatalf("%+v", waiting)
	}
	shared := place("192.0.2.1", "mx.test")
	if n, err := j.SetDomain(waiting[0].ID, &evidence.Domain{Name: "a.test"}, []Place{shared, place("192.0.2.2", "mx.test")}); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := j.SetDomain(waiting[1].ID, &evidence.Domain{Name: "b.test"}, []Place{shared, place("192.0.2.1", "mx2.test")}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	now := time.Unix(1e9, 0)
	turns := must[[]Turn](t)(j.Turns(0, 10, now, none))
	if len(turns) != 2 || turns[0].Host != "mx.test" || turns[0].Provider != "provider.test" {
		t.Fatalf("%+v", turns)
	}
	if next := must[[]Turn](t)(j.Turns(turns[0].AddressID, 1, now, none)); len(next) != 1 || next[0].ID != turns[1].ID {
		t.Errorf("%+v", next)
	}
	e := &evidence.Endpoint{Target: shared.Target, Ended: "done"}
	if err := j.SetEndpoint(turns[0], Outcome{Evidence: e}); err != nil {
		t.Fatal(err)
	}
	if err := j.SetEndpoint(turns[0], Outcome{Evidence: &evidence.Endpoint{Ended: "twice"}}); err != nil {
		t.Fatal(err)
	}
	got, more, err := j.Endpoint(shared.Target)
	if err != nil || more || got.Ended != "done" {
		t.Errorf("%+v %v %v", got, more, err)
	}
	if turns = must[[]Turn](t)(j.Turns(0, 10, now, none)); len(turns) != 2 || turns[0].Host != "mx2.test" {
		t.Errorf("%+v", turns)
	}
	if diff := cmp.Diff(Counts{Domains: 3, Faults: 1, Endpoints: 3, EndpointsWaiting: 2}, must[Counts](t)(j.Counts())); diff != "" {
		t.Error(diff)
	}
	if err := errors.Join(j.SetWhole("sum"), j.Close()); err != nil {
		t.Fatal(err)
	}
	j.ops = nil
	checkReopened(t, path)
}

func checkReopened(t *testing.T, path string) {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	sum, whole, err := j.Whole()
	if s := must[string](t)(j.Settings()); s != "quick" || sum != "sum" || !whole || err != nil {
		t.Errorf("%q, %q %v %v", s, sum, whole, err)
	}
	if _, err := Open(path); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
	r, err := OpenRead(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	list := must[[]Domain](t)(r.Domains(0, 10))
	if d, err := list[0].Evidence(); err != nil || d.Name != "a.test" || list[2].Fault != "no name" {
		t.Errorf("%+v, %v", d, err)
	}
	if visited := must[[]Visited](t)(r.Endpoints(0, 10)); len(visited) != 1 {
		t.Errorf("%+v", visited)
	}
	if err := j.SetResults(map[int64]any{1: "one", 2: "two"}); err != nil {
		t.Fatal(err)
	}
	var v string
	if there, err := r.Result(2, &v); !there || err != nil || v != "two" {
		t.Errorf("%q %v %v", v, there, err)
	}
	if there, err := r.Result(3, &v); there || err != nil {
		t.Errorf("%v %v", there, err)
	}
}

// TestLeftAlone: an address that asked to be left alone gets no turn before its time, and counts how often in a row it asked.
func TestLeftAlone(t *testing.T) {
	j, _ := newJournal(t)
	must[int](t)(j.Add([]Entry{{"a.test", 1, ""}}, nil))
	must[int](t)(j.SetDomain(1, &evidence.Domain{}, []Place{place("192.0.2.1", "mx.test")}))
	now := time.Unix(1e9, 0)
	for times := range 3 {
		turns := must[[]Turn](t)(j.Turns(0, 1, now, none))
		if len(turns) != 1 || turns[0].Times != times || turns[0].Tries != times {
			t.Fatalf("%+v", turns)
		}
		until := now.Add(time.Minute)
		if err := j.SetEndpoint(turns[0], Outcome{Evidence: &evidence.Endpoint{}, Again: true, Until: until}); err != nil {
			t.Fatal(err)
		}
		if early := must[[]Turn](t)(j.Turns(0, 1, until.Add(-time.Second), none)); len(early) != 0 {
			t.Errorf("%+v", early)
		}
		if at := must[time.Time](t)(j.Soonest(now)); !at.Equal(until) {
			t.Errorf("%v, want %v", at, until)
		}
		now = until
	}
	if skipped := must[[]Turn](t)(j.Turns(0, 1, now, func(a, p string) bool { return a == "192.0.2.1" && p == "provider.test" })); len(skipped) != 0 {
		t.Errorf("%+v", skipped)
	}
}

// TestPutOff: a domain without an answer waits for its time, and counts its tries.
func TestPutOff(t *testing.T) {
	j, _ := newJournal(t)
	must[int](t)(j.Add([]Entry{{"a.test", 1, ""}, {"b.test", 2, ""}}, nil))
	now := time.Unix(1e9, 0)
	for tries := range 3 {
		if list := must[[]Domain](t)(j.Waiting(0, 10, now)); len(list) != 2 || list[0].Tries != tries || list[1].Tries != 0 {
			t.Fatalf("%+v", list)
		}
		until := now.Add(time.Minute)
		if err := j.PutOff(1, until); err != nil {
			t.Fatal(err)
		}
		if list := must[[]Domain](t)(j.Waiting(0, 10, until.Add(-time.Second))); len(list) != 1 || list[0].Name != "b.test" {
			t.Errorf("%+v", list)
		}
		now = until
	}
	must[int](t)(j.SetDomain(2, &evidence.Domain{}, nil))
	if at := must[time.Time](t)(j.SoonestDomain()); !at.Equal(now) {
		t.Errorf("%v, want %v", at, now)
	}
	must[int](t)(j.SetDomain(1, &evidence.Domain{}, nil))
	if at := must[time.Time](t)(j.SoonestDomain()); !at.IsZero() {
		t.Errorf("%v", at)
	}
}

// TestTogether has many write at once: all is there.
func TestTogether(t *testing.T) {
	j, _ := newJournal(t)
	var wg sync.WaitGroup
	for i := range 500 {
		wg.Go(func() {
			if _, err := j.Add([]Entry{{fmt.Sprintf("d%d.test", i), i, ""}}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if c := must[Counts](t)(j.Counts()); c.Domains != 500 {
		t.Errorf("%+v", c)
	}
}

// TestFullDisk: what was written stays, what does not fit is an error that says so, and one can go on when there is room.
func TestFullDisk(t *testing.T) {
	j, _ := newJournal(t)
	must[int](t)(j.Add([]Entry{{"a.test", 1, ""}}, nil))
	limit := func(pages int) {
		if err := j.write(func() error { return j.exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)) }); err != nil {
			t.Fatal(err)
		}
	}
	limit(1)
	big := make([]Entry, 5000)
	for i := range big {
		big[i] = Entry{fmt.Sprintf("domain-%d.test", i), i, ""}
	}
	if _, err := j.Add(big, nil); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	if c := must[Counts](t)(j.Counts()); c.Domains != 1 {
		t.Errorf("%+v", c)
	}
	limit(100000)
	if n, err := j.Add(big, nil); err != nil || n != len(big) {
		t.Error(n, err)
	}
}

// TestUnfinished: what is left of a journal whose program ended before anything was in it is in nobody's way.
func TestUnfinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	db, err := sql.Open("sqlite", source(path, "journal_mode(WAL)"))
	if err == nil {
		err = errors.Join(db.Ping(), db.Close())
	}
	if info, statErr := os.Stat(path); err != nil || statErr != nil || info.Size() == 0 {
		t.Fatal(info, err, statErr)
	}
	if _, err := Open(path); !errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
	j, err := Create(path, "quick")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if s := must[string](t)(j.Settings()); s != "quick" {
		t.Errorf("%q", s)
	}
}

func TestOpening(t *testing.T) {
	_, path := newJournal(t)
	if _, err := Create(path, ""); !errors.Is(err, ErrExists) {
		t.Errorf("%v", err)
	}
	folder := t.TempDir()
	if _, err := Open(filepath.Join(folder, "none")); !errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
	other := filepath.Join(folder, "list.txt")
	if err := os.WriteFile(other, []byte("example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(string) (*Journal, error){Open, OpenRead} {
		if _, err := open(other); !errors.Is(err, ErrOther) {
			t.Errorf("%v", err)
		}
	}
}
