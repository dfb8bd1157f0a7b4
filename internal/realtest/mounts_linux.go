package realtest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// mountsVariable tells a child process where it may mount a disk.
const mountsVariable = "MAILTLS_TEST_MOUNTS"

// namedTB is a [TB] that knows its name.
type namedTB interface {
	TB
	Name() string
	TempDir() string
}

// OwnMounts runs the test again in a process with mounts of its own, which end with it. There it returns a folder for [Mount]; in the test itself
// "", and all is said.
func OwnMounts(t namedTB) (dir string) {
	t.Helper()
	if dir := os.Getenv(mountsVariable); dir != "" {
		Mount(t, "", "/", syscall.MS_REC|syscall.MS_PRIVATE, "")
		return dir
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v") //nolint:gosec // itself
	c.Env = append(os.Environ(), mountsVariable+"="+t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	switch {
	case (errors.Is(err, syscall.EPERM) || strings.Contains(string(out), "--- SKIP")) && os.Getenv(noSkip) == "":
		t.Skipf("no disk may be mounted here: %v %s", err, out)
	case err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Fatalf("%v: %s", err, out)
	}
	return ""
}

// Mount mounts a disk of a kind, such as tmpfs, or changes how one is mounted; where that is not allowed the test is skipped.
func Mount(t TB, kind, at string, flags uintptr, data string) {
	t.Helper()
	if err := syscall.Mount(kind, at, kind, flags, data); err != nil {
		t.Skipf("mounting %s: %v", at, err)
	}
}
