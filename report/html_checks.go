package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
)

// sharedCheck is how a check came out at several servers.
type sharedCheck struct {
	ID, Title string
	Ways      []checkWay
}

// checkWay is one way in which a check came out, and where.
type checkWay struct {
	Mark    markView
	Detail  string
	Servers string // their numbers on the page, or "all"
}

// shareChecks takes the tables of all checks out of the servers of a page, if there are several, and puts them together:
// what came out alike is told once, with the numbers of the servers. Why something is not known is told at the server.
func shareChecks(endpoints []endpointView) []sharedCheck {
	if len(endpoints) < 2 {
		return nil
	}
	var out []sharedCheck
	at := make(map[checkView][]int)
	for i := range endpoints {
		for _, c := range endpoints[i].Checks {
			if c.Mark == markOf(check.Undecided) {
				c.Detail = c.Mark.Word
			}
			if at[c] == nil {
				out = addWay(out, c)
			}
			at[c] = append(at[c], i+1)
		}
		endpoints[i].Checks = nil
	}
	for _, s := range out {
		for i, w := range s.Ways {
			s.Ways[i].Servers = numbers(at[checkView{w.Mark, s.ID, w.Detail}], len(endpoints))
		}
	}
	return out
}

func addWay(list []sharedCheck, c checkView) []sharedCheck {
	i := slices.IndexFunc(list, func(s sharedCheck) bool { return s.ID == c.ID })
	if i < 0 {
		known, _ := check.ByID(c.ID)
		list, i = append(list, sharedCheck{ID: c.ID, Title: known.Title}), len(list)
	}
	list[i].Ways = append(list[i].Ways, checkWay{Mark: c.Mark, Detail: c.Detail})
	return list
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
