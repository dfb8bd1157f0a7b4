package probe

import (
	"slices"
	"testing"
)

// run plays elimination against a server that picks with pick until it refuses.
func run(universe []int, pick func([]int) (int, bool), order func(step int, list []int) []int) *chain[int] {
	c := newChain[int]()
	for step := 0; ; step++ {
		offered := order(step, c.open(universe))
		if len(offered) == 0 {
			return c
		}
		p, ok := pick(offered)
		c.add(trial[int]{offered: offered, pick: p, ok: ok})
	}
}

func alternate(step int, list []int) []int {
	if step%2 == 1 {
		slices.Reverse(list)
	}
	return list
}

func TestChainServerOrder(t *testing.T) {
	want := []int{5, 2, 7, 1}
	c := run([]int{1, 2, 3, 4, 5, 6, 7}, func(offered []int) (int, bool) {
		for _, x := range want {
			if slices.Contains(offered, x) {
				return x, true
			}
		}
		return 0, false
	}, alternate)
	got, ok := c.serverOrder()
	if !ok || !slices.Equal(got, want) {
		t.Errorf("server order = %v, %v; want %v", got, ok, want)
	}
	if c.clientOrder() {
		t.Error("clientOrder = true for a server with its own order")
	}
	if _, _, missing := c.undecidedPair(got); missing {
		t.Error("undecidedPair: a comparison is missing after a full elimination")
	}
}

func TestChainClientOrder(t *testing.T) {
	has := []int{1, 4, 6}
	c := run([]int{1, 2, 3, 4, 5, 6, 7}, func(offered []int) (int, bool) {
		for _, x := range offered {
			if slices.Contains(has, x) {
				return x, true
			}
		}
		return 0, false
	}, alternate)
	if !c.clientOrder() {
		t.Error("clientOrder = false")
	}
	if len(c.seen) != 3 || len(c.open([]int{1, 2, 3, 4, 5, 6, 7})) != 0 {
		t.Errorf("seen %v, open %v", c.seen, c.open([]int{1, 2, 3, 4, 5, 6, 7}))
	}
}

func TestChainGuessDecidesNothing(t *testing.T) {
	c := newChain[int]()
	c.add(trial[int]{offered: []int{1, 2}, pick: 2, ok: true, guess: true})
	if c.seen[2] || c.beats(2, 1) || !c.clientOrder() {
		t.Error("a guess counts as evidence")
	}
	if open := c.open([]int{1, 2}); !slices.Equal(open, []int{1}) {
		t.Errorf("open = %v, want [1]: a guess is planned upon", open)
	}
}
