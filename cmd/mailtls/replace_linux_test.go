package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody does something as one who may not write into folders of others; root may write everywhere. The thread must not end with it, and so is made
// what it was: servers that it started would be killed, since they end with the thread that they come from.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		do()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Setfsuid(0) }()
	do()
}

// TestOutputWhereNothingNewMayBe writes over a file in a folder that takes no new one.
func TestOutputWhereNothingNewMayBe(t *testing.T) {
	path, keeper := written(t, 0o666)
	err := errors.Join(os.Chmod(filepath.Dir(filepath.Dir(path)), 0o755), os.Chmod(filepath.Dir(path), 0o555))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(path), 0o755) })
	asNobody(t, func() { err = replaceFile(path, []byte("new")) })
	if err != nil || content(t, keeper) != "new" {
		t.Errorf("%v; the file holds %q", err, content(t, keeper))
	}
}

// TestOutputToADescriptor writes into a file that somebody has opened.
func TestOutputToADescriptor(t *testing.T) {
	path, keeper := written(t, 0o644)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, _, _ := fake(scanning(t))
	_ = execute(a, t.Context(), "scan", "-o", fmt.Sprintf("/proc/self/fd/%d", file.Fd()), "smtp://a.example")
	if got := content(t, keeper); !strings.HasPrefix(got, "a.example:25") {
		t.Errorf("the file holds %.40q", got)
	}
}
