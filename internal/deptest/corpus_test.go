package deptest

import (
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
	for _, file := range projectFiles(t) {
		if !strings.HasSuffix(file, "_test.go") {
			continue
		}
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range fuzzTarget.FindAllSubmatch(code, -1) {
			n++
			corpus := filepath.Join(filepath.Dir(file), "testdata", "fuzz", string(match[1]))
			if kept, _ := filepath.Glob(filepath.Join(corpus, "*")); len(kept) == 0 {
				t.Errorf("%s has no corpus: go test -fuzz '^%[1]s$' -test.fuzzcachedir FOLDER finds some, %s keeps it", match[1], corpus)
			}
		}
	}
	if n == 0 {
		t.Error("there is no fuzz target")
	}
}
