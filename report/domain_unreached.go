package report

import (
	"fmt"
	"slices"
	"strings"
)

// fewUnreached is how many addresses are named that were not reached; the columns of the table show the rest.
const fewUnreached = 3

// unreachedIn says which addresses of mail exchangers were not reached, since nothing else of them is known and mail for them waits; "" if all
// were. Of names that were only guessed nothing is expected.
func unreachedIn(own []Endpoint, esc func(string) string) string {
	incoming := slices.DeleteFunc(slices.Clone(own), func(e Endpoint) bool { return purposeOf(e.Target) != Incoming })
	var lost []string
	for _, e := range incoming {
		if why, gone := unreachable(e); gone {
			lost = append(lost, esc(e.Target.Host)+" "+e.Target.Address+" ("+esc(why)+")")
		}
	}
	if len(lost) == 0 {
		return ""
	}
	count, more := fmt.Sprintf("%d of %d addresses that take its mail were", len(lost), len(incoming)), ""
	switch {
	case len(incoming) == 1:
		count = "The one address that takes its mail was"
	case len(lost) == len(incoming):
		count = fmt.Sprintf("All %d addresses that take its mail were", len(lost))
	case len(lost) == 1:
		count = fmt.Sprintf("1 of %d addresses that take its mail was", len(incoming))
	}
	if n := len(lost) - fewUnreached; n > 0 {
		lost, more = lost[:fewUnreached], fmt.Sprintf(" and %d more", n)
	}
	return count + " not reached: " + strings.Join(lost, ", ") + more
}
