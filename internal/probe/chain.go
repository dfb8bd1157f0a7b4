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
}

func newChain[T comparable]() *chain[T] {
	return &chain[T]{seen: map[T]bool{}, refused: map[T]bool{}}
}

// add takes a trial into account. A refusal says that none of what it offered is accepted.
func (c *chain[T]) add(t trial[T]) {
	c.trials = append(c.trials, t)
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
	var list []T
	for _, x := range universe {
		if !c.refused[x] && !slices.Contains(c.accepted, x) {
			list = append(list, x)
		}
	}
	return list
}

// beats reports whether some trial shows that the server prefers a to b.
func (c *chain[T]) beats(a, b T) bool {
	for _, t := range c.trials {
		if t.ranks() && t.pick == a && slices.Contains(t.offered, b) {
			return true
		}
	}
	return false
}

// clientOrder reports whether every pick was the first of the client's list that the server accepts.
func (c *chain[T]) clientOrder() bool {
	for _, t := range c.trials {
		if !t.ranks() {
			continue
		}
		for _, x := range t.offered {
			if x == t.pick {
				break
			}
			if c.seen[x] {
				return false
			}
		}
	}
	return true
}

// serverOrder reports whether all picks agree with one order of the server's own, and returns what is seen in that
// order. Members that no trial compared stand as they were found.
func (c *chain[T]) serverOrder() ([]T, bool) {
	rest := slices.DeleteFunc(slices.Clone(c.accepted), func(x T) bool { return !c.seen[x] })
	order := make([]T, 0, len(rest))
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(x T) bool { return !c.beaten(x, rest) })
		if i < 0 {
			return nil, false
		}
		order = append(order, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	return order, true
}

// beaten reports whether some member of list is preferred to x.
func (c *chain[T]) beaten(x T, list []T) bool {
	for _, t := range c.trials {
		if t.ranks() && t.pick != x && slices.Contains(list, t.pick) && slices.Contains(t.offered, x) {
			return true
		}
	}
	return false
}

// whose tells who decides, as far as the trials show.
func (c *chain[T]) whose() (client, server bool) {
	_, server = c.serverOrder()
	return c.clientOrder(), server
}

// undecidedPair returns two members of order whose comparison is missing: neighbours that no trial compared, or, where
// the trials fit both kinds of preference, a pair whose order on the wire was never reversed.
func (c *chain[T]) undecidedPair(order []T) (a, b T, ok bool) {
	for i := 0; i+1 < len(order); i++ {
		if !c.beats(order[i], order[i+1]) {
			return order[i], order[i+1], true
		}
	}
	return a, b, false
}
