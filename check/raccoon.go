package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

func raccoonChecks() []Check {
	c := reuse("raccoon", "A Diffie-Hellman key is used again, as Raccoon needs it",
		"Who measures very exactly how long the server takes can find the secret of a recorded session, if the server uses the key of that "+
			"session again and again. What was seen is that condition; whether the times give anything away cannot be seen from here. "+
			"Update the TLS library, or turn DHE off.",
		"finite-field", tlswire.KeyExchangeDHE, func(k evidence.KeyReuse) (bool, int) { return k.DH, k.DHHandshakes },
		"CVE-2020-1968", "raccoon-attack.com")
	c.Cause = []string{"dh-reuse"}
	return []Check{c}
}

func winshockChecks() []Check {
	return []Check{{
		ID:    "winshock",
		Title: "The cipher suites are those of a Windows that was not updated since 2014 (Winshock)",
		Text: "In November 2014 an update of Windows closed a hole through which anybody could run programs on the server, and brought four " +
			"new cipher suites. This server accepts what Windows accepts without that update. It is a sign, and a weak one: the suites " +
			"can be configured, and other programs may have the same. If it is Windows, look for the update MS14-066.",
		Refs:    []string{"CVE-2014-6321", "MS14-066"},
		Needs:   []evidence.Need{{Key: evidence.KeySuites, Any: fitsWinshock}, {Key: evidence.KeyVersions}},
		Also:    []*evidence.Key{evidence.KeyGroupsTLS12},
		Extra:   true,
		Settled: func(f *evidence.Facts) bool { return likeOldWindows(f) == evidence.No },
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.Suites
			if evidence.Has(s.Endpoint.Facts.Versions, tlswire.TLS12) == evidence.No {
				return notApplicable("TLS 1.2 is not spoken")
			}
			return decide(likeOldWindows(&s.Endpoint.Facts),
				bad(s, p.Check("winshock"), "accepts the suites of a Windows without the update of November 2014, which may be chance").
					seen(texts(f.Value[tlswire.TLS12]), f.From),
				good("accepts other suites than a Windows without the update of November 2014").seen(nil, f.From))
		},
	}}
}

// windowsSuites are those of TLS 1.2 that Schannel of Windows Server 2008 R2 to 2012 R2 had with an RSA certificate before
// MS14-066: among them none with GCM. The update brought 009C to 009F.
func windowsSuites() []tlswire.Suite {
	return []tlswire.Suite{
		0xC028, 0xC027, 0xC014, 0xC013, 0x003D, 0x003C, 0x0035, 0x002F, 0x000A, // ECDHE-RSA and RSA with AES-CBC, and 3DES
		0x0005, 0x0004, // RC4
		0xC02C, 0xC02B, 0xC024, 0xC023, 0xC00A, 0xC009, // with an ECDSA certificate
	}
}

// fitsWinshock matches the suites that decide.
func fitsWinshock(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return v == tlswire.TLS12 && !slices.Contains(windowsSuites(), s.ID)
}

// likeOldWindows answers whether TLS 1.2 is spoken with the suites that such a Windows cannot be without, and with no other;
// with no newer version and no newer curve.
func likeOldWindows(f *evidence.Facts) evidence.Answer {
	newer := evidence.Has(f.Versions, tlswire.TLS13)
	other := accepts(f, fitsWinshock)
	list := f.Suites.Value[tlswire.TLS12]
	whole := true
	for _, s := range []tlswire.Suite{0xC028, 0xC027, 0xC014, 0xC013, 0x003D, 0x003C, 0x0035, 0x002F, 0x000A} {
		whole = whole && slices.Contains(list, s)
	}
	curves := evidence.Any(f.GroupsTLS12, func(g tlswire.Group) bool {
		return g != tlswire.Secp256r1 && g != tlswire.Secp384r1 && g != tlswire.Secp521r1
	})
	switch {
	case newer == evidence.Yes, other == evidence.Yes, curves == evidence.Yes:
		return evidence.No
	case !whole && f.Suites.State == evidence.Known:
		return evidence.No
	case newer == evidence.No && other == evidence.No && curves == evidence.No && whole:
		return evidence.Yes
	}
	return evidence.Unsure
}
