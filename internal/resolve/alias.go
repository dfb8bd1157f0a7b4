package resolve

import (
	"fmt"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// maxTTL is what no time to live exceeds (RFC 2181, Section 8).
const maxTTL = (1<<31 - 1) * time.Second

// maxAliases is how many CNAME and DNAME records are followed.
const maxAliases = 12

// Why aliases lead to nothing.
var (
	circle  = "aliases lead in a circle"
	endless = fmt.Sprintf("more than %d aliases lead on from one another", maxAliases)
)

// A step is one set of records that leads from the name asked for to the answer. The CNAME that a DNAME stands for is none: it is
// not signed, and made here (RFC 6672, Section 5.3.1).
type step struct {
	set []dns.RR
}

// follow reads the answer to (name, t) out of m: the aliases, and the records at their end. It also returns the sets of
// records that this rests on, in order.
func follow(m *dns.Msg, name string, t Type) (*Answer, []step) {
	a := &Answer{Name: name, Type: t, NameError: m.Rcode == dns.RcodeNameError}
	var steps []step
	at, seen := name, map[string]bool{name: true}
	for {
		if set := setOf(m.Answer, at, uint16(t)); len(set) > 0 {
			a.records = set
			steps = append(steps, step{set: set})
			break
		}
		next, taken := alias(m.Answer, at)
		if next == "" || t == CNAME {
			break
		}
		if len(a.Aliases) == maxAliases {
			a.Endless = endless
			break
		}
		steps = append(steps, taken...)
		a.Aliases = append(a.Aliases, next)
		if at = next; seen[at] {
			a.Endless = circle
			break
		}
		seen[at] = true
	}
	var all []dns.RR
	for _, s := range steps {
		all = append(all, s.set...)
	}
	if len(a.records) == 0 {
		all = append(all, m.Ns...)
	}
	a.TTL = shortest(all, maxTTL)
	if len(all) == 0 { // nothing says how long it is good
		a.TTL = longest
	}
	return a, steps
}

// alias returns the name that CNAME or DNAME in list lead to from name, "" if there is none.
func alias(list []dns.RR, name string) (next string, steps []step) {
	if set := dnameAbove(list, name); set != nil {
		d := set[0].(*dns.DNAME)
		owner := dns.CanonicalName(d.Hdr.Name)
		next := strings.TrimSuffix(name, owner) + dns.CanonicalName(d.Target)
		if owner == "." {
			next = name + strings.TrimPrefix(dns.CanonicalName(d.Target), ".")
		}
		if checkName(next) != nil { // YXDOMAIN
			return "", nil
		}
		return next, []step{{set: set}}
	}
	if set := setOf(list, name, dns.TypeCNAME); len(set) > 0 {
		return dns.CanonicalName(set[0].(*dns.CNAME).Target), []step{{set: set}}
	}
	return "", nil
}

// dnameAbove returns the DNAME record of a name above name.
func dnameAbove(list []dns.RR, name string) []dns.RR {
	for _, rr := range list {
		if d, ok := rr.(*dns.DNAME); ok && below(name, dns.CanonicalName(d.Hdr.Name)) {
			return setOf(list, dns.CanonicalName(d.Hdr.Name), dns.TypeDNAME)
		}
	}
	return nil
}

// below reports whether name is a proper subdomain of parent. Both are canonical.
func below(name, parent string) bool { return name != parent && dns.IsSubDomain(parent, name) }

// setOf returns the records of one owner and type, each once.
func setOf(list []dns.RR, owner string, t uint16) (set []dns.RR) {
	for _, rr := range list {
		if rr.Header().Rrtype == t && rr.Header().Class == dns.ClassINET && dns.CanonicalName(rr.Header().Name) == owner {
			set = append(set, rr)
		}
	}
	return dns.Dedup(set, nil)
}

// signaturesOf returns the signatures of a set.
func signaturesOf(list []dns.RR, owner string, t uint16) (sigs []*dns.RRSIG) {
	for _, rr := range list {
		if s, ok := rr.(*dns.RRSIG); ok && s.TypeCovered == t && dns.CanonicalName(s.Hdr.Name) == owner {
			sigs = append(sigs, s)
		}
	}
	return sigs
}
