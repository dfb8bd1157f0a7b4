package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// attackChecks are on known attacks that were tried out.
func attackChecks() []Check {
	return slices.Concat(heartbeatChecks(), ccsChecks(), robotChecks(), injectionChecks(), stateChecks(), drownChecks(), ticketChecks(), resumptionChecks(), alpacaChecks(),
		opossumChecks(), raccoonChecks(), winshockChecks(), renegotiationChecks(), paddingChecks())
}

func heartbeatChecks() []Check {
	return []Check{
		{
			ID:    "heartbleed",
			Title: "Memory of the server can be read (Heartbleed)",
			Text: "The server answers a heartbeat that claims more than it holds, from its own memory: keys, passwords and mail " +
				"included. Update the TLS library at once, then make new keys and certificates, revoke the old ones, and have passwords " +
				"changed. The test reads no more than one byte, and keeps none.",
			Refs:  []string{"CVE-2014-0160", "RFC 6520, Section 4"},
			Needs: []evidence.Need{{Key: evidence.KeyHeartbleed}},
			Eval: weakness("heartbleed", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.Heartbleed },
				"answers heartbeats from its memory", "reveals no memory by heartbeats"),
		},
		{
			ID:    "heartbeat-enabled",
			Title: "Heartbeats are offered",
			Text: "Nobody needs heartbeats over TCP, and what is not there cannot be attacked. Current TLS libraries have " +
				"dropped them: that this one has them says that it is old.",
			Refs:  []string{"RFC 6520", "CVE-2014-0160"},
			Needs: []evidence.Need{{Key: evidence.KeyExtensions}},
			Extra: true,
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.Extensions
				return decide(evidence.AnyIn(f, func(_ tlswire.Version, x tlswire.ExtensionType) bool { return x == tlswire.ExtensionHeartbeat }),
					bad(s, p.Check("heartbeat-enabled"), "offers heartbeats").seen(nil, f.From),
					good("offers no heartbeats").seen(nil, f.From))
			},
		},
	}
}

// weakness returns the Eval of a check on an attack: found says what the server does if it works, not what it does otherwise.
func weakness(id string, fact func(*evidence.Facts) evidence.Fact[evidence.Weakness], found, not string) func(*Subject, *policy.Policy) Finding {
	return weaknessOfKind(id, fact, "", "", found, not)
}

// weaknessOfKind does the same where worse says it of one kind of the weakness, and found of others.
func weaknessOfKind(id string, fact func(*evidence.Facts) evidence.Fact[evidence.Weakness], kind, worse, found, not string) func(*Subject, *policy.Policy) Finding {
	return func(s *Subject, p *policy.Policy) Finding {
		f := fact(&s.Endpoint.Facts)
		switch {
		case !f.Value.Found:
			return good(not).seen(f.Value.Shown, f.From)
		case slices.Contains(f.Value.Kinds, kind):
			return bad(s, p.Check(id), worse).seen(f.Value.Shown, f.From)
		}
		return bad(s, p.Check(id), found).seen(f.Value.Shown, f.From)
	}
}
