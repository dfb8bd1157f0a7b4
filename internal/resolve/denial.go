package resolve

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/miekg/dns"
)

// A proof is what signed NSEC or NSEC3 records say of a name.
type proof struct {
	holds      bool
	optOut     bool // there may be an unsigned delegation (RFC 5155, Section 6)
	delegation bool // there is one, or it is signed, too: the name has NS records, and is no top of a zone
}

// A denier proves that something is not there.
type denier interface {
	noData(name string, t uint16) proof  // the name has no such records
	nameError(name string) proof         // there is no such name
	noCloser(name, closest string) proof // nothing between the two, of which closest is above
}

// absence checks that name has no records of type t.
func (k *check) absence(ctx context.Context, m *dns.Msg, name string, t Type) (Status, string, error) {
	p, status, why, err := k.denial(ctx, m, name, uint16(t), nil)
	if err == nil && status == Secure && p.optOut {
		return Insecure, "its zone leaves unsigned names out (opt-out)", nil
	}
	return status, why, err
}

// denial reads and checks the proof that name has no records of type t. Without NSEC and NSEC3 it depends on the zone.
func (k *check) denial(ctx context.Context, m *dns.Msg, name string, t uint16, in *zone) (proof, Status, string, error) {
	d, v, err := k.denier(ctx, m, name, t, in)
	if err != nil || v.status != Secure {
		return proof{}, v.status, v.why, err
	}
	p := d.noData(name, t)
	if m.Rcode == dns.RcodeNameError {
		p = d.nameError(name)
	}
	if k.hashed > maxHashed {
		return proof{}, Indeterminate, errCostly.Error(), nil
	}
	if !p.holds {
		return p, Bogus, fmt.Sprintf("the zone %s does not prove that there are no %s records of %s", v.zone.name, Type(t), name), nil
	}
	return p, Secure, "", nil
}

// noCloser checks the proof that the wildcard under closest stands for owner.
func (k *check) noCloser(ctx context.Context, m *dns.Msg, owner, closest string, in *zone) (Status, string, error) {
	d, v, err := k.denier(ctx, m, owner, dns.TypeNone, in)
	if err != nil || v.status != Secure {
		return v.status, v.why, err
	}
	switch p := d.noCloser(owner, closest); {
	case k.hashed > maxHashed:
		return Indeterminate, errCostly.Error(), nil
	case !p.holds:
		return Bogus, "the wildcard that stands for " + owner + " is not proven to", nil
	case p.optOut:
		return Insecure, "its zone leaves unsigned names out (opt-out)", nil
	}
	return Secure, "", nil
}

// denier collects the signed NSEC or NSEC3 records of m. They are all of one zone.
func (k *check) denier(ctx context.Context, m *dns.Msg, name string, t uint16, in *zone) (denier, verdict, error) {
	var nsec []*dns.NSEC
	var nsec3 []*dns.NSEC3
	found := verdict{status: Bogus}
	for _, rr := range m.Ns {
		h := rr.Header()
		if h.Rrtype != dns.TypeNSEC && h.Rrtype != dns.TypeNSEC3 {
			continue
		}
		v, err := k.set(ctx, m.Ns, setOf(m.Ns, h.Name, h.Rrtype), in)
		if err != nil || v.status != Secure {
			return nil, v, err
		}
		if _, wild := v.wildcard(h.Name); wild || found.zone.name != "" && found.zone.name != v.zone.name || t == dns.TypeDS && v.zone.name == name {
			continue
		}
		found = v
		switch rr := rr.(type) {
		case *dns.NSEC:
			nsec = append(nsec, rr)
		case *dns.NSEC3:
			nsec3 = append(nsec3, rr)
		}
	}
	switch {
	case len(nsec) > 0:
		return nsecDenier(nsec), found, nil
	case len(nsec3) > 0:
		return k.hashes(nsec3, found.zone.name, &found), found, nil
	}
	v, err := k.unproven(ctx, name, t, in)
	return nil, v, err
}

// unproven is what an answer without records and without a proof is.
func (k *check) unproven(ctx context.Context, name string, t uint16, in *zone) (verdict, error) {
	at := name
	if t == dns.TypeDS {
		at = parent(name)
	}
	z, err := k.within(ctx, at, in)
	if err != nil || z.status != Secure {
		return verdict{status: z.status, why: z.why}, err
	}
	return verdict{status: Bogus, why: "the signed zone " + z.name + " does not prove that there are no such records of " + name}, nil
}

// nsecDenier proves by NSEC records (RFC 4035, Section 5.4).
type nsecDenier []*dns.NSEC

func (list nsecDenier) noData(name string, t uint16) proof {
	for _, n := range list {
		if n.Hdr.Name == name {
			return lacks(n.TypeBitMap, name, t)
		}
	}
	c := list.cover(name)
	if c == nil {
		return proof{}
	}
	if below(dns.CanonicalName(c.NextDomain), name) { // there are names below it, and nothing at it
		return proof{holds: true}
	}
	wildcard := under("*", closest(c, name))
	for _, n := range list {
		if n.Hdr.Name == wildcard {
			return lacks(n.TypeBitMap, wildcard, t)
		}
	}
	return proof{}
}

func (list nsecDenier) nameError(name string) proof {
	c := list.cover(name)
	if c == nil || below(dns.CanonicalName(c.NextDomain), name) {
		return proof{}
	}
	return proof{holds: list.cover(under("*", closest(c, name))) != nil}
}

// noCloser wants a record that shows want itself as the closest encloser: one that shows a nearer name, or one right below name, belongs to
// an answer that the wildcard under want has no part in (RFC 4592, Section 3.3.1).
func (list nsecDenier) noCloser(name, want string) proof {
	c := list.cover(name)
	return proof{holds: c != nil && closest(c, name) == want}
}

// cover returns a record between whose names name would be. One of a delegation or a DNAME says nothing of what is below it (RFC
// 6840, Section 4.1).
func (list nsecDenier) cover(name string) *dns.NSEC {
	for _, n := range list {
		next := dns.CanonicalName(n.NextDomain)
		after := canonicalOrder(n.Hdr.Name, name) < 0
		if last := canonicalOrder(n.Hdr.Name, next) >= 0; !after || !last && canonicalOrder(name, next) >= 0 || last && !dns.IsSubDomain(next, name) {
			continue
		}
		if below(name, n.Hdr.Name) && cutsOff(n.TypeBitMap) {
			continue
		}
		return n
	}
	return nil
}

// lacks reads the types of a name (of a proof that it has no records of type t).
func lacks(types []uint16, name string, t uint16) proof {
	has := func(t uint16) bool { return slices.Contains(types, t) }
	delegation := has(dns.TypeNS) && !has(dns.TypeSOA)
	switch {
	case has(t), has(dns.TypeCNAME):
		return proof{}
	case t == dns.TypeDS && has(dns.TypeSOA) && name != ".": // from below the cut, where DS records never are
		return proof{}
	case t != dns.TypeDS && delegation: // from above it, where the others are not
		return proof{}
	}
	return proof{holds: true, delegation: delegation}
}

// cutsOff reports whether what is below a name with these types is not told of by its zone.
func cutsOff(types []uint16) bool {
	return slices.Contains(types, dns.TypeDNAME) || slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeSOA)
}

// closest returns the closest encloser of name that a covering record shows (RFC 4592, Section 3.3.1).
func closest(c *dns.NSEC, name string) string {
	return ancestor(name, max(dns.CompareDomainName(c.Hdr.Name, name), dns.CompareDomainName(c.NextDomain, name)))
}

// under puts a label before a name.
func under(label, name string) string {
	if name == "." {
		return label + "."
	}
	return label + "." + name
}

// canonicalOrder compares names (RFC 4034, Section 6.1).
func canonicalOrder(a, b string) int {
	x, y := wireLabels(a), wireLabels(b)
	for i := 1; i <= min(len(x), len(y)); i++ {
		if c := bytes.Compare(x[len(x)-i], y[len(y)-i]); c != 0 {
			return c
		}
	}
	return len(x) - len(y)
}

// wireLabels returns the labels of a canonical name without escapes.
func wireLabels(name string) (labels [][]byte) {
	wire := make([]byte, 256)
	n, err := dns.PackDomainName(name, wire, 0, nil, false)
	for i := 0; err == nil && i < n && wire[i] != 0; i += 1 + int(wire[i]) {
		labels = append(labels, wire[i+1:i+1+int(wire[i])])
	}
	return labels
}
