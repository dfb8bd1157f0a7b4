package dnstest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// sign adds DNSKEY, NSEC or NSEC3, and RRSIG records.
func (z *signedZone) sign(list []dns.RR) ([]dns.RR, error) {
	list = append(list, z.key)
	if p := z.Signing.NSEC3; p != nil {
		param := *p
		param.Hdr, param.Flags = header(z.Name, dns.TypeNSEC3PARAM), 0
		list = append(list, &param)
		list = append(list, z.nsec3(list)...)
	} else {
		list = append(list, z.nsec(list)...)
	}
	for _, set := range sets(list) {
		h := set[0].Header()
		cut := z.cutAbove(list, h.Name)
		if cut != "" && (cut != h.Name || h.Rrtype != dns.TypeDS && h.Rrtype != dns.TypeNSEC) {
			continue // of the zone below
		}
		sig, err := z.signature(set)
		if err != nil {
			return nil, err
		}
		list = append(list, sig)
	}
	return list, nil
}

func (z *signedZone) signature(set []dns.RR) (*dns.RRSIG, error) {
	now := time.Now()
	from, until := z.Signing.From, z.Signing.Until
	if from.IsZero() {
		from = now.Add(-time.Hour)
	}
	if until.IsZero() {
		until = now.Add(24 * time.Hour)
	}
	sig := &dns.RRSIG{Hdr: header(set[0].Header().Name, dns.TypeRRSIG), Algorithm: z.key.Algorithm, KeyTag: z.key.KeyTag(), SignerName: z.Name,
		Inception: uint32(from.Unix()), Expiration: uint32(until.Unix())}
	return sig, sig.Sign(z.secret, set)
}

// sets groups records by owner and type.
func sets(list []dns.RR) [][]dns.RR {
	type key struct {
		name string
		t    uint16
	}
	var order []key
	by := map[key][]dns.RR{}
	for _, rr := range list {
		k := key{dns.CanonicalName(rr.Header().Name), rr.Header().Rrtype}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], rr)
	}
	out := make([][]dns.RR, len(order))
	for i, k := range order {
		out[i] = by[k]
	}
	return out
}

// cutAbove returns the delegated name that name is at or below, "" if there is none.
func (z *signedZone) cutAbove(list []dns.RR, name string) string {
	for _, rr := range list {
		if h := rr.Header(); h.Rrtype == dns.TypeNS && h.Name != z.Name && dns.IsSubDomain(h.Name, name) {
			return dns.CanonicalName(h.Name)
		}
	}
	return ""
}

// owners returns the names that the zone tells of with their types: its own, and the delegated ones.
func (z *signedZone) owners(list []dns.RR) map[string][]uint16 {
	owners := map[string][]uint16{}
	for _, set := range sets(list) {
		name := dns.CanonicalName(set[0].Header().Name)
		if cut := z.cutAbove(list, name); cut == "" || cut == name && (set[0].Header().Rrtype == dns.TypeNS || set[0].Header().Rrtype == dns.TypeDS) {
			owners[name] = append(owners[name], set[0].Header().Rrtype)
		}
	}
	return owners
}

func (z *signedZone) nsec(list []dns.RR) (out []dns.RR) {
	owners := z.owners(list)
	names := make([]string, 0, len(owners))
	for n := range owners {
		names = append(names, n)
	}
	slices.SortFunc(names, canonicalOrder)
	for i, n := range names {
		types := append(owners[n], dns.TypeRRSIG, dns.TypeNSEC)
		slices.Sort(types)
		out = append(out, &dns.NSEC{Hdr: header(n, dns.TypeNSEC), NextDomain: names[(i+1)%len(names)], TypeBitMap: types})
	}
	return out
}

func (z *signedZone) nsec3(list []dns.RR) (out []dns.RR) {
	p := z.Signing.NSEC3
	byHash := map[string][]uint16{}
	for n, types := range z.owners(list) {
		unsigned := slices.Contains(types, dns.TypeNS) && n != z.Name && !slices.Contains(types, dns.TypeDS)
		if unsigned && z.Signing.OptOut {
			continue
		}
		if !unsigned {
			types = append(types, dns.TypeRRSIG)
		}
		slices.Sort(types)
		byHash[dns.HashName(n, dns.SHA1, p.Iterations, p.Salt)] = types
		for up := n; up != z.Name; up = parent(up) { // empty non-terminals
			if h := dns.HashName(up, dns.SHA1, p.Iterations, p.Salt); byHash[h] == nil {
				byHash[h] = []uint16{}
			}
		}
	}
	hashes := make([]string, 0, len(byHash))
	for h := range byHash {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	for i, h := range hashes {
		n := &dns.NSEC3{Hdr: header(strings.ToLower(h)+"."+strings.TrimPrefix(z.Name, "."), dns.TypeNSEC3), Hash: dns.SHA1, Iterations: p.Iterations, Salt: p.Salt,
			SaltLength: p.SaltLength, HashLength: 20, NextDomain: hashes[(i+1)%len(hashes)], TypeBitMap: byHash[h]}
		if z.Signing.OptOut {
			n.Flags = 1
		}
		out = append(out, n)
	}
	return out
}

func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

// canonicalOrder compares names without escapes (RFC 4034, Section 6.1).
func canonicalOrder(a, b string) int {
	x, y := dns.SplitDomainName(a), dns.SplitDomainName(b)
	for i := 1; i <= min(len(x), len(y)); i++ {
		if c := cmp.Compare(x[len(x)-i], y[len(y)-i]); c != 0 {
			return c
		}
	}
	return len(x) - len(y)
}
