package store

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
)

// TestReadOnly opens a file on a disk that nobody may write to, and again when that is over.
func TestReadOnly(t *testing.T) {
	if dir := realtest.OwnMounts(t); dir != "" {
		openReadOnly(t, dir)
	}
}

func openReadOnly(t *testing.T, dir string) {
	t.Helper()
	realtest.Mount(t, "tmpfs", dir, 0, "")
	path := filepath.Join(dir, "x.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	realtest.Mount(t, "tmpfs", dir, syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	for _, path := range []string{path, filepath.Join(dir, "new.db")} {
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "write to") || !Away(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
	realtest.Mount(t, "tmpfs", dir, syscall.MS_REMOUNT, "")
	if err := open(t, path).Close(); err != nil {
		t.Error(err)
	}
}
