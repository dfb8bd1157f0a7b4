package store

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// whole is a file as this program makes it.
func whole(t *testing.T) (path string, text []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "whole.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, text
}

// TestOpenOther wants files that cannot be used told with what to do about them, and left as they are.
func TestOpenOther(t *testing.T) {
	_, good := whole(t)
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	db, err := sql.Open("sqlite", foreign)
	if err == nil {
		_, err = db.ExecContext(t.Context(), "CREATE TABLE bookmarks(url)")
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text []byte
		want string
	}{
		"letter":  {bytes.Repeat([]byte("This is a letter, not a database. "), 100), "was another file meant?"},
		"short":   {[]byte("abc"), "was another file meant?"},
		"half":    {good[:len(good)/2], "mailtls db backup"},
		"foreign": {other, "tables of another program"},
		"empty":   {nil, ""},
		"good":    {good, ""},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), path)
		if err == nil {
			err = s.Close()
		}
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if left, err := os.ReadFile(path); err != nil || c.want != "" && !bytes.Equal(left, c.text) {
			t.Errorf("%s: %v, or it is another than before", name, err)
		}
	}
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "nowhere", "x.db")} {
		if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "is there such a folder") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestOpenLocked wants another program that has the file for itself waited for a while, and then told of.
func TestOpenLocked(t *testing.T) {
	path, _ := whole(t)
	db, err := sql.Open("sqlite", source(path, "locking_mode(EXCLUSIVE)"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "DELETE FROM scans"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "another program has it for itself") {
		t.Errorf("%v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Close(); err != nil {
		t.Error(err)
	}
}
