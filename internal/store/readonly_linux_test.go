package store

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// diskVariable tells a child process of TestReadOnly where it may mount a disk: it has mounts of its own.
const diskVariable = "MAILTLS_TEST_STORE_DISK"

// TestReadOnly opens a file on a disk that nobody may write to, and again when that is over.
func TestReadOnly(t *testing.T) {
	if dir := os.Getenv(diskVariable); dir != "" {
		openReadOnly(t, dir)
		return
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestReadOnly$", "-test.v")
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
	case err != nil || !strings.Contains(string(out), "--- PASS: TestReadOnly"):
		t.Errorf("%v: %s", err, out)
	}
}

func openReadOnly(t *testing.T, dir string) {
	t.Helper()
	mount := func(kind, at string, flags uintptr) {
		t.Helper()
		if err := syscall.Mount(kind, at, kind, flags, ""); err != nil {
			t.Skip(err)
		}
	}
	mount("", "/", syscall.MS_REC|syscall.MS_PRIVATE)
	mount("tmpfs", dir, 0)
	path := filepath.Join(dir, "x.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	mount("tmpfs", dir, syscall.MS_REMOUNT|syscall.MS_RDONLY)
	for _, path := range []string{path, filepath.Join(dir, "new.db")} {
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "write to") || !Away(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
	mount("tmpfs", dir, syscall.MS_REMOUNT)
	if err := open(t, path).Close(); err != nil {
		t.Error(err)
	}
}
