package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// keptBy answers for a promise of e: how well it is kept, and what to say about it in a few words.
func (p promise) keptBy(e Endpoint) (check.Level, string) {
	level, text := p.kept(e.Findings)
	if words, tried := p.lacks(e); words != "" && level == check.Pass {
		if !tried {
			level = check.NotApplicable
		}
		return level, words
	}
	switch p.parts[0].check {
	case "starttls-missing":
		return encryption(e, level, text)
	case "mail-before-tls":
		return withoutClear(e, level, text)
	}
	return level, text
}

// withoutClear answers for passwords where nothing is ever sent in the clear.
func withoutClear(e Endpoint, level check.Level, text string) (check.Level, string) {
	if e.Facts.STARTTLS.State == evidence.Inapplicable && level == check.NotApplicable && len(e.Facts.Versions.Value) > 0 {
		return check.Pass, ""
	}
	return level, text
}

// kept answers for a promise with the weightiest level of its findings, and what to say about it in a few words: what is
// wrong, what is not known and why, or what is worth knowing.
func (p promise) kept(findings []check.Finding) (check.Level, string) {
	weight := []check.Level{check.NotApplicable, check.Pass, check.Undecided, check.Warn, check.Fail}
	level := check.NotApplicable
	aside := p.onlyAsidesOpen(findings)
	var wrong, notes, unasked, undecided []string
	var open, none, gap string
	for _, part := range p.parts {
		i := slices.IndexFunc(findings, func(f check.Finding) bool { return f.Check == part.check })
		if i < 0 {
			unasked = addUnasked(unasked, part.check)
			continue
		}
		f := findings[i]
		if f.Aside && aside {
			undecided = append(undecided, f.Check)
			continue // told further down
		}
		if slices.Index(weight, f.Level) > slices.Index(weight, level) {
			level = f.Level
		}
		switch {
		case f.Level >= check.Warn:
			wrong = append(wrong, part.word+acceptedWord(f))
		case f.Level == check.Undecided:
			open = f.Message
		case f.Level == check.NotApplicable && part.word != "":
			none, gap = f.Message, gap+uncompared(part.check)
		case f.Note && part.word != "":
			notes = append(notes, part.word)
		}
	}
	if gap != "" && level != check.NotApplicable { // there is a certificate, but nothing to compare its names with
		open = gap
		if level == check.Pass {
			level = check.Undecided
		}
	}
	words := withUnasked(level, inWords(level, wrong, notes, open, none), notKnown, undecided)
	return level, withUnasked(level, words, notAsked, unasked)
}

// addUnasked adds a check that a scan which asks less left out; not one that is asked on request alone.
func addUnasked(ids []string, id string) []string {
	if c, ok := check.ByID(id); ok && len(c.Asked) == 0 {
		return append(ids, id)
	}
	return ids
}

// These begin the lists of what a tick does not stand for.
const (
	notAsked = "not asked: "
	notKnown = "not known: "
)

// withUnasked adds to the words for a promise a list of checks that a tick does not stand for, and why.
func withUnasked(level check.Level, words, why string, ids []string) string {
	text := why + strings.Join(ids, ", ")
	switch {
	case len(ids) == 0, level != check.Pass && (level != check.NotApplicable || words != ""):
		return words
	case words != "":
		return words + "; " + text
	}
	return text
}

// told reports whether e was judged by any check of a promise; of those that were left out by request there is nothing to say.
func (p promise) told(e Endpoint) bool {
	return len(e.LeftOut) == 0 || slices.ContainsFunc(p.parts, func(x part) bool { return !slices.Contains(e.LeftOut, x.check) })
}

// lacks says which checks of a promise were not made, "" if all were. Of an attack that was not tried, nothing is known.
func (p promise) lacks(e Endpoint) (words string, tried bool) {
	var untried, without []string
	for _, x := range p.parts {
		c, _ := check.ByID(x.check)
		switch {
		case slices.Contains(e.NotTried, x.check), slices.Contains(e.LeftOut, x.check) && c.Tries():
			untried = append(untried, x.check)
		case slices.Contains(e.LeftOut, x.check) && len(e.LeftOut) < len(e.Findings):
			without = append(without, x.check)
		}
	}
	switch {
	case len(untried) > 0:
		return "not tried: " + strings.Join(untried, ", "), false
	case len(without) > 0:
		return "without " + strings.Join(without, ", "), true
	}
	return "", true
}

// acceptedWord marks what is accepted among the words for what is wrong.
func acceptedWord(f check.Finding) string {
	if f.Accepted != nil {
		return " (accepted)"
	}
	return ""
}

// onlyAsidesOpen reports whether something of a promise is decided, and nothing open that has weight.
func (p promise) onlyAsidesOpen(findings []check.Finding) bool {
	passed := false
	for _, f := range findings {
		if !slices.ContainsFunc(p.parts, func(x part) bool { return x.check == f.Check }) {
			continue
		}
		if f.Level == check.Undecided && !f.Aside {
			return false
		}
		passed = passed || f.Level >= check.Warn || f.Level == check.Pass
	}
	return passed
}

// uncompared says what a promise leaves out where this check has no name to look for, or "".
func uncompared(id string) string {
	if id == "cert-hostname" {
		return "whether it is for this server: give --sni NAME"
	}
	return ""
}

func inWords(level check.Level, wrong, notes []string, open, none string) string {
	switch {
	case len(wrong) > 0 && open != "":
		return strings.Join(wrong, ", ") + ", and not all is known"
	case len(wrong) > 0:
		return strings.Join(wrong, ", ")
	case open != "":
		return notKnown + open
	case len(notes) > 0:
		return "but " + strings.Join(notes, ", ")
	case level == check.NotApplicable:
		return none
	}
	return ""
}
