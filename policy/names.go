package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// names finds a name that can match nothing, most likely a slip: in what describes suites, keys and groups.
func (p *Policy) names() error {
	for i, r := range p.Suites {
		for _, err := range []error{
			used("key_exchange", r.Match.KeyExchange, func(s tlswire.SuiteInfo) tlswire.KeyExchange { return s.KeyExchange }),
			used("cipher", r.Match.Cipher, func(s tlswire.SuiteInfo) tlswire.Cipher { return s.Cipher }),
			used("mode", r.Match.Mode, func(s tlswire.SuiteInfo) tlswire.Mode { return s.Mode }),
			used("bits", r.Match.Bits, func(s tlswire.SuiteInfo) int { return s.Bits }),
		} {
			if err != nil {
				return fmt.Errorf("suites[%d]: %s: %w", i, r.Check, err)
			}
		}
	}
	for i, r := range p.Keys {
		kinds := []KeyKind{KeyDH, KeyRSA, KeyDSA, KeyEC}
		switch {
		case !slices.Contains(kinds, r.Kind):
			return fmt.Errorf("keys[%d]: kind %q: want one of %s", i, r.Kind, kinds)
		case r.Below <= 0:
			return fmt.Errorf("keys[%d]: below must be a number of bits", i)
		}
	}
	for i, l := range p.DHLists {
		for _, name := range l.Of {
			if name != "" && !slices.Contains(tlswire.DHPrimeNames(), name) {
				return fmt.Errorf("dh_lists[%d]: %s: no prime is called %q: want names such as ffdhe3072", i, l.ID, name)
			}
		}
	}
	for i, l := range p.CertKeyLists {
		for _, name := range l.Of {
			curve, ec := strings.CutPrefix(name, "EC ")
			if g, ok := tlswire.GroupByName(curve); ec && (!ok || g.String() != curve) {
				return fmt.Errorf("cert_key_lists[%d]: %s: no curve is called %q", i, l.ID, curve)
			}
		}
	}
	return nil
}

// used finds a value that no suite has in that column.
func used[T comparable](field string, list []T, column func(tlswire.SuiteInfo) T) error {
	for _, x := range list {
		if !slices.ContainsFunc(tlswire.Suites(), func(s tlswire.SuiteInfo) bool { return column(s) == x }) {
			return fmt.Errorf("%s: no cipher suite has %v", field, x)
		}
	}
	return nil
}
