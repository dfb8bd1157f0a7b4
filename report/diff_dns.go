package report

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// saying is what a fact about a domain says, by its name.
type saying struct {
	fact string
	said
	hop *evidence.Hop // what senders do with one address of one exchanger
}

// domainFactChanges compares what is known of a domain. What only one of the two has, as a host that is new, is told by the fact
// that names it, and by what senders do with it.
func domainFactChanges(o, n *evidence.Domain) []FactChange {
	var out []FactChange
	tell := func(fact string, was, is said) {
		if c, changed := factChange(fact, was, is); changed {
			out = append(out, c)
		}
	}
	before, after := sayings(o), sayings(n)
	for _, s := range after {
		switch i := sayingOn(before, s.fact); {
		case i >= 0:
			tell(s.fact, before[i].said, s.said)
		case s.hop != nil:
			tell(s.fact, without(o, s.hop), s.said)
		}
	}
	for _, s := range before {
		if s.hop != nil && sayingOn(after, s.fact) < 0 {
			tell(s.fact, s.said, without(n, s.hop))
		}
	}
	return out
}

func sayingOn(list []saying, fact string) int {
	return slices.IndexFunc(list, func(s saying) bool { return s.fact == fact })
}

// without is what is said of a hop that d does not have: that there is none, if that is known.
func without(d *evidence.Domain, h *evidence.Hop) said {
	if d.Exchange.State != evidence.Known {
		return said{state: evidence.Unknown, why: d.Exchange.Why}
	}
	host := d.Hosts[h.Host]
	listed := slices.ContainsFunc(d.Exchange.Value.List, func(x evidence.Exchanger) bool { return x.Host == h.Host })
	if listed && host != nil && h.Address.IsValid() && !ofFact(host.Addresses, addressWords).decides(h.Address.String()) {
		return said{state: evidence.Unknown, why: host.Addresses.Why}
	}
	return said{state: evidence.Known}
}

// sayings are what the facts about a domain say, in words: first those about the domain, then those about its hosts, then what
// senders do.
func sayings(d *evidence.Domain) []saying {
	out := []saying{
		sayingOf("mx", ofFact(d.Exchange, exchangeWords)),
		sayingOf("mx dnssec", statusWords(d.Exchange, d.Exchange.Value.DNSSEC)),
		sayingOf("services", ofServices(d.Services)),
		sayingOf("mta_sts", ofFact(d.STS, func(r evidence.STSRecord) []string { return labelledWords("id", r.ID, "fault", r.Fault) })),
		sayingOf("mta_sts_policy", ofPolicy(d)),
		sayingOf("mta_sts_policy certificate", ofPolicyCertificate(d)),
		sayingOf("tls_rpt", ofFact(d.Reports, func(r evidence.ReportsRecord) []string {
			return append(slices.Clone(r.RUA), labelledWords("fault", r.Fault)...)
		})),
		sayingOf("caa", ofFact(d.CAA, func(a evidence.Authorizations) []string { return a.Records })),
	}
	for _, name := range slices.Sorted(maps.Keys(d.Hosts)) {
		out = append(out, hostSayings(name, d.Hosts[name])...)
	}
	for _, h := range d.Held {
		if h.Protocol != "smtp" || h.Port != 25 { // which are hops
			out = append(out, sayingOf(fmt.Sprintf("dane %s:%d %s", h.Host, h.Port, h.Address), ofDecision(evidence.Decision{Outcome: h.Outcome, Why: h.Why})))
		}
	}
	for _, h := range d.Hops {
		where := exchangerName(h.Host)
		if h.Address.IsValid() {
			where += " " + h.Address.String()
		}
		out = append(out, saying{"dane " + where, ofDecision(h.DANE), &h}, saying{"mta_sts " + where, ofDecision(h.STS), &h})
	}
	return out
}

func sayingOf(fact string, s said) saying { return saying{fact: fact, said: s} }

// ofFact is what f says, in the words of its value.
func ofFact[T any](f evidence.Fact[T], words func(T) []string) said {
	s := said{state: f.State, why: f.Why}
	if f.Seen() {
		s.words = words(f.Value)
	}
	if f.State == evidence.Partial {
		s.open = words(f.Open)
	}
	return s
}

func statusWords[T any](f evidence.Fact[T], v evidence.Vouch) said {
	s := said{state: f.State, why: f.Why}
	if f.Seen() {
		s.words = labelledWords("", v.Status)
	}
	return s
}

// labelledWords are pairs of a name and a value, without those that are empty.
func labelledWords(pairs ...string) []string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, strings.TrimPrefix(pairs[i]+": "+pairs[i+1], ": "))
		}
	}
	return out
}

func exchangeWords(x evidence.Exchange) []string {
	var out []string
	if x.Kind != evidence.ByMX {
		out = labelledWords("kind", string(x.Kind))
	}
	for _, e := range x.List {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s", e.Preference, e.Host)))
		for _, p := range e.Problems {
			out = append(out, e.Host+": "+p)
		}
	}
	return out
}

// serviceWords leave guesses out: whether one answers, the endpoints tell.
func serviceWords(list []evidence.MailService) []string {
	var out []string
	for _, s := range list {
		switch {
		case s.Source == evidence.ByGuess:
		case s.Host == "":
			out = append(out, fmt.Sprintf("no %s (%s)", s.Protocol, s.Source))
		default:
			how := ""
			if s.Socket != "" {
				how = ", " + string(s.Socket)
			}
			out = append(out, fmt.Sprintf("%s://%s:%d (%s, priority %d%s)", s.Protocol, s.Host, s.Port, s.Source, s.Priority, how))
		}
	}
	return out
}

// ofServices is what is said of services. What is open of them are protocols.
func ofServices(f evidence.Fact[[]evidence.MailService]) said {
	s := ofFact(f, serviceWords)
	s.openTo = func(word string) bool {
		return slices.ContainsFunc(f.Open, func(o evidence.MailService) bool {
			return strings.HasPrefix(word, o.Protocol+"://") || strings.HasPrefix(word, "no "+o.Protocol+" ")
		})
	}
	return s
}

// ofPolicy is what the policy of MTA-STS says. Where it is not known whether there is a record, nobody asked for it.
func ofPolicy(d *evidence.Domain) said {
	if d.STS.State == evidence.Unknown {
		return said{state: evidence.Unknown, why: d.STS.Why}
	}
	return ofFact(d.Policy, policyWords)
}

// ofPolicyCertificate is whom the certificate of the policy's host is for, and who issued it. Its dates change with every renewal.
func ofPolicyCertificate(d *evidence.Domain) said {
	s := ofPolicy(d)
	c := d.Policy.Value.Certificate
	if s.words, s.open = nil, nil; !d.Policy.Seen() {
		return s
	}
	if c == nil {
		return said{state: evidence.Unknown, why: "it was not looked at"}
	}
	for _, name := range c.Covered {
		s.words = append(s.words, "for: "+name)
	}
	if len(c.Covered) == 0 {
		s.words = append(s.words, "for: others")
	}
	s.words = append(s.words, labelledWords("issuer", c.Issuer)...)
	return s
}

func policyWords(p evidence.STSPolicy) []string {
	out := labelledWords("mode", p.Mode, "fault", p.Fault)
	for _, mx := range p.MX {
		out = append(out, "mx: "+mx)
	}
	if p.MaxAge != 0 {
		out = append(out, "max_age: "+strconv.FormatInt(int64(p.MaxAge/time.Second), 10))
	}
	for _, n := range p.Notes {
		out = append(out, "note: "+n)
	}
	return out
}

func hostSayings(name string, h *evidence.MailHost) []saying {
	aliases := said{state: evidence.Known, words: h.Aliases}
	if h.Addresses.State != evidence.Known { // the answer that did not come might have had others
		aliases.openTo = func(string) bool { return true }
	}
	out := []saying{
		sayingOf("aliases "+name, aliases),
		sayingOf("addresses "+name, ofFact(h.Addresses, addressWords)),
		sayingOf("dnssec "+name, statusWords(h.Addresses, h.DNSSEC)),
	}
	for _, port := range slices.Sorted(maps.Keys(h.TLSA)) {
		f, where := h.TLSA[port], name+":"+strconv.Itoa(port)
		records, status := ofFact(f, func(t evidence.TLSA) []string { return t.Records }), statusWords(f, f.Value.DNSSEC)
		if f.State == evidence.Inapplicable { // since senders do not ask, nor did we
			records.openTo = func(string) bool { return true }
			status.openTo = records.openTo
		}
		out = append(out, sayingOf("tlsa "+where, records), sayingOf("tlsa dnssec "+where, status))
	}
	for _, a := range slices.SortedFunc(maps.Keys(h.Reverse), netip.Addr.Compare) {
		out = append(out, sayingOf("reverse "+a.String(), ofFact(h.Reverse[a], func(r evidence.ReverseDNS) []string {
			if !r.Confirmed {
				return append(slices.Clone(r.Names), "not confirmed")
			}
			return r.Names
		})))
	}
	return out
}

func addressWords(list []netip.Addr) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return out
}

// ofDecision is what a sender does. That there is no telling is no word of its own.
func ofDecision(d evidence.Decision) said {
	if d.Outcome == evidence.Undecided || d.Outcome == "" {
		return said{state: evidence.Unknown, why: d.Why}
	}
	return said{state: evidence.Known, words: []string{string(d.Outcome)}}
}
