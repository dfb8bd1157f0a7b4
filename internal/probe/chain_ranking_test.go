package probe

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// picks plays a server with an order of its own.
func picks(order []int) func([]int) (int, bool) {
	return func(offered []int) (int, bool) { return firstIn(order, offered) }
}

func TestRanking(t *testing.T) {
	ok := func(pick int, offered ...int) trial[int] { return trial[int]{offered: offered, pick: pick, ok: true} }
	tests := []struct {
		name           string
		trials         []trial[int]
		client, server bool
		order          []int
	}{
		{"nothing", nil, true, true, []int{}},
		{"one", []trial[int]{ok(1, 1, 2)}, true, true, []int{1}},
		{"found in the order offered", []trial[int]{ok(1, 1, 2, 3), ok(2, 2, 3), ok(3, 3)}, true, true, []int{1, 2, 3}},
		{"against the order offered", []trial[int]{ok(3, 1, 2, 3), ok(1, 1, 2), ok(2, 2)}, false, true, []int{3, 1, 2}},
		{"the same pair both ways", []trial[int]{ok(1, 1, 2), ok(2, 2, 1)}, true, false, nil},
		{"a circle", []trial[int]{ok(1, 2, 1), ok(2, 3, 2), ok(3, 1, 3)}, false, false, nil},
		{"what is not accepted does not count", []trial[int]{ok(2, 1, 2)}, true, true, []int{2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newChain[int]()
			for _, x := range test.trials {
				c.add(x)
			}
			client, server := c.whose()
			order, _ := c.serverOrder()
			if client != test.client || server != test.server || !slices.Equal(order, test.order) {
				t.Errorf("client %v, server %v, order %v; want %v, %v, %v", client, server, order, test.client, test.server, test.order)
			}
		})
	}
}

func TestRankingIgnoresSkewedTrials(t *testing.T) {
	c := newChain[int]()
	c.add(trial[int]{offered: []int{1, 2}, pick: 2, ok: true, skewed: true})
	c.add(trial[int]{offered: []int{1, 2}, pick: 1, ok: true})
	if c.beats(2, 1) || !c.beats(1, 2) || !c.seen[2] {
		t.Errorf("beats(2, 1) = %v, beats(1, 2) = %v, seen %v; want false, true and both seen", c.beats(2, 1), c.beats(1, 2), c.seen)
	}
}

func TestSeenOutweighsRefused(t *testing.T) {
	c := newChain[int]()
	c.add(trial[int]{offered: []int{1, 2}})
	c.add(trial[int]{offered: []int{1}, pick: 1, ok: true})
	if open := c.open([]int{1, 2, 3}); !c.seen[1] || !slices.Equal(open, []int{3}) {
		t.Errorf("seen %v, open %v; want 1 seen and 3 open", c.seen, open)
	}
}

func TestNamedOrder(t *testing.T) {
	c := newChain[int]()
	for _, x := range []int{2, 3, 1} {
		c.add(trial[int]{offered: []int{x}, pick: x, ok: true, skewed: true})
	}
	c.named = []int{3, 1, 2}
	if order, ok := c.serverOrder(); !ok || !slices.Equal(order, c.named) {
		t.Errorf("order = %v, %v; want that of the server's own list, %v", order, ok, c.named)
	}
}

// TestEliminationFindsAnyOrder eliminates against random servers that pick by an order of their own.
func TestEliminationFindsAnyOrder(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		universe := rng.Perm(30)
		want := shuffled(rng, universe, 2+rng.IntN(12))
		c := run(universe, picks(want), func(_ int, list []int) []int { return shuffled(rng, list, len(list)) })
		got, ok := c.serverOrder()
		if !ok || !slices.Equal(got, want) {
			t.Errorf("seed %d: order = %v, %v; want %v", seed, got, ok, want)
		}
		if _, _, ok := c.undecidedPair(got); ok {
			t.Errorf("seed %d: neighbours are said not to be compared", seed)
		}
	}
}
