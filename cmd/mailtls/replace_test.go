package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/report"
)

type scanFunc = func(context.Context, string, *mailtls.Config) (*report.Report, error)

// scanning makes reports about which nothing is known.
func scanning(t *testing.T) scanFunc {
	return func(_ context.Context, target string, _ *mailtls.Config) (*report.Report, error) {
		return scanned(t, target), nil
	}
}

func failing(context.Context, string, *mailtls.Config) (*report.Report, error) {
	return nil, errors.New("no such host")
}

// written is a file with an old report and those permissions, and another name for it, which keeps the old report if a new
// one takes the file's place.
func written(t *testing.T, mode os.FileMode) (path, keeper string) {
	t.Helper()
	path, keeper = filepath.Join(t.TempDir(), "report"), filepath.Join(t.TempDir(), "keeper")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(path, keeper); err != nil {
		t.Skip("two names of one file: ", err)
	}
	return path, keeper
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestOutputReplaces writes no report over another: a full disk would leave neither.
func TestOutputReplaces(t *testing.T) {
	path, keeper := written(t, 0o600)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	a, _, _ := fake(scanning(t))
	_ = execute(a, t.Context(), "scan", "-o", link, "smtp://a.example")
	if got := content(t, path); !strings.HasPrefix(got, "a.example:25") {
		t.Errorf("the file holds %.40q", got)
	}
	if content(t, keeper) != "old" {
		t.Error("the old report was written over")
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is a link no more: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("permissions %v, %v", info.Mode(), err)
	}
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
}

// TestOutputLeadsNowhereYet follows a link to a file that is not there.
func TestOutputLeadsNowhereYet(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink("new", link); err != nil {
		t.Fatal(err)
	}
	a, _, _ := fake(scanning(t))
	_ = execute(a, t.Context(), "scan", "-o", link, "smtp://a.example")
	if got := content(t, filepath.Join(dir, "new")); !strings.HasPrefix(got, "a.example:25") {
		t.Errorf("the file holds %.40q", got)
	}
}

// TestOutputThatDidNotCome leaves no empty file behind, and one that was empty before stays.
func TestOutputThatDidNotCome(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"new", "empty"} {
		a, _, _ := fake(failing)
		if err := execute(a, t.Context(), "scan", "-o", filepath.Join(dir, name), "smtp://a.example"); err == nil {
			t.Error("no error")
		}
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 || list[0].Name() != "empty" {
		t.Errorf("there is %v", list)
	}
}

// TestOutputToItsOwn writes behind what is there already, if the file is the program's own output, as /dev/stdout is.
func TestOutputToItsOwn(t *testing.T) {
	path, keeper := written(t, 0o644)
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	a, _, _ := fake(scanning(t))
	a.stdout = &watched{Writer: out}
	_ = execute(a, t.Context(), "scan", "-o", path, "smtp://a.example")
	if got := content(t, keeper); !strings.HasPrefix(got, "olda.example:25") {
		t.Errorf("the file holds %.40q", got)
	}
}
