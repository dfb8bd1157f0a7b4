package bulk

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mailtls/mailtls/internal/journal"
)

// diskVariable tells a child process of TestFullDisk where it may mount a disk: it has mounts of its own.
const diskVariable = "MAILTLS_TEST_BULK_DISK"

// TestFullDisk fills a disk in the midst of a scan: what is finished stays, and with more room the scan goes on to its end.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv(diskVariable); dir != "" {
		fillDisk(t, dir)
		return
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	c.Env = append(os.Environ(), diskVariable+"="+t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	switch {
	case (errors.Is(err, syscall.EPERM) || strings.Contains(string(out), "--- SKIP")) && os.Getenv("MAILTLS_CI_NOSKIP") == "":
		t.Skipf("no disk may be mounted here: %v %s", err, out)
	case err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk"):
		t.Errorf("%v: %s", err, out)
	}
}

func fillDisk(t *testing.T, dir string) {
	t.Helper()
	for _, m := range []struct {
		kind, at, data string
		flags          uintptr
	}{{"", "/", "", syscall.MS_REC | syscall.MS_PRIVATE}, {"tmpfs", dir, "size=8m", 0}} {
		if err := syscall.Mount(m.kind, m.at, m.kind, m.flags, m.data); err != nil {
			t.Skip(err)
		}
	}
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
