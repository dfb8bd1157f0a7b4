package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// mostActive is how many connections all active checks may make on a healthy Postfix.
const mostActive = 25

// activeConnections counts the connections that tried an attack, by check, in the order of check.All; those that made none are
// there, too. all counts a connection once. Attacks are named as the facts that they fill.
func activeConnections(list []evidence.Observation) (byCheck []Question, all int) {
	for _, c := range check.All() {
		if !c.Tries() {
			continue
		}
		n := 0
		for _, o := range list {
			if o.Offer.Attack != "" && slices.ContainsFunc(c.Needs, func(need evidence.Need) bool { return attackOf(need.Key) == o.Offer.Attack }) {
				n++
			}
		}
		byCheck = append(byCheck, Question{c.ID, n})
	}
	for _, o := range list {
		if o.Offer.Attack != "" {
			all++
		}
	}
	return byCheck, all
}

func attackOf(k *evidence.Key) evidence.Attack {
	return evidence.Attack(strings.ReplaceAll(k.Name, "_", "-"))
}

// writeActive writes the table of a scan's active checks.
func writeActive(w io.Writer, s Scan) {
	if s.Mode != "full" || len(s.Active) == 0 {
		return
	}
	fmt.Fprintf(w, "  active checks: %d connections (at most %d on a healthy Postfix)\n", s.Attacks, mostActive)
	for _, q := range s.Active {
		fmt.Fprintf(w, "  %4d  %s\n", q.Connections, q.Name)
	}
}
