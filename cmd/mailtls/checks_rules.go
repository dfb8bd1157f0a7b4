package main

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// checkRule is a rule of a policy that a check goes by.
type checkRule struct {
	about string // what of the check's findings it is about; empty: all
	rule  policy.Rule
}

// rulesOn returns the rules of p that the check with that id goes by. Most have one of their own; those of versions and keys
// go by the rules on versions and keys. Without a rule the policy finds nothing wrong, and says no more than that.
func rulesOn(id string, p *policy.Policy) []checkRule {
	if v, ok := versionChecked()[id]; ok {
		return []checkRule{{rule: p.TLSVersion(v)}}
	}
	var out []checkRule
	for _, r := range p.Keys {
		if slices.Contains(keysChecked()[id], r.Kind) {
			out = append(out, checkRule{fmt.Sprintf("%s keys below %d bits", r.Kind, r.Below), r.Rule})
		}
	}
	if own := p.Check(id); own.Clause != "" {
		out = append(out, checkRule{rule: own})
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
