package report

import (
	"fmt"

	"github.com/mailtls/mailtls/check"
)

// otherView is what a policy says beside the one that grades.
type otherView struct {
	Mark               markView
	Name, Verdict, Sum string
	Checks             []checkView // what it objects to, and what it cannot tell
}

func othersOf(e Endpoint) []otherView {
	var out []otherView
	for _, o := range e.Others {
		v := otherView{Mark: markOf(levelOf(o.Verdict)), Name: Escape(o.Policy + " (" + o.Version + ")"), Verdict: o.Verdict.String()}
		must, should, open := 0, 0, 0
		for _, f := range o.Findings {
			switch f.Level {
			case check.Fail:
				must++
			case check.Warn:
				should++
			case check.Undecided:
				open++
			default:
				continue
			}
			v.Checks = append(v.Checks, checkView{Mark: markOf(f.Level), ID: Escape(f.Check), Detail: Escape(f.Message)})
		}
		v.Sum = fmt.Sprintf("%d must be changed, %d should be, %d not known", must, should, open)
		if o.Omits > 0 {
			v.Sum += "; " + plural(o.Omits, "requirement") + " that no scan can judge"
		}
		out = append(out, v)
	}
	return out
}
