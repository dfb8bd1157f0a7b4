package lab

import (
	"crypto/ecdsa"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// choice is what a server picked out of a hello.
type choice struct {
	version     tlswire.Version
	suite       tlswire.Suite
	info        tlswire.SuiteInfo
	id          *identity     // nil for anonymous suites
	group       tlswire.Group // of ECDHE and of TLS 1.3
	scheme      tlswire.SignatureScheme
	compression tlswire.CompressionMethod
}

// refused is a hello turned down with an alert.
type refused tlswire.AlertDescription

func (r refused) Error() string { return "refusing with " + tlswire.AlertDescription(r).String() }

// negotiate picks version, suite, group, certificate and signature scheme.
func (s *session) negotiate(h *hello) (choice, error) {
	c := choice{version: s.version(h)}
	if c.version == 0 {
		return c, refused(tlswire.AlertProtocolVersion)
	}
	if h.offers(tlswire.FallbackSCSV) && c.version < slices.Max(s.Server.Versions) && !s.Server.Quirks.IgnoreFallbackSCSV {
		return c, refused(tlswire.AlertInappropriateFallback)
	}
	for _, suite := range s.candidates(h, c.version) {
		if picked, ok := s.fit(h, c, suite); ok {
			picked.compression = s.compression(h)
			return picked, nil
		}
	}
	return c, refused(tlswire.AlertHandshakeFailure)
}

// version returns the newest version that both sides speak, zero for none. A
// client without supported_versions speaks all versions up to its legacy_version
// (RFC 8446, Section 4.2.1).
func (s *session) version(h *hello) tlswire.Version {
	var best tlswire.Version
	for _, v := range s.Server.Versions {
		offered := v <= min(h.Version, tlswire.TLS12)
		if h.versions != nil && s.Server.accepts(tlswire.TLS13) {
			offered = slices.Contains(h.versions, v)
		}
		if offered && v > best && v >= tlswire.SSLv3 {
			best = v
		}
	}
	return best
}

// candidates returns the suites that both sides list, best first.
func (s *session) candidates(h *hello, v tlswire.Version) []tlswire.Suite {
	offered, own := h.Suites, s.Server.Suites[v]
	if n := s.Server.Quirks.Tolerance.SuitesRead; n > 0 && len(offered) > n {
		offered = offered[:n]
	}
	first, second := own, offered
	if s.Server.Preference == PreferClient {
		first, second = offered, own
	}
	var both []tlswire.Suite
	for _, suite := range first {
		if slices.Contains(second, suite) && !slices.Contains(both, suite) {
			both = append(both, suite)
		}
	}
	if s.Server.Preference == PreferChaCha && likesChaCha(offered) {
		slices.SortStableFunc(both, func(a, b tlswire.Suite) int { return chachaLast(a) - chachaLast(b) })
	}
	return both
}

// likesChaCha reports whether the first real suite of a client is a ChaCha20 one.
func likesChaCha(offered []tlswire.Suite) bool {
	for _, suite := range offered {
		if !suite.IsGREASE() && !suite.IsSCSV() {
			return chachaLast(suite) == 0
		}
	}
	return false
}

// chachaLast is 0 for the suites with ChaCha20 and 1 for all others.
func chachaLast(s tlswire.Suite) int {
	if strings.Contains(s.String(), "CHACHA20") {
		return 0
	}
	return 1
}

// fit completes c for one suite, or returns false when the server has no
// certificate, group or signature scheme that goes with it.
func (s *session) fit(h *hello, c choice, suite tlswire.Suite) (choice, bool) {
	info, ok := suite.Info()
	if !ok {
		return c, false
	}
	c.suite, c.info = suite, info
	if c.version == tlswire.TLS13 {
		c.group, ok = s.pickGroup(h, s.Server.Groups.TLS13)
		c.id = s.shown(h, func(id *identity) bool { _, ok := s.scheme13(h, id); return ok })
		return c, ok && c.id != nil
	}
	if info.KeyExchange == tlswire.KeyExchangeECDHE {
		if c.group, ok = s.pickGroup(h, s.Server.Groups.Classic); !ok {
			return c, false
		}
	}
	if info.Anonymous {
		return c, true
	}
	c.id = s.shown(h, func(id *identity) bool {
		if !authenticates(id, info) {
			return false
		}
		if c.version < tlswire.TLS12 || !signs(info) {
			return true
		}
		scheme, ok := s.scheme(h, id)
		if ok {
			c.scheme = scheme
		}
		return ok
	})
	return c, c.id != nil
}

// authenticates reports whether the identity's key is of the kind that a suite
// up to TLS 1.2 calls for.
func authenticates(id *identity, info tlswire.SuiteInfo) bool {
	switch {
	case info.KeyExchange == tlswire.KeyExchangeECDH:
		_, ok := id.key.public().(*ecdsa.PublicKey)
		return ok
	case info.Auth == tlswire.AuthRSA:
		return id.rsaKey()
	}
	return info.Auth == tlswire.AuthECDSA && !id.rsaKey()
}

// signs reports whether the server signs a ServerKeyExchange.
func signs(info tlswire.SuiteInfo) bool {
	switch info.KeyExchange {
	case tlswire.KeyExchangeDHE, tlswire.KeyExchangeECDHE:
		return !info.Anonymous
	case tlswire.KeyExchangeRSA:
		return info.Export
	}
	return false
}

// shown returns the first certificate for the name that the client asks for, and
// else the first for everybody, that passes.
func (s *session) shown(h *hello, pass func(*identity) bool) *identity {
	for _, wanted := range []string{h.name, ""} {
		for i := range s.identities {
			id := &s.identities[i]
			if id.SNI == wanted && pass(id) {
				return id
			}
		}
	}
	return nil
}

// pickGroup returns the group both sides list that decides by the order of the
// server or the client. A client of TLS 1.2 without the extension takes any
// (RFC 8422, Section 4).
func (s *session) pickGroup(h *hello, own []tlswire.Group) (tlswire.Group, bool) {
	if len(own) == 0 {
		return 0, false
	}
	if h.groups == nil {
		return own[0], true
	}
	first, second := own, h.groups
	if s.Server.Groups.ClientOrder {
		first, second = second, first
	}
	for _, g := range first {
		if slices.Contains(second, g) {
			return g, true
		}
	}
	return 0, false
}

// compression returns the server's favourite method that the client offers.
func (s *session) compression(h *hello) tlswire.CompressionMethod {
	for _, m := range s.Server.Compression {
		if slices.Contains(h.CompressionMethods, m) {
			return m
		}
	}
	return 0
}
