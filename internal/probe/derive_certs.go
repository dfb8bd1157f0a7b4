package probe

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

func deriveCertificates(d *deriver) {
	var list []evidence.Chain
	stapled := false
	for i := range d.replies {
		r := &d.replies[i]
		if r.kind != accepted || !r.shown {
			continue
		}
		c := findChain(&list, r.chain)
		if !slices.Contains(c.Versions, r.version) {
			c.Versions = append(c.Versions, r.version)
			slices.Sort(c.Versions)
		}
		named := serverName(d.ep.Target.ServerName) != "" && !r.offer.Has(evidence.WithoutSNI) && r.version > tlswire.SSLv3
		c.WithSNI = c.WithSNI || named
		c.WithoutSNI = c.WithoutSNI || !named
		c.Stapled = c.Stapled || r.stapled()
		d.readStaple(c, r)
		stapled = stapled || c.Stapled
	}
	d.judgeTrust(list)
	d.facts.Certificates = d.certificateFact(list)
	d.facts.Stapled = evidence.Fact[bool]{State: d.facts.Certificates.State, Value: stapled, Why: d.facts.Certificates.Why,
		From: d.facts.Certificates.From}
}

// broken13 tells why no chain of TLS 1.3 was seen although the server agreed to speak it: each handshake broke behind the
// hello.
func (d *deriver) broken13() string {
	why := ""
	for i := range d.ep.Observations {
		o := &d.ep.Observations[i]
		if !o.Offer.Has(evidence.ServerFlight) && !o.Offer.Has(evidence.Finished) || !is13(o.Offer.Version) {
			continue
		}
		switch r := readReply(o); {
		case r.scheme != 0 || r.version != 0 && r.version != tlswire.TLS13:
			return ""
		case r.kind != refused && r.kind != closed && o.End.Kind != evidence.EndDone:
			why = "TLS 1.3 breaks off behind the server's hello: " + o.End.Detail
		}
	}
	if d.tracks[tlswire.TLS13].spoken != evidence.Yes {
		return ""
	}
	return why
}

func findChain(list *[]evidence.Chain, keys []string) *evidence.Chain {
	i := slices.IndexFunc(*list, func(c evidence.Chain) bool { return slices.Equal(c.Certificates, keys) })
	if i < 0 {
		*list = append(*list, evidence.Chain{Certificates: slices.Concat([]string{}, keys)})
		i = len(*list) - 1
	}
	return &(*list)[i]
}

// stapled reports whether an OCSP response came with the chain.
func (r *reply) stapled() bool {
	return slices.ContainsFunc(r.messages, func(m evidence.Message) bool { return m.Stapled || m.Type == tlswire.TypeCertificateStatus })
}

func (d *deriver) judgeTrust(list []evidence.Chain) {
	if d.trust == nil {
		return
	}
	for i := range list {
		list[i].Trust = d.trust(d.chainDER(list[i]), referenceName(d.ep.Target), d.ep.At)
	}
}

// referenceName is the name or address that a client checks the certificate against: the one it asks for.
func referenceName(t evidence.Target) string {
	if t.ServerName != "" {
		return t.ServerName
	}
	return strings.Trim(t.Host, "[]")
}

// certificateFact is Known when no further kind of key can be behind what is still undecided, and none was hidden by a
// handshake that broke.
func (d *deriver) certificateFact(list []evidence.Chain) evidence.Fact[[]evidence.Chain] {
	open, why, from := d.undecidedKeys(), d.why, d.fromChains()
	if broken := d.broken13(); broken != "" {
		open, why = true, broken
	}
	if id, reason := d.unshown(); id != "" {
		open, why, from = true, reason, once(from, []string{id})
	}
	switch {
	case len(list) == 0 && len(d.spoken()) > 0 && !open:
		return inapplicable[[]evidence.Chain]("no suite that is accepted comes with a certificate")
	case len(list) == 0 && why == d.why:
		return unknown[[]evidence.Chain](d)
	case len(list) == 0:
		return evidence.Fact[[]evidence.Chain]{State: evidence.Unknown, Why: why, From: from}
	case open:
		return evidence.Fact[[]evidence.Chain]{State: evidence.Partial, Value: list, Why: why, From: from}
	}
	return known(list, from...)
}

// undecidedKeys reports whether a certificate with another kind of key may be behind what is undecided: in a version that
// may yet be spoken, or in every version that is. One that is read to its end speaks for the others.
func (d *deriver) undecidedKeys() bool {
	if d.anyOpen(func(tlswire.Version) bool { return true }) {
		return true
	}
	for _, v := range d.spoken() {
		switch {
		case v == tlswire.TLS13 && !slices.ContainsFunc(d.schemes13.open(schemes13), func(s tlswire.SignatureScheme) bool { return d.newKind(d.schemes13, s) }):
			return false
		case old(v) && !d.certificateOpen(v):
			return false
		}
	}
	return true
}

// certificateOpen reports the same of TLS 1.2 and older: by suites with a kind of authentication that was seen in none of
// these versions.
func (d *deriver) certificateOpen(v tlswire.Version) bool {
	seen := map[tlswire.Auth]bool{}
	for _, w := range d.spokenOld() {
		for s := range d.tracks[w].suites.seen {
			info, _ := s.Info()
			seen[info.Auth] = true
		}
	}
	return slices.ContainsFunc(d.tracks[v].undecided(), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return !seen[info.Auth] && (info.Auth == tlswire.AuthRSA || info.Auth == tlswire.AuthECDSA)
	})
}
