package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// evalInconsistency compares a port with each of the others that speaks TLS. What a scan left open on either side is no
// difference, and no likeness.
func evalInconsistency(s *Subject, p *policy.Policy) Finding {
	var differences []string
	compared, strong, open := 0, false, ""
	for _, peer := range s.Peers {
		b := speaksTLS(peer)
		switch {
		case b.there == evidence.Unsure && peer.Facts.Versions.State != evidence.Inapplicable:
			open = b.why
		case b.there == evidence.Yes:
			compared++
			c := compareTo(s, peer, p)
			strong = strong || c.strength
			differences = append(differences, c.differences()...)
			if c.open {
				open = fmt.Sprintf("not all is known of this port and port %d", peer.Target.Port)
			}
		}
	}
	from := s.Endpoint.Facts.Versions.From
	switch {
	case len(differences) > 0:
		return bad(s, p.Check("port-inconsistency"), strings.Join(differences, "; ")).seen(nil, from)
	case open != "":
		return undecided(open)
	case compared == 0:
		return notApplicable("no other port of this host was scanned that speaks TLS")
	}
	if !strong {
		return good("shows the same certificates as the other ports of this host, or newer ones").seen(nil, from)
	}
	return good("is as strong as the other ports of this host for such clients").seen(nil, from)
}

// comparison is what is worse on a port than on a peer.
type comparison struct {
	port        int // of the peer
	weak, lacks []string
	certificate string
	strength    bool // versions and suites were compared, too
	open        bool // something could not be compared
}

func (c *comparison) differences() []string {
	var out []string
	if len(c.weak) > 0 {
		out = append(out, fmt.Sprintf("accepts %s, which port %d refuses", and(c.weak), c.port))
	}
	if len(c.lacks) > 0 {
		out = append(out, fmt.Sprintf("lacks %s, which port %d has", and(c.lacks), c.port))
	}
	if c.certificate != "" {
		out = append(out, c.certificate)
	}
	return out
}

// only returns list with name added if here holds and there does not.
func (c *comparison) only(list []string, name string, here, there evidence.Answer) []string {
	switch {
	case here == evidence.Yes && there == evidence.No:
		return append(list, name)
	case here != evidence.No && there != evidence.Yes:
		c.open = true
	}
	return list
}

// compareTo compares the certificates of two ports, and their strength if both are for the same kind of clients: between
// servers weaker encryption may be tolerated.
func compareTo(s *Subject, peer *evidence.Endpoint, p *policy.Policy) *comparison {
	c := &comparison{port: peer.Target.Port, certificate: olderThan(s.Endpoint, peer)}
	c.open = unsettled(s.Endpoint.Facts.Certificates.State) || unsettled(peer.Facts.Certificates.State)
	if policy.RoleOf(peer.Target.Protocol, peer.Target.Port) != s.Role {
		return c
	}
	c.strength = true
	f, g := &s.Endpoint.Facts, &peer.Facts
	for _, v := range tlswire.Versions() {
		here, there := evidence.Has(f.Versions, v), evidence.Has(g.Versions, v)
		switch {
		case p.TLSVersion(v).For(s.Role).Severity >= policy.Warn:
			c.weak = c.only(c.weak, v.String(), here, there)
		case v == tlswire.TLS12, v == tlswire.TLS13:
			c.lacks = c.only(c.lacks, v.String(), there, here)
		}
	}
	for _, r := range p.Suites {
		if r.For(s.Role).Severity >= policy.Warn {
			test := func(_ tlswire.Version, i tlswire.SuiteInfo) bool { return r.Match.Matches(i) }
			c.weak = c.only(c.weak, "suites of "+r.Check, accepts(f, test), accepts(g, test))
		}
	}
	return c
}

// unsettled reports whether a fact in that state may be more than was seen.
func unsettled(s evidence.State) bool { return s != evidence.Known && s != evidence.Inapplicable }

// olderThan tells if a port shows other certificates than a peer, for the same kind of key, and none that is younger.
func olderThan(own, peer *evidence.Endpoint) string {
	ours, theirs := leaves(own), leaves(peer)
	for _, kind := range slices.Sorted(maps.Keys(ours)) {
		known := func(c *evidence.Certificate) bool {
			return slices.ContainsFunc(theirs[kind], func(d *evidence.Certificate) bool {
				return c.SHA256 == d.SHA256 || c.NotBefore.After(d.NotBefore)
			})
		}
		if len(theirs[kind]) > 0 && !slices.ContainsFunc(ours[kind], known) {
			here, there := issued(ours[kind][0]), issued(theirs[kind][0])
			if here == there {
				there = "another of that name and day"
			}
			return fmt.Sprintf("has another certificate than port %d: %s, there %s", peer.Target.Port, here, there)
		}
	}
	return ""
}

// issued names a certificate by the day that it is valid from.
func issued(c *evidence.Certificate) string {
	return label(c) + " of " + c.NotBefore.UTC().Format("2006-01-02")
}

// leaves returns the server's own certificates for clients that name it, by the algorithm of their key.
func leaves(e *evidence.Endpoint) map[string][]*evidence.Certificate {
	out := make(map[string][]*evidence.Certificate)
	for _, chain := range relevant(e.Facts.Certificates.Value) {
		if c, ok := lookUp(e.Blobs.Certificates, chain); ok && c.leaf.PublicKey.Algorithm != "" {
			kind := c.leaf.PublicKey.Algorithm
			out[kind] = append(out[kind], c.leaf)
		}
	}
	return out
}
