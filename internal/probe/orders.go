package probe

import (
	_ "embed" // for orders.txt
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

//go:embed data/orders.txt
var ordersText string

// stackOrders are the orders of common TLS stacks.
var stackOrders = readOrders(ordersText)

func readOrders(text string) [][]tlswire.Suite {
	var out [][]tlswire.Suite
	for line := range strings.Lines(text) {
		_, codes, ok := strings.Cut(line, " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		var list evidence.SuiteCodes
		if list.UnmarshalText([]byte(codes)) == nil {
			out = append(out, list)
		}
	}
	return out
}

// guessByServer returns the suite that a server with an order of its own will most likely pick from open: by the order
// another version showed, or else by that of the stack whose order agrees best with what was seen.
func (p *plan) guessByServer(v tlswire.Version, open []tlswire.Suite) (tlswire.Suite, bool) {
	for _, w := range versions {
		if w == v || !old(w) || !p.closed(w) || !p.known(v) {
			continue
		}
		order, _ := p.tracks[w].suites.serverOrder()
		if s, ok := firstIn(order, open); ok {
			return s, true
		}
	}
	s, ok := firstIn(p.bestOrder(v), p.likelyAmong(v, open))
	if !ok {
		s, _ = p.best(v, open)
	}
	return s, ok
}

func firstIn[T comparable](order, among []T) (T, bool) {
	for _, x := range order {
		if slices.Contains(among, x) {
			return x, true
		}
	}
	var none T
	return none, false
}

// bestOrder returns the stack order with the fewest contradictions to the picks seen in version v.
func (p *plan) bestOrder(v tlswire.Version) []tlswire.Suite {
	var best []tlswire.Suite
	fewest := -1
	for _, order := range stackOrders {
		n := contradictions(order, p.tracks[v].suites)
		if fewest < 0 || n < fewest {
			best, fewest = order, n
		}
	}
	return best
}

// contradictions counts pairs of accepted suites that stand in another order than the server showed.
func contradictions(order []tlswire.Suite, c *chain[tlswire.Suite]) int {
	n := 0
	found, _ := c.serverOrder()
	for i := 0; i+1 < len(found); i++ {
		a, b := slices.Index(order, found[i]), slices.Index(order, found[i+1])
		if a < 0 || b >= 0 && a > b {
			n++
		}
	}
	return n
}
