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
	Rows     []chartRow // grades, best first, and none
	Points   []chartPoint
	Lines    []chartLine // between points that follow each other
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

// noGrade is where scans stand whose grade is not known.
const noGrade = "none"

// chartOf draws scans, the latest first. It is nil if fewer than two are done.
func chartOf(scans []store.Scan) *chart {
	done := slices.DeleteFunc(slices.Clone(scans), func(s store.Scan) bool { return s.State != store.Done })
	if len(done) < 2 {
		return nil
	}
	slices.Reverse(done)
	c := &chart{From: done[0].Asked, To: done[len(done)-1].Asked}
	for _, g := range append(policy.Grades(), noGrade) {
		y := chartTop + len(c.Rows)*chartStep
		c.Rows = append(c.Rows, chartRow{string(g), y, y + 5})
	}
	c.Height = chartTop + len(c.Rows)*chartStep
	for _, s := range done {
		c.add(s)
	}
	return c
}

// add draws a scan, and the line to it from the one before.
func (c *chart) add(s store.Scan) {
	depth, grade := "full", "no grade"
	if s.Quick {
		depth = "quick"
	}
	row := slices.IndexFunc(c.Rows, func(r chartRow) bool { return r.Label == s.Grade })
	if row < 0 {
		row = len(c.Rows) - 1
	} else {
		grade = "grade " + s.Grade
	}
	p := chartPoint{X: c.across(s.Asked), Y: c.Rows[row].Y, Class: s.Verdict.String(), ID: s.ID,
		Title: fmt.Sprintf("%s: %s, %s (%s)", s.Asked.Format("2006-01-02 15:04"), s.Verdict, grade, depth)}
	if n := len(c.Points); n > 0 {
		last := c.Points[n-1]
		c.Lines = append(c.Lines, chartLine{last.X, p.X, last.Y, p.Y})
	}
	c.Points = append(c.Points, p)
}

// across is where a time is, between those of the first scan and the last.
func (c *chart) across(t time.Time) string {
	share := 1.0
	if whole := c.To.Sub(c.From); whole > 0 {
		share = float64(t.Sub(c.From)) / float64(whole)
	}
	return fmt.Sprintf("%.2f%%", chartLeft+share*(chartRight-chartLeft))
}
