package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// tlsa tells of each exchanger which TLSA records it has, and which of them match; of other services what records there are.
func (t *dnsTeller) tlsa() {
	var none, unsigned, broken, open []string
	for _, x := range t.d.Exchange.Value.List {
		h := t.d.Hosts[x.Host]
		if h == nil {
			continue
		}
		switch f, asked := h.TLSA[25]; {
		case !asked:
		case t.unvouched(h, f):
			open = append(open, x.Host)
		case f.State == evidence.Inapplicable && h.DNSSEC.Status == "bogus":
			broken = append(broken, x.Host)
		case f.State == evidence.Inapplicable:
			unsigned = append(unsigned, x.Host)
		case f.State == evidence.Known && len(f.Value.Records) == 0 && f.Value.DNSSEC.Status != "bogus":
			none = append(none, x.Host)
		default:
			t.records(x.Host, 25, f)
		}
	}
	if len(none) > 0 {
		t.tell("TLSA", check.NotApplicable, "none for "+t.names(none))
	}
	if len(unsigned) > 0 {
		t.tell("TLSA", check.NotApplicable, "no sender asks about "+t.names(unsigned)+", whose addresses are not signed")
	}
	if len(broken) > 0 {
		t.tell("TLSA", check.NotApplicable, "no sender asks about "+t.names(broken)+", whose addresses do not hold")
	}
	t.unasked(open)
	for _, host := range slices.Sorted(maps.Keys(t.d.Hosts)) {
		for _, port := range slices.Sorted(maps.Keys(t.d.Hosts[host].TLSA)) {
			if f := t.d.Hosts[host].TLSA[port]; port != 25 && len(f.Value.Records) > 0 {
				t.records(host, port, f)
			}
		}
	}
}

// records tells of the records of one host and port, in the words for the host before if they are the same.
func (t *dnsTeller) records(host string, port int, f evidence.Fact[evidence.TLSA]) {
	of := t.esc(host)
	if port != 25 {
		of += fmt.Sprintf(":%d", port)
	}
	if base := f.Value.Base; base != "" && base != host {
		of += " (at " + t.esc(base) + ")"
	}
	if f.State != evidence.Known {
		t.tell("TLSA", check.Undecided, of+": not known"+t.because(f.Why))
		return
	}
	if f.Value.DNSSEC.Status == "bogus" {
		t.tell("TLSA", check.Fail, of+": the signatures do not hold, so that senders with DANE do not deliver: "+t.esc(f.Value.DNSSEC.Why))
	}
	level := check.NotApplicable
	var parts, more []string
	for _, r := range f.Value.Records {
		l, text := t.match(host, port, r)
		if slices.Index(weight(), l) > slices.Index(weight(), level) {
			level = l
		}
		parts = append(parts, t.short(r)+" "+text)
		more = append(more, fmt.Sprintf("_%d._tcp.%s. %d TLSA %s", port, cmp.Or(f.Value.Base, host), f.Value.TTL, r))
	}
	text := strings.Join(parts, "; ")
	if last := len(t.lines) - 1; last >= 0 && strings.HasSuffix(t.lines[last].text, ": "+text) && t.lines[last].level == level {
		head := strings.TrimSuffix(t.lines[last].text, ": "+text)
		t.lines[last].text, t.lines[last].more = head+", "+of+": "+text, append(t.lines[last].more, t.all(more)...)
	} else if text != "" {
		t.tell("TLSA", level, of+": "+text, more...)
	}
}

// short writes a record with the first digits of its data.
func (t *dnsTeller) short(record string) string {
	const digits = 8
	words := strings.Fields(record)
	if len(words) == 4 && len(words[3]) > digits {
		words[3] = fmt.Sprintf("%.*s…", digits, words[3])
	}
	return strings.ReplaceAll(t.esc(strings.Join(words, " ")), `\u2026`, "...")
}

// match says whether a record matches what the addresses of a host show at a port.
func (t *dnsTeller) match(host string, port int, record string) (check.Level, string) {
	var at, not []string
	why := ""
	for _, r := range t.results(host, port) {
		switch {
		case r.Record != record:
		case r.Unusable != "":
			return check.Warn, "is of no use to senders: " + t.esc(r.Unusable)
		case r.Matches:
			at = union(at, []string{r.address})
		default:
			not, why = union(not, []string{r.address}), r.Why
		}
	}
	switch {
	case len(at) > 0 && len(not) > 0 && !t.authenticated(host, port):
		return check.Fail, "matches at " + t.names(at) + ", but not all that is shown at " + t.names(not) + ": " + t.esc(why)
	case len(at) > 0:
		return check.Pass, "matches"
	case len(not) > 0 && t.authenticated(host, port):
		return check.NotApplicable, "is of another certificate, a later one perhaps"
	case len(not) > 0:
		return check.Fail, "does not match: " + t.esc(why)
	}
	return check.Undecided, "was not held against a certificate"
}

// resultAt is what a record said of a chain that an address shows.
type resultAt struct {
	evidence.TLSAResult
	address string
}

// results are what all records of a host and port said: of each chain, or where the evidence does not have that, of the decisive one.
func (t *dnsTeller) results(host string, port int) []resultAt {
	var out []resultAt
	for _, h := range t.d.Held {
		for _, c := range h.Chains {
			for _, r := range c.Records {
				if h.Host == host && h.Port == port {
					out = append(out, resultAt{r, h.Address.String()})
				}
			}
		}
	}
	if len(out) > 0 || port != 25 {
		return out
	}
	for _, h := range t.d.Hops {
		for _, r := range h.DANE.Records {
			if h.Host == host {
				out = append(out, resultAt{r, h.Address.String()})
			}
		}
	}
	return out
}

// authenticated reports whether what heeds DANE makes sure of a host and port at all addresses that are known.
func (t *dnsTeller) authenticated(host string, port int) bool {
	for _, h := range t.d.Hops {
		if h.Host == host && port == 25 && h.Address.IsValid() && h.DANE.Outcome != evidence.Authenticated {
			return false
		}
	}
	for _, h := range t.d.Held {
		if h.Host == host && h.Port == port && h.Outcome != evidence.Authenticated {
			return false
		}
	}
	return true
}
