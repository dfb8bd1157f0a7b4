package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// renegotiationChecks are on handshakes inside a session, up to TLS 1.2.
func renegotiationChecks() []Check {
	return []Check{insecureRenegotiationCheck(), noSecureRenegotiationCheck(), clientRenegotiationCheck()}
}

func insecureRenegotiationCheck() Check {
	return Check{
		ID:    "insecure-renegotiation",
		Title: "Sessions are renegotiated insecurely",
		Text: "The server begins a new handshake inside a session without binding the two together. An attacker can open a " +
			"session, say something in it, and let a user's session follow: to the server all of it comes from the user. The " +
			"user's login may so become part of a message to the attacker. Update the TLS library, or forbid renegotiation.",
		Refs:   []string{"CVE-2009-3555", "RFC 5746"},
		Needs:  []evidence.Need{{Key: evidence.KeyInsecureRenegotiation}},
		Active: true,
		Eval: weakness("insecure-renegotiation", func(f *evidence.Facts) evidence.Fact[evidence.Weakness] { return f.InsecureRenegotiation },
			"renegotiates without RFC 5746", "does not renegotiate without RFC 5746"),
	}
}

func noSecureRenegotiationCheck() Check {
	return Check{
		ID:    "no-secure-renegotiation",
		Title: "Secure renegotiation is not supported",
		Text: "The server does not answer renegotiation_info. Clients cannot tell whether an attacker put something in front of " +
			"their session, and current ones, such as those with OpenSSL 3, do not connect at all. Update the TLS library.",
		Refs:  []string{"RFC 5746, Section 3.6"},
		Needs: []evidence.Need{{Key: evidence.KeyExtensions}, {Key: evidence.KeyVersions}},
		Extra: true,
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.Extensions
			var seen []string
			asked := false
			for _, v := range s.Endpoint.Facts.Versions.Value {
				if v == tlswire.SSLv2 || v == tlswire.SSLv3 || v == tlswire.TLS13 {
					continue
				}
				asked = true
				if !slices.Contains(f.Value[v], tlswire.ExtensionRenegotiationInfo) && !slices.Contains(f.Open[v], tlswire.ExtensionRenegotiationInfo) {
					seen = append(seen, v.String())
				}
			}
			switch {
			case !asked:
				return notApplicable("no version is spoken that has renegotiation and extensions")
			case len(seen) > 0:
				return bad(s, p.Check("no-secure-renegotiation"), "does not know secure renegotiation in "+strings.Join(seen, ", ")).seen(seen, f.From)
			}
			return good("knows secure renegotiation").seen(nil, f.From)
		},
	}
}

func clientRenegotiationCheck() Check {
	return Check{
		ID:    "client-renegotiation",
		Title: "Clients can renegotiate over and over",
		Text: "The server begins a new handshake whenever a client asks for one. That costs the server more than the client, so " +
			"that a few clients can keep it busy; nothing is revealed. No mail program needs it: forbid it, or limit it to a few " +
			"times in one session.",
		Refs:   []string{"CVE-2011-1473", "RFC 7457, Section 2.11"},
		Needs:  []evidence.Need{{Key: evidence.KeyClientRenegotiation}},
		Active: true,
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.ClientRenegotiation
			switch n := f.Value.Count; {
			case !f.Value.Found:
				return good("does not renegotiate when clients ask").seen(nil, f.From)
			case n < manyRenegotiations:
				limited := bad(s, p.Check("client-renegotiation"), fmt.Sprintf("renegotiates when clients ask, %s in a session", times(n)))
				limited.Level, limited.Note, limited.Cap = Pass, true, ""
				return limited.seen(f.Value.Shown, f.From)
			default:
				return bad(s, p.Check("client-renegotiation"), "renegotiates when clients ask, without a limit that was met").seen(f.Value.Shown, f.From)
			}
		},
	}
}

// manyRenegotiations is how often the scan asks in one session; NCSC-NL calls up to 10 a limit.
const manyRenegotiations = 10

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
