package bulk

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

func works(f evidence.Fact[evidence.STARTTLS]) evidence.Fact[bool] {
	return evidence.Fact[bool]{State: f.State, Value: f.Value.Works, Why: f.Why}
}

func upgrade(f evidence.Fact[evidence.STARTTLS]) string {
	return map[evidence.Answer]string{evidence.Yes: "all", evidence.No: "none", evidence.Unsure: "unknown"}[evidence.Is(works(f))]
}

// all returns what the words of all addresses say together.
func all(words []string) string {
	switch {
	case len(words) == 0:
		return ""
	case slices.Contains(words, "unknown"):
		return "unknown"
	case slices.Contains(words, "all") && slices.Contains(words, "none"):
		return "some"
	}
	return words[0]
}

// worst returns the first of order that is among the words, or "" if none is.
func worst(words []string, order ...string) string {
	for _, w := range order {
		if slices.Contains(words, w) {
			return w
		}
	}
	return ""
}

// secrecy tells whether connections have forward secrecy.
func secrecy(f *evidence.Facts) string {
	has := func(secret bool) evidence.Answer {
		return evidence.AnyIn(f.Suites, func(_ tlswire.Version, s tlswire.Suite) bool {
			info, known := s.Info()
			return known && (info.ForwardSecret || info.KeyExchange == tlswire.KeyExchangeAny) == secret
		})
	}
	with, without := has(true), has(false)
	switch {
	case with == evidence.Yes && without == evidence.Yes:
		return "sometimes"
	case with == evidence.Yes && without == evidence.No:
		return "always"
	case with == evidence.No && without == evidence.Yes:
		return "never"
	}
	return "unknown"
}

func policyWord(d *evidence.Domain) string {
	switch p := d.Policy; {
	case d.STS.State == evidence.Inapplicable:
		return "none"
	case d.STS.State != evidence.Known:
		return "unknown"
	case d.STS.Value.Fault != "" || p.State == evidence.Known && p.Value.Fault != "":
		return "broken"
	case p.State != evidence.Known:
		return "unknown"
	case p.Value.Mode == "none":
		return "off"
	default:
		return p.Value.Mode
	}
}

func presence(s evidence.State, broken, there bool) string {
	switch {
	case s == evidence.Inapplicable:
		return "no"
	case s != evidence.Known:
		return "unknown"
	case broken:
		return "broken"
	case there:
		return "yes"
	}
	return "no"
}
