package deptest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var fileName = regexp.MustCompile("`([\\w/*]+\\.(?:go|csv|json|txt|md))`")

// TestDesignNamesFiles wants every file that the page on the design names to be somewhere, also after one was split.
func TestDesignNamesFiles(t *testing.T) {
	page, err := os.ReadFile("../../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	files := projectFiles(t)
	names := fileName.FindAllStringSubmatch(string(page), -1)
	if len(names) < 20 {
		t.Errorf("the page names %d files", len(names))
	}
	for _, name := range names {
		if !slices.ContainsFunc(files, func(file string) bool { return ends(file, name[1]) }) {
			t.Errorf("there is no file %s", name[1])
		}
	}
}

// ends reports whether the last parts of file are as pattern says.
func ends(file, pattern string) bool {
	parts, n := strings.Split(file, "/"), strings.Count(pattern, "/")+1
	if len(parts) < n {
		return false
	}
	ok, err := filepath.Match(pattern, strings.Join(parts[len(parts)-n:], "/"))
	return ok && err == nil
}

func projectFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("../..", func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, filepath.ToSlash(file))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
