package bulk

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/mailtls/mailtls/internal/journal"
)

// TestStops ends a scan at every kind of moment of a transaction, and in the midst of results, and lets it go on: whatever was told to be
// kept, in words or by the numbers that progress shows, is there, and nothing of it is done twice.
func TestStops(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a program some eighty times")
	}
	for _, p := range points() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "journal")
			told := runStopped(t, p, path)
			done := finished(t, path)
			checkTold(t, told, done, path)
			told = runStopped(t, point{}, path)
			for _, line := range told {
				if done[line] && !strings.HasPrefix(line, kept) {
					t.Errorf("%s again", line)
				}
			}
			checkTold(t, told, finished(t, path), path)
			checkWhole(t, path, stopDomains, stopEndpoints)
			checkResults(t, path)
		})
	}
}

// runStopped runs a child that ends at a point, and returns what it told.
func runStopped(t *testing.T, p point, path string) (told []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hung)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestStopped$")
	c.Env = append(os.Environ(), stopVariable+"="+p.String()+" "+path)
	out, err := c.CombinedOutput()
	if (err == nil) != (p.phase == "") || ctx.Err() != nil || strings.Contains(string(out), "FAIL") {
		t.Fatalf("%v: %s", err, out)
	}
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		told = append(told, lines.Text())
	}
	return told
}

// checkTold wants the journal to have what was told.
func checkTold(t *testing.T, told []string, done map[string]bool, path string) {
	t.Helper()
	has, lines := map[string]int{}, 0
	for what := range done {
		kind, _, _ := strings.Cut(what, " ")
		has[kind]++
	}
	for _, line := range told {
		var domains, endpoints int
		switch n, _ := fmt.Sscanf(line, "counted %d %d", &domains, &endpoints); {
		case n == 2 && (has["domain"] < domains || has["endpoint"] < endpoints):
			t.Errorf("%s were counted as done, and the journal has %v", line, has)
		case strings.HasPrefix(line, kept) && !done[line]:
			t.Errorf("lost what the journal had said it had: %s", line)
		case line == "line":
			lines++
		}
	}
	if lines == 0 && len(done) == 0 {
		return
	}
	j, err := journal.OpenRead(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	rows := 0
	if _, err := EachKept(j, func(Row) error { rows++; return nil }); err != nil || rows < lines {
		t.Errorf("%d lines were written, and %d rows are kept: %v", lines, rows, err)
	}
	if _, whole, err := j.Whole(); err != nil || strings.Contains(strings.Join(told, "\n"), "whole") && !whole {
		t.Errorf("whole: %v, %v", whole, err)
	}
}

// checkResults wants the results of each domain in both files once.
func checkResults(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	err = ReadJSONL(file, func(row Row) error {
		if row.Domain != fmt.Sprintf("d%d.test", n) {
			t.Errorf("line %d: %s", n+1, row.Domain)
		}
		n++
		return nil
	})
	if n != stopDomains || err != nil {
		t.Errorf("%d lines, %v", n, err)
	}
	rows, err := parquet.ReadFile[Row](path + ".parquet")
	if len(rows) != stopDomains || err != nil || rows[n-1].Domain != fmt.Sprintf("d%d.test", n-1) {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
