package notify

import (
	"maps"
	"strings"
	"time"

	"github.com/mailtls/mailtls/report"
)

// inherit is what is remembered, where a server is at another address than that at which it was told to be silent, or at one at all: it is
// silent there until it is seen to answer.
func inherit(told map[string]string, r *report.Report) map[string]string {
	there, hosts := addresses(r)
	out := maps.Clone(told)
	for key, value := range told {
		id, isReach := strings.CutPrefix(key, string(Reach)+" ")
		place, former, _ := strings.Cut(id, " ")
		if !isReach || value != silent || !hosts[place] || there[key] {
			continue
		}
		for i := range r.Endpoints {
			t := r.Endpoints[i].Target
			if now := reachKey(t); placeOf(t) == place && (former == "" || told[now] == "") {
				out[now] = silent
			}
		}
	}
	return out
}

// addresses are the keys of all that a report has, and the places of which it has some.
func addresses(r *report.Report) (there, hosts map[string]bool) {
	there, hosts = make(map[string]bool), make(map[string]bool)
	for i := range r.Endpoints {
		t := r.Endpoints[i].Target
		there[reachKey(t)] = true
		hosts[placeOf(t)] = hosts[placeOf(t)] || t.Address != ""
	}
	return there, hosts
}

// forget drops what is remembered of addresses that a host is known to have no more, and of certificates that have long expired.
func forget(told map[string]string, r *report.Report) {
	there, hosts := addresses(r)
	for key := range told {
		kind, id, _ := strings.Cut(key, " ")
		switch place, _, _ := strings.Cut(id, " "); Kind(kind) {
		case Reach:
			if hosts[place] && !there[key] {
				delete(told, key)
			}
		case Expiry:
			_, until, _ := strings.Cut(id, " ")
			if t, err := time.Parse(time.DateOnly, until); err == nil && r.Run.Start.Sub(t) > rememberFor {
				delete(told, key)
			}
		}
	}
}

// rememberFor is how long after its end a certificate is remembered, in case that some server still shows it.
const rememberFor = 90 * 24 * time.Hour
