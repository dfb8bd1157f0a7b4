package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// suiteTest selects cipher suites of a version by their attributes.
type suiteTest = func(tlswire.Version, tlswire.SuiteInfo) bool

func suiteChecks() []Check {
	return []Check{
		weakSuites("null", "Cipher suites without encryption are accepted", "without encryption",
			"With such a suite the session is signed but not hidden: everybody on the way can read mail and passwords.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Null },
			"RFC 9325, Section 4.1"),
		weakSuites("anon", "Cipher suites without authentication are accepted", "without authentication",
			"With such a suite the server shows no certificate, so whoever sits on the wire can take its place.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Anonymous },
			"RFC 9325, Section 4.1", "RFC 7672, Section 8.2"),
		weakSuites("export", "Export cipher suites are accepted", "of export grade",
			"Export suites were made breakable in the 1990s, and let an attacker weaken sessions of clients that did not "+
				"even ask for them (FREAK, Logjam).",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Export },
			"RFC 9325, Section 4.1", "CVE-2015-0204", "CVE-2015-4000"),
		weakSuites("des", "Cipher suites with keys of 56 or 64 bits are accepted", "with keys of 56 or 64 bits",
			"Single DES and its like fall to plain trying of keys, within hours on rented hardware.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Bits == 56 || s.Bits == 64 },
			"RFC 9325, Section 4.1", "RFC 5469, Section 4"),
		weakSuites("rc4", "RC4 cipher suites are accepted", "with RC4",
			"The RC4 stream is biased: a secret that is sent again and again, such as a password, can be recovered.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Cipher == tlswire.CipherRC4 },
			"RFC 7465", "CVE-2013-2566", "CVE-2015-2808"),
		weakSuites("sweet32", "Cipher suites with 64-bit blocks are accepted", "with 64-bit blocks",
			"Ciphers with blocks of 64 bits, 3DES above all, leak text (Sweet32).",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return slices.Contains(smallBlock(), s.Cipher) },
			"RFC 9325, Section 4.1", "CVE-2016-2183"),
		weakSuites("cbc", "CBC cipher suites are accepted", "in CBC mode",
			"CBC as TLS uses it has had padding attacks (Lucky Thirteen) that only careful code avoids. Prefer AES-GCM and "+
				"ChaCha20; keep CBC only for clients that need it.",
			isCBC,
			"RFC 9325, Section 4.2", "CVE-2013-0169"),
		weakSuites("static-rsa", "Cipher suites with RSA key transport are accepted", "with RSA key transport",
			"Sessions of these suites can be read later by whoever gets hold of the server's key, and their decryption is "+
				"where Bleichenbacher's attack (ROBOT) comes back again and again.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeRSA },
			"RFC 10015", "RFC 9325, Section 4.1", "CVE-2017-13099"),
		weakSuites("beast", "CBC cipher suites are accepted in TLS 1.0 or SSLv3", "open to BEAST",
			"Up to TLS 1.0 the first block of a CBC record can be foreseen, which lets an attacker who chooses text guess "+
				"secrets beside it (BEAST). It goes away with TLS 1.0.",
			func(v tlswire.Version, s tlswire.SuiteInfo) bool {
				return (v == tlswire.SSLv3 || v == tlswire.TLS10) && isCBC(v, s)
			},
			"CVE-2011-3389", "RFC 8996, Section 4").causedBy("protocol-tls10", "protocol-sslv3"),
		weakSuites("poodle", "CBC cipher suites are accepted in SSLv3", "open to POODLE",
			"SSLv3 does not check the padding of CBC records, which lets an attacker guess secrets byte by byte (POODLE). "+
				"It goes away with SSLv3.",
			func(v tlswire.Version, s tlswire.SuiteInfo) bool { return v == tlswire.SSLv3 && isCBC(v, s) },
			"CVE-2014-3566", "RFC 7568, Section 3").causedBy("protocol-sslv3"),
		noForwardSecrecy(),
	}
}

// rareSuiteChecks are on suites that are more of a burden than a danger.
func rareSuiteChecks() []Check {
	return []Check{
		weakSuites("static-dh", "Cipher suites with static Diffie-Hellman keys are accepted", "with a Diffie-Hellman key from the certificate",
			"The key that opens all sessions stands in the certificate: who gets hold of it can read what was recorded, and it "+
				"lies open to attacks that need many tries with one key (Raccoon).",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeDH },
			"RFC 10015", "RFC 9325, Section 7.4", "CVE-2020-1968"),
		weakSuites("static-ecdh", "Cipher suites with static ECDH keys are accepted", "with an ECDH key from the certificate",
			"The key that opens all sessions stands in the certificate: who gets hold of it can read what was recorded, and "+
				"programs that do not check points give it away (invalid curve attacks).",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeECDH },
			"RFC 10015", "RFC 9325, Section 7.4"),
		weakSuites("dhe-tls12", "Cipher suites with finite-field Diffie-Hellman are accepted", "with finite-field Diffie-Hellman",
			"TLS 1.2 cannot agree on a good group beforehand, and servers work hard for each such session. RFC 10015 asks for "+
				"ECDHE alone. Look first who would be cut off: some older programs have forward secrecy only so.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool {
				return s.KeyExchange == tlswire.KeyExchangeDHE && !s.Anonymous
			},
			"RFC 10015", "RFC 9325, Section 4.1").extra(),
		weakSuites("idea-seed-rare", "Cipher suites that hardly anybody uses are accepted", "with a rare cipher",
			"IDEA, SEED, Camellia, ARIA and GOST are not known to be broken in TLS, but code that nobody runs is code that "+
				"nobody tests. No mail program needs them.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return slices.Contains(rareCiphers(), s.Cipher) },
			"RFC 9325, Section 4.2", "RFC 5469, Section 4").extra(),
		weakSuites("ccm8", "Cipher suites with a tag of 64 bits are accepted", "in CCM mode with a tag of 8 bytes",
			"A forged record gets through once in 2^64 tries instead of 2^128. These suites are meant for small devices; no mail "+
				"program needs them.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return s.Mode == tlswire.ModeCCM8 },
			"RFC 6655, Section 4", "RFC 9847").extra(),
	}
}

// rareCiphers lists national ciphers, and those that came too late or too early.
func rareCiphers() []tlswire.Cipher {
	return []tlswire.Cipher{
		tlswire.CipherIDEA, tlswire.CipherSEED, tlswire.CipherCamellia, tlswire.CipherARIA, tlswire.CipherGOST89,
		tlswire.CipherMagma, tlswire.CipherKuznyechik,
	}
}

// derivedSuiteChecks tell what follows from suites that another check tells of, or from their being the only ones.
func derivedSuiteChecks() []Check {
	return []Check{
		weakSuites("freak", "RSA export suites are accepted (FREAK)", "with export RSA",
			"The server signs RSA keys of 512 bits for whoever asks. Breaking such a key takes hours and little money, and serves "+
				"against clients with a certain bug for as long as the server uses it. It goes away with the export suites.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool {
				return s.Export && s.KeyExchange == tlswire.KeyExchangeRSA
			},
			"CVE-2015-0204", "CVE-2015-1637", "RFC 9325, Section 4.1").causedBy("export"),
		weakSuites("logjam", "Diffie-Hellman export suites are accepted (Logjam)", "with export Diffie-Hellman",
			"Who sits on the wire can make a client that never asked for it use a group of 512 bits, and read along: the "+
				"server's signature does not say that the group is for export. It goes away with the export suites.",
			func(_ tlswire.Version, s tlswire.SuiteInfo) bool {
				return s.Export && s.KeyExchange == tlswire.KeyExchangeDHE && !s.Anonymous
			},
			"CVE-2015-4000", "RFC 9325, Section 4.1").causedBy("export"),
		anonymousOnly(),
	}
}

func anonymousOnly() Check {
	named := func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return !s.Anonymous }
	return oneOf(Check{
		ID:    "anon-only",
		Title: "There is no cipher suite with a certificate",
		Text: "Programs that want to know whom they talk to cannot connect, and nobody is safe from whoever takes the server's " +
			"place. Install a certificate: even one that is its own issuer lets others recognise it.",
		Refs:  []string{"RFC 9325, Section 4.1", "RFC 7672, Section 8.2"},
		Cause: []string{"anon"},
	}, named, "with a certificate")
}

func isCBC(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return v <= tlswire.TLS12 && s.Mode == tlswire.ModeCBC
}

// smallBlock lists the ciphers with blocks of 64 bits.
func smallBlock() []tlswire.Cipher {
	return []tlswire.Cipher{
		tlswire.Cipher3DES, tlswire.CipherDES, tlswire.CipherDES40, tlswire.CipherIDEA, tlswire.CipherRC2,
		tlswire.CipherSkipjack, tlswire.CipherGOST89, tlswire.CipherMagma,
	}
}

// weakSuites is the check that no suite of a kind is accepted. What names the kind, as in "3 suites with RC4".
func weakSuites(id, title, what, text string, test suiteTest, refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs:   []evidence.Need{{Key: evidence.KeySuites, Any: test}},
		Settled: func(f *evidence.Facts) bool { return accepts(f, test) != evidence.Unsure },
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.Suites
			if acceptsNothing(f) {
				return notApplicable(noSuiteAtAll)
			}
			suites, versions := accepted(f.Value, test)
			return decide(accepts(&s.Endpoint.Facts, test),
				bad(s, p.Check(id), "accepts "+atLeast(f)+count(len(suites), "suite")+" "+what+" in "+and(texts(versions))).
					seen(texts(suites), f.From),
				good("accepts no suite "+what).seen(nil, f.From))
		},
	}
}

// causedBy returns c with the checks that tell its cause.
func (c Check) causedBy(ids ...string) Check {
	c.Cause = ids
	return c
}

// extra returns c for full scans alone.
func (c Check) extra() Check {
	c.Extra = true
	return c
}

func noForwardSecrecy() Check {
	secret := func(_ tlswire.Version, s tlswire.SuiteInfo) bool {
		return s.ForwardSecret || s.KeyExchange == tlswire.KeyExchangeAny
	}
	return oneOf(Check{
		ID:    "no-pfs",
		Title: "No cipher suite has forward secrecy",
		Text: "Without forward secrecy, all mail that was ever recorded can be read by whoever gets hold of the server's " +
			"key. Offer suites with ECDHE, or TLS 1.3.",
		Refs: []string{"RFC 9325, Section 4.1", "RFC 10015"},
	}, secret, "with forward secrecy")
}

const noSuiteAtAll = "no cipher suite is accepted at all"

// acceptsNothing reports whether it is known that every suite is refused: then there is nothing to judge.
func acceptsNothing(f evidence.Fact[evidence.PerVersion[tlswire.Suite]]) bool {
	for _, suites := range f.Value {
		if len(suites) > 0 {
			return false
		}
	}
	return f.State == evidence.Known
}

func anySuite(tlswire.Version, tlswire.SuiteInfo) bool { return true }

// accepts answers whether the server accepts a suite that test selects.
func accepts(f *evidence.Facts, test suiteTest) evidence.Answer {
	return evidence.AnyIn(f.Suites, func(v tlswire.Version, s tlswire.Suite) bool { return test(v, info(s)) })
}

// accepted returns the suites seen that test selects, each once, and the versions they were seen in, oldest first.
func accepted(seen evidence.PerVersion[tlswire.Suite], test suiteTest) (suites []tlswire.Suite, versions []tlswire.Version) {
	for _, v := range tlswire.Versions() {
		for _, s := range seen[v] {
			if test(v, info(s)) {
				suites = addOnce(suites, s)
				versions = addOnce(versions, v)
			}
		}
	}
	return suites, versions
}

// info returns what is known about a suite; of an unknown one just its number.
func info(s tlswire.Suite) tlswire.SuiteInfo {
	i, ok := s.Info()
	if !ok {
		i.ID = s
	}
	return i
}

// atLeast is the caveat for a number taken from a fact that is not closed.
func atLeast[T any](f evidence.Fact[T]) string {
	if f.State == evidence.Partial {
		return "at least "
	}
	return ""
}

// oneOf completes a check that wants one of the suites that a server accepts to be such as test accepts and what says.
func oneOf(c Check, test func(tlswire.Version, tlswire.SuiteInfo) bool, what string) Check {
	c.Needs = []evidence.Need{{Key: evidence.KeySuites, Any: test}}
	c.Settled = func(f *evidence.Facts) bool { return accepts(f, test) != evidence.Unsure }
	c.Eval = func(s *Subject, p *policy.Policy) Finding {
		f := s.Endpoint.Facts.Suites
		if acceptsNothing(f) {
			return notApplicable(noSuiteAtAll)
		}
		suites, _ := accepted(f.Value, anySuite)
		return decide(not(accepts(&s.Endpoint.Facts, test)),
			bad(s, p.Check(c.ID), "accepts no suite "+what).seen(texts(suites), f.From),
			good("accepts suites "+what).seen(nil, f.From))
	}
	return c
}
