package check

import (
	"slices"
	"sync"
)

// All returns every check, in the order of reports.
func All() []Check { return slices.Clone(table()) }

// table is made once: reports look checks up by the hundred.
var table = sync.OnceValue(func() []Check {
	return slices.Concat(
		starttlsChecks(),
		beforeTLSChecks(),
		loginChecks(),
		insideChecks(),
		bannerChecks(),
		portChecks(),
		versionChecks(),
		suiteChecks(),
		derivedSuiteChecks(),
		rareSuiteChecks(),
		orderChecks(),
		handshakeChecks(),
		signatureChecks(),
		exchangeChecks(),
		groupChecks(),
		defenceChecks(),
		toleranceChecks(),
		attackChecks(),
		validityChecks(),
		chainChecks(),
		usageChecks(),
		trustChecks(),
		nameChecks(),
		lifetimeChecks(),
		strengthChecks(),
		keyChecks(),
		rsaChecks(),
		debianChecks(),
		knownKeyChecks(),
		proofChecks(),
		revocationChecks(),
		lintChecks(),
	)
})

// byID are all checks by their IDs.
var byID = sync.OnceValue(func() map[string]*Check {
	out := make(map[string]*Check)
	for _, list := range [][]Check{domainTable(), table()} {
		for i := range list {
			out[list[i].ID] = &list[i]
		}
	}
	return out
})

// ByID returns the check with that id, of [All] or of [Domains].
func ByID(id string) (Check, bool) {
	if c, ok := byID()[id]; ok {
		return *c, true
	}
	return Check{}, false
}
