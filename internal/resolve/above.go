package resolve

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// MaxAbove is how many names [Above] returns at most: a stranger may have made the name long, and each is a question.
const MaxAbove = 10

// Above is the registered domain of a name (by the list of https://publicsuffix.org), and what is below it on the way to the name, which ends them.
// They are where the owners of a name can say something about it in the DNS. A name that is in no registered domain is alone.
func Above(name string) []string {
	top, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return []string{name}
	}
	out := []string{top}
	labels := strings.Split(strings.TrimSuffix(strings.TrimSuffix(name, top), "."), ".")
	for i := len(labels) - 1; i >= 0 && labels[i] != "" && len(out) < MaxAbove; i-- {
		out = append(out, labels[i]+"."+out[len(out)-1])
	}
	return out
}
