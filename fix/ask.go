package fix

import (
	"slices"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// ask is what a policy leaves to a server, be it a relay or one that users log in to: what neither role is warned of. Of
// that it has what common software knows.
type ask struct {
	policy   *policy.Policy
	versions []tlswire.Version         // oldest first, without a gap up to TLS 1.3
	suites   []tlswire.SuiteInfo       // up to TLS 1.2, best first
	suites13 []tlswire.SuiteInfo       // of TLS 1.3
	groups   []tlswire.GroupInfo       // best first, without hybrids, which only the newest libraries know
	schemes  []tlswire.SignatureScheme // that may sign a handshake
}

// askOf reads the rows of a policy; [policy.Policy.At] has chosen those that hold.
func askOf(p *policy.Policy) ask {
	a := ask{policy: p}
	for _, v := range []tlswire.Version{tlswire.TLS13, tlswire.TLS12, tlswire.TLS11, tlswire.TLS10} {
		if worst(p.TLSVersion(v)) > policy.Note {
			break
		}
		a.versions = append([]tlswire.Version{v}, a.versions...)
	}
	a.suites, a.suites13 = a.suitesOf(policy.Note, older), a.suitesOf(policy.Note, newest)
	if spared := a.suitesOf(policy.OK, older); len(spared) > 0 && !slices.Contains(a.versions, tlswire.TLS11) {
		a.suites = spared // what is only tolerated is for policies that keep old clients
	}
	for _, g := range tlswire.Groups() {
		if !g.Hybrid && g.Kind != "ffdhe" && g.OpenSSL != "" && slices.Contains(usualGroups(), g.ID) && a.allowsGroup(g) {
			a.groups = append(a.groups, g)
		}
	}
	slices.SortStableFunc(a.groups, func(x, y tlswire.GroupInfo) int {
		return slices.Index(usualGroups(), x.ID) - slices.Index(usualGroups(), y.ID)
	})
	for _, s := range tlswire.SignatureSchemes() {
		if !s.Deprecated && s.GnuTLS != "" && a.allowsScheme(s) {
			a.schemes = append(a.schemes, s.ID)
		}
	}
	return a
}

// usualGroups are the curves that servers commonly have, in the order to offer them.
func usualGroups() []tlswire.Group {
	return []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1, tlswire.X448,
		tlswire.BrainpoolP256r1, tlswire.BrainpoolP384r1, tlswire.BrainpoolP512r1}
}

// worst is the more severe of a row's opinions on both roles.
func worst(r policy.Rule) policy.Severity {
	return max(r.For(policy.Relay).Severity, r.For(policy.Access).Severity)
}

// older and newest tell suites of TLS 1.2 and before from those of TLS 1.3.
func older(s tlswire.SuiteInfo) bool  { return s.SpecMin < tlswire.TLS13 }
func newest(s tlswire.SuiteInfo) bool { return s.SpecMin == tlswire.TLS13 }

// suitesOf are the suites that are usual in mail servers, and that the policy rates no worse than severity: those with
// ephemeral keys and AEAD first. DHE is not among them: no policy asks for it, and its groups are one thing more to get
// wrong.
func (a ask) suitesOf(severity policy.Severity, which func(tlswire.SuiteInfo) bool) []tlswire.SuiteInfo {
	var out []tlswire.SuiteInfo
	for _, s := range tlswire.Suites() {
		kx := s.KeyExchange == tlswire.KeyExchangeECDHE && (s.Auth == tlswire.AuthRSA || s.Auth == tlswire.AuthECDSA) ||
			s.KeyExchange == tlswire.KeyExchangeRSA && s.Auth == tlswire.AuthRSA
		usual := slices.Contains([]tlswire.Cipher{tlswire.CipherAES, tlswire.CipherChaCha20, tlswire.Cipher3DES}, s.Cipher) &&
			slices.Contains([]tlswire.Mode{tlswire.ModeGCM, tlswire.ModeCBC, tlswire.ModePoly1305}, s.Mode)
		if which(s) && (kx || newest(s)) && usual && s.OpenSSL != "" && s.GnuTLS != "" && a.rates(s) <= severity {
			out = append(out, s)
		}
	}
	place := func(s tlswire.SuiteInfo) int {
		n := 0
		for _, worse := range []bool{!s.ForwardSecret, !s.AEAD, s.Strength < 128, s.MAC == tlswire.MACSHA1} {
			if n *= 2; worse {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(out, func(x, y tlswire.SuiteInfo) int { return place(x) - place(y) })
	return out
}

// rates is the severest opinion on a suite, in any version that is left and may choose it; one that none may is a failure.
func (a ask) rates(s tlswire.SuiteInfo) policy.Severity {
	worst, any := policy.OK, false
	for _, v := range a.versions {
		if !s.Negotiable(v) || older(s) != (v < tlswire.TLS13) {
			continue
		}
		any = true
		in := s
		in.SpecMax = v // by which a policy finds the lists about the version
		for _, role := range []policy.Role{policy.Relay, policy.Access} {
			worst = max(worst, a.policy.Suite(in, role).Severity)
		}
	}
	if !any {
		return policy.Fail
	}
	return worst
}

func (a ask) allowsGroup(g tlswire.GroupInfo) bool {
	any := false
	for _, v := range []tlswire.Version{tlswire.TLS12, tlswire.TLS13} {
		if g.MinVersion > v || g.MaxVersion < v || !slices.Contains(a.versions, v) {
			continue
		}
		any = true
		if i, ok := policy.ListOf(a.policy.GroupLists, v, g.ID); ok && worst(a.policy.GroupLists[i].Rule) > policy.Note {
			return false
		}
	}
	return any
}

func (a ask) allowsScheme(s tlswire.SignatureSchemeInfo) bool {
	any := false
	for v, may := range map[tlswire.Version]bool{tlswire.TLS12: s.TLS12, tlswire.TLS13: s.TLS13} {
		if !may || !slices.Contains(a.versions, v) {
			continue
		}
		any = true
		if i, ok := policy.ListOf(a.policy.SignatureLists, v, s.ID); ok && worst(a.policy.SignatureLists[i].Rule) > policy.Note {
			return false
		}
	}
	return any
}
