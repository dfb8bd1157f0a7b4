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
	rng, all, seen, more := rand.New(rand.NewPCG(1, 2)), slices.Concat(drawn...), clumps(drawn), 0
	for range lotShuffles {
		rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		from := 0
		for i := range drawn {
			from += copy(drawn[i], all[from:])
		}
		if clumps(drawn) >= seen {
			more++
		}
	}
	return float64(more) >= lotChance*lotShuffles
}

// clumps is larger the more the reactions depend on the vector: for each, the sum of the squares of how often each came, by how
// many there were.
func clumps(drawn [][]string) (sum float64) {
	for _, list := range drawn {
		for _, n := range tally(list) {
			sum += float64(n*n) / float64(len(list))
		}
	}
	return sum
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
