package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// explorer returns a suite to be offered before one that is certainly accepted, to a server that follows the client: a new
// key exchange, or a new way to protect records. If the server takes it, a family of suites is known; if not, it takes the
// certain one, which has to be found anyway. So families are explored at no cost, and the rest of the list can be foreseen.
func (p *plan) explorer(open []tlswire.Suite, certain tlswire.Suite) tlswire.Suite {
	info, _ := certain.Info()
	var best tlswire.Suite
	for _, s := range open {
		other, _ := s.Info()
		if s == certain || other.Recommended == "-" || plausibleExchange(other) == 0 {
			continue
		}
		switch {
		case p.newProtection(other) && exchangeOf(other) == exchangeOf(info):
			return s // carries the same riders
		case best == 0 && p.newExchange(other) && protectionOf(other) == protectionOf(info):
			best = s
		}
	}
	return best
}

// newProtection reports whether nothing is known about how s protects records, and nobody is asking.
func (p *plan) newProtection(s tlswire.SuiteInfo) bool {
	return p.families().protections[protectionOf(s)] == evidence.Unsure && !p.exploring(func(o tlswire.SuiteInfo) bool {
		return protectionOf(o) == protectionOf(s)
	})
}

// newExchange reports the same of its key exchange.
func (p *plan) newExchange(s tlswire.SuiteInfo) bool {
	return p.families().exchanges[exchangeOf(s)] == evidence.Unsure && !p.exploring(func(o tlswire.SuiteInfo) bool {
		return exchangeOf(o) == exchangeOf(s)
	})
}

func (p *plan) exploring(match func(tlswire.SuiteInfo) bool) bool {
	return p.flying(func(f flight) bool {
		info, _ := explored(f.offer).Info()
		return explored(f.offer) != 0 && match(info)
	}) > 0
}

// explored returns the suite that o explores, or 0.
func explored(o evidence.Offer) tlswire.Suite {
	if len(o.Suites.First) < 2 {
		return 0
	}
	return o.Suites.First[0]
}

// reserved returns the suites of version v that connections under way explore: no other may offer them meanwhile.
func (p *plan) reserved(v tlswire.Version) []tlswire.Suite {
	var list []tlswire.Suite
	for _, f := range p.flights {
		if s := explored(f.offer); s != 0 && f.offer.Version == v && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
