package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func ccsChecks() []Check {
	return []Check{{
		ID:    "ccs",
		Title: "Somebody in the middle can choose the keys (CCS injection)",
		Text: "The server switches to encryption before there are keys, and so uses some that anybody can work out, as OpenSSL did " +
			"before 0.9.8za, 1.0.0m and 1.0.1h. If the other side has the same fault, whoever is in between reads and changes " +
			"what they send. Two kinds are told apart: \"exploitable\", where a handshake under such keys was finished, and " +
			"\"accepted\", where the fault is there, but no more than that was shown. Update the TLS library; no setting helps.",
		Refs:   []string{"CVE-2014-0224", "RFC 5246, Section 7.1"},
		Needs:  []evidence.Need{{Key: evidence.KeyCCSInjection}},
		Active: true,
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.CCSInjection
			switch {
			case !f.Value.Found:
				return good("takes no ChangeCipherSpec before there are keys").seen(nil, f.From)
			case slices.Contains(f.Value.Kinds, "exploitable"):
				return bad(s, p.Check("ccs"), "lets somebody in the middle choose the keys").seen(f.Value.Shown, f.From)
			}
			return bad(s, p.Check("ccs"), "takes ChangeCipherSpec before there are keys").seen(f.Value.Shown, f.From)
		},
	}}
}

func robotChecks() []Check {
	return []Check{{
		ID:    "robot",
		Title: "The server decrypts for attackers (ROBOT)",
		Text: "The server lets a client see what is wrong with a premaster secret that it encrypted with the server's RSA key. Out " +
			"of enough such answers an attacker decrypts recorded connections, or makes a signature with the key: with a strong " +
			"oracle in hours, with a weak one it takes far longer. Turn the TLS_RSA_ suites off, which no current client needs; that " +
			"cures it at once. Update the TLS library or the firmware, too, and do not share the key with other services.",
		Refs: []string{"CVE-2017-13099", "CVE-2017-6168", "CVE-2012-5081", "RFC 5246, Section 7.4.7.1", "RFC 7457, Section 2.9",
			"Böck, Somorovsky, Young, Return Of Bleichenbacher's Oracle Threat, 2018"},
		Needs:  []evidence.Need{{Key: evidence.KeyROBOT}},
		Active: true,
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.ROBOT
			switch {
			case !f.Value.Found:
				return good("treats all premaster secrets alike").seen(nil, f.From)
			case slices.Contains(f.Value.Kinds, "strong"):
				return bad(s, p.Check("robot"), "decrypts for attackers, by a strong oracle").seen(f.Value.Shown, f.From)
			}
			return bad(s, p.Check("robot"), "decrypts for attackers, by a weak oracle").seen(f.Value.Shown, f.From)
		},
	}}
}
