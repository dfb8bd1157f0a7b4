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

// ByID returns the check with that id, of [All] or of [Domains].
func ByID(id string) (Check, bool) {
	for _, list := range [][]Check{table(), domainTable()} {
		for _, c := range list {
			if c.ID == id {
				return c, true
			}
		}
	}
	return Check{}, false
}
