package policy

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// names finds a name that can match nothing, most likely a slip: in what describes suites, keys and groups.
func (p *Policy) names() error {
	suites := tlswire.Suites()
	for i, r := range p.Suites {
		for _, err := range []error{
			used(suites, "key_exchange", r.Match.KeyExchange, func(s tlswire.SuiteInfo) tlswire.KeyExchange { return s.KeyExchange }),
			used(suites, "cipher", r.Match.Cipher, func(s tlswire.SuiteInfo) tlswire.Cipher { return s.Cipher }),
			used(suites, "mode", r.Match.Mode, func(s tlswire.SuiteInfo) tlswire.Mode { return s.Mode }),
			used(suites, "bits", r.Match.Bits, func(s tlswire.SuiteInfo) int { return s.Bits }),
			matches(suites, r.Match),
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
				text := fmt.Sprintf("no prime is called %q: want names such as ffdhe3072", name)
				return fmt.Errorf("dh_lists[%d]: %s: %w", i, l.ID, &UnknownName{name, tlswire.DHPrimeNames(), text})
			}
		}
	}
	return p.certNames()
}

// used finds a value that no suite has in that column.
func used[T comparable](suites []tlswire.SuiteInfo, field string, list []T, column func(tlswire.SuiteInfo) T) error {
	for _, x := range list {
		if !slices.ContainsFunc(suites, func(s tlswire.SuiteInfo) bool { return column(s) == x }) {
			var known []string
			for _, s := range suites {
				known = append(known, fmt.Sprint(column(s)))
			}
			name := fmt.Sprint(x)
			return fmt.Errorf("%s: %w", field, &UnknownName{name, known, "no cipher suite has " + name})
		}
	}
	return nil
}

// matches wants a description of suites to fit one at least.
func matches(suites []tlswire.SuiteInfo, m SuiteMatch) error {
	if !m.isZero() && !slices.ContainsFunc(suites, m.Matches) {
		return errors.New("match: no cipher suite is all of this")
	}
	return nil
}
