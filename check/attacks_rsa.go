package check

import "github.com/mailtls/mailtls/evidence"

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
		Eval: weaknessOfKind("ccs", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.CCSInjection },
			"exploitable", "lets somebody in the middle choose the keys", "takes ChangeCipherSpec before there are keys",
			"takes no ChangeCipherSpec before there are keys"),
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
		Eval: weaknessOfKind("robot", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.ROBOT },
			"strong", "decrypts for attackers, by a strong oracle", "decrypts for attackers, by a weak oracle",
			"treats all premaster secrets alike"),
	}}
}
