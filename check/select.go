package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Tries reports whether the check is about an attack that a scan may have to try out: it reads one of
// [evidence.WeaknessKeys].
func (c *Check) Tries() bool {
	return c.Active || slices.ContainsFunc(c.Needs, func(n evidence.Need) bool { return slices.Contains(evidence.WeaknessKeys(), n.Key) })
}

// Selected reports whether a report that is about the checks of only, or about all if there are none, without those of skip,
// has the check with that id.
func Selected(id string, only, skip []string) bool {
	return (len(only) == 0 || slices.Contains(only, id)) && !slices.Contains(skip, id)
}

// NeedsOf returns the facts about endpoints that checks with these ids read.
func NeedsOf(ids ...string) []evidence.Need {
	var list []evidence.Need
	for _, c := range slices.Concat(All(), Domains()) {
		if !slices.Contains(ids, c.ID) {
			continue
		}
		list = append(list, c.Needs...)
		for _, n := range c.Needs {
			list = append(list, beneath(n.Key)...)
		}
		for _, k := range c.Also {
			list = append(list, evidence.Need{Key: k})
		}
	}
	return list
}

// beneath returns what has to be known of suites before anything can be said about the fact of k: who accepts none with groups
// has no groups, and without RSA key exchange or CBC there is nothing for an attack on them to try.
func beneath(k *evidence.Key) []evidence.Need {
	var tests []func(tlswire.Version, tlswire.SuiteInfo) bool
	switch k {
	case evidence.KeyGroupsTLS12:
		tests = append(tests, func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeECDHE })
	case evidence.KeyROBOT:
		tests = append(tests, func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeRSA })
	case evidence.KeyPaddingOracle:
		for _, want := range tlswire.Versions() {
			tests = append(tests, func(v tlswire.Version, s tlswire.SuiteInfo) bool { return v == want && isCBC(v, s) })
		}
	case evidence.KeyRepeatedNonces:
		tests = append(tests, func(v tlswire.Version, s tlswire.SuiteInfo) bool {
			return v == tlswire.TLS12 && s.Mode == tlswire.ModeGCM
		})
	}
	var out []evidence.Need
	for _, test := range tests {
		out = append(out, evidence.Need{Key: evidence.KeySuites, Any: test})
	}
	return out
}

// Quickly reports whether a quick scan learns all of needs. What follows from whole lists of suites it may leave open, and what
// needs sessions that were chosen from them.
func Quickly(needs []evidence.Need) bool {
	slow := []*evidence.Key{evidence.KeyExtensions, evidence.KeyPreference, evidence.KeyKeyReuse, evidence.KeySessionTicket,
		evidence.KeyTicketbleed, evidence.KeyWeakTickets, evidence.KeyRepeatedNonces, evidence.KeyPSKWithoutDHE, evidence.KeyPaddingOracle,
		evidence.KeyInsecureRenegotiation, evidence.KeyClientRenegotiation}
	return !slices.ContainsFunc(needs, func(n evidence.Need) bool {
		return slices.Contains(slow, n.Key) || n.Key == evidence.KeySuites && n.Any == nil
	})
}

// Spared returns the facts that nobody reads where only and skip select the checks: those of other checks alone, unless they
// are among rows, which policies read beside.
func Spared(only, skip []string, rows []evidence.Need) []*evidence.Key {
	read := map[*evidence.Key]bool{}
	for _, n := range rows {
		read[n.Key] = true
	}
	var spared []*evidence.Key
	for _, c := range slices.Concat(All(), Domains()) {
		if Selected(c.ID, only, skip) {
			for _, k := range c.keys() {
				read[k] = true
			}
			continue
		}
		for _, n := range c.Needs {
			spared = append(spared, n.Key)
		}
	}
	tickets := []*evidence.Key{evidence.KeySessionTicket, evidence.KeyTicketbleed, evidence.KeyPSKWithoutDHE, evidence.KeyWeakTickets}
	if slices.ContainsFunc(tickets, func(k *evidence.Key) bool { return read[k] }) { // what brings them
		read[evidence.KeySessionTicket], read[evidence.KeyWeakTickets], read[evidence.KeyRepeatedNonces] = true, true, true
	}
	return slices.DeleteFunc(spared, func(k *evidence.Key) bool { return read[k] })
}

// leavesOut reports whether the finding f of c says no more than that the scan did not ask, because it was not to.
func (s *Subject) leavesOut(c *Check, f Finding) bool {
	switch {
	case slices.Contains(s.Skip, c.ID):
		return true
	case f.Level != Undecided:
		return false
	case c.Tries():
		return c.untried(f) || c.Active && s.Quick || s.Passive || f.Message == evidence.NotAsked
	}
	return c.Extra && (s.Quick && f.Aside && len(c.Asked) == 0 || f.Message == evidence.NotAsked)
}
