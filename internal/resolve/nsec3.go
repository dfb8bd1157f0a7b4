package resolve

import (
	"strings"

	"github.com/miekg/dns"
)

// nsec3Denier proves by NSEC3 records (RFC 5155, Section 8), which are all of one zone and of one way of hashing.
type nsec3Denier struct {
	check *check
	zone  string
	list  []*dns.NSEC3
	known map[string]string // hashes of names
}

// hashes makes a denier of those records that can be used. If hashing takes too many rounds the verdict becomes Insecure.
func (k *check) hashes(list []*dns.NSEC3, zone string, v *verdict) denier {
	d := &nsec3Denier{check: k, zone: zone, known: map[string]string{}}
	for _, n := range list {
		switch {
		case n.Hash != dns.SHA1 || n.Flags&^1 != 0 || parent(n.Hdr.Name) != zone: // RFC 5155, Sections 8.1 and 8.2
		case n.Iterations > maxIterations:
			v.status, v.why = Insecure, "the zone "+zone+" hashes its names too many times to count as signed"
		case len(d.list) > 0 && (n.Iterations != d.list[0].Iterations || n.Salt != d.list[0].Salt):
		default:
			d.list = append(d.list, n)
		}
	}
	return d
}

// hash returns the hash of name as it stands in owner names.
func (d *nsec3Denier) hash(name string) string {
	if h, ok := d.known[name]; ok {
		return h
	}
	n := d.list[0]
	if d.check.hashed += 1 + int(n.Iterations); d.check.hashed > maxHashed {
		return ""
	}
	h := dns.HashName(name, n.Hash, n.Iterations, n.Salt)
	d.known[name] = h
	return h
}

func owned(n *dns.NSEC3) string {
	label, _, _ := strings.Cut(n.Hdr.Name, ".")
	return strings.ToUpper(label)
}

// match returns the record of name.
func (d *nsec3Denier) match(name string) *dns.NSEC3 {
	if len(d.list) == 0 || !dns.IsSubDomain(d.zone, name) {
		return nil
	}
	h := d.hash(name)
	for _, n := range d.list {
		if h != "" && owned(n) == h {
			return n
		}
	}
	return nil
}

// cover returns a record between whose hashes that of name would be.
func (d *nsec3Denier) cover(name string) *dns.NSEC3 {
	if len(d.list) == 0 || !dns.IsSubDomain(d.zone, name) {
		return nil
	}
	h := d.hash(name)
	for _, n := range d.list {
		from, to := owned(n), strings.ToUpper(n.NextDomain)
		inside := from < h && h < to
		if from >= to { // the last one
			inside = h != from && (from < h || h < to)
		}
		if h != "" && inside {
			return n
		}
	}
	return nil
}

// encloser returns the longest name above name, or name itself, that exists, and the one below that on the way to name.
func (d *nsec3Denier) encloser(name string) (closest, next string, ok bool) {
	for at := name; dns.IsSubDomain(d.zone, at); at = parent(at) {
		if n := d.match(at); n != nil {
			return at, next, at == name || !cutsOff(n.TypeBitMap)
		}
		if next = at; at == "." {
			break
		}
	}
	return "", "", false
}

// closer proves that next, right below the closest encloser, does not exist.
func (d *nsec3Denier) closer(next string) proof {
	c := d.cover(next)
	return proof{holds: c != nil, optOut: c != nil && c.Flags&1 != 0}
}

func (d *nsec3Denier) noData(name string, t uint16) proof {
	if n := d.match(name); n != nil {
		return lacks(n.TypeBitMap, name, t)
	}
	closest, next, ok := d.encloser(name)
	if !ok {
		return proof{}
	}
	p := d.closer(next)
	if !p.holds || p.optOut { // opt-out: RFC 5155, Section 8.6
		return p
	}
	wildcard := under("*", closest)
	if n := d.match(wildcard); n != nil { // RFC 5155, Section 8.7
		return lacks(n.TypeBitMap, wildcard, t)
	}
	return proof{}
}

func (d *nsec3Denier) nameError(name string) proof {
	closest, next, ok := d.encloser(name)
	if !ok || closest == name {
		return proof{}
	}
	p := d.closer(next)
	p.holds = p.holds && d.cover(under("*", closest)) != nil
	return p
}

func (d *nsec3Denier) noCloser(name, closest string) proof {
	return d.closer(ancestor(name, dns.CountLabel(closest)+1))
}
