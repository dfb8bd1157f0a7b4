package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// defenceChecks are on what TLS 1.2 and older need to be as safe as they can be.
func defenceChecks() []Check { return slices.Concat(downgradeChecks(), bindingChecks()) }

// downgradeChecks are on what tells clients that they were talked down to an older version.
func downgradeChecks() []Check {
	return []Check{
		{
			ID:    "downgrade-sentinel-missing",
			Title: "Being talked down to an older version goes unnoticed",
			Text: "A server with TLS 1.3 that speaks an older version must say so in its random number, so that the client sees " +
				"when somebody on the way wished it. This one does not: the software is faulty, or a device before it speaks for it.",
			Refs:  []string{"RFC 9846, Section 4.1.3"},
			Needs: []evidence.Need{{Key: evidence.KeyDowngradeSentinel}},
			Extra: true,
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.DowngradeSentinel
				return decide(not(evidence.Is(f)),
					bad(s, p.Check("downgrade-sentinel-missing"), "leaves the mark out that tells of TLS 1.3").seen(nil, f.From),
					good("marks handshakes of older versions as such").seen(nil, f.From))
			},
		},
		{
			ID:    "fallback-scsv",
			Title: "Clients that fall back to an older version are not warned",
			Text: "Some old programs try an older version when the first attempt fails, which whoever sits on the wire can bring " +
				"about. The server should refuse such an attempt. It matters while TLS 1.1 or older is offered; TLS 1.3 has its own " +
				"protection.",
			Refs:  []string{"RFC 7507, Section 3"},
			Needs: []evidence.Need{{Key: evidence.KeyFallbackSCSV}, {Key: evidence.KeyVersions}},
			Extra: true,
			Settled: func(f *evidence.Facts) bool {
				return fallsBack(f) == evidence.No || fallsBack(f) == evidence.Yes && f.FallbackSCSV.State == evidence.Known
			},
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.FallbackSCSV
				if fallsBack(&s.Endpoint.Facts) != evidence.Yes {
					return notApplicable("there is nothing older than TLS 1.2 to fall back to")
				}
				return decide(not(evidence.Is(f)),
					bad(s, p.Check("fallback-scsv"), "falls back although the client says that it could do better").seen(nil, f.From),
					good("refuses to fall back").seen(nil, f.From))
			},
		},
	}
}

// bindingChecks are on extensions that mend handshake and records.
func bindingChecks() []Check {
	return []Check{
		{
			ID:    "no-extended-master-secret",
			Title: "Session keys are not bound to the handshake",
			Text: "Without the extended master secret, somebody who takes part in one session can make another with the same keys " +
				"(triple handshake), and programs bound to FIPS 140 refuse to connect. Every TLS library has it since 2016.",
			Refs:  []string{"RFC 7627, Section 5.2"},
			Needs: []evidence.Need{{Key: evidence.KeyExtensions}},
			Extra: true,
			Settled: func(f *evidence.Facts) bool {
				return (f.Extensions.State == evidence.Known || len(f.Extensions.Open) > 0) && evidence.AnyIn(evidence.Fact[evidence.PerVersion[tlswire.ExtensionType]]{
					State: f.Extensions.State, Open: f.Extensions.Open}, bindsKeys) == evidence.No
			},
			Eval: evalMasterSecret,
		},
		{
			ID:    "lucky13",
			Title: "CBC suites are used without encrypt-then-MAC",
			Text: "In CBC mode the padding is looked at before the checksum, unless both sides agree on the other order. Whether " +
				"the time that takes gives text away (Lucky Thirteen) depends on the program and cannot be seen from here. Prefer " +
				"AES-GCM and ChaCha20.",
			Refs:  []string{"RFC 7366, Section 1", "CVE-2013-0169", "CVE-2016-2107"},
			Cause: []string{"cbc"},
			Needs: []evidence.Need{{Key: evidence.KeySuites, Any: isCBC}, {Key: evidence.KeyExtensions}},
			Extra: true,
			Settled: func(f *evidence.Facts) bool {
				return f.Suites.State == evidence.Known && f.Extensions.State == evidence.Known || accepts(f, isCBC) == evidence.No
			},
			Eval: evalLucky13,
		},
	}
}

// fallsBack answers whether a version is spoken that one could be made to fall back to: between TLS 1.3 and TLS 1.2 the
// mark in the random number does what the signal would.
func fallsBack(f *evidence.Facts) evidence.Answer {
	return evidence.Any(f.Versions, func(v tlswire.Version) bool { return v == tlswire.TLS10 || v == tlswire.TLS11 })
}

// neverWith returns the versions from TLS 1.0 to 1.2 in which the server answered, and never with extension e.
func neverWith(f evidence.Fact[evidence.PerVersion[tlswire.ExtensionType]], e tlswire.ExtensionType) (without []tlswire.Version, asked int) {
	for _, v := range []tlswire.Version{tlswire.TLS10, tlswire.TLS11, tlswire.TLS12} {
		list, ok := f.Value[v]
		if ok {
			asked++
		}
		if ok && !slices.Contains(list, e) {
			without = append(without, v)
		}
	}
	return without, asked
}

// bindsKeys matches the extended master secret of TLS 1.2 and older.
func bindsKeys(v tlswire.Version, e tlswire.ExtensionType) bool {
	return v <= tlswire.TLS12 && e == tlswire.ExtensionExtendedMasterSecret
}

func evalMasterSecret(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.Extensions
	without, asked := neverWith(f, tlswire.ExtensionExtendedMasterSecret)
	switch {
	case len(without) > 0:
		return bad(s, p.Check("no-extended-master-secret"), "has no extended master secret in "+and(texts(without))).seen(nil, f.From)
	case asked == 0:
		return notApplicable("TLS 1.3 binds its keys always")
	}
	return good("binds its keys to the handshake").seen(nil, f.From)
}

func evalLucky13(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.Extensions
	without, _ := neverWith(f, tlswire.ExtensionEncryptThenMAC)
	suites, _ := accepted(s.Endpoint.Facts.Suites.Value, func(v tlswire.Version, i tlswire.SuiteInfo) bool {
		return isCBC(v, i) && slices.Contains(without, v)
	})
	switch {
	case len(suites) > 0 && f.State == evidence.Partial:
		return undecided(f.Why) // the suite that would have brought the extension may be among those that were not seen
	case len(suites) > 0:
		return bad(s, p.Check("lucky13"), "accepts "+count(len(suites), "suite")+" in CBC mode without encrypt-then-MAC").
			seen(texts(suites), f.From)
	case accepts(&s.Endpoint.Facts, isCBC) == evidence.Yes:
		return good("has encrypt-then-MAC for its CBC suites").seen(nil, f.From)
	}
	return good("accepts no suite in CBC mode").seen(nil, s.Endpoint.Facts.Suites.From)
}
