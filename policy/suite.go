package policy

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// SuiteMatch describes cipher suites by the columns of the suite table, never by their names. A suite matches if it
// fits all fields that are set; of a list, one value is enough. The zero SuiteMatch matches nothing.
type SuiteMatch struct {
	KeyExchange   []tlswire.KeyExchange `json:"key_exchange,omitempty"`
	Cipher        []tlswire.Cipher      `json:"cipher,omitempty"`
	Mode          []tlswire.Mode        `json:"mode,omitempty"`
	Bits          []int                 `json:"bits,omitempty"` // nominal key size
	Null          *bool                 `json:"null,omitempty"`
	Anonymous     *bool                 `json:"anonymous,omitempty"`
	Export        *bool                 `json:"export,omitempty"`
	ForwardSecret *bool                 `json:"forward_secret,omitempty"`
}

// Matches reports whether s fits.
func (m SuiteMatch) Matches(s tlswire.SuiteInfo) bool {
	return !m.isZero() &&
		among(m.KeyExchange, s.KeyExchange) &&
		among(m.Cipher, s.Cipher) &&
		among(m.Mode, s.Mode) &&
		among(m.Bits, s.Bits) &&
		fits(m.Null, s.Null) &&
		fits(m.Anonymous, s.Anonymous) &&
		fits(m.Export, s.Export) &&
		fits(m.ForwardSecret, s.ForwardSecret)
}

func (m SuiteMatch) isZero() bool {
	return len(m.KeyExchange)+len(m.Cipher)+len(m.Mode)+len(m.Bits) == 0 &&
		m.Null == nil && m.Anonymous == nil && m.Export == nil && m.ForwardSecret == nil
}

func among[T comparable](list []T, x T) bool { return len(list) == 0 || slices.Contains(list, x) }

func fits(want *bool, have bool) bool { return want == nil || *want == have }
