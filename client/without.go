package client

import (
	"maps"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// Change is something that a server could stop accepting.
type Change struct {
	Name  string // short, as on the command line: "3des"
	Title string // for people

	drops  func(tlswire.Version, tlswire.SuiteInfo) bool
	groups func(tlswire.Version, tlswire.Group) bool // nil: it drops none
}

// Changes are those that have a name, oldest first.
func Changes() []Change {
	return []Change{
		versionChange("sslv3", tlswire.SSLv3), versionChange("tls1.0", tlswire.TLS10), versionChange("tls1.1", tlswire.TLS11),
		versionChange("tls1.2", tlswire.TLS12),
		{"null", "suites that do not encrypt", func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Null }, nil},
		{"anon", "anonymous suites", func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Anonymous }, nil},
		{"export", "export suites", func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Export }, nil},
		{"des", "DES", cipher(tlswire.CipherDES, tlswire.CipherDES40), nil},
		{"rc4", "RC4", cipher(tlswire.CipherRC4), nil},
		{"3des", "3DES and other ciphers of 64-bit blocks", func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Block64 }, nil},
		{"cbc", "CBC", func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Mode == tlswire.ModeCBC }, nil},
		{"rsa-kx", "key exchange by RSA", func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeRSA }, nil},
		{"dhe", "DHE suites", func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeDHE }, nil},
	}
}

// ChangeNamed finds a change by its name.
func ChangeNamed(name string) (Change, bool) {
	for _, c := range Changes() {
		if c.Name == name {
			return c, true
		}
	}
	return Change{}, false
}

// AsAdvised is to accept nothing any more that p objects to in a server of that role, be it by a warning.
func AsAdvised(p *policy.Policy, role policy.Role) Change {
	return Change{"as advised", "all that policy " + p.Name + " objects to", func(v tlswire.Version, s tlswire.SuiteInfo) bool {
		s.SpecMax = v // a list may be about some versions only
		return p.TLSVersion(v).For(role).Severity >= policy.Warn || p.Suite(s, role).Severity >= policy.Warn
	}, func(v tlswire.Version, g tlswire.Group) bool {
		i, ok := policy.ListOf(p.GroupLists, v, g)
		return ok && p.GroupLists[i].For(role).Severity >= policy.Warn
	}}
}

func versionChange(name string, v tlswire.Version) Change {
	return Change{name, v.String(), func(w tlswire.Version, _ tlswire.SuiteInfo) bool { return v == w }, nil}
}

func cipher(list ...tlswire.Cipher) func(tlswire.Version, tlswire.SuiteInfo) bool {
	return func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return slices.Contains(list, s.Cipher) }
}

// Touches reports whether the server is seen to accept something that the change would end.
func (c Change) Touches(e *evidence.Endpoint) bool {
	if e.Facts.Suites.Value.Any(c.suite) {
		return true
	}
	return slices.ContainsFunc(e.Facts.GroupsTLS13.Value, func(g tlswire.Group) bool { return c.group(tlswire.TLS13, g) }) ||
		slices.ContainsFunc(e.Facts.GroupsTLS12.Value, func(g tlswire.Group) bool { return c.group(tlswire.TLS12, g) })
}

func (c Change) group(v tlswire.Version, g tlswire.Group) bool {
	return c.groups != nil && c.groups(v, g)
}

func (c Change) suite(v tlswire.Version, s tlswire.Suite) bool {
	info, ok := s.Info()
	return ok && c.drops(v, info)
}

// Without returns the evidence of the same server after changes, to be simulated and for nothing else. The evidence given
// stays as it is. A version that is left without suites is no longer spoken.
func Without(e *evidence.Endpoint, changes ...Change) *evidence.Endpoint {
	out := *e
	drops := func(v tlswire.Version, s tlswire.Suite) bool {
		return slices.ContainsFunc(changes, func(c Change) bool { return c.suite(v, s) })
	}
	suites := &out.Facts.Suites
	suites.Value, suites.Open = keep(suites.Value, drops), keep(suites.Open, drops)
	for v, f := range map[tlswire.Version]*evidence.Fact[[]tlswire.Group]{tlswire.TLS12: &out.Facts.GroupsTLS12, tlswire.TLS13: &out.Facts.GroupsTLS13} {
		gone := func(g tlswire.Group) bool {
			return slices.ContainsFunc(changes, func(c Change) bool { return c.group(v, g) })
		}
		f.Value, f.Open = slices.DeleteFunc(slices.Clone(f.Value), gone), slices.DeleteFunc(slices.Clone(f.Open), gone)
	}
	gone := func(v tlswire.Version) bool {
		had := len(e.Facts.Suites.Value[v])+len(e.Facts.Suites.Open[v]) > 0
		return had && len(suites.Value[v])+len(suites.Open[v]) == 0
	}
	versions := &out.Facts.Versions
	versions.Value = slices.DeleteFunc(slices.Clone(versions.Value), gone)
	versions.Open = slices.DeleteFunc(slices.Clone(versions.Open), gone)
	return &out
}

func keep(in evidence.PerVersion[tlswire.Suite], drops func(tlswire.Version, tlswire.Suite) bool) evidence.PerVersion[tlswire.Suite] {
	out := maps.Clone(in)
	for v, list := range out {
		out[v] = slices.DeleteFunc(slices.Clone(list), func(s tlswire.Suite) bool { return drops(v, s) })
	}
	return out
}

// Cut is what a change does to one client.
type Cut struct {
	Profile       *Profile
	Before, After Result
}

// Cuts are the clients that a change would cut off, or might.
type Cuts struct {
	Off  []Cut // they work now, and would not afterwards
	Open []Cut // that is not decided
}

// CutOff compares what profiles get from a server before a change, as [Results] has it, and after.
func CutOff(profiles []Profile, before []Result, after *evidence.Endpoint) Cuts {
	var out Cuts
	for i := range profiles {
		c := Cut{Profile: &profiles[i], Before: before[i]}
		if c.Before.Outcome == Fails {
			continue
		}
		switch c.After = Simulate(c.Profile, after); {
		case c.After.Outcome == Works:
		case c.Before.Outcome == Works && c.After.Outcome == Fails:
			out.Off = append(out.Off, c)
		case c.After != c.Before: // else the change has nothing to do with it
			out.Open = append(out.Open, c)
		}
	}
	return out
}

// Coming returns the profiles that would come to a server of that protocol, those that users have apart from those that
// send for others.
func Coming(profiles []Profile, protocol string) (users, senders []Profile) {
	for _, p := range profiles {
		switch {
		case !p.Speaks(protocol):
		case p.Kind == SendingServer:
			senders = append(senders, p)
		default:
			users = append(users, p)
		}
	}
	return users, senders
}
