package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// word is a field that takes one of a few words.
type word struct {
	field, is string
	of        []string
}

// readDomain wants a domain that was read to say what evidence says of one, and puts empty lists where there are none. The error
// is about the field.
func readDomain(d *Domain) (field string, err error) {
	if d.Domain == nil || d.Name == "" {
		return "name", errors.New("is missing or empty")
	}
	if d.Roles == nil {
		d.Roles = []RoleResult{}
	}
	if d.Findings == nil {
		d.Findings = []check.Finding{}
	}
	for i := range d.Held {
		for j := range d.Held[i].Chains {
			if c := &d.Held[i].Chains[j]; c.Records == nil {
				c.Records = []evidence.TLSAResult{}
			}
		}
	}
	for name, h := range d.Hosts {
		if h == nil {
			return "hosts." + name, errors.New("null stands where none belongs")
		}
	}
	for _, w := range words(d) {
		if !slices.Contains(w.of, w.is) {
			return w.field, fmt.Errorf("%q: want one of %s", w.is, strings.TrimSuffix(strings.Join(w.of, ", "), ", "))
		}
	}
	return "", nil
}

// words are the fields of a domain that take one of a few words. What is open of a fact may lack them.
func words(d *Domain) []word {
	list := []word{{"dnssec", d.DNSSEC, []string{"local", "trust", "off"}}}
	for i, r := range d.Roles {
		list = append(list, word{fmt.Sprintf("roles[%d].purpose", i), string(r.Purpose), texts(Incoming, Submission, Access)})
	}
	if d.Exchange.Seen() {
		kinds := texts(evidence.ByMX, evidence.Implicit, evidence.NullMX, evidence.NoMail)
		list = append(list, word{"mx.value.kind", string(d.Exchange.Value.Kind), kinds}, vouched("mx.value", d.Exchange.Value.DNSSEC))
	}
	for i, s := range d.Services.Value {
		at := fmt.Sprintf("services.value[%d]", i)
		list = append(list, word{at + ".source", string(s.Source), texts(evidence.BySRV, evidence.ByAutoconfig, evidence.ByAutodiscover, evidence.ByGuess)},
			word{at + ".protocol", s.Protocol, protocols()}, word{at + ".socket", string(s.Socket), sockets()}, vouched(at, s.DNSSEC))
		for k, also := range s.Also {
			list = append(list, word{fmt.Sprintf("%s.also[%d]", at, k), string(also), texts(evidence.ByAutoconfig, evidence.ByAutodiscover)})
		}
	}
	for i, g := range d.Guides {
		list = append(list, word{fmt.Sprintf("guides[%d].source", i), string(g.Source), texts(evidence.ByAutoconfig, evidence.ByAutodiscover)})
	}
	list = append(list, vouched("mta_sts.value", d.STS.Value.DNSSEC), vouched("tls_rpt.value", d.Reports.Value.DNSSEC), vouched("caa.value", d.CAA.Value.DNSSEC))
	for name, h := range d.Hosts {
		at := "hosts." + name
		list = append(list, vouched(at, h.DNSSEC))
		for port, f := range h.TLSA {
			list = append(list, vouched(fmt.Sprintf("%s.tlsa.%d.value", at, port), f.Value.DNSSEC))
		}
	}
	for i, h := range d.Hops {
		for _, x := range []struct {
			field string
			evidence.Decision
		}{{"dane", h.DANE}, {"mta_sts", h.STS}} {
			at := fmt.Sprintf("hops[%d].%s", i, x.field)
			list = append(list, word{at + ".outcome", string(x.Outcome), outcomes()}, word{at + ".cause", string(x.Cause), causes()})
		}
	}
	for i, h := range d.Held {
		at := fmt.Sprintf("held[%d]", i)
		list = append(list, word{at + ".protocol", h.Protocol, protocols()}, word{at + ".outcome", string(h.Outcome), outcomes()}, word{at + ".cause", string(h.Cause), causes()})
	}
	for i, t := range d.Silent {
		list = append(list, word{fmt.Sprintf("silent[%d].protocol", i), t.Protocol, protocols()})
	}
	slices.SortStableFunc(list, func(a, b word) int { return strings.Compare(a.field, b.field) }) // hosts have no order
	return list
}

func vouched(at string, v evidence.Vouch) word {
	return word{at + ".dnssec.status", v.Status, []string{"secure", "insecure", "bogus", "indeterminate", ""}}
}

// outcomes are what senders do with an exchanger.
func outcomes() []string {
	return texts(evidence.Authenticated, evidence.Encrypted, evidence.Opportunistic, evidence.Refused, evidence.Undecided)
}

// causes are the kinds of reasons of senders, or none.
func causes() []string {
	return texts(evidence.NoAddress, evidence.DNSSECFails, evidence.LookupFails, evidence.NoUsableRecord, evidence.NoRecordFits, evidence.NoSTARTTLS,
		evidence.NotNamed, evidence.Untrusted, "")
}

func sockets() []string {
	return texts(evidence.SocketTLS, evidence.SocketSTARTTLS, evidence.SocketPlain, "")
}

func texts[T ~string](list ...T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}
