package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// visitLabel is the width of what stands before a line about a client.
const visitLabel = 14

// visitText writes what a client showed, for people.
func (a *app) visitText(v *visited, verbose bool) {
	fmt.Fprintf(a.stdout, "\n%s, %s\n", visitor(v), v.At.UTC().Format(time.DateTime+" UTC"))
	row := func(label, text string) {
		if text != "" {
			a.hang(2, label, visitLabel, text)
		}
	}
	row("asked for TLS", askedForTLS(v))
	if v.Hello != nil {
		a.helloText(v, verbose, row)
	}
	row("it got here", gotHere(v))
	row("judged", unjudged(v))
	for _, j := range v.judged {
		a.offerText(&j, v)
	}
	row("saved", savedText(v))
}

// visitor names a client, and the server it came to.
func visitor(v *visited) string {
	name := "A client"
	if v.Name != "" {
		name = report.Escape(v.Name)
	}
	return name + " at " + report.Escape(v.From) + " came to " + v.server.Name
}

// askedForTLS says whether what the client sends is encrypted.
func askedForTLS(v *visited) string {
	switch {
	case v.server.Protocol.ImplicitTLS() && v.StartTLS:
		return "yes, as the port is for TLS alone"
	case v.StartTLS && v.InClear:
		return "yes, but only after it had begun to hand over a message in the clear"
	case v.StartTLS && v.Hello == nil:
		return "yes, but then sent no hello" + because(v)
	case v.StartTLS:
		return "yes, by STARTTLS"
	case v.InClear:
		return "no: it began to hand over a message in the clear"
	}
	return "no" + because(v)
}

func because(v *visited) string {
	if v.Problem == nil {
		return ""
	}
	return ": " + report.Escape(v.Problem.Error())
}

func gotHere(v *visited) string {
	if v.Hello == nil {
		return ""
	}
	if v.Got.Suite == 0 {
		return "nothing" + because(v)
	}
	text := v.Got.Version.String() + ", " + v.Got.Suite.String()
	if v.Got.Group != 0 {
		text += ", " + v.Got.Group.String()
	}
	if v.Problem != nil {
		text += ", and broke off" + because(v)
	}
	return text
}

// unjudged says why no policy judges a hello that came.
func unjudged(v *visited) string {
	if v.Hello == nil || len(v.judged) > 0 {
		return ""
	}
	return "not, as the hello could be read in part only: " + report.Escape(fmt.Sprint(v.why))
}

// offerText writes what a policy says of an offer: what it minds, line by line, then the notes, and what is left.
func (a *app) offerText(j *judgedOffer, v *visited) {
	where := "where passwords travel"
	if v.role == policy.Relay {
		where = "to port 25"
	}
	fmt.Fprintf(a.stdout, "  Policy %s (%s), %s:\n", j.policy.Name, j.policy.Version, where)
	var notes []string
	for _, f := range j.findings {
		if f.Note {
			notes = append(notes, report.Escape(f.Message))
			continue
		}
		a.hang(4, strings.ToUpper(f.Level.String()), 6, fmt.Sprintf("%s [%s]", report.Escape(f.Message), report.Escape(f.Clause)))
	}
	if len(notes) == len(j.findings) {
		a.hang(4, "PASS", 6, "it minds nothing of this")
	}
	if len(notes) > 0 {
		a.hang(4, "note", 6, strings.Join(notes, "; "))
	}
	if len(j.versions) == 0 {
		a.hang(4, "left", 6, "nothing: a server that accepts only what the policy allows would not talk TLS with it"+yesNo(v.role == policy.Relay, ", and it might send in the clear", ""))
		return
	}
	a.hang(4, "left", 6, fmt.Sprintf("%s with %d of %d suites, from a server that accepts only what the policy allows", named(j.versions), len(j.suites), len(v.offer.Suites)))
}

// verdict is the worst that a policy finds.
func (j *judgedOffer) verdict() check.Level {
	worst := check.Pass
	for _, f := range j.findings {
		worst = max(worst, f.Level)
	}
	return worst
}

func savedText(v *visited) string {
	switch {
	case v.Hello == nil:
		return ""
	case v.saved == "":
		return "not, as " + report.Escape(fmt.Sprint(v.why))
	case !v.fresh:
		return "before, as " + v.saved
	}
	return "as " + v.saved
}
