package probe

import "slices"

// trial is one step of an elimination: what was offered, in order, and what the server made of it.
type trial[T comparable] struct {
	offered []T
	pick    T
	ok      bool // false: refused, with everything else that was offered known to be acceptable
	guess   bool
	skewed  bool // says that pick is accepted, but not that it is preferred to the others offered
}

// ranks reports whether the trial shows a preference.
func (t trial[T]) ranks() bool { return t.ok && !t.guess && !t.skewed }

// chain is what trials say about one list.
type chain[T comparable] struct {
	accepted []T        // in the order found, guesses included
	seen     map[T]bool // accepted, guesses apart
	refused  map[T]bool // decided: not accepted
	trials   []trial[T]
	named    []T // the server's own statement of what it accepts, in its order
	ranked   *ranking[T]
}

func newChain[T comparable]() *chain[T] {
	return &chain[T]{seen: map[T]bool{}, refused: map[T]bool{}}
}

// add takes a trial into account. A refusal says that none of what it offered is accepted.
func (c *chain[T]) add(t trial[T]) {
	c.trials, c.ranked = append(c.trials, t), nil
	if !t.ok {
		for _, x := range t.offered {
			c.refused[x] = true
		}
		return
	}
	if !slices.Contains(c.accepted, t.pick) {
		c.accepted = append(c.accepted, t.pick)
	}
	if !t.guess {
		c.seen[t.pick] = true
	}
}

// open returns the members of universe that are neither accepted nor refused. A member that was accepted in one
// connection and refused in another is accepted: seeing it work outweighs seeing it fail.
func (c *chain[T]) open(universe []T) []T {
	accepted := make(map[T]bool, len(c.accepted))
	for _, x := range c.accepted {
		accepted[x] = true
	}
	var list []T
	for _, x := range universe {
		if !c.refused[x] && !accepted[x] {
			list = append(list, x)
		}
	}
	return list
}

// picked tells how often x was picked, or is expected to be, and whether a pick shows its place among the others.
func (c *chain[T]) picked(x T) (picks int, placed bool) {
	for _, t := range c.trials {
		if t.ok && t.pick == x {
			picks++
			placed = placed || !t.skewed
		}
	}
	return picks, placed
}

// beats reports whether some trial shows that the server prefers a to b.
func (c *chain[T]) beats(a, b T) bool { return c.ranking().better[a][b] }

// clientOrder reports whether every pick was the first of the client's list that the server accepts.
func (c *chain[T]) clientOrder() bool { return c.ranking().client }

// serverOrder reports whether all picks agree with one order of the server's own, and returns what is seen in that
// order. Members that no trial compared stand as they were found.
func (c *chain[T]) serverOrder() ([]T, bool) { return c.ranking().order, c.ranking().server }

// ranking is what the trials of a chain say about preferences.
type ranking[T comparable] struct {
	better         map[T]map[T]bool // better[a][b]: a was picked where b was offered too
	order          []T
	client, server bool
}

// ranking is worked out once: it is asked for only when all trials are in.
func (c *chain[T]) ranking() *ranking[T] {
	if c.ranked == nil {
		r := &ranking[T]{better: map[T]map[T]bool{}, client: true}
		for _, t := range c.trials {
			if t.ranks() {
				r.add(t, c.seen)
			}
		}
		found := slices.DeleteFunc(slices.Clone(c.accepted), func(x T) bool { return !c.seen[x] })
		slices.SortStableFunc(found, func(a, b T) int { return slices.Index(c.named, a) - slices.Index(c.named, b) })
		r.order, r.server = r.sort(found)
		c.ranked = r
	}
	return c.ranked
}

func (r *ranking[T]) add(t trial[T], seen map[T]bool) {
	if r.better[t.pick] == nil {
		r.better[t.pick] = map[T]bool{}
	}
	before := true
	for _, x := range t.offered {
		if x == t.pick {
			before = false
		} else if seen[x] {
			r.better[t.pick][x] = true
			r.client = r.client && !before
		}
	}
}

// sort takes the best of rest again and again: one that none of the others beats.
func (r *ranking[T]) sort(rest []T) ([]T, bool) {
	order := make([]T, 0, len(rest))
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(x T) bool {
			return !slices.ContainsFunc(rest, func(y T) bool { return r.better[y][x] })
		})
		if i < 0 {
			return nil, false
		}
		order = append(order, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	return order, true
}

// whose tells who decides, as far as the trials show.
func (c *chain[T]) whose() (client, server bool) {
	return c.ranking().client, c.ranking().server
}

// undecidedPair returns two neighbours of order that no trial compared.
func (c *chain[T]) undecidedPair(order []T) (a, b T, ok bool) {
	for i := 0; i+1 < len(order); i++ {
		if !c.beats(order[i], order[i+1]) {
			return order[i], order[i+1], true
		}
	}
	return a, b, false
}
