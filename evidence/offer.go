package evidence

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// Offer is what one connection offered: a template (the version's full hello, docs/evidence.md) and the differences
// from it. A nil list means the template's.
type Offer struct {
	Version   tlswire.Version           `json:"version"` // the one version offered
	Suites    SuiteOffer                `json:"suites,omitzero"`
	Groups    []tlswire.Group           `json:"groups,omitempty"`
	Schemes   []tlswire.SignatureScheme `json:"schemes,omitempty"`
	KeyShares []tlswire.Group           `json:"key_shares,omitempty"` // TLS 1.3; none makes the server name suite and group in a HelloRetryRequest
	Variants  []Variant                 `json:"variants,omitempty"`
	Attack    Attack                    `json:"attack,omitempty"` // tried out behind this hello
	Vector    string                    `json:"vector,omitempty"` // which form of it
}

// Variant is a further difference from the template.
type Variant string

const (
	WithoutSNI    Variant = "no-sni"
	HigherVersion Variant = "higher-version" // legacy_version 0x0304 without supported_versions
	WithGREASE    Variant = "grease"         // reserved extensions, groups and suites, RFC 8701
	Padded256     Variant = "size-256"       // padded to 256–511 bytes
	Padded512     Variant = "size-512"       // padded above 512 bytes
	Padded1500    Variant = "size-1500"
	Padded4096    Variant = "size-4096"
	Fragmented    Variant = "fragments"     // hello split over several records
	FallbackSCSV  Variant = "fallback-scsv" // RFC 7507
	UnknownFirst  Variant = "unknown-first" // 65 unassigned suites before the real ones
	ChaChaFirst   Variant = "chacha-first"
	Minimal       Variant = "minimal"  // short lists and few extensions, for servers that fail on long hellos
	WithALPN      Variant = "alpn"     // the mail protocol's name, RFC 7301
	Finished      Variant = "finished" // the handshake is finished and the mail protocol goes on inside
	ServerFlight  Variant = "flight"   // TLS 1.3: read to the end of the server's flight
)

// Has reports whether the offer differs from the template by v.
func (o Offer) Has(v Variant) bool { return slices.Contains(o.Variants, v) }

// SuiteOffer selects from the template's suites.
type SuiteOffer struct {
	Only    SuiteCodes `json:"only,omitempty"`    // offer just these, in this order
	Without SuiteCodes `json:"without,omitempty"` // leave these out
	First   SuiteCodes `json:"first,omitempty"`   // put these first, in this order
	Last    SuiteCodes `json:"last,omitempty"`    // put these last
}

// IsZero reports whether the template's suites are offered as they are.
func (s SuiteOffer) IsZero() bool { return len(s.Only)+len(s.Without)+len(s.First)+len(s.Last) == 0 }

// SuiteCodes is a list of cipher suites whose JSON form is short: code points in hexadecimal, as in "C02F C030".
type SuiteCodes []tlswire.Suite

// MarshalText writes the code points in hexadecimal, separated by spaces.
func (c SuiteCodes) MarshalText() ([]byte, error) {
	var b strings.Builder
	for i, s := range c {
		if i > 0 {
			b.WriteByte(' ')
		}
		if s > 0xFFFF {
			fmt.Fprintf(&b, "%06X", uint32(s))
		} else {
			fmt.Fprintf(&b, "%04X", uint32(s))
		}
	}
	return []byte(b.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (c *SuiteCodes) UnmarshalText(text []byte) error {
	*c = nil
	for _, f := range strings.Fields(string(text)) {
		b, err := hex.DecodeString(f)
		if err != nil || len(b) < 2 || len(b) > 3 {
			return fmt.Errorf("cipher suite code point %q: want four or six hexadecimal digits", f)
		}
		var s tlswire.Suite
		for _, x := range b {
			s = s<<8 | tlswire.Suite(x)
		}
		*c = append(*c, s)
	}
	return nil
}
