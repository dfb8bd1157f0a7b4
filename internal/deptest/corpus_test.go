package deptest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// TestCorpora wants every fuzz target to begin from a corpus that is kept here, of what was worth keeping when it ran for
// longer than a build allows.
func TestCorpora(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../..", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		code, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, match := range fuzzTarget.FindAllSubmatch(code, -1) {
			n++
			corpus := filepath.Join(filepath.Dir(file), "testdata", "fuzz", string(match[1]))
			if kept, _ := filepath.Glob(filepath.Join(corpus, "*")); len(kept) == 0 {
				t.Errorf("%s has no corpus: go test -fuzz '^%[1]s$' -test.fuzzcachedir FOLDER finds some, %s keeps it", match[1], corpus)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Error("there is no fuzz target")
	}
}
