package resolve

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// A zone is a part of the tree with one set of keys, found by walking down from a trust anchor. If its status is not Secure,
// neither is anything below it.
type zone struct {
	name   string
	keys   []*dns.DNSKEY
	status Status
	why    string
	until  time.Time
}

// zoneOf returns the zone that name is in. Its own DS records are in the one above.
func (k *check) zoneOf(ctx context.Context, name string) (zone, error) {
	return k.zones.get(ctx, name, func(ctx context.Context) (zone, time.Duration, error) {
		own := &check{Client: k.Client} // what is kept must not depend on what the answer above has cost so far
		z, err := own.findZone(ctx, name)
		return z, z.until.Sub(k.now()), err
	})
}

func (k *check) findZone(ctx context.Context, name string) (zone, error) {
	if anchors := k.anchorsAt(name); len(anchors) > 0 {
		return k.keys(ctx, name, anchors, k.now().Add(longest))
	}
	if name == "." {
		return zone{name: name, status: Indeterminate, why: "there is no trust anchor for it", until: k.now().Add(longest)}, nil
	}
	above, err := k.zoneOf(ctx, parent(name))
	if err != nil || above.status != Secure {
		return above, err
	}
	return k.cut(ctx, above, name)
}

// cut returns the zone that begins at name, or the one above if none does. That there is one, and whether it is signed, is told
// by its DS records (RFC 4035, Section 5.2).
func (k *check) cut(ctx context.Context, above zone, name string) (zone, error) {
	m, weak, err := k.signed(ctx, name, Type(dns.TypeDS))
	if err != nil || weak != "" {
		return zone{name: name, status: Indeterminate, why: weak, until: k.now()}, err
	}
	until := k.now().Add(shortest(append(m.Answer[:len(m.Answer):len(m.Answer)], m.Ns...), above.until.Sub(k.now())))
	set := setOf(m.Answer, name, dns.TypeDS)
	if len(set) == 0 {
		return k.uncut(ctx, above, name, m, until)
	}
	v, err := k.set(ctx, m.Answer, set, &above)
	if err != nil || v.status != Secure {
		return zone{name: name, status: v.status, why: v.why, until: until}, err
	}
	list := make([]*dns.DS, len(set))
	for i, rr := range set {
		list[i] = rr.(*dns.DS)
	}
	return k.keys(ctx, name, list, until)
}

// uncut returns what name is in if it has no DS records.
func (k *check) uncut(ctx context.Context, above zone, name string, m *dns.Msg, until time.Time) (zone, error) {
	if _, steps := alias(m.Answer, name); len(steps) > 0 { // an alias is no cut
		status, why, err := k.step(ctx, m, steps[0], &above)
		if above.until = until; status != Secure {
			return zone{name: name, status: status, why: why, until: until}, err
		}
		return above, err
	}
	p, status, why, err := k.denial(ctx, m, name, dns.TypeDS, &above)
	switch {
	case err != nil || status != Secure:
		return zone{name: name, status: status, why: why, until: until}, err
	case p.optOut || p.delegation:
		return zone{name: name, status: Insecure, why: "the zone " + name + " is not signed", until: until}, nil
	}
	above.until = until
	return above, nil
}

// keys asks for the keys of the zone name, and checks them by its DS records.
func (k *check) keys(ctx context.Context, name string, list []*dns.DS, until time.Time) (zone, error) {
	z := zone{name: name, status: Insecure, until: until}
	good := usable(list)
	switch {
	case len(good) == 0 && slices.ContainsFunc(list, func(ds *dns.DS) bool { return ds.Algorithm == dns.ED448 }):
		z.status, z.why = Indeterminate, "the zone "+name+" is signed by Ed448, which is not checked here"
		return z, nil
	case len(good) == 0: // RFC 4035, Section 5.2
		z.why = "the zone " + name + " is signed by algorithms that are not known here"
		return z, nil
	}
	m, weak, err := k.signed(ctx, name, Type(dns.TypeDNSKEY))
	if err != nil || weak != "" {
		return zone{name: name, status: Indeterminate, why: weak, until: k.now()}, err
	}
	z.until = k.now().Add(shortest(m.Answer, until.Sub(k.now())))
	set := setOf(m.Answer, name, dns.TypeDNSKEY)
	sigs := signaturesOf(m.Answer, name, dns.TypeDNSKEY)
	switch {
	case (len(set) == 0 || len(sigs) == 0) && len(k.anchorsAt(name)) > 0:
		z.status, z.why = Indeterminate, "the name server shows no signed keys of "+name+", for which there is a trust anchor"
		return z, nil
	case len(set) == 0 || len(sigs) == 0:
		z.status, z.why = Bogus, "the zone "+name+" shows no signed keys, though the zone above says that it is signed"
		return z, nil
	}
	z.status, z.why = k.anchored(set, sigs, good)
	for _, rr := range set {
		z.keys = append(z.keys, rr.(*dns.DNSKEY))
	}
	return z, nil
}

// anchored checks a set of keys: one that a DS record stands for has to sign them all.
func (k *check) anchored(set []dns.RR, sigs []*dns.RRSIG, list []*dns.DS) (Status, string) {
	name := set[0].Header().Name
	why := "no key of the zone " + name + " is the one that the zone above speaks of"
	if len(k.anchorsAt(name)) > 0 {
		why = "no key of the zone " + name + " is a trust anchor"
	}
	for _, ds := range list[:min(len(list), maxSignatures)] {
		for _, rr := range set {
			key := rr.(*dns.DNSKEY)
			if key.Flags&dns.ZONE == 0 || key.Flags&dns.REVOKE != 0 || key.KeyTag() != ds.KeyTag || key.Algorithm != ds.Algorithm || !stands(ds, key) {
				continue
			}
			for _, sig := range sigs[:min(len(sigs), maxSignatures)] {
				if sig.KeyTag != ds.KeyTag || sig.Algorithm != ds.Algorithm {
					continue
				}
				wrong, err := k.verify(sig, set, []*dns.DNSKEY{key})
				if err != nil {
					return Indeterminate, err.Error()
				}
				if why = wrong; wrong == "" {
					return Secure, ""
				}
			}
		}
	}
	return Bogus, why
}

// stands reports whether ds is the digest of key.
func stands(ds *dns.DS, key *dns.DNSKEY) bool {
	of := key.ToDS(ds.DigestType)
	return of != nil && strings.EqualFold(of.Digest, ds.Digest)
}

// parent is the name above; that of the root is the root.
func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

// ancestor returns the last n labels of name.
func ancestor(name string, n int) string {
	at := dns.Split(name)
	if n == 0 || len(at) == 0 {
		return "."
	}
	return name[at[len(at)-min(n, len(at))]:]
}
