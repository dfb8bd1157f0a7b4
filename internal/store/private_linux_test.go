package store

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// modes are those of the files in a folder, by their names.
func modes(t *testing.T, dir string) map[string]os.FileMode {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]os.FileMode)
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		found[e.Name()] = info.Mode().Perm()
	}
	return found
}

// TestPrivate wants nobody else to read what is made: there are secrets of webhooks and feeds in it, and hashes of passwords.
func TestPrivate(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o022))
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "x.db"))
	ask(t, s, "a.test", true)
	if err := s.Alone(); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	found := modes(t, dir)
	for name, mode := range found {
		if mode != 0o600 && !strings.HasPrefix(name, "x.db-lock") { // there is nothing in that
			t.Errorf("%s: %v", name, mode)
		}
	}
	for _, name := range []string{"x.db", "x.db-wal", "x.db-shm", "copy.db"} {
		if _, there := found[name]; !there {
			t.Errorf("no %s among %v", name, found)
		}
	}
	copied := open(t, filepath.Join(dir, "copy.db"))
	if n, err := copied.Waiting(t.Context()); err != nil || n != 1 {
		t.Errorf("the copy has %d scans, %v", n, err)
	}
}

// TestPrivateKeepsMode leaves the mode of a file that is there as it is: a group may be meant to read it.
func TestPrivateKeepsMode(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o022))
	path, _ := whole(t)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if found := modes(t, filepath.Dir(path)); found["whole.db"] != 0o640 || found["whole.db-wal"] != 0o640 {
		t.Errorf("%v", found)
	}
}

// TestBackupFails leaves no empty copy behind, which a later one would be refused for.
func TestBackupFails(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "x.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "copy.db")); err == nil {
		t.Fatal("a closed database was copied")
	}
	if found := modes(t, dir); len(found) != 1 {
		t.Errorf("left: %v", found)
	}
}
