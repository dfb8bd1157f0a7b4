package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func toleranceChecks() []Check {
	return []Check{
		{
			ID:    "version-intolerance",
			Title: "Hellos that name a newer version are not answered",
			Text: "A server must answer a version that it does not know with one that it does; this one breaks off. Current " +
				"programs name TLS 1.3 in another place because of such servers, so few of them notice, but whatever comes next may " +
				"fail. It is a fault of the software, or of a device before it: update it.",
			Refs:    []string{"RFC 5246, Appendix E.1", "RFC 9846, Section 4.1.2"},
			Needs:   []evidence.Need{{Key: evidence.KeyIntolerances}},
			Extra:   true,
			Settled: func(f *evidence.Facts) bool { return intolerates(f, isVersion) != evidence.Unsure },
			Eval: tolerance("version-intolerance", isVersion, "breaks off when the hello names a newer version",
				"answers hellos that name a newer version"),
		},
		{
			ID:    "grease-intolerance",
			Title: "Some honest hellos are not answered",
			Text: "New programs say hello with values that are not known yet, and with keys for post-quantum key exchange that no " +
				"longer fit one packet. Those cannot connect, or send without encryption. It is a fault of the software, or of a " +
				"device before it (load balancer, firewall): update it.",
			Refs:    []string{"RFC 8701, Section 1", "RFC 9846, Section 4.1.2", "RFC 7685, Section 1"},
			Needs:   []evidence.Need{{Key: evidence.KeyIntolerances}},
			Extra:   true,
			Settled: func(f *evidence.Facts) bool { return intolerates(f, isForm) != evidence.Unsure },
			Eval: tolerance("grease-intolerance", isForm, "breaks off at some hellos",
				"answers hellos of any size, with values that it cannot know"),
		},
	}
}

func isVersion(i evidence.Intolerance) bool { return i == evidence.IntoleratesVersion }

// isForm leaves out that only the first suites of a long list are read: no ordinary client has so many.
func isForm(i evidence.Intolerance) bool {
	return i != evidence.IntoleratesVersion && i != evidence.IntoleratesLongLists
}

func intolerates(f *evidence.Facts, match func(evidence.Intolerance) bool) evidence.Answer {
	return evidence.Any(f.Intolerances, match)
}

func tolerance(id string, match func(evidence.Intolerance) bool, yes, no string) func(*Subject, *policy.Policy) Finding {
	return func(s *Subject, p *policy.Policy) Finding {
		f := s.Endpoint.Facts.Intolerances
		var seen []string
		for _, i := range slices.DeleteFunc(slices.Clone(f.Value), func(i evidence.Intolerance) bool { return !match(i) }) {
			seen = append(seen, intoleranceText(i))
		}
		return decide(intolerates(&s.Endpoint.Facts, match), bad(s, p.Check(id), yes).seen(seen, f.From), good(no).seen(nil, f.From))
	}
}

func intoleranceText(i evidence.Intolerance) string {
	switch i {
	case evidence.IntoleratesVersion:
		return "version 3.4 in the old place"
	case evidence.IntoleratesExtensions:
		return "values that are not known (GREASE)"
	case evidence.IntoleratesSize256:
		return "256 to 511 bytes"
	case evidence.IntoleratesSize512:
		return "more than 512 bytes"
	case evidence.IntoleratesSize1500:
		return "more than 1500 bytes"
	case evidence.IntoleratesSize4096:
		return "more than 4096 bytes"
	case evidence.IntoleratesFragments:
		return "split over records"
	}
	return string(i)
}
