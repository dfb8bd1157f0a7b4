package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/client"
)

// sharedBlock is what is wrong in the same way at several endpoints of a domain, or with the domain as such.
type sharedBlock struct {
	block            // as at the first of them
	at    []Endpoint // none: the domain as such
	each  []block    // at each of them
}

// sharedBlocks puts what is wrong with a domain and with its endpoints together, worst first: what is of one kind and weight is
// there once. take chooses the blocks among findings.
func sharedBlocks(d Domain, own []Endpoint, take func([]check.Finding) []block) []sharedBlock {
	var out []sharedBlock
	for _, b := range take(d.Findings) {
		out = append(out, sharedBlock{block: b, each: []block{b}})
	}
	for _, e := range own {
		for _, b := range take(e.Findings) {
			same := func(s sharedBlock) bool { return len(s.at) > 0 && s.kind() == b.kind() }
			i := slices.IndexFunc(out, same)
			if i < 0 {
				i, out = len(out), append(out, sharedBlock{block: b})
			}
			out[i].at, out[i].each = append(out[i].at, e), append(out[i].each, b)
			out[i].also = union(slices.Clone(out[i].also), b.also)
		}
	}
	slices.SortStableFunc(out, func(a, b sharedBlock) int { return int(b.found[0].Level) - int(a.found[0].Level) })
	return out
}

// kind is the same for blocks that are told in the same words, but for what was seen.
func (b block) kind() string {
	var s strings.Builder
	for i, c := range b.checks {
		fmt.Fprintf(&s, "%s %s %s %s\n", c.ID, b.found[i].Level, b.found[i].Why, acceptanceText(b.found[i]))
	}
	return s.String()
}

// sighting is what was seen, and where.
type sighting struct {
	text string
	at   []Endpoint
}

// seen lists what show makes of the findings of each endpoint, the same text once; "" is nothing to tell.
func (s sharedBlock) seen(show func(check.Check, check.Finding) string) []sighting {
	var out []sighting
	for i, b := range s.each {
		var texts []string
		for j, c := range b.checks {
			texts = union(texts, []string{show(c, b.found[j])})
		}
		text := strings.Join(texts, "; ")
		if text == "" {
			continue
		}
		at := slices.IndexFunc(out, func(x sighting) bool { return x.text == text })
		if at < 0 {
			at, out = len(out), append(out, sighting{text: text})
		}
		if len(s.at) > 0 {
			out[at].at = append(out[at].at, s.at[i])
		}
	}
	return out
}

// places names endpoints of a domain, of which own are all: by host and port, with the address where the others of that name are not
// meant.
func places(list, own []Endpoint, esc func(string) string) string {
	if len(list) == len(own) && len(own) > 2 {
		return fmt.Sprintf("all %d of its endpoints", len(own))
	}
	var hosts []string
	ports := make(map[string][]string)
	for _, e := range list {
		t := e.Target
		host := esc(t.Host)
		if strings.Contains(t.Host, ":") {
			host = "[" + host + "]"
		}
		port := fmt.Sprint(t.Port)
		if countOf(list, e) < countOf(own, e) {
			port += " (" + esc(t.Address) + ")"
		}
		hosts = union(hosts, []string{host})
		ports[host] = union(ports[host], []string{port})
	}
	for i, h := range hosts {
		hosts[i] += ":" + strings.Join(ports[h], ", ")
	}
	return strings.Join(hosts, "; ")
}

// countOf is how many of list have the name and port of e.
func countOf(list []Endpoint, e Endpoint) int {
	n := 0
	for _, x := range list {
		if name(x.Target) == name(e.Target) {
			n++
		}
	}
	return n
}

// sharedOpen is what is not known for one reason, at endpoints or of the domain as such.
type sharedOpen struct {
	why    string
	checks []string // none: nothing is known about these endpoints at all
	of     int      // how many checks there were
	at     []Endpoint
}

// sharedUnknown lists what is not known: endpoints that were not reached first, then by reason what is open.
func sharedUnknown(d Domain, own []Endpoint) []sharedOpen {
	var lost, out []sharedOpen
	for _, e := range own {
		if why, gone := unreachable(e); gone {
			lost = addOpen(lost, sharedOpen{why: why}, e)
		}
	}
	out = openIn(d.Findings)
	domains := len(out)
	for _, e := range own {
		if _, gone := unreachable(e); gone {
			continue
		}
		for _, o := range openIn(e.Findings) {
			added := addOpen(out[domains:], o, e)
			out = append(out[:domains], added...)
		}
	}
	return slices.Concat(lost, out)
}

// openIn groups the findings that are not decided by their reason.
func openIn(findings []check.Finding) []sharedOpen {
	var out []sharedOpen
	for _, f := range findings {
		if f.Level != check.Undecided {
			continue
		}
		i := slices.IndexFunc(out, func(o sharedOpen) bool { return o.why == f.Message })
		if i < 0 {
			i, out = len(out), append(out, sharedOpen{why: f.Message, of: len(findings)})
		}
		out[i].checks = append(out[i].checks, f.Check)
	}
	return out
}

func addOpen(list []sharedOpen, o sharedOpen, e Endpoint) []sharedOpen {
	i := slices.IndexFunc(list, func(x sharedOpen) bool { return x.why == o.why && slices.Equal(x.checks, o.checks) })
	if i < 0 {
		i, list = len(list), append(list, o)
	}
	list[i].at = append(list[i].at, e)
	return list
}

// adviceOn tells how to learn more about endpoints of which something is not known: each piece of advice once, lines to copy
// indented.
func adviceOn(own []Endpoint) []string {
	var out []string
	for _, e := range own {
		if _, lost := unreachable(e); lost || len(openIn(e.Findings)) == 0 {
			continue
		}
		p := &page{width: 1 << 16}
		p.advice(e)
		if text := p.b.String(); text != "" {
			out = union(out, []string{text})
		}
	}
	return out
}

// cutGroup is whom changes would cut off at endpoints.
type cutGroup struct {
	lines []labelled
	at    []Endpoint
}

// cutGroups are the lines of [cutOffs] for each endpoint, the same ones once.
func cutGroups(own []Endpoint, clients []client.Profile, few int) []cutGroup {
	var out []cutGroup
	for _, e := range own {
		lines := cutOffs(e, clients, few)
		if len(lines) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(g cutGroup) bool { return slices.Equal(g.lines, lines) })
		if i < 0 {
			i, out = len(out), append(out, cutGroup{lines: lines})
		}
		out[i].at = append(out[i].at, e)
	}
	return out
}
