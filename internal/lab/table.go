package lab

import (
	"slices"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// All returns the servers that are weak or odd but honest, the strong ones first.
// Each call makes new values, which the caller may change.
func All() []Server {
	return slices.Concat(strongServers(), weakServers(), certificateServers(), kindServers(), chainServers(), oddServers(), mailServers(),
		attackServers(), stateServers(), drownServers(), rsaAttackServers(), resumptionServers(), cbcServers(), renegotiationServers())
}

// ByName returns the server of that name from All or Hostile.
func ByName(name string) (Server, bool) {
	for _, s := range slices.Concat(All(), Hostile()) {
		if s.Name == name {
			return s, true
		}
	}
	return Server{}, false
}

// unknownSuite is what named gives for a name that is in no table; a test looks for it.
const unknownSuite tlswire.Suite = 0xffffff

// named returns the suites of these IANA or OpenSSL names.
func named(names ...string) []tlswire.Suite {
	list := make([]tlswire.Suite, len(names))
	for i, n := range names {
		s, ok := tlswire.SuiteByName(n)
		if !ok {
			s = unknownSuite
		}
		list[i] = s
	}
	return list
}

// suitesOf maps versions to the suites of list that servers choose in them.
func suitesOf(list []tlswire.Suite, versions ...tlswire.Version) map[tlswire.Version][]tlswire.Suite {
	m := make(map[tlswire.Version][]tlswire.Suite)
	for _, v := range versions {
		for _, s := range list {
			if info, ok := s.Info(); !ok || info.Negotiable(v) {
				m[v] = append(m[v], s)
			}
		}
	}
	return m
}

// tls13 returns the suites of TLS 1.3 in the order of OpenSSL.
func tls13() []tlswire.Suite {
	return []tlswire.Suite{tlswire.TLS_AES_256_GCM_SHA384, tlswire.TLS_CHACHA20_POLY1305_SHA256, tlswire.TLS_AES_128_GCM_SHA256}
}

// intermediate returns the suites of TLS 1.2 and 1.3 that nobody objects to.
func intermediate() []tlswire.Suite {
	return append(tls13(), named(
		"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
		"ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
		"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256")...)
}

// base returns a server of TLS 1.2 and 1.3 without a weakness, that others are
// made from by adding one.
func base(name, title string) Server {
	return Server{
		Name: name, Title: title, Protocol: starttls.SMTP,
		Versions: []tlswire.Version{tlswire.TLS12, tlswire.TLS13},
		Suites:   suitesOf(intermediate(), tlswire.TLS12, tlswire.TLS13),
		Groups: Groups{
			Classic: []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1},
			TLS13:   []tlswire.Group{tlswire.X25519MLKEM768, tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1},
		},
		Certificates: []Certificate{{Key: P256}, {Key: RSA2048}},
		DH:           DHParams{P: oakley14},
		Extensions:   modernExtensions(),
		Schemes:      modernSchemes(),
	}
}

// modernExtensions returns what a current server answers.
func modernExtensions() Extensions {
	return Extensions{RenegotiationInfo: true, ExtendedMasterSecret: true, EncryptThenMAC: true, Tickets: true,
		Staple: true, PointFormats: true}
}

// with makes a server from base by one change.
func with(name, title string, change func(*Server)) Server {
	s := base(name, title)
	change(&s)
	return s
}

// only limits a server to one version with the given suites.
func (s *Server) only(v tlswire.Version, list []tlswire.Suite) {
	s.Versions = []tlswire.Version{v}
	s.Suites = map[tlswire.Version][]tlswire.Suite{v: list}
}

// add appends suites to every version from SSLv3 to TLS 1.2 that the server speaks.
func (s *Server) add(names ...string) {
	for _, v := range s.Versions {
		if v >= tlswire.SSLv3 && v <= tlswire.TLS12 {
			s.Suites[v] = append(s.Suites[v], named(names...)...)
		}
	}
}

// want sets the levels of checks: want("fail", "rc4", "sweet32").
func (s *Server) want(level string, checks ...string) {
	if s.Want == nil {
		s.Want = make(map[string]string)
	}
	for _, c := range checks {
		s.Want[c] = level
	}
}
