package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// RuleOn is a rule of a policy that a check goes by.
type RuleOn struct {
	About string // what of the check's findings it is about; empty: all
	Rule  policy.Rule
}

// RulesOn returns the rules of p that the check with that id goes by. Most have one of their own; those of versions and keys
// go by the rules on versions and keys. Without a rule the policy finds nothing wrong, and says no more than that.
func RulesOn(id string, p *policy.Policy) []RuleOn {
	if v, ok := versionChecked()[id]; ok {
		return []RuleOn{{Rule: p.TLSVersion(v)}}
	}
	var out []RuleOn
	for _, r := range p.Keys {
		if slices.Contains(keysChecked()[id], r.Kind) {
			out = append(out, RuleOn{fmt.Sprintf("%s keys below %d bits", r.Kind, r.Below), r.Rule})
		}
	}
	if own := p.Check(id); own.Clause != "" {
		out = append(out, RuleOn{Rule: own})
	}
	return out
}

// versionChecked tells which version a check looks for.
func versionChecked() map[string]tlswire.Version {
	return map[string]tlswire.Version{
		"protocol-sslv2": tlswire.SSLv2, "protocol-sslv3": tlswire.SSLv3, "protocol-tls10": tlswire.TLS10, "protocol-tls11": tlswire.TLS11,
	}
}

// keysChecked tells which kinds of keys a check looks at.
func keysChecked() map[string][]policy.KeyKind {
	return map[string][]policy.KeyKind{
		"weak-dh": {policy.KeyDH}, "cert-weak-key": {policy.KeyRSA, policy.KeyDSA, policy.KeyEC},
	}
}
