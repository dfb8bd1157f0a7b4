package notify

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// aspects are all that a report shows. told is what is remembered: servers that were merely guessed count only if they were there before.
func aspects(r *report.Report, policyName string, told map[string]string) []aspect {
	return slices.Concat(overall(r, policyName), reached(r, told), findings(r, policyName), certificates(r, told), expiries(r), records(r))
}

// placeOf names a server, whatever its addresses.
func placeOf(t evidence.Target) string {
	return report.Escape(t.Protocol + "://" + net.JoinHostPort(t.Host, strconv.Itoa(t.Port)))
}

// printable is text without anything that is not printed, whole.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}

// overall is the verdict and the grade of all. What is incomplete says nothing.
func overall(r *report.Report, policyName string) []aspect {
	verdict, grade := r.Overall()
	if policyName != policy.Mail {
		verdict, grade = verdictBy(r, policyName), ""
	}
	var out []aspect
	if verdict != report.Incomplete {
		out = append(out, aspect{kind: Verdict, value: verdict.String(), text: "verdict " + verdict.String()})
	}
	if grade != "" {
		out = append(out, aspect{kind: Grade, value: string(grade), text: "grade " + string(grade)})
	}
	return out
}

// verdictBy is the worst that another policy says of any server or domain.
func verdictBy(r *report.Report, name string) report.Verdict {
	order := []report.Verdict{report.Pass, report.Warn, report.Incomplete, report.Fail} // from the best to the worst
	worst := -1
	for _, others := range opinions(r) {
		for _, o := range others {
			if o.Policy == name {
				worst = max(worst, slices.Index(order, o.Verdict))
			}
		}
	}
	if worst < 0 {
		return report.Incomplete
	}
	return order[worst]
}

func opinions(r *report.Report) [][]report.Opinion {
	var out [][]report.Opinion
	for i := range r.Endpoints {
		out = append(out, r.Endpoints[i].Others)
	}
	for i := range r.Domains {
		out = append(out, r.Domains[i].Others)
	}
	return out
}

func reachKey(t evidence.Target) string { return reachOf(t).key() }

func reachOf(t evidence.Target) aspect {
	return aspect{kind: Reach, id: placeOf(t) + " " + report.Escape(t.Address), place: placeOf(t), weight: 90}
}

// reached tells of each address whether the server answers there, and of each domain whether the DNS does. An address that was not tried,
// or for which there was no time, says nothing.
func reached(r *report.Report, told map[string]string) []aspect {
	var out []aspect
	for i := range r.Endpoints {
		e := &r.Endpoints[i]
		a, f := reachOf(e.Target), e.Facts.Reachable
		at := cmp.Or(report.Escape(e.Target.Address), "no address")
		switch {
		case f.State == evidence.Known && f.Value:
			a.value, a.text = answers, "answers ("+at+")"
		case f.State == evidence.Known, f.State == evidence.Unknown && (len(f.From) > 0 || e.Target.Address == "" && e.Ended != ""):
			a.value, a.text = silent, "cannot be reached from here ("+at+"): "+report.Escape(cmp.Or(f.Why, e.Ended, "no answer"))
		default:
			continue
		}
		out = append(out, a)
	}
	for i := range r.Domains {
		d := r.Domains[i].Domain
		for _, t := range d.Silent {
			if a := reachOf(t); told[a.key()] != "" {
				a.value, a.text = silent, "cannot be reached from here ("+report.Escape(t.Address)+"): no answer"
				out = append(out, a)
			}
		}
		a := aspect{kind: Reach, id: "dns " + report.Escape(d.Name), value: answers, text: "the DNS answers", weight: 95}
		if d.Exchange.State == evidence.Unknown {
			a.value, a.text = silent, "where its mail goes to cannot be learned: "+report.Escape(d.Exchange.Why)
		}
		out = append(out, a)
	}
	return out
}

// findings are those of servers and domains, each check once for a server, however many addresses it has.
func findings(r *report.Report, policyName string) []aspect {
	var out []aspect
	at := make(map[string]int) // in out, by key
	add := func(place string, f check.Finding, advice func() []string) {
		if f.Check == "cert-expiring" { // which expiries tell
			return
		}
		a := findingOf(place, f, advice)
		i, ok := at[a.key()]
		switch {
		case !ok:
			at[a.key()] = len(out)
			out = append(out, a)
		case level(a.value) > level(out[i].value):
			out[i] = a
		}
	}
	for i := range r.Endpoints {
		e := &r.Endpoints[i]
		for _, f := range judgedFindings(e.Findings, e.Others, policyName) {
			add(placeOf(e.Target), f, func() []string { return serverAdvice(f, e.Endpoint) })
		}
	}
	for i := range r.Domains {
		d := &r.Domains[i]
		for _, f := range judgedFindings(d.Findings, d.Others, policyName) {
			add("", f, func() []string { return domainAdvice(f, d.Domain, r) })
		}
	}
	return out
}

// level orders what addresses of one server have: what one shows counts more than what another leaves open.
func level(value string) int { return slices.Index([]string{good, open, "warn", "fail"}, value) }

func judgedFindings(own []check.Finding, others []report.Opinion, name string) []check.Finding {
	if name == policy.Mail {
		return own
	}
	for _, o := range others {
		if o.Policy == name {
			return o.Findings
		}
	}
	return nil
}

func findingOf(place string, f check.Finding, advice func() []string) aspect {
	a := aspect{kind: Finding, id: place + " " + report.Escape(f.Check), place: place, check: report.Escape(f.Check), value: good, text: report.Escape(f.Message), fix: advice, weight: 60}
	if strings.HasPrefix(f.Check, "dane-") || strings.HasPrefix(f.Check, "mta-sts-") || f.Check == "dnssec-bogus" {
		a.kind, a.weight = Breaking, 70
	}
	switch {
	case f.Accepted != nil:
	case f.Level == check.Undecided:
		a.value = open
	case f.Level >= check.Warn:
		a.value = f.Level.String()
		a.weight += 15 * int(f.Level-check.Warn)
	}
	return a
}

// titleOf says what a check looks for.
func titleOf(id string) string {
	for _, c := range slices.Concat(check.All(), check.Domains()) {
		if c.ID == id {
			return c.Title
		}
	}
	return id
}
