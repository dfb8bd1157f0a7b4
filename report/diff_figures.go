package report

import (
	"fmt"
)

// ConfidenceChange is how sure one can be of a domain's mail, before and now, where that is certain to be another.
type ConfidenceChange struct {
	Old Figure `json:"old"`
	New Figure `json:"new"`
}

// Figure is a confidence of 100: from what is sure to what it is at best.
type Figure struct {
	Score  int `json:"score"`
	AtBest int `json:"at_best"`
}

// confidenceChange compares two figures: what is open in one of them may be what the other has, and then nothing is told.
func confidenceChange(o, n *Confidence) *ConfidenceChange {
	if o == nil || n == nil || n.Score <= o.AtBest && o.Score <= n.AtBest {
		return nil
	}
	return &ConfidenceChange{Figure{o.Score, o.AtBest}, Figure{n.Score, n.AtBest}}
}

func (f Figure) String() string {
	if f.Score == f.AtBest {
		return fmt.Sprint(f.Score)
	}
	return fmt.Sprintf("%d to %d", f.Score, f.AtBest)
}
