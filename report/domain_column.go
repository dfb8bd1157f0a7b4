package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// column is an endpoint of a domain in the tables about it, or several that have one name and port and came out alike.
type column struct {
	label string // short and plain, such as "mx1" or "993"
	list  []Endpoint
}

// lost reports whether an endpoint was not reached.
func (c column) lost() bool {
	_, lost := unreachable(c.list[0])
	return lost
}

// columnsOf puts the endpoints of a domain into columns, in their order.
func columnsOf(d *evidence.Domain, own []Endpoint) []column {
	var out []column
	for _, e := range own {
		same := func(c column) bool {
			first := c.list[0]
			return first.Target.Protocol == e.Target.Protocol && name(first.Target) == name(e.Target) && alike(d, first, e)
		}
		if i := slices.IndexFunc(out, same); i >= 0 {
			out[i].list = append(out[i].list, e)
		} else {
			out = append(out, column{labelIn(d, e.Target), []Endpoint{e}})
		}
	}
	return toldApart(out)
}

// alike reports whether two endpoints have the same marks in every row.
func alike(d *evidence.Domain, a, b Endpoint) bool {
	for _, p := range promises() {
		if x, _ := keptBy(p, a); x != levelFor(p, b) {
			return false
		}
	}
	return stripping(d, a) == stripping(d, b) && a.Verdict == b.Verdict
}

// promisesOf are the promises that say something about columns, and how many there are that say nothing about any; all of them if that
// is wanted.
func promisesOf(columns []column, all bool) (shown []promise, silent int) {
	lost := !slices.ContainsFunc(columns, func(c column) bool { return !c.lost() }) // of which nothing at all is known
	for _, p := range promises() {
		if !slices.ContainsFunc(columns, func(c column) bool { return p.told(c.list[0]) }) {
			continue
		}
		if all || slices.ContainsFunc(columns, func(c column) bool { return levelFor(p, c.list[0]) != check.NotApplicable && (lost || !c.lost()) }) {
			shown = append(shown, p)
		} else {
			silent++
		}
	}
	return shown, silent
}

func levelFor(p promise, e Endpoint) check.Level {
	level, _ := keptBy(p, e)
	return level
}

// maxLabel is how wide the label of a column may be.
const maxLabel = 5

// labelIn is what an endpoint is called in tables: the first label of a mail exchanger's name, if that is short for all of them and
// says which, else its number; the port of another service.
func labelIn(d *evidence.Domain, t evidence.Target) string {
	if purposeOf(t) != Incoming {
		return fmt.Sprint(t.Port)
	}
	var firsts []string
	at := -1
	for i, x := range d.Exchange.Value.List {
		first, _, _ := strings.Cut(x.Host, ".")
		if !plainLabel(first) || slices.Contains(firsts, first) {
			return numbered(d, t.Host)
		}
		firsts = append(firsts, first)
		if x.Host == t.Host {
			at = i
		}
	}
	if at < 0 {
		return numbered(d, t.Host)
	}
	return firsts[at]
}

// numbered is a label for a mail exchanger by its place.
func numbered(d *evidence.Domain, host string) string {
	list := d.Exchange.Value.List
	i := slices.IndexFunc(list, func(x evidence.Exchanger) bool { return x.Host == host })
	if i < 0 || len(list) == 1 {
		return "mx"
	}
	return fmt.Sprintf("mx%d", i+1)
}

// plainLabel reports whether s can stand above a narrow column: letters that everybody reads, and not a number, as ports are.
func plainLabel(s string) bool {
	return s != "" && len(s) <= maxLabel && s[0] >= 'a' && s[0] <= 'z' &&
		!strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
}

// toldApart gives labels that stand above several columns a letter each.
func toldApart(list []column) []column {
	count := make(map[string]int)
	for _, c := range list {
		count[c.label]++
	}
	next := make(map[string]int)
	for i, c := range list {
		if count[c.label] > 1 && next[c.label] < 26 {
			list[i].label += string(rune('a' + next[c.label]))
			next[c.label]++
		}
	}
	return list
}

// strip is a cell of the row that says whether encryption can be stripped: a word, or else the mark of a level.
type strip struct {
	word  string
	level check.Level
}

// stripLabel is the label of that row.
const stripLabel = "encryption cannot be stripped"

// stripping tells whether somebody on the way can have both sides speak in the clear. Of a mail exchanger DANE or MTA-STS decides.
// Where TLS comes first there is nothing to strip; where users come by STARTTLS, their programs decide.
func stripping(d *evidence.Domain, e Endpoint) strip {
	if purposeOf(e.Target) != Incoming {
		_, lost := unreachable(e)
		switch {
		case lost:
			return strip{level: check.Undecided}
		case e.Facts.STARTTLS.State == evidence.Inapplicable && len(e.Facts.Versions.Value) > 0:
			return strip{level: check.Pass}
		}
		return strip{level: check.NotApplicable}
	}
	h, ok := hopOf(d, e.Target)
	if !ok {
		return strip{level: check.Undecided}
	}
	byDANE := h.DANE.Outcome == evidence.Authenticated || h.DANE.Outcome == evidence.Encrypted
	bySTS := h.STS.Outcome == evidence.Authenticated
	switch {
	case h.DANE.Outcome == evidence.Refused || h.STS.Outcome == evidence.Refused:
		return strip{level: check.Fail}
	case byDANE && bySTS:
		return strip{"both", check.Pass}
	case byDANE:
		return strip{"dane", check.Pass}
	case bySTS:
		return strip{"sts", check.Pass}
	case h.DANE.Outcome == evidence.Opportunistic && h.STS.Outcome == evidence.Opportunistic:
		return strip{"no", check.Warn}
	}
	return strip{level: check.Undecided}
}

// hopOf is the hop of a target.
func hopOf(d *evidence.Domain, t evidence.Target) (evidence.Hop, bool) {
	a, err := netip.ParseAddr(t.Address)
	for _, h := range d.Hops {
		if err == nil && h.Host == t.Host && h.Address == a {
			return h, true
		}
	}
	return evidence.Hop{}, false
}

// stripNotes explains the words and marks that the row has.
func stripNotes(d *evidence.Domain, columns []column, fails string) []string {
	var out []string
	for _, n := range []struct {
		of   strip
		text string
	}{
		{strip{"both", check.Pass}, "both: by DANE and by MTA-STS"},
		{strip{"dane", check.Pass}, "dane: to senders that heed DANE"},
		{strip{"sts", check.Pass}, "sts: to senders that heed MTA-STS"},
		{strip{level: check.Fail}, fails + ": some senders deliver nothing there, see below"},
		{strip{"no", check.Warn}, "no: neither DANE nor MTA-STS, so that whoever sits between two servers can have them talk in the clear"},
	} {
		if slices.ContainsFunc(columns, func(c column) bool { return stripping(d, c.list[0]) == n.of }) {
			out = append(out, n.text)
		}
	}
	return out
}

// legend says of each column whose label does not say it what it stands for: several addresses, one of several, or a number.
func legend(columns []column, esc func(string) string) []string {
	var all []Endpoint
	for _, c := range columns {
		all = append(all, c.list...)
	}
	var out []string
	for _, c := range columns {
		t := c.list[0].Target
		if countOf(all, c.list[0]) == 1 && (purposeOf(t) != Incoming || strings.HasPrefix(t.Host, c.label+".")) {
			continue
		}
		var addresses []string
		for _, e := range c.list {
			addresses = append(addresses, esc(e.Target.Address))
		}
		out = append(out, c.label+" is "+esc(name(t))+" at "+inSeries(addresses))
	}
	return out
}
