package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// portChecks are on a port beside the others of its host, as far as these were scanned.
func portChecks() []Check {
	return []Check{
		{
			ID:    "implicit-tls-missing",
			Title: "There is no port that is TLS from the first byte",
			Text: "Where TLS begins with the connection, there is nothing in the clear that could be changed, and no mail program can " +
				"forget to ask for it. Offer 465 beside 587, 993 beside 143, 995 beside 110. (It takes a scan of both ports to see " +
				"that.)",
			Refs:  []string{"RFC 8314, Section 3.3", "RFC 9325, Section 3.2"},
			Scope: Host,
			Needs: []evidence.Need{{Key: evidence.KeyReachable}},
			Also:  []*evidence.Key{evidence.KeyVersions},

			Elsewhere: noImplicitPort,
			Eval:      evalImplicitMissing,
		},
		{
			ID:    "cleartext-port-open",
			Title: "A port that begins in the clear is open beside one that is TLS from the first byte",
			Text: "Programs that do not insist on TLS can be talked out of it here, and not there. Once the log shows that no program " +
				"comes to this port any more, close it. (It takes a scan of both ports to see that.)",
			Refs:  []string{"RFC 8314, Section 4.1", "RFC 9325, Section 3.2"},
			Scope: Host,
			Needs: []evidence.Need{{Key: evidence.KeyReachable}, {Key: evidence.KeySTARTTLS}},
			Also:  []*evidence.Key{evidence.KeyVersions},

			Elsewhere: noImplicitPort,
			Eval:      evalCleartextOpen,
		},
		{
			ID:    "port-inconsistency",
			Title: "This port is weaker than others of the same host, or has another certificate",
			Text: "The same passwords open all ports, so the weakest is the one that is tried. A certificate that is older than that of " +
				"another port often has been renewed, and not been read again by one of the programs. Ports for users are compared with " +
				"each other, and certificates with those of all ports; as far as they were scanned together.",
			Refs:  []string{"RFC 9325, Section 3.9"},
			Scope: Host,
			Needs: []evidence.Need{{Key: evidence.KeyReachable}, {Key: evidence.KeyVersions}},
			Also:  []*evidence.Key{evidence.KeySuites, evidence.KeyCertificates},
			Extra: true,
			Eval:  evalInconsistency,
		},
	}
}

// implicitPort names the protocol that is TLS from the first byte instead of that of t, and its usual port (RFC 8314,
// Section 3); empty if there is none.
func implicitPort(t evidence.Target) (protocol string, port int) {
	switch {
	case t.Protocol == "submission", t.Protocol == "smtp" && t.Port == 587:
		return "submissions", 465
	case t.Protocol == "imap":
		return "imaps", 993
	case t.Protocol == "pop3":
		return "pop3s", 995
	}
	return "", 0
}

// noImplicitPort tells why a port has none beside it that is TLS from the first byte.
func noImplicitPort(s *Subject) string {
	switch _, port := implicitPort(s.Endpoint.Target); {
	case port > 0:
		return ""
	case slices.Contains([]string{"submissions", "imaps", "pop3s"}, s.Endpoint.Target.Protocol):
		return "TLS from the first byte"
	}
	return "no port for this is TLS from the first byte"
}

// beside is what is known of the port that is TLS from the first byte, beside one that is not.
type beside struct {
	peer   *evidence.Endpoint // nil if none was scanned
	there  evidence.Answer    // whether it speaks TLS
	closed bool               // if it does not: nothing answers there
	why    string             // why that is not known
}

// besides looks for the best of the peers that speak protocol.
func besides(s *Subject, protocol string) beside {
	var best beside
	for _, e := range s.Peers {
		if e.Target.Protocol != protocol {
			continue
		}
		if b := speaksTLS(e); best.peer == nil || b.there == evidence.Yes || b.there == evidence.Unsure && best.there == evidence.No {
			best = b
		}
	}
	return best
}

func speaksTLS(e *evidence.Endpoint) beside {
	b := beside{peer: e}
	r, v := e.Facts.Reachable, e.Facts.Versions
	switch {
	case len(v.Value) > 0:
		b.there = evidence.Yes
	case r.State == evidence.Known && !r.Value:
		b.there, b.closed = evidence.No, true
	case v.State == evidence.Known:
		b.there = evidence.No
	default:
		b.why = fmt.Sprintf("whether port %d speaks TLS is not known: %s", e.Target.Port, v.Why)
	}
	return b
}

// notBeside is the finding where there is no such port to look at, or nothing to tell of this one.
func notBeside(s *Subject, port int, b beside) (Finding, bool) {
	switch {
	case evidence.Is(s.Endpoint.Facts.Reachable) == evidence.No:
		return notApplicable("nothing answers on this port"), true
	case b.peer == nil:
		return notApplicable(fmt.Sprintf("port %d of this host was not asked", port)), true
	case b.there == evidence.Unsure:
		return undecided(b.why), true
	}
	return Finding{}, false
}

func evalImplicitMissing(s *Subject, p *policy.Policy) Finding {
	protocol, port := implicitPort(s.Endpoint.Target)
	b := besides(s, protocol)
	if f, ok := notBeside(s, port, b); ok {
		return f
	}
	from := s.Endpoint.Facts.Reachable.From
	if b.there == evidence.Yes {
		return good(fmt.Sprintf("port %d beside it is TLS from the first byte", b.peer.Target.Port)).seen(nil, from)
	}
	message := fmt.Sprintf("port %d beside it speaks no TLS", b.peer.Target.Port)
	if b.closed {
		message = fmt.Sprintf("port %d beside it is closed", b.peer.Target.Port)
	}
	return bad(s, p.Check("implicit-tls-missing"), message).seen(nil, from)
}

func evalCleartextOpen(s *Subject, p *policy.Policy) Finding {
	protocol, port := implicitPort(s.Endpoint.Target)
	b := besides(s, protocol)
	if f, ok := notBeside(s, port, b); ok {
		return f
	}
	from := s.Endpoint.Facts.STARTTLS.From
	if b.there == evidence.Yes {
		return bad(s, p.Check("cleartext-port-open"), fmt.Sprintf("begins in the clear, which port %d does not", b.peer.Target.Port)).seen(nil, from)
	}
	return good("no port beside it is TLS from the first byte").seen(nil, from)
}
