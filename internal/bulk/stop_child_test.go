package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
)

// stopVariable tells a child process of TestStops where to end, and of which journal: a point, a space and a path.
const stopVariable = "MAILTLS_TEST_BULK_STOP"

const stopDomains, stopEndpoints = 30, 12

// A point is a moment at which a child ends: in the nth transaction of a phase, or the nth write of the results.
type point struct {
	phase string       // create, list, scan, jsonl or parquet; "": it goes on to the end
	step  journal.Step // of the transaction; 0: of a write
	n     int
}

func (p point) String() string { return fmt.Sprintf("%s/%d/%d", p.phase, p.step, p.n) }

// points are all steps of the first transactions of each phase and of later ones, and of writing results.
func points() []point {
	list := []point{{"jsonl", 0, 1}, {"jsonl", 0, 7}, {"parquet", 0, 1}}
	for _, step := range []journal.Step{journal.Begun, journal.Written, journal.Committed, journal.Told} {
		list = append(list, point{"create", step, 1}, point{"list", step, 1}, point{"list", step, stopDomains + 1},
			point{"scan", step, 1}, point{"scan", step, 5}, point{"jsonl", step, 1})
	}
	return list
}

// A stop ends the program at a point as kill -9 does: nothing else gets a turn any more.
type stop struct {
	point
	phase atomic.Pointer[string]
	begun string // the phase in which the transaction was begun: whoever is told of its end may be in the next already
	past  int
	run   *Run
}

func (s *stop) enter(phase string) { s.phase.Store(&phase) }

// reached is called at each step of each transaction.
func (s *stop) reached(step journal.Step) {
	if step == journal.Begun {
		s.begun = *s.phase.Load()
	}
	if s.begun != s.point.phase || step != s.step {
		return
	}
	if s.past++; s.past == s.n {
		s.end()
	}
}

// end waits until all others wait, so that whoever was told already has said so, tells what the scan counts as done, and ends.
func (s *stop) end() {
	synctest.Wait()
	fmt.Println("counted", s.run.counts.domainsDone.Load(), s.run.counts.endpointsDone.Load())
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		panic(err)
	}
	_ = self.Kill()
	select {}
}

// TestStopped is the child process of TestStops.
func TestStopped(t *testing.T) {
	setting := os.Getenv(stopVariable)
	if setting == "" {
		return // this is no child
	}
	where, path, _ := strings.Cut(setting, " ")
	s := &stop{run: &Run{Workers: 4}}
	f := strings.Split(where, "/")
	s.point.phase = f[0]
	_, _ = fmt.Sscan(f[1], &s.step)
	_, _ = fmt.Sscan(f[2], &s.n)
	synctest.Test(t, func(t *testing.T) {
		s.enter("create")
		opener := journal.Opener{Reached: s.reached}
		j, err := opener.Create(path, "")
		if errors.Is(err, journal.ErrExists) {
			j, err = opener.Open(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.run.Journal = j
		if err := errors.Join(s.work(t, path), j.Close()); err != nil {
			t.Fatal(err)
		}
	})
}

// work reads the list, scans, and writes the results, telling of what the journal has, and of what is begun.
func (s *stop) work(t *testing.T, path string) error {
	s.enter("list")
	if err := readNames(s.run.Journal, stopDomains); err != nil {
		return err
	}
	s.enter("scan")
	s.run.Stages = telling(newWorld(stopEndpoints).stages(t))
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour) // of the bubble's time, which passes when nobody does anything
	defer cancel()
	if err := s.run.Scan(ctx); err != nil {
		return err
	}
	fmt.Println("counted", s.run.counts.domainsDone.Load(), s.run.counts.endpointsDone.Load())
	for _, form := range []struct {
		name  string
		write func(context.Context, io.Writer) (int, error)
	}{{"jsonl", s.run.WriteJSONL}, {"parquet", s.run.WriteParquet}} {
		s.enter(form.name)
		file, err := os.Create(path + "." + form.name)
		if err != nil {
			return err
		}
		left, err := form.write(t.Context(), &stoppingWriter{file, s, form.name})
		if err := errors.Join(err, file.Close()); err != nil || left > 0 {
			return fmt.Errorf("%s: %d left out, %w", form.name, left, err)
		}
	}
	s.enter("end")
	return nil
}

// A stoppingWriter ends the program in the middle of a write.
type stoppingWriter struct {
	io.Writer
	*stop
	phase string
}

func (w *stoppingWriter) Write(b []byte) (int, error) {
	if w.phase == w.point.phase && w.step == 0 {
		if w.past++; w.past == w.n {
			_, _ = w.Writer.Write(b[:len(b)/2])
			w.end()
		}
	}
	n, err := w.Writer.Write(b)
	if w.phase == "jsonl" {
		fmt.Println("line")
	}
	return n, err
}

// readNames adds the names of a list one by one, unless they are there, and tells of each.
func readNames(j *journal.Journal, n int) error {
	if _, whole, err := j.Whole(); err != nil || whole {
		return err
	}
	for _, e := range names(n) {
		if _, err := j.Add([]journal.Entry{e}, nil); err != nil {
			return err
		}
		fmt.Println(kept + e.Name)
	}
	err := j.SetWhole("")
	if err == nil {
		fmt.Println("whole")
	}
	return err
}

// telling are stages that tell of what they begin to look at.
func telling(s Stages) Stages {
	discover, scan := s.Discover, s.Scan
	s.Discover = func(ctx context.Context, name string, admit AdmitWeb) (*evidence.Domain, error) {
		fmt.Println("domain", name)
		return discover(ctx, name, admit)
	}
	s.Scan = func(ctx context.Context, t evidence.Target, admit func(context.Context) (func(), error)) (*evidence.Endpoint, error) {
		fmt.Println("endpoint", endpointKey(t))
		return scan(ctx, t, admit)
	}
	return s
}
