package deptest

import (
	"fmt"
	"slices"
	"strings"
)

// A graph tells of each package, by its path, what it imports.
type graph map[string][]string

// path gives the full path of a package of the project.
func path(pkg string) string {
	if pkg == "." {
		return module
	}
	return module + "/" + pkg
}

// name is the reverse of path; ok is false for a package of somebody else's.
func name(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

// misplaced tells which imports inside the project are not allowed, and which packages nobody wrote a rule for.
func (g graph) misplaced(may map[string][]string) []string {
	var wrong []string
	for _, from := range g.packages() {
		pkg, ok := name(from)
		if !ok {
			continue
		}
		allowed, listed := may[pkg]
		if !listed {
			wrong = append(wrong, pkg+" has no rule: say in mayImport what it may import")
			continue
		}
		for _, imported := range g[from] {
			if used, ok := name(imported); ok && !slices.Contains(allowed, used) {
				wrong = append(wrong, pkg+" must not import "+used)
			}
		}
	}
	return wrong
}

// breaches tells which packages reach what b bans, and on which way.
func (g graph) breaches(b ban) []string {
	var wrong []string
	for _, pkg := range b.from {
		if way := g.way(path(pkg), b.bans); way != nil {
			wrong = append(wrong, fmt.Sprintf("%s must not reach %s (%s): %s", pkg, way[len(way)-1], b.why, strings.Join(way, " → ")))
		}
	}
	return wrong
}

func (b ban) bans(path string) bool {
	return slices.ContainsFunc(b.reach, func(p string) bool {
		return path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}

// way returns the shortest chain of imports from a package to one that hit accepts, nil if there is none.
func (g graph) way(from string, hit func(string) bool) []string {
	ways, seen := [][]string{{from}}, map[string]bool{from: true}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		for _, next := range g[way[len(way)-1]] {
			if seen[next] {
				continue
			}
			seen[next] = true
			longer := append(slices.Clone(way), next)
			if hit(next) {
				return longer
			}
			ways = append(ways, longer)
		}
	}
	return nil
}

// packages returns the paths of g in order.
func (g graph) packages() []string {
	var paths []string
	for p := range g {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}
