package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// Outcome is how a simulated handshake ends.
type Outcome string

// The outcomes.
const (
	Unknown Outcome = "unknown" // the evidence, or the profile, does not decide it
	Works   Outcome = "works"
	Fails   Outcome = "fails"
)

// Result is what a client would get. Where a handshake works but the evidence leaves open with what, the part in question
// has its zero value.
type Result struct {
	Outcome  Outcome         `json:"outcome"`
	Version  tlswire.Version `json:"version,omitzero"`
	Suite    tlswire.Suite   `json:"suite,omitzero"`
	Group    tlswire.Group   `json:"group,omitzero"`    // of the key exchange, if it is a named one
	DHBits   int             `json:"dh_bits,omitempty"` // of the group of a DHE suite
	Strength int             `json:"strength,omitempty"`
	Why      string          `json:"why,omitempty"` // of a failure, and of what is not known
}

// Gets is what a handshake that works comes to, as far as it is known, for people: "TLS 1.2, TLS_… , X25519, strength 128".
func (r Result) Gets() string {
	var parts []string
	if r.Version != 0 {
		parts = append(parts, r.Version.String())
	}
	if r.Suite != 0 {
		parts = append(parts, r.Suite.String())
	}
	switch {
	case r.Group != 0:
		parts = append(parts, r.Group.String())
	case r.DHBits != 0:
		parts = append(parts, fmt.Sprintf("DH group of %d bits", r.DHBits))
	}
	if r.Strength != 0 {
		parts = append(parts, fmt.Sprintf("strength %d", r.Strength))
	}
	if info, _ := r.Suite.Info(); r.Suite != 0 && info.Anonymous {
		parts = append(parts, "nobody authenticated")
	}
	return strings.Join(parts, ", ")
}

// fails is a handshake that fails for the reason that format and args tell.
func fails(format string, args ...any) Result {
	return Result{Outcome: Fails, Why: fmt.Sprintf(format, args...)}
}

// unsure is a handshake of which the evidence does not tell how it ends.
func unsure(format string, args ...any) Result {
	return Result{Outcome: Unknown, Why: fmt.Sprintf(format, args...)}
}

// merge tells what all possible results agree in; why is the reason for there being several.
func merge(all []Result, why string) Result {
	out := all[0]
	var reasons []string
	for _, r := range all {
		if r.Outcome != out.Outcome {
			out.Outcome = Unknown
		}
		agree(&out.Version, r.Version)
		agree(&out.Suite, r.Suite)
		agree(&out.Group, r.Group)
		agree(&out.DHBits, r.DHBits)
		agree(&out.Strength, r.Strength)
		if r.Why != "" && !slices.Contains(reasons, r.Why) {
			reasons = append(reasons, r.Why)
		}
	}
	switch out.Outcome {
	case Works:
		out.Why = ""
		if out.Version == 0 || out.Suite == 0 {
			out.Why = why
		}
	case Fails:
		out = Result{Outcome: Fails, Why: strings.Join(reasons, "; or ")}
	default:
		out = Result{Outcome: Unknown, Why: whyUnknown(all, why)}
	}
	return out
}

// whyUnknown prefers the reason for there being several, which came first, to what a branch says.
func whyUnknown(all []Result, why string) string {
	if why != "" {
		return why
	}
	for _, r := range all {
		if r.Outcome == Unknown && r.Why != "" {
			return r.Why
		}
	}
	for _, r := range all {
		if r.Outcome == Fails {
			return "it may fail: " + r.Why
		}
	}
	return "the evidence leaves it open"
}

// agree clears what differs.
func agree[T comparable](a *T, b T) {
	if *a != b {
		var zero T
		*a = zero
	}
}

// strength is the least bits of work that a known attack on the handshake's cipher or key exchange takes: for groups of
// finite fields and RSA by NIST SP 800-57 Part 1, Table 2. 0 bits of rsa mean that RSA does not exchange the key.
func strength(s tlswire.SuiteInfo, g tlswire.Group, dh, rsa int) int {
	out := s.Strength
	if info, ok := g.Info(); ok && info.Strength > 0 {
		out = min(out, info.Strength)
	}
	for _, bits := range []int{dh, rsa} {
		if bits > 0 {
			out = min(out, ofModulus(bits))
		}
	}
	return out
}

func ofModulus(bits int) int {
	for _, row := range []struct{ bits, strength int }{{15360, 256}, {7680, 192}, {3072, 128}, {2048, 112}, {1024, 80}, {768, 64}} {
		if bits >= row.bits {
			return row.strength
		}
	}
	return 56
}
