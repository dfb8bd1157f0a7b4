package check

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// insideChecks are on what a server lists once TLS is up. Quick scans do not go that far.
func insideChecks() []Check {
	inside := func(id, title, text string, eval func(*Subject, *policy.Policy) Finding, before *evidence.Key, refs ...string) Check {
		c := Check{ID: id, Title: title, Text: text, Refs: refs, Needs: []evidence.Need{{Key: evidence.KeyCapabilitiesTLS}}, Extra: true, Eval: eval}
		if before != nil {
			c.Needs = append([]evidence.Need{{Key: before}}, c.Needs...)
		}
		return c
	}
	return []Check{
		inside("starttls-again", "STARTTLS is offered once more inside TLS",
			"Inside TLS there is nothing left to start. A server that offers it there has not begun anew, and may hold on to other "+
				"things from before, which anybody on the wire could have put there; or it only passes on what a server behind it says. "+
				"What it keeps cannot be told from its capabilities: this is a sign, and no more (see starttls-state-kept).",
			evalStartedAgain, evidence.KeySTARTTLS, "RFC 3207, Section 4.2"),
		inside("starttls-capabilities", "The server offers less inside TLS than before it",
			"Behind STARTTLS a server may offer more, above all logins. That something else is gone is unusual: perhaps another "+
				"program answers inside TLS than before it, such as a virus scanner or a proxy that knows less than the server. Mail "+
				"then takes another way than the one you look after.",
			evalLostInside, evidence.KeyCapabilities, "RFC 3207, Section 4.2"),
		inside("imap-compress", "IMAP offers to compress",
			"How long compressed text is tells something of what is in it. That is how CRIME finds secrets with the compression of "+
				"TLS. Against IMAP nobody is known to have done it: it takes somebody who sends you mail and watches your connection, "+
				"many times.",
			evalIMAPCompress, nil, "RFC 4978, Section 6", "RFC 9325, Section 3.3").elsewhere(notIMAP),
		inside("requiretls", "Senders can ask that mail never goes on in the clear (REQUIRETLS)",
			"A server that offers REQUIRETLS promises to send such mail on with verified TLS or not at all. That is good, and rare: "+
				"nobody has to have it. This check only tells.",
			evalRequireTLS, nil, "RFC 8689, Section 2").elsewhere(notFromServers),
	}
}

// elsewhere returns c for those servers alone for which why is empty.
func (c Check) elsewhere(why func(*Subject) string) Check {
	c.Elsewhere = why
	return c
}

func notIMAP(s *Subject) string {
	if strings.HasPrefix(s.Endpoint.Target.Protocol, "imap") {
		return ""
	}
	return "only IMAP has compression of its own"
}

func evalStartedAgain(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.CapabilitiesTLS
	if f.Value.STARTTLS {
		return bad(s, p.Check("starttls-again"), "offers STARTTLS inside TLS, too").seen(nil, f.From)
	}
	return good("does not offer STARTTLS inside TLS").seen(nil, f.From)
}

func evalLostInside(s *Subject, p *policy.Policy) Finding {
	before, inside := s.Endpoint.Facts.Capabilities, s.Endpoint.Facts.CapabilitiesTLS
	if gone := lostInside(before.Value, inside.Value); len(gone) > 0 {
		return bad(s, p.Check("starttls-capabilities"), "no longer offers inside TLS: "+and(gone)).seen(gone, inside.From)
	}
	return good("offers at least as much inside TLS as before it").seen(nil, inside.From)
}

// lostInside returns the capabilities that are gone once TLS is up, but for those that are about getting there, about
// logins, or of one maker's own.
func lostInside(before, inside evidence.Capabilities) []string {
	return slices.DeleteFunc(slices.Clone(before.Names), func(name string) bool {
		keyword, _, _ := strings.Cut(name, "=")
		return slices.Contains([]string{"STARTTLS", "STLS", "LOGINDISABLED", "AUTH", "SASL", "USER"}, keyword) ||
			strings.HasPrefix(name, "X") || slices.Contains(inside.Names, name)
	})
}

func evalIMAPCompress(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.CapabilitiesTLS
	if slices.Contains(f.Value.Names, "COMPRESS=DEFLATE") {
		return bad(s, p.Check("imap-compress"), "offers COMPRESS=DEFLATE before login").seen(nil, f.From)
	}
	return good("offers no compression before login").seen(nil, f.From)
}

func evalRequireTLS(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.CapabilitiesTLS
	if f.Value.RequireTLS {
		return bad(s, p.Check("requiretls"), "offers REQUIRETLS, which is good").seen(nil, f.From)
	}
	return good("does not offer REQUIRETLS, which nobody has to").seen(nil, f.From)
}
