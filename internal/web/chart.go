package web

import (
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

// chart is the course of a target's grade over time. It is drawn as SVG whose width is that of the page: places across are in percent of
// it, those down in pixels.
type chart struct {
	Height   int
	Rows     []chartRow // grades, best first
	Points   []chartPoint
	Lines    []chartLine  // between points that follow each other
	Gaps     []chartPoint // scans without a grade, below all grades; no line leads over them
	From, To time.Time
}

type chartRow struct {
	Label   string
	Y, Text int // where its line is, and its text stands
}

type chartPoint struct {
	X     string
	Y     int
	Class string // of the verdict
	ID    string
	Title string
	At    time.Time
}

type chartLine struct {
	X1, X2 string
	Y1, Y2 int
}

// Where a chart has its points, in percent of its width and in pixels.
const (
	chartLeft, chartRight = 13.0, 97.0
	chartTop, chartStep   = 12, 22
)

// fewGaps is how many scans without a grade the text below a chart names.
const fewGaps = 5

// chartOf draws scans, the latest first. It is nil if fewer than two are done, or none has a grade.
func chartOf(scans []store.Scan) *chart {
	done := slices.DeleteFunc(slices.Clone(scans), func(s store.Scan) bool { return s.State != store.Done })
	if len(done) < 2 {
		return nil
	}
	slices.Reverse(done)
	c := &chart{From: done[0].Asked, To: done[len(done)-1].Asked}
	for _, g := range policy.Grades() {
		y := chartTop + len(c.Rows)*chartStep
		c.Rows = append(c.Rows, chartRow{string(g), y, y + 5})
	}
	c.Height = chartTop + (len(c.Rows)+1)*chartStep
	graded := false // the scan before
	for _, s := range done {
		graded = c.add(s, graded)
	}
	if len(c.Points) == 0 {
		return nil
	}
	return c
}

// add draws a scan, and the line to it from the one before if both have a grade. It reports whether this one has.
func (c *chart) add(s store.Scan, line bool) bool {
	depth, grade := "full", "no grade"
	if s.Quick {
		depth = "quick"
	}
	y := chartTop + len(c.Rows)*chartStep
	row := slices.IndexFunc(c.Rows, func(r chartRow) bool { return r.Label == s.Grade })
	if row >= 0 {
		y = c.Rows[row].Y
	}
	if text := s.GradeText(); text != "" {
		grade = "grade " + text
	}
	p := chartPoint{X: c.across(s.Asked), Y: y, Class: s.Verdict.String(), ID: s.ID, At: s.Asked,
		Title: fmt.Sprintf("%s: %s, %s (%s)", s.Asked.Format("2006-01-02 15:04"), s.Verdict, grade, depth)}
	if row < 0 {
		c.Gaps = append(c.Gaps, p)
		return false
	}
	if line {
		last := c.Points[len(c.Points)-1]
		c.Lines = append(c.Lines, chartLine{last.X, p.X, last.Y, p.Y})
	}
	c.Points = append(c.Points, p)
	return true
}

// Without names the scans that have no grade, with the verdict that each has all the same.
func (c *chart) Without() string {
	var out []string
	for _, g := range c.Gaps {
		out = append(out, g.At.UTC().Format("2006-01-02 15:04")+" UTC ("+g.Class+")")
	}
	return few(out, fewGaps)
}

// across is where a time is, between those of the first scan and the last.
func (c *chart) across(t time.Time) string {
	share := 1.0
	if whole := c.To.Sub(c.From); whole > 0 {
		share = float64(t.Sub(c.From)) / float64(whole)
	}
	return fmt.Sprintf("%.2f%%", chartLeft+share*(chartRight-chartLeft))
}
