package report

import (
	"fmt"

	"github.com/mailtls/mailtls/check"
)

// confidenceLine is a line about the confidence figure. Its text is not escaped.
type confidenceLine struct {
	level check.Level
	text  string
}

// confidenceSum is the figure in words.
func confidenceSum(c *Confidence) string {
	switch {
	case !c.Given:
		return fmt.Sprintf("not given, since too much is not known: at least %d of 100", c.Score)
	case c.AtBest > c.Score:
		return fmt.Sprintf("%d of 100, or up to %d, since not all is known", c.Score, c.AtBest)
	}
	return fmt.Sprintf("%d of 100", c.Score)
}

// confidenceMeans says what the figure is about.
const confidenceMeans = "how sure it is that mail arrives encrypted, and at nobody else's"

// summed puts points of one host that say the same together.
func summed(points []ConfidencePoint) []ConfidencePoint {
	var out []ConfidencePoint
	for _, p := range points {
		if n := len(out) - 1; n >= 0 && out[n].Host == p.Host && out[n].Text == p.Text {
			out[n].Points, out[n].Open, out[n].Of = out[n].Points+p.Points, out[n].Open+p.Open, out[n].Of+p.Of
			continue
		}
		out = append(out, p)
	}
	return out
}

// confidenceLines tell of each point how many it gives of how many there are: of those only that lack some for certain, or of all, with
// the reason why some are not known.
func confidenceLines(c *Confidence, all bool) []confidenceLine {
	var out []confidenceLine
	for _, p := range summed(c.Points) {
		level, text := check.Pass, fmt.Sprintf("%s: %s (%d of %d", p.Host, p.Text, p.Points, p.Of)
		switch {
		case p.Points+p.Open < p.Of:
			level = check.Warn
		case p.Open > 0:
			level = check.Undecided
		}
		if p.Open > 0 {
			text += fmt.Sprintf(", or up to %d", p.Points+p.Open)
		}
		if all || level == check.Warn {
			out = append(out, confidenceLine{level, text + ")"})
		}
	}
	if c.Why != "" && all {
		out = append(out, confidenceLine{check.Undecided, "not all is known, because of " + c.Why})
	}
	return out
}
