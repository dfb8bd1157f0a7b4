package report

import (
	"fmt"
	"strings"
)

// sharedCheck is how a check came out at some of several servers.
type sharedCheck struct {
	checkView
	Servers string // their numbers on the page, or "all"
}

// shareChecks takes the tables of all checks out of the servers of a page, if there are several, and puts them together:
// what came out alike is told once, with the numbers of the servers.
func shareChecks(endpoints []endpointView) []sharedCheck {
	if len(endpoints) < 2 {
		return nil
	}
	var order []checkView
	at := make(map[checkView][]int)
	for i := range endpoints {
		for _, c := range endpoints[i].Checks {
			if at[c] == nil {
				order = append(order, c)
			}
			at[c] = append(at[c], i+1)
		}
		endpoints[i].Checks = nil
	}
	var ids []string // in the order of the first server that has them
	byID := make(map[string][]sharedCheck)
	for _, c := range order {
		if byID[c.ID] == nil {
			ids = append(ids, c.ID)
		}
		byID[c.ID] = append(byID[c.ID], sharedCheck{c, numbers(at[c], len(endpoints))})
	}
	var out []sharedCheck
	for _, id := range ids {
		out = append(out, byID[id]...)
	}
	return out
}

// numbers writes ascending numbers in short: "1–3, 5"; "all" if they are all of n.
func numbers(list []int, n int) string {
	if len(list) == n {
		return "all"
	}
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		switch {
		case j == i:
			parts = append(parts, fmt.Sprint(list[i]))
		case j == i+1:
			parts = append(parts, fmt.Sprint(list[i]), fmt.Sprint(list[j]))
		default:
			parts = append(parts, fmt.Sprintf("%d–%d", list[i], list[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
