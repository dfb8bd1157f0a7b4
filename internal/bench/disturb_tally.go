package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/mailtls/mailtls/check"
)

// mostUnknown is the share of answers on the lab's servers that may be lacking over rough paths.
const mostUnknown = 0.05

// answers counts the answers of active checks. What is wrong of a healthy server is a false alarm.
type answers struct {
	scans, connections, given, wrong int
	unknown, smooth                  int // not known over rough paths, and over a smooth one
	rough                            int // answers looked for over rough paths
	open                             int // none, from servers that nobody could judge, such as those that never say a word
}

// A tally is what came of all trials.
type tally struct {
	mu       sync.Mutex
	verbose  bool                // tell also of what is not known
	real     map[string]*answers // by server
	lab      map[string]*answers // by check
	mistakes []string
	errs     []error
}

func newTally() *tally { return &tally{real: map[string]*answers{}, lab: map[string]*answers{}} }

func (t *tally) add(x *trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x.err != nil {
		t.errs = append(t.errs, x.err)
		return
	}
	for i, f := range x.findings {
		want, asked := x.want[f.Check]
		if x.want != nil && !asked {
			continue
		}
		a := t.row(x, f.Check)
		if x.want != nil || i == 0 {
			a.scans++
			a.connections += x.connections
		}
		a.count(x, f, want)
		if problem := x.mistake(f, want, t.verbose); problem != "" {
			t.mistakes = append(t.mistakes, problem)
		}
	}
}

func (t *tally) row(x *trial, id string) *answers {
	rows, name := t.lab, id
	if x.want == nil {
		rows, name = t.real, x.name
	}
	if rows[name] == nil {
		rows[name] = new(answers)
	}
	return rows[name]
}

func (a *answers) count(x *trial, f check.Finding, want string) {
	a.given++
	if want == "undecided" && f.Level == check.Undecided {
		a.open++
		return
	}
	if x.rough {
		a.rough++
	}
	switch unknown := f.Level == check.Undecided; {
	case unknown && x.rough:
		a.unknown++
	case unknown:
		a.smooth++
	case wrong(f, want):
		a.wrong++
	}
}

// wrong reports whether a finding is other than wanted, or an alarm where none is.
func wrong(f check.Finding, want string) bool {
	if want == "" {
		return f.Level == check.Warn || f.Level == check.Fail
	}
	level := f.Level.String()
	if f.Note {
		level = "note"
	}
	return level != want
}

// mistake tells of a finding that should not be, and how to see it again; "" if it is as it should be. On real servers what is
// not known is none; it is told if verbose is set.
func (x *trial) mistake(f check.Finding, want string, verbose bool) string {
	if unknown := verbose && f.Level == check.Undecided && want != "undecided"; !wrong(f, want) && !unknown {
		return ""
	}
	what := "wrong"
	switch {
	case f.Level == check.Undecided:
		what, want = "not known", cmp.Or(want, "an answer")
	case want == "":
		want = "no alarm"
	}
	path, again := "smooth path", "-runs 0"
	if x.rough {
		path, again = fmt.Sprintf("%v round trip, seed %d", x.rtt, x.seed), fmt.Sprintf("-runs 1 -seed %d", x.seed)
	}
	return fmt.Sprintf("%s: %s (%s): %s is %s, want %s: %s\n    go run ./internal/bench -disturb -servers '^%s$' %s", what, x.name, path, f.Check, f.Level, want,
		f.Message, x.name, again)
}

// write writes the table, and what went wrong. The error says which wants were missed.
func (t *tally) write(w io.Writer, took time.Duration) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "real server\tscans\tconns\tanswers\tfalse alarms\tunknown\tsmooth path: unknown")
	alarms := rows(tw, t.real, false)
	fmt.Fprintln(tw, "lab, by check\tscans\tconns\tanswers\twrong\tunknown\tsmooth path: unknown\tundecidable")
	lab := rows(tw, t.lab, true)
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	slices.Sort(t.mistakes)
	for _, m := range t.mistakes {
		fmt.Fprintln(w, m)
	}
	fmt.Fprintf(w, "%.0f s\n", took.Seconds())
	return errors.Join(append(t.errs, missed(alarms, lab)...)...)
}

// missed says which wants were missed.
func missed(real, lab answers) []error {
	var errs []error
	if real.wrong > 0 {
		errs = append(errs, fmt.Errorf("%d false alarms on healthy servers: want none", real.wrong))
	}
	if lab.wrong > 0 {
		errs = append(errs, fmt.Errorf("%d wrong answers on the lab: want none", lab.wrong))
	}
	if lab.smooth > 0 {
		errs = append(errs, fmt.Errorf("%d answers lacking on the lab without disturbance: want none", lab.smooth))
	}
	if float64(lab.unknown) > mostUnknown*float64(lab.rough) {
		errs = append(errs, fmt.Errorf("%d of %d answers lacking on the lab: want at most %.0f %%", lab.unknown, lab.rough, 100*mostUnknown))
	}
	return errs
}

// rows writes a row of the table for each name, and returns their sum.
func rows(w io.Writer, m map[string]*answers, lab bool) (sum answers) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		a := m[name]
		a.row(w, name, lab)
		sum.scans, sum.connections, sum.given, sum.rough = sum.scans+a.scans, sum.connections+a.connections, sum.given+a.given, sum.rough+a.rough
		sum.wrong, sum.unknown, sum.smooth, sum.open = sum.wrong+a.wrong, sum.unknown+a.unknown, sum.smooth+a.smooth, sum.open+a.open
	}
	sum.row(w, "in all", lab)
	fmt.Fprintln(w, strings.Repeat("\t", 6))
	return sum
}

func (a answers) row(w io.Writer, name string, lab bool) {
	unknown := fmt.Sprint(a.unknown)
	if a.unknown > 0 {
		unknown += fmt.Sprintf(" (%.1f %%)", 100*float64(a.unknown)/float64(a.rough))
	}
	fmt.Fprintf(w, "%s\t%d\t%.1f\t%d\t%d\t%s\t%d", name, a.scans, float64(a.connections)/float64(max(a.scans, 1)), a.given, a.wrong, unknown, a.smooth)
	if lab {
		fmt.Fprintf(w, "\t%d", a.open)
	}
	fmt.Fprintln(w)
}
