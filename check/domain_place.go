package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// A place is a part of a domain, such as one address of one exchanger, and whether something is amiss there.
type place struct {
	host, at string // at: the address or the port, "" for the host as a whole
	amiss    evidence.Answer
	why      string // what is amiss, or why it is not known
}

// places are all parts of a domain that a question is about.
type places []place

// finding judges: what is amiss anywhere counts; else what is not known; with no part at all the question does not apply. what
// introduces the parts where something is amiss.
func (list places) finding(rule policy.Rule, role policy.Role, what, fine, none string) Finding {
	bad, open := list.that(evidence.Yes), list.that(evidence.Unsure)
	switch {
	case len(bad) > 0:
		f := amissFor(rule, role, what+": "+bad.text())
		if names := bad.names(); len(names) > mostPlaces {
			f.Seen = names
		}
		return f
	case len(open) > 0:
		return undecided(open.text())
	case len(list) == 0:
		return notApplicable(none)
	}
	return good(fine)
}

// that returns the places with that answer.
func (list places) that(a evidence.Answer) places {
	return slices.DeleteFunc(slices.Clone(list), func(p place) bool { return p.amiss != a })
}

// mostPlaces is how many places a sentence names.
const mostPlaces = 3

// text says where and why, the same reason once for a host.
func (list places) text() string {
	var words []string
	for _, p := range list {
		word := p.host
		if len(list) > 1 && p.at != "" && !list.alike(p) {
			word = p.name()
		}
		if p.why != "" {
			word += " (" + p.why + ")"
		}
		words = addOnce(words, word)
	}
	if n := len(words) - mostPlaces; n > 0 {
		words = append(words[:mostPlaces], fmt.Sprintf("%d more", n))
	}
	return and(words)
}

// alike reports whether all places of the host of p have the same reason.
func (list places) alike(p place) bool {
	return !slices.ContainsFunc(list, func(q place) bool { return q.host == p.host && q.why != p.why })
}

func (list places) names() []string {
	var out []string
	for _, p := range list {
		out = addOnce(out, p.name())
	}
	return out
}

func (p place) name() string { return strings.TrimSpace(p.host + " " + p.at) }

// hopPlaces makes a place of each address of an exchanger that about tells of.
func hopPlaces(d *evidence.Domain, about func(evidence.Hop) (a evidence.Answer, why string, ok bool)) places {
	var out places
	for _, h := range d.Hops {
		at := ""
		if h.Address.IsValid() {
			at = h.Address.String()
		}
		if a, why, ok := about(h); ok {
			out = append(out, place{cmp.Or(h.Host, furtherExchangers), at, a, why})
		}
	}
	return out
}

// hostPlaces makes a place of each exchanger.
func hostPlaces(d *evidence.Domain, about func(string, *evidence.MailHost) (a evidence.Answer, why string, ok bool)) places {
	var out places
	for _, host := range exchangers(d) {
		h := d.Hosts[host]
		if h == nil {
			out = append(out, place{host: host, amiss: evidence.Unsure, why: "nothing is known of it"})
			continue
		}
		if a, why, ok := about(host, h); ok {
			out = append(out, place{host: host, amiss: a, why: why})
		}
	}
	if n := d.Exchange.Value.LeftOut; n > 0 {
		out = append(out, place{host: furtherExchangers, amiss: evidence.Unsure, why: fmt.Sprintf("%d more, beyond those that are looked at", n)})
	}
	return out
}

// furtherExchangers is what those are called that are left out.
const furtherExchangers = "further exchangers"

// exchangers are the hosts that take a domain's mail, each once. A null MX record beside others names none.
func exchangers(d *evidence.Domain) []string {
	var out []string
	for _, x := range d.Exchange.Value.List {
		if x.Host != "" {
			out = addOnce(out, x.Host)
		}
	}
	return out
}

// otherPlaces makes a place of each port but 25 of an address, of those that have TLSA records.
func otherPlaces(d *evidence.Domain, about func(evidence.Held) (a evidence.Answer, why string, ok bool)) places {
	var out places
	for _, h := range d.Held {
		if h.Port == 25 {
			continue
		}
		if a, why, ok := about(h); ok {
			out = append(out, place{h.Host + ":" + strconv.Itoa(h.Port), h.Address.String(), a, why})
		}
	}
	return out
}

// tells reports whether f is about something that is amiss, or worth a note.
func (f Finding) tells() bool { return f.Level >= Warn || f.Note }

// both returns the weightier of two findings, and tells of the second beside the first if something is amiss in both. Of the second,
// which weighs less, it does not matter that it is open where the first is fine.
func both(first, second Finding) Finding {
	switch {
	case first.tells() && second.tells() && rank(first) >= rank(second):
		first.Message += "; " + second.Message
		first.Seen = slices.Concat(first.Seen, second.Seen)
		return first
	case second.Level == Undecided && first.Level == Pass:
		return first
	case rank(second) > rank(first), second.tells() && !first.tells() && first.Level != Undecided:
		return second
	}
	return first
}
