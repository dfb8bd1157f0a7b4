package policy

import "github.com/mailtls/mailtls/tlswire"

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
}

// Rule is what a policy says about one thing, for each role.
type Rule struct {
	Relay  Ruling `json:"relay"`
	Access Ruling `json:"access"`
	Clause string `json:"clause"` // the document and section that says so
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
	Match SuiteMatch `json:"match"`
	Rule
}

// KeyRule is the opinion on keys of Kind with fewer bits than Below.
type KeyRule struct {
	Kind  KeyKind `json:"kind"`
	Below int     `json:"below"`
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

// For returns the ruling for one role.
func (r Rule) For(role Role) Ruling {
	if role == Relay {
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

// TLSVersion returns the rule on a protocol version; without one, everything is OK.
func (p *Policy) TLSVersion(v tlswire.Version) Rule {
	for _, r := range p.Versions {
		if r.Version == v {
			return r.Rule
		}
	}
	return Rule{}
}

// Suite returns the ruling on a suite: the most severe of the rows that match it.
func (p *Policy) Suite(s tlswire.SuiteInfo, role Role) Ruling {
	var worst Ruling
	for _, r := range p.Suites {
		if ruling := r.For(role); r.Match.Matches(s) && ruling.Severity > worst.Severity {
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
