package policy

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// Policy is a set of opinions.
type Policy struct {
	Name         string        `json:"name"`    // short, such as "mail"
	Title        string        `json:"title"`   // for people
	Version      string        `json:"version"` // year and month, "2026-11"
	Source       string        `json:"source"`  // the documents it follows
	Versions     []VersionRule `json:"versions"`
	Suites       []SuiteRule   `json:"suites"`
	Keys         []KeyRule     `json:"keys"`
	Checks       []CheckRule   `json:"checks"`
	ExpiringDays int           `json:"expiring_days"` // a certificate with fewer days left is expiring

	// What sources list by name. Of the lists of one kind, the first decides that has a member.
	SuiteLists      []List[tlswire.Suite]           `json:"suite_lists,omitempty"`
	GroupLists      []List[tlswire.Group]           `json:"group_lists,omitempty"`       // TLS 1.2 stands for all older versions
	SignatureLists  []List[tlswire.SignatureScheme] `json:"signature_lists,omitempty"`   // of handshakes
	ExtensionLists  []List[tlswire.ExtensionType]   `json:"extension_lists,omitempty"`   // answered by the server
	DHLists         []List[string]                  `json:"dh_lists,omitempty"`          // evidence.DHParams.Prime; "" is a group without a name
	CertKeyLists    []List[string]                  `json:"cert_key_lists,omitempty"`    // of the server's own certificate: "RSA", "EC secp256r1", "Ed25519"
	CertSignedLists []List[string]                  `json:"cert_signed_lists,omitempty"` // the same: evidence.CertSignature.Name
	Lifetimes       []LifetimeRule                  `json:"lifetimes,omitempty"`

	Omits []string `json:"omits,omitempty"` // what its source asks and it does not judge

	SHA256 string `json:"-"` // of the text it was read from, hex
	text   []byte
	lines  map[string]int // of the text in which rows begin: "checks[3]"
}

// Rule is what a policy says about one thing: for each role, or for both.
type Rule struct {
	Relay  Ruling `json:"relay"`
	Access Ruling `json:"access"`
	Both   Ruling `json:"both,omitzero"`  // instead of Relay and Access
	Clause string `json:"clause"`         // the document and section that says so
	From   Date   `json:"from,omitzero"`  // the first day that the row holds; zero: since ever
	Until  Date   `json:"until,omitzero"` // the last day that the row holds; zero: for ever
}

// Ruling is what a policy says about one thing in one role.
type Ruling struct {
	Severity Severity `json:"severity"`
	Cap      Grade    `json:"cap,omitempty"` // the best grade possible with it; empty: any
	Why      string   `json:"why,omitempty"` // why it weighs more or less for mail than elsewhere
}

// VersionRule is the opinion on one protocol version.
type VersionRule struct {
	Version tlswire.Version `json:"version"`
	Rule
}

// SuiteRule is the opinion on the suites that Match describes, and names the check that reports them.
type SuiteRule struct {
	Check string     `json:"check"`
	What  string     `json:"what,omitempty"` // the suites in words, after "suites ": "with RC4"
	Match SuiteMatch `json:"match"`
	Rule
}

// KeyRule is the opinion on keys of Kind with fewer bits than Below.
type KeyRule struct {
	Kind  KeyKind `json:"kind"`
	Below int     `json:"below"`
	Rule
}

// LifetimeRule is the opinion on certificates of servers that are valid for more than Above days.
type LifetimeRule struct {
	Above int `json:"above"`
	Rule
}

// CheckRule is the opinion on what the check named Check looks for.
type CheckRule struct {
	Check string `json:"check"`
	Rule
}

// KeyKind is a kind of public key or group whose strength is a number of bits.
type KeyKind string

// The kinds of keys.
const (
	KeyDH  KeyKind = "DH"  // finite-field groups in the handshake
	KeyRSA KeyKind = "RSA" // certificates
	KeyDSA KeyKind = "DSA" // certificates
	KeyEC  KeyKind = "EC"  // certificates
)

// Text returns the JSON that the policy was read from.
func (p *Policy) Text() []byte { return slices.Clone(p.text) }

// Line is the line of the text in which the row of a field begins that has that index; 0 if there is none.
func (p *Policy) Line(field string, index int) int {
	return p.lines[fmt.Sprintf("%s[%d]", field, index)]
}

// For returns the ruling for one role.
func (r Rule) For(role Role) Ruling {
	switch {
	case r.Both != (Ruling{}):
		return r.Both
	case role == Relay:
		return r.Relay
	}
	return r.Access
}

// Check returns the rule on the check with that id, or else on the suites it reports; without one, everything is OK.
func (p *Policy) Check(id string) Rule {
	for _, r := range p.Checks {
		if r.Check == id {
			return r.Rule
		}
	}
	for _, r := range p.Suites {
		if r.Check == id {
			return r.Rule
		}
	}
	return Rule{}
}

// Weightless reports whether the verdict and the grade are the same whatever the check with that id says: its rule gives
// no more than a note, and no cap. A check without a rule of its own, which asks for versions or keys, is not.
func (p *Policy) Weightless(id string, role Role) bool {
	rule := p.Check(id)
	r := rule.For(role)
	return rule.Clause != "" && r.Severity <= Note && r.Cap == ""
}

// TLSVersion returns the rule on a protocol version; without one, everything is OK.
func (p *Policy) TLSVersion(v tlswire.Version) Rule {
	for _, r := range p.Versions {
		if r.Version == v {
			return r.Rule
		}
	}
	return Rule{}
}

// Suite returns the ruling on a suite in the newest version that has it: the most severe of the rows that match it and the
// list that it is on.
func (p *Policy) Suite(s tlswire.SuiteInfo, role Role) Ruling {
	var worst Ruling
	for _, r := range p.Suites {
		if ruling := r.For(role); r.Match.Matches(s) && ruling.Severity > worst.Severity {
			worst = ruling
		}
	}
	if i, ok := ListOf(p.SuiteLists, s.SpecMax, s.ID); ok {
		if ruling := p.SuiteLists[i].For(role); ruling.Severity > worst.Severity {
			worst = ruling
		}
	}
	return worst
}

// Key returns the rule on a key of that kind and size: the row with the lowest bound that it does not reach.
func (p *Policy) Key(kind KeyKind, bits int) Rule {
	best, below := Rule{}, 0
	for _, r := range p.Keys {
		if r.Kind == kind && bits < r.Below && (below == 0 || r.Below < below) {
			best, below = r.Rule, r.Below
		}
	}
	return best
}
