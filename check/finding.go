package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Finding is what a check says about one server. Its texts may hold bytes of the server as they came: whoever prints
// them escapes them.
type Finding struct {
	Check   string       `json:"check"` // Check.ID
	Level   Level        `json:"level"`
	Note    bool         `json:"note,omitempty"`   // it passes, but what the check looks for was seen
	Aside   bool         `json:"aside,omitempty"`  // undecided, but verdict and grade are the same however it turns out
	Message string       `json:"message"`          // what was seen; if undecided or not applicable, the reason
	Why     string       `json:"why,omitempty"`    // why it weighs what it does on this port
	Clause  string       `json:"clause,omitempty"` // the policy's reference
	Cap     policy.Grade `json:"cap,omitempty"`    // the best grade possible with it
	Seen    []string     `json:"seen,omitempty"`   // the suites, names, keys … that decided
	From    []string     `json:"from,omitempty"`   // ids of the observations that show it; where they are many, the facts name them

	Accepted *Acceptance `json:"accepted,omitempty"`         // Warn or Fail, and known to those who run the server
	Lapsed   *Acceptance `json:"acceptance_ended,omitempty"` // the same, until a day that is past: it counts again
}

// bad returns the finding of something that the policy's rule is about.
func bad(s *Subject, rule policy.Rule, message string) Finding {
	r := rule.For(s.Role)
	level := LevelOf(r.Severity)
	return Finding{Level: level, Note: level == Pass, Message: message, Why: r.Why, Clause: rule.Clause, Cap: r.Cap}
}

// good returns the finding of something that is as it should be.
func good(message string) Finding { return Finding{Level: Pass, Message: message} }

// undecided returns the finding of a question that the evidence leaves open.
func undecided(why string) Finding { return Finding{Level: Undecided, Message: why} }

// notApplicable returns the finding of a question without meaning here.
func notApplicable(why string) Finding { return Finding{Level: NotApplicable, Message: why} }

// seen adds to f what decided it, and where that was seen.
func (f Finding) seen(what, from []string) Finding {
	if f.Seen = what; len(from) <= maxFrom {
		f.From = from
	}
	return f
}

// maxFrom is how many observations a finding names. A whole list of suites rests on a hundred: the fact has their ids.
const maxFrom = 12

// decide chooses by the answer to whether something bad was seen.
func decide(a evidence.Answer, yes, no Finding) Finding {
	switch a {
	case evidence.Yes:
		return yes
	case evidence.No:
		return no
	}
	return undecided("")
}
