package report

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/fix"
)

// keptBy answers for the promise p of e. Of a server that was not reached nothing is known.
func keptBy(p promise, e Endpoint) (check.Level, string) {
	if why, lost := unreachable(e); lost {
		return check.Undecided, why
	}
	return p.keptBy(e)
}

func (w viewer) endpoint(e Endpoint, id string) endpointView {
	v := endpointView{
		ID: id, Alone: w.alone, Name: Escape(name(e.Target)), Which: Escape(whichOf(e.Target)), Mark: markOf(levelOf(e.Verdict)),
		Verdict: e.Verdict.String(), Grade: string(e.Grade), Summary: summaryOf(e), About: aboutEndpoint(e),
	}
	v.Line, v.Part = Escape(lineOf(e)), Escape(e.partText())
	if why, lost := unreachable(e); lost {
		v.Lost = append(v.Lost, Escape(why)+".")
		if mayBeDown(why) {
			v.Lost = append(v.Lost, downText)
		}
		return v
	}
	if e.Grade == "" && e.AtBest != "A+" {
		v.Bound = string(e.AtBest)
	}
	for _, p := range promises() {
		if !p.told(e) {
			continue
		}
		level, text := keptBy(p, e)
		if level == check.Undecided {
			text = "not known, see below"
		}
		if level == check.Pass && text == "" && !w.alone {
			v.Kept++
			continue
		}
		v.Promises = append(v.Promises, promiseView{markOf(level), p.label, Escape(text)})
	}
	guess, given := fix.Recognise(e.Endpoint), make(map[string]string)
	for _, b := range blocks(e.Findings) {
		f := findingViewOf(b)
		f.Fix = fixViewOf(b, guess, given)
		v.Findings = append(v.Findings, f)
	}
	v.Accepted, v.Remaining = acceptedOf(e), acceptedLine(e)
	v.Helpless = helpless(e, guess)
	v.Unknown, v.Advice = unknownOf(e)
	v.Caps = capsOf(e)
	cuts := cuttingsOf(e, w.clients)
	v.Cuts = cuts.lines(fewClients)
	if w.alone {
		v.CutNames = cuts.lines(0)
	}
	v.Spoken = spokenOf(e, w.mail)
	v.Checks = checksOf(e.Findings)
	v.Others = othersOf(e)
	v.Tried = triedViewsOf(e, w.alone)
	return v
}

// lineOf is what was scanned, and when, in a line.
func lineOf(e Endpoint) string {
	parts := []string{service(e)}
	if t := e.Target; t.Address != "" && t.Address != t.Host {
		parts = append(parts, t.Address)
	}
	return strings.Join(append(parts, e.At.UTC().Format("2006-01-02 15:04 UTC"), seconds(e.Cost.Wall), connections(e.Cost.Connections)), " · ")
}

// whichOf tells apart what has the same name and port.
func whichOf(t evidence.Target) string {
	if t.Address == "" || t.Address == t.Host {
		return t.Protocol
	}
	return t.Protocol + " · " + t.Address
}

// summaryOf says in a sentence what is to be done.
func summaryOf(e Endpoint) string {
	if _, lost := unreachable(e); lost {
		return "Nothing is known about this server."
	}
	must, should := 0, 0
	for _, b := range blocks(e.Findings) {
		if b.found[0].Level == check.Fail {
			must++
		} else {
			should++
		}
	}
	text := toChange(must, should)
	switch {
	case text != "":
	case e.Verdict == Incomplete:
		return "Nothing wrong was seen, but not everything could be asked."
	case e.Remaining != nil:
		text = "Nothing needs to be changed but what is accepted."
	default:
		return "Nothing needs to be changed."
	}
	if !e.decided() {
		text += " Not everything could be asked."
	}
	return text
}

func checksOf(findings []check.Finding) []checkView {
	var out []checkView
	for _, f := range findings {
		out = append(out, checkView{markOf(f.Level), Escape(f.Check), Escape(f.Message)})
	}
	return out
}

// toChange says how many things must and should be changed, "" if none.
func toChange(must, should int) string {
	switch {
	case must > 0 && should > 0:
		return fmt.Sprintf("%s must be changed, and %d should be.", plural(must, "thing"), should)
	case must > 0:
		return plural(must, "thing") + " must be changed."
	case should > 0:
		return plural(should, "thing") + " should be changed."
	}
	return ""
}
