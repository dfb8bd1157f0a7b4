package bulk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/internal/realtest"
)

// TestFullDisk fills a disk in the midst of a scan: what is finished stays, and with more room the scan goes on to its end.
func TestFullDisk(t *testing.T) {
	if dir := realtest.OwnMounts(t); dir != "" {
		fillDisk(t, dir)
	}
}

func fillDisk(t *testing.T, dir string) {
	t.Helper()
	realtest.Mount(t, "tmpfs", dir, 0, "size=8m")
	other, path := filepath.Join(dir, "other"), filepath.Join(dir, "journal")
	if err := os.WriteFile(other, make([]byte, 7<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Create(path, "")
	if err != nil {
		t.Fatal(err)
	}
	const domains, endpoints = 600, 90
	if _, err := j.Add(names(domains), nil); err != nil {
		t.Fatal(err)
	}
	w := newWorld(endpoints)
	r := &Run{Journal: j, Workers: 2, Stages: w.stages(t)}
	if err := r.Scan(t.Context()); !errors.Is(err, journal.ErrFull) || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatalf("%v", err)
	}
	counted := int(r.counts.domainsDone.Load())
	_ = j.Close() // there may be no room to clean up
	done, before := finished(t, path), w.asked
	n := 0
	for what := range done {
		if strings.HasPrefix(what, "domain ") {
			n++
		}
	}
	if n < counted || counted == 0 || n == domains {
		t.Errorf("%d counted as done, %d are", counted, n)
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	if j, err = journal.Open(path); err != nil {
		t.Fatal(err)
	}
	w.asked = map[string]int{}
	r = &Run{Journal: j, Workers: 2, Stages: w.stages(t)}
	if err := errors.Join(r.Scan(t.Context()), j.Close()); err != nil {
		t.Fatal(err)
	}
	for name := range w.asked {
		if done["domain "+name] {
			t.Errorf("%s again, which was asked for %d times", name, before[name])
		}
	}
	checkWhole(t, path, domains, endpoints)
}
