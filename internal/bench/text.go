package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

func writeJSON(w io.Writer, r Result) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}

// writeText writes the tables of what was measured.
func writeText(w io.Writer, r Result, verbose bool) error {
	fmt.Fprintf(w, "%s, %s\n", r.At.Format(time.DateTime), r.Machine)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(r.Scans) > 0 {
		writeScans(tw, r.Scans)
	}
	for _, c := range r.Peers {
		writeComparison(tw, c)
	}
	if len(r.Memory) > 0 {
		writeMemory(tw, r.Memory)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	if verbose {
		writeQuestions(w, r)
	}
	return nil
}

func writeScans(w io.Writer, scans []Scan) {
	fmt.Fprintln(w, "\nserver\trtt\tmode\tsuites\tconns\tfloor\tabove\tattacks\tat once\twall\tbytes out\tbytes in\tlimits")
	for _, s := range scans {
		fmt.Fprintf(w, "%s\t%v\t%s\t%d\t%d\t%s\t%s\t%s\t%d\t%s\t%d\t%d\t%s\n", s.Server, s.RTT, s.Mode, s.Suites, s.Connections,
			s.onlyFull(s.Floor), s.onlyFull(s.above()), s.onlyFull(s.Attacks), s.Peak, seconds(s.Wall), s.BytesOut, s.BytesIn, s.limits())
	}
}

// onlyFull leaves out what says nothing about a quick scan, which reads no lists.
func (s Scan) onlyFull(n int) string {
	if s.Mode != "full" {
		return "-"
	}
	return fmt.Sprint(n)
}

// limits says whether the limits were kept; "-" for a quick scan of a server that is not well, which has none.
func (s Scan) limits() string {
	if s.Mode == "quick" && s.Unwell && len(s.Marks) == 0 {
		return "-"
	}
	return verdict(s.Marks)
}

func verdict(marks []string) string {
	if len(marks) == 0 {
		return "kept"
	}
	return "BROKEN: " + strings.Join(marks, ", ")
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

// writeQuestions writes what the connections of each scan were made for.
func writeQuestions(w io.Writer, r Result) {
	scans := r.Scans
	for _, c := range r.Peers {
		scans = append(scans, c.Scan, c.Quick)
	}
	for _, s := range scans {
		fmt.Fprintf(w, "\n%s, %v, %s: %d connections", s.Server, s.RTT, s.Mode, s.Connections)
		if s.Mode == "full" {
			fmt.Fprintf(w, ", floor %d, %+d, attacks %d", s.Floor, s.above(), s.Attacks)
		}
		fmt.Fprintf(w, ", %s, %.1f open on average\n", seconds(s.Wall), s.Average)
		for _, q := range s.Questions {
			fmt.Fprintf(w, "  %4d  %s\n", q.Connections, q.Name)
		}
		writeActive(w, s)
		for _, c := range s.Slow {
			fmt.Fprintf(w, "  slow  %v\n", c)
		}
		for _, q := range s.Repeated {
			fmt.Fprintf(w, "  %4d  made again: the offer of %s\n", q.Connections, q.Name)
		}
	}
}
