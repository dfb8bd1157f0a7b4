package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// fewUnreached is how many addresses are named that were not reached; the columns of the table show the rest.
const fewUnreached = 3

// unreachedIn says which addresses of a domain's mail exchangers were not reached, of those that were tried, since nothing else is known of
// them; "" if all were.
func unreachedIn(own []Endpoint, esc func(string) string) string {
	var tried, lost []string
	for _, e := range own {
		if purposeOf(e.Target) != Incoming || e.Facts.Reachable.State == evidence.NotSought || slices.Contains(tried, e.Target.Address) {
			continue
		}
		tried = append(tried, e.Target.Address)
		if why, gone := unreachable(e); gone {
			lost = append(lost, esc(e.Target.Host)+" "+esc(e.Target.Address)+" ("+esc(why)+")")
		}
	}
	if len(lost) == 0 {
		return ""
	}
	text := unreachedCount(len(lost), len(tried)) + " not reached: " + strings.Join(lost[:min(len(lost), fewUnreached)], ", ")
	if n := len(lost) - fewUnreached; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// unreachedCount is the subject of a sentence about n addresses of all that were tried.
func unreachedCount(n, all int) string {
	switch {
	case all == 1:
		return "The address of a mail exchanger that was tried was"
	case n == all:
		return fmt.Sprintf("All %d addresses of mail exchangers that were tried were", n)
	case n == 1:
		return fmt.Sprintf("1 of the %d addresses of mail exchangers that were tried was", all)
	}
	return fmt.Sprintf("%d of the %d addresses of mail exchangers that were tried were", n, all)
}
