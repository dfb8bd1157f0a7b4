package check

import (
	_ "embed" // for the keys
	"strings"

	"github.com/mailtls/mailtls/policy"
)

//go:embed data/known_keys.csv
var knownKeysData string

// knownKey is a key whose private half is published, and where.
type knownKey struct{ software, file string }

// knownKeys are the keys of data/known_keys.csv by the SHA-256 of their SubjectPublicKeyInfo (RFC 5280, Section 4.1.2.7), in
// lower-case hexadecimal digits as in evidence.PublicKey.
func knownKeys() map[string]knownKey {
	out := make(map[string]knownKey)
	for line := range strings.Lines(knownKeysData) {
		if f := strings.Split(strings.TrimSpace(line), ","); len(f) == 3 && f[0] != "spki_sha256" {
			out[f[0]] = knownKey{f[1], f[2]}
		}
	}
	return out
}

func knownKeyChecks() []Check {
	return []Check{{
		ID:    "shared-key-known",
		Title: "The private key is published with software",
		Text: "The key comes with software, mostly for its tests, so everybody has the private half: anybody can pretend to be this " +
			"server, and read sessions without forward secrecy, recorded ones too. Make a new key on the server, with a new " +
			"certificate, wherever the old key is in use; change TLSA records that name the old one, and have its certificate " +
			"revoked if an authority gave it. (This program knows some dozen such keys, by far not all.)",
		Refs: []string{"RFC 5280, Section 8", "CA/Browser Forum Baseline Requirements, Section 4.9.1.1",
			"CA/Browser Forum Baseline Requirements, Section 6.1.1.3"},
		Needs: certificateNeeds(),
		Eval:  perChain(evalKnownKey),
	}}
}

// evalKnownKey looks at the server's own certificate: those above it may be sent along for no reason.
func evalKnownKey(s *Subject, p *policy.Policy, c shown) Finding {
	key := c.leaf.PublicKey
	known, found := knownKeys()[key.SHA256]
	switch {
	case found:
		return bad(s, p.Check("shared-key-known"), "its private key comes with "+known.software+", in "+known.file).
			seen([]string{label(c.leaf), keyText(key)}, nil)
	case key.SHA256 == "":
		return undecided(unread(c.leaf, "the key of "+label(c.leaf)))
	}
	return good("its key is none of the few published ones that are known here")
}
