package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// dnsLine is one thing that the DNS says of a domain's mail, or does not say. Its texts are escaped.
type dnsLine struct {
	label string // of several lines with one label, the first has it
	level check.Level
	text  string
	more  []string // records as they are, for those who look closer
}

// dnsTeller collects what the DNS says.
type dnsTeller struct {
	d     *evidence.Domain
	esc   func(string) string
	told  map[string]bool // reasons that the reader knows already
	lines []dnsLine
}

// dnsLines tells what the DNS says of d, in the words of people; esc makes foreign text harmless, and told are reasons that
// need not be given again. Of a domain that takes no mail it is not told what there is not.
func dnsLines(d *evidence.Domain, esc func(string) string, told map[string]bool) []dnsLine {
	t := &dnsTeller{d: d, esc: esc, told: told}
	t.exchange()
	t.dnssec()
	t.sts()
	t.reports()
	t.tlsa()
	t.caa()
	t.guides()
	t.reverse()
	if d.Exchange.Seen() && !takesMail(d) {
		return slices.DeleteFunc(t.lines, func(l dnsLine) bool { return l.level == check.NotApplicable && l.label != "MX" && l.label != "DNSSEC" })
	}
	return t.lines
}

// because gives a reason, but once on a page is enough.
func (t *dnsTeller) because(why string) string {
	if why == "" || t.told[why] {
		return ", for the same reason"
	}
	t.told[why] = true
	return ": " + t.esc(why)
}

func (t *dnsTeller) tell(label string, level check.Level, text string, more ...string) {
	if i := slices.IndexFunc(t.lines, func(l dnsLine) bool { return l.label == label }); i >= 0 {
		label = ""
	}
	t.lines = append(t.lines, dnsLine{label, level, text, t.all(more)})
}

func (t *dnsTeller) all(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, t.esc(s))
	}
	return out
}

// names lists names, the first few of them.
func (t *dnsTeller) names(list []string) string { return t.some(list, 0) }

// some is names where there are more than those in the list.
func (t *dnsTeller) some(list []string, more int) string {
	const few = 4
	if n := len(list) - few; n > 0 {
		list, more = list[:few], more+n
	}
	text := strings.Join(t.all(list), ", ")
	if more > 0 {
		text += " and " + plural(more, "other")
	}
	return text
}

// open tells why a fact is not known, or not wholly; false if it is.
func (t *dnsTeller) open(label string, s evidence.State, why string) bool {
	switch s {
	case evidence.Unknown:
		t.tell(label, check.Undecided, "not known"+t.because(why))
	case evidence.Partial:
		t.tell(label, check.Undecided, "not all is known"+t.because(why))
	case evidence.NotSought:
		t.tell(label, check.Undecided, "not asked for")
	}
	return s == evidence.Unknown || s == evidence.NotSought
}

func (t *dnsTeller) exchange() {
	f, label := t.d.Exchange, "MX"
	if t.open(label, f.State, f.Why) {
		return
	}
	switch x := f.Value; x.Kind {
	case evidence.NullMX:
		if x.DNSSEC.Status == "bogus" {
			t.tell(label, check.Undecided, "the domain seems to take no mail (null MX), but that answer does not hold", "0 .")
			break
		}
		t.tell(label, check.Pass, "the domain takes no mail, and says so (null MX)", "0 .")
		return
	case evidence.NoMail:
		if x.NoSuch {
			t.tell(label, check.NotApplicable, "there is no such domain")
			return
		}
		t.tell(label, check.NotApplicable, "neither an MX record nor an address of the domain itself")
		return
	case evidence.Implicit:
		t.tell(label, check.NotApplicable, "no record, so that mail goes to the address of the domain itself")
	default:
		var records []string
		for _, e := range x.List {
			records = append(records, fmt.Sprintf("%d %s.", e.Preference, e.Host))
		}
		t.tell(label, check.Pass, plural(len(x.List)+x.LeftOut, "record"), records...)
		if x.LeftOut > 0 {
			t.tell(label, check.Undecided, plural(x.LeftOut, "more exchanger")+", beyond those that are looked at")
		}
	}
	for _, e := range f.Value.List {
		for _, problem := range e.Problems {
			t.tell(label, check.Warn, t.esc(e.Host)+": "+t.esc(problem))
		}
		h := t.d.Hosts[e.Host]
		if h == nil {
			continue
		}
		if len(h.Aliases) > 0 {
			t.tell(label, check.Warn, t.esc(e.Host)+" is another name for "+t.names(h.Aliases)+"; an exchanger's name has to be its own (RFC 5321, Section 5.1)")
		}
		if h.LeftOut > 0 {
			t.tell(label, check.Undecided, fmt.Sprintf("%s has %d more addresses, beyond those that are looked at", t.esc(e.Host), h.LeftOut))
		}
		t.open(label, h.Addresses.State, h.Addresses.Why)
	}
}

func (t *dnsTeller) caa() {
	label, f := "CAA", t.d.CAA
	switch {
	case t.open(label, f.State, f.Why), !f.Seen():
	case len(f.Value.Records) == 0:
		t.tell(label, check.NotApplicable, "none: every authority may issue certificates")
	default:
		t.tell(label, check.Pass, t.some(f.Value.Records, f.Value.LeftOut)+" (at "+t.esc(f.Value.Name)+")", f.Value.Records...)
	}
}

// guides tells of the documents by which mail programs set themselves up.
func (t *dnsTeller) guides() {
	label := "set-up"
	var faults []string
	named := 0
	for _, g := range t.d.Guides {
		if named += g.Services; g.Services == 0 {
			faults = append(faults, g.URL+": "+cmp.Or(g.Fault, "names no service"))
			continue
		}
		level, text := check.Pass, t.esc(g.URL)+" names "+plural(g.Services, "service")
		if strings.HasPrefix(g.URL, "http:") {
			level, text = check.Warn, text+", and comes unencrypted"
		}
		t.tell(label, level, text)
	}
	if named == 0 && len(faults) > 0 {
		t.tell(label, check.NotApplicable, "no document tells mail programs which servers there are", faults...)
	} else if len(faults) > 0 {
		last := &t.lines[len(t.lines)-1]
		last.more = append(last.more, t.all(faults)...)
	}
}

// reverse tells of addresses of exchangers whose names do not lead back to them, which receivers of their mail distrust.
func (t *dnsTeller) reverse() {
	label, fine := "reverse DNS", 0
	var seen []string
	for _, h := range t.d.Hops {
		host := t.d.Hosts[h.Host]
		if host == nil || !h.Address.IsValid() || slices.Contains(seen, h.Address.String()) {
			continue
		}
		seen = append(seen, h.Address.String())
		f, asked := host.Reverse[h.Address]
		of := h.Address.String()
		switch {
		case !asked:
		case f.State != evidence.Known:
			t.open(label, f.State, of+": "+f.Why)
		case f.Value.Confirmed:
			fine++
		case len(f.Value.Names) == 0:
			t.tell(label, check.Warn, of+" has no name")
		default:
			t.tell(label, check.Warn, of+" is called "+t.names(f.Value.Names)+", which does not lead back to it")
		}
	}
	if fine > 0 && fine == len(seen) {
		t.tell(label, check.Pass, "every address of the exchangers has a name that leads back to it")
	}
}
