package client

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Simulate plays the handshake of p with the server that e describes. It neither changes e nor makes a connection.
func Simulate(p *Profile, e *evidence.Endpoint) Result {
	s := &sim{p: p, e: e, f: &e.Facts, suites: p.Suites}
	if evidence.Has(s.f.Intolerances, evidence.IntoleratesLongLists) == evidence.Yes && len(s.suites) > 64 {
		s.suites = s.suites[:64]
	}
	r := merge(s.versions(), s.why)
	return s.hellos(r)
}

// sim is one handshake being played.
type sim struct {
	p      *Profile
	e      *evidence.Endpoint
	f      *evidence.Facts
	suites []tlswire.Suite // those of the client that the server reads
	why    string          // the first reason for having followed several ways
}

// open notes why something is not decided.
func (s *sim) open(what, why string) {
	if s.why != "" {
		return
	}
	s.why = what + " not decided"
	if why != "" {
		s.why += ": " + why
	}
}

// versions follows the server to the newest version that both speak (RFC 8446, Section 4.2.1; RFC 5246, Appendix E.1).
func (s *sim) versions() []Result {
	var out []Result
	for _, v := range slices.Backward(tlswire.Versions()) {
		if v > s.p.Max || v < s.p.Min {
			continue
		}
		switch evidence.Has(s.f.Versions, v) {
		case evidence.Yes:
			return append(out, s.inVersion(v)...)
		case evidence.Unsure:
			s.open("whether the server speaks "+v.String()+" is", s.f.Versions.Why)
			out = append(out, s.inVersion(v)...)
		}
	}
	return append(out, s.noVersion())
}

func (s *sim) noVersion() Result {
	switch f := s.f.Versions; {
	case f.State == evidence.Inapplicable:
		return fails("the server speaks no TLS: %s", f.Why)
	case f.State == evidence.Known && len(f.Value) == 0:
		return fails("the server accepts no version of TLS")
	case f.State == evidence.Known:
		return fails("no version in common: the client speaks %s, the server %s", span(s.p.Min, s.p.Max), join(f.Value))
	}
	return fails("no version in common")
}

// span is a range of versions in words.
func span(from, to tlswire.Version) string {
	if from == to {
		return from.String()
	}
	return from.String() + " to " + to.String()
}

func join[T interface{ String() string }](list []T) string {
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = x.String()
	}
	return strings.Join(words, ", ")
}

// inVersion plays the handshake in one version: the suite is chosen, then what hangs on it.
func (s *sim) inVersion(v tlswire.Version) []Result {
	offers, passed := s.common(v)
	var out []Result
	if len(offers) > 0 && s.strandsOnSchemes(v) {
		s.open("whether the server goes on without a signature scheme in common is", "")
		out = append(out, fails("no signature scheme in common"))
	}
	for _, o := range s.inOrder(v, offers) {
		out = append(out, s.withSuite(v, o.info)...)
		if o.sure && o.placed {
			return out
		}
	}
	if slices.ContainsFunc(offers, func(o offer) bool { return o.sure }) {
		return out
	}
	return append(out, s.noSuite(v, passed))
}

// noSuite tells why no suite is left; passed are the reasons for which suites that both have were passed over.
func (s *sim) noSuite(v tlswire.Version, passed []string) Result {
	if len(passed) > 0 {
		return fails("no cipher suite in common in %v: %s", v, strings.Join(passed, ", "))
	}
	return fails("no cipher suite in common in %v", v)
}

// hellos weighs what is known about hellos that the server fails to read, and about those that only some clients send.
func (s *sim) hellos(r Result) Result {
	has := func(i evidence.Intolerance) bool { return evidence.Has(s.f.Intolerances, i) == evidence.Yes }
	newest := slices.Max(append([]tlswire.Version{0}, s.f.Versions.Value...))
	switch {
	case r.Outcome == Fails:
	case has(evidence.IntoleratesSize1500) && slices.ContainsFunc(s.p.KeyShares, large):
		return fails("the server fails on hellos longer than a packet, and this client sends a post-quantum key share")
	case has(evidence.IntoleratesVersion) && min(s.p.Max, tlswire.TLS12) > newest:
		return unsure("the server fails on hellos of newer versions than it speaks; whether on this client's was not tried")
	case has(evidence.IntoleratesExtensions), has(evidence.IntoleratesSize256), has(evidence.IntoleratesSize512):
		return unsure("the server fails on some well-formed hellos; whether on this client's was not tried")
	case s.p.SSLv2Hello:
		return unsure("the client's first message has the form of SSLv2; whether the server reads that was not tried")
	case !s.p.SNI && s.e.Target.ServerName != "" && s.f.Certificates.Seen() && !slices.ContainsFunc(s.f.Certificates.Value,
		func(c evidence.Chain) bool { return c.WithoutSNI }):
		return unsure("the client names no server; what it is shown then was not seen")
	}
	return r
}

// large reports whether a group's key share alone nearly fills a packet.
func large(g tlswire.Group) bool {
	info, _ := g.Info()
	return info.ClientShareLen > 1000
}
