package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

const oldTLS = "TLS 1.0 and 1.1 are forbidden since 2021: their handshake rests on MD5 and SHA-1. Allow TLS 1.2 and newer only."

func versionChecks() []Check {
	return []Check{
		oldVersion("protocol-sslv2", tlswire.SSLv2,
			"SSLv2 has no working protection, and a server that speaks it gives away recorded sessions of every other "+
				"service with the same RSA key, even modern ones (DROWN). No mail program needs it: turn it off.",
			"RFC 6176", "CVE-2016-0800"),
		oldVersion("protocol-sslv3", tlswire.SSLv3,
			"SSLv3 is broken by design (POODLE) and forbidden since 2015. Turn it off.",
			"RFC 7568", "CVE-2014-3566"),
		oldVersion("protocol-tls10", tlswire.TLS10,
			oldTLS,
			"RFC 8996, Section 4", "RFC 9325, Section 3.1.1"),
		oldVersion("protocol-tls11", tlswire.TLS11,
			oldTLS,
			"RFC 8996, Section 5", "RFC 9325, Section 3.1.1"),
		{
			ID:    "protocol-no-tls12",
			Title: "Neither TLS 1.2 nor TLS 1.3 is offered",
			Text: "Current mail programs and servers accept nothing older than TLS 1.2. They cannot connect, or send " +
				"without encryption. Turn on TLS 1.2 and 1.3, with newer software if need be. Where no version at all is " +
				"accepted, look in the server's log: most often the certificate or key cannot be read.",
			Refs:    []string{"RFC 9325, Section 3.1.1"},
			Cause:   []string{"starttls-broken"},
			Needs:   []evidence.Need{{Key: evidence.KeyVersions}},
			Settled: func(f *evidence.Facts) bool { return lacksModern(f) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.Versions
				return decide(lacksModern(&s.Endpoint.Facts),
					bad(s, p.Check("protocol-no-tls12"), newest(f.Value)).seen(texts(f.Value), f.From),
					good("speaks TLS 1.2 or newer").seen(nil, f.From))
			},
		},
		{
			ID:    "protocol-no-tls13",
			Title: "TLS 1.3 is not offered",
			Text: "TLS 1.3 is faster, hides more, and has no weak options left; key exchange that withstands quantum " +
				"computers exists only there. Current software offers it by default.",
			Refs:    []string{"RFC 9325, Section 3.1.1", "RFC 9846"},
			Cause:   []string{"protocol-no-tls12", "starttls-broken"},
			Needs:   []evidence.Need{{Key: evidence.KeyVersions}},
			Settled: func(f *evidence.Facts) bool { return evidence.Has(f.Versions, tlswire.TLS13) != evidence.Unsure },
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.Versions
				return decide(not(evidence.Has(f, tlswire.TLS13)),
					bad(s, p.Check("protocol-no-tls13"), newest(f.Value)).seen(nil, f.From),
					good("speaks TLS 1.3").seen(nil, f.From))
			},
		},
	}
}

// oldVersion is the check that a version is not offered. How bad it is, the policy says of the version.
func oldVersion(id string, v tlswire.Version, text string, refs ...string) Check {
	return Check{
		ID:      id,
		Title:   v.String() + " is offered",
		Text:    text,
		Refs:    refs,
		Needs:   []evidence.Need{{Key: evidence.KeyVersions}},
		Settled: func(f *evidence.Facts) bool { return evidence.Has(f.Versions, v) != evidence.Unsure },
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.Versions
			return decide(evidence.Has(f, v),
				bad(s, p.TLSVersion(v), "offers "+v.String()).seen([]string{v.String()}, f.From),
				good("refuses "+v.String()).seen(nil, f.From))
		},
	}
}

// lacksModern answers whether the server speaks neither TLS 1.2 nor TLS 1.3.
func lacksModern(f *evidence.Facts) evidence.Answer {
	return not(evidence.Any(f.Versions, func(v tlswire.Version) bool { return v >= tlswire.TLS12 }))
}

// not turns Yes into No and No into Yes.
func not(a evidence.Answer) evidence.Answer {
	switch a {
	case evidence.Yes:
		return evidence.No
	case evidence.No:
		return evidence.Yes
	}
	return evidence.Unsure
}

func newest(versions []tlswire.Version) string {
	var v tlswire.Version
	for _, w := range versions {
		v = max(v, w)
	}
	if v == 0 {
		return "accepts no version of TLS"
	}
	return "speaks nothing newer than " + v.String()
}
