package report

import (
	"fmt"
	"slices"
	"strings"
)

// countVerdicts says how many endpoints have which verdict, worst first.
func countVerdicts(endpoints []Endpoint) string {
	var parts []string
	for _, v := range []struct {
		Verdict
		text string
	}{{Fail, "must be mended"}, {Warn, "should be mended"}, {Incomplete, "could not be wholly scanned"}, {Pass, "without fault"}} {
		n := 0
		for _, e := range endpoints {
			if e.Verdict == v.Verdict {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.text))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// matrixView is a table of promises by server, for some of the servers.
type matrixView struct {
	Servers []serverView
	Rows    []matrixRow
}

// serverView is the head of a column.
type serverView struct {
	ID, Name string
	Number   int
}

// maxColumns is how many servers one table has room for, on the screen and on paper.
const maxColumns = 16

// matrices have a row for each promise, with a mark for each endpoint; as many of them as there is need for.
func matrices(endpoints []Endpoint, views []endpointView) []matrixView {
	var out []matrixView
	number := 0
	for some := range slices.Chunk(endpoints, maxColumns) {
		var m matrixView
		for range some {
			m.Servers = append(m.Servers, serverView{views[number].ID, views[number].Name, views[number].Number})
			number++
		}
		for _, p := range promises() {
			row := matrixRow{Label: p.label}
			for _, e := range some {
				level, _ := keptBy(p, e)
				row.Marks = append(row.Marks, markOf(level))
			}
			m.Rows = append(m.Rows, row)
		}
		out = append(out, m)
	}
	return out
}
