package report

import (
	"math"
	"slices"
	"sort"

	"github.com/mailtls/mailtls/evidence"
)

// counts reports whether senders may go there. Where no address is known there may be one.
func counts(h evidence.Hop) bool { return h.DANE.Cause != evidence.NoAddress }

// weigh gives the exchangers of the best preference half of the weight of all that follow, and so on: as much as 1, 1/2, 1/4 … to
// each preference, shared by its exchangers. The sum is 1. Exchangers without an address take no mail, and weigh nothing.
func weigh(d *evidence.Domain) map[string]float64 {
	byPreference := map[int][]string{}
	for _, h := range d.Hops {
		if counts(h) && !slices.Contains(byPreference[h.Preference], h.Host) {
			byPreference[h.Preference] = append(byPreference[h.Preference], h.Host)
		}
	}
	var preferences []int
	for p := range byPreference {
		preferences = append(preferences, p)
	}
	slices.Sort(preferences)
	out, sum := map[string]float64{}, 0.0
	for i, p := range preferences {
		weight := math.Pow(0.5, float64(i))
		sum += weight
		hosts := byPreference[p]
		of := len(hosts)
		if slices.Contains(hosts, "") { // which stands for all that are left out
			of += d.Exchange.Value.LeftOut - 1
		}
		for _, host := range hosts {
			share := 1
			if host == "" {
				share = d.Exchange.Value.LeftOut
			}
			out[host] += weight * float64(share) / float64(of)
		}
	}
	for host := range out {
		out[host] /= sum
	}
	return out
}

func hostsInOrder(d *evidence.Domain) []string {
	var out []string
	for _, h := range d.Hops {
		if !slices.Contains(out, h.Host) {
			out = append(out, h.Host)
		}
	}
	return out
}

// share is that part of whole, rounded down so that more is never said than is so.
func share(whole, part, of int) int {
	if of == 0 {
		return 0
	}
	return whole * part / of
}

// rounded returns whole numbers that are near to the exact ones and add up to sum: the largest remainders are rounded up.
func rounded(exact []float64, sum int) []int {
	out, order := make([]int, len(exact)), make([]int, len(exact))
	for i, x := range exact {
		out[i], order[i] = int(math.Floor(x+1e-9)), i
		sum -= out[i]
	}
	sort.SliceStable(order, func(a, b int) bool {
		return exact[order[a]]-float64(out[order[a]]) > exact[order[b]]-float64(out[order[b]])
	})
	for _, i := range order[:max(0, min(sum, len(order)))] {
		out[i]++
	}
	return out
}
