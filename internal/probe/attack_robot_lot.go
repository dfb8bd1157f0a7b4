package probe

import (
	"math/rand/v2"
	"slices"
)

// A server may draw its reactions by lot, whatever is sent. That is none to find an oracle in, as far as a scan can see: no vector
// has a reaction that makes up most of what it got, and the vectors differ no more than when all reactions are shuffled.
const (
	lotRounds   = 6    // reactions to each vector
	lotShuffles = 1000 // which are the same each time
	lotChance   = 0.01 // how many of them have to differ as much
)

// byLot reports whether the reactions look as if they were drawn.
func byLot(list []vectorSeen) bool {
	drawn := make([][]string, len(list))
	for i := range list {
		for _, r := range list[i].replies {
			drawn[i] = append(drawn[i], r.reaction.Class())
		}
		if list[i].mute() || len(drawn[i]) < lotRounds || 2*most(drawn[i]) > len(drawn[i]) {
			return false
		}
	}
	return float64(asMuchApart(drawn)) >= lotChance*lotShuffles
}

// asMuchApart counts the shuffles of all reactions after which one vector differs as much from the others as in drawn.
func asMuchApart(drawn [][]string) int {
	rng, all, seen, more := rand.New(rand.NewPCG(1, 2)), slices.Concat(drawn...), apartness(drawn), 0
	drawn = slices.Clone(drawn)
	for i := range drawn {
		drawn[i] = slices.Clone(drawn[i])
	}
	for range lotShuffles {
		rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		from := 0
		for i := range drawn {
			from += copy(drawn[i], all[from:])
		}
		if apartness(drawn) >= seen-1e-9 {
			more++
		}
	}
	return more
}

// apartness is how far the vector that differs most from all others does so: the squares of how much oftener or less often each
// reaction came than to all, by how often that is (Pearson's chi-squared).
func apartness(drawn [][]string) (worst float64) {
	common := tally(slices.Concat(drawn...))
	all := 0
	for _, n := range common {
		all += n
	}
	for _, list := range drawn {
		own, sum := tally(list), 0.0
		for class, n := range common {
			usual := float64(n*len(list)) / float64(all)
			sum += (float64(own[class]) - usual) * (float64(own[class]) - usual) / usual
		}
		worst = max(worst, sum)
	}
	return worst
}

// most is how often the commonest of list is there.
func most(list []string) int {
	n := 0
	for _, k := range tally(list) {
		n = max(n, k)
	}
	return n
}

func tally(list []string) map[string]int {
	n := map[string]int{}
	for _, x := range list {
		n[x]++
	}
	return n
}
