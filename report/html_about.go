package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

func aboutRun(r *Report) []labelled {
	about := []labelled{{"Written by", Escape(strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version))}}
	if !r.Run.Start.IsZero() {
		when := r.Run.Start.UTC().Format("2006-01-02 15:04:05 UTC") + ", in " + seconds(r.Run.Wall)
		if r.Run.Quick {
			when += ", by a quick scan, which asks less"
		}
		about = append(about, labelled{"Scanned", when})
	}
	if roots := rootsText(r.Run.Roots); roots != "" {
		about = append(about, labelled{"Trusted roots", Escape(roots)})
	}
	var digests []string
	for _, e := range r.Endpoints {
		digests = union(digests, []string{e.Judged.SHA256})
	}
	for _, d := range r.Domains {
		digests = union(digests, []string{d.Judged.SHA256})
	}
	if len(digests) > 0 {
		about = append(about, labelled{"Policy SHA-256", Escape(strings.Join(digests, ", "))})
	}
	return about
}

// rootsText says which roots chains were judged by, or "".
func rootsText(r evidence.Roots) string {
	text := r.Name
	if !r.Date.IsZero() {
		text += " of " + r.Date.UTC().Format(time.DateOnly)
	}
	return text
}

func aboutEndpoint(e Endpoint) []labelled {
	about := []labelled{{"Judged by", Escape(fmt.Sprintf("policy %s (%s), as %s", e.Judged.Policy, e.Judged.Version, asText(e.Judged)))}}
	for _, l := range []labelled{{"Evidence SHA-256", e.SHA256}, {"Scanned from", e.Source},
		{"Address by", resolverText(e.Target.Resolver)}, {"Not tried", e.notTriedText(true)}} {
		if l.Text != "" {
			about = append(about, labelled{l.Label, Escape(l.Text)})
		}
	}
	if c := e.Cost; c.Connections > 0 {
		text := connections(c.Connections)
		if c.Floor > 0 {
			text += fmt.Sprintf(" (floor %d)", c.Floor)
		}
		about = append(about, labelled{"Cost", fmt.Sprintf("%s, %s, %s", text, kilobytes(c.BytesIn+c.BytesOut), plural(c.RoundTrips, "round trip"))})
	}
	return about
}
