package check

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func opossumChecks() []Check {
	return []Check{{
		ID:    "opossum",
		Title: "The two ports of a service can be taken for each other (Opossum)",
		Text: "A client that begins with TLS on one port can be led to the port with STARTTLS by somebody on the wire, who says STARTTLS in " +
			"its place: both show the same certificate, and the server does not look at what protocol the client wants (ALPN). Client and " +
			"server then disagree on who speaks when. For mail nothing worse is known to come of it, and it is a weakness of having both " +
			"ports, not of this server: it goes away with the port for STARTTLS, which clients of today can do without.",
		Refs:   []string{"opossum-attack.com", "CVE-2025-49812", "RFC 7301, Section 3.2"},
		Scope:  Host,
		Needs:  []evidence.Need{{Key: evidence.KeyForeignProtocol}, {Key: evidence.KeyCertificates}},
		Also:   []*evidence.Key{evidence.KeyReachable, evidence.KeyVersions},
		Extra:  true,
		Active: true,
		Settled: func(f *evidence.Facts) bool {
			return f.ForeignProtocol.Seen() && !slices.Contains(f.ForeignProtocol.Value.Kinds, "protocol")
		},
		Elsewhere: func(s *Subject) string {
			if len(twins(s)) > 0 {
				return ""
			}
			return "no other port of this host was scanned that has the same service with or without STARTTLS"
		},
		Eval: evalOpossum,
	}}
}

// twins returns the peers with the same service that begin in the other way: with TLS, or in the clear.
func twins(s *Subject) []*evidence.Endpoint {
	pairs := map[string][]string{
		"submission": {"submissions"}, "smtp": {"submissions"}, "submissions": {"submission", "smtp"},
		"imap": {"imaps"}, "imaps": {"imap"}, "pop3": {"pop3s"}, "pop3s": {"pop3"},
	}
	return slices.DeleteFunc(slices.Clone(s.Peers), func(e *evidence.Endpoint) bool {
		return !slices.Contains(pairs[s.Endpoint.Target.Protocol], e.Target.Protocol) || speaksTLS(e).there == evidence.No
	})
}

func evalOpossum(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.ForeignProtocol
	if !slices.Contains(f.Value.Kinds, "protocol") {
		return good("refuses clients that want another protocol").seen(nil, f.From)
	}
	var ports []string
	open := ""
	for _, e := range twins(s) {
		theirs := e.Facts.ForeignProtocol
		switch {
		case !slices.ContainsFunc(ownCertificates(s.Endpoint), func(c string) bool { return slices.Contains(ownCertificates(e), c) }):
			if unsettled(e.Facts.Certificates.State) || speaksTLS(e).there == evidence.Unsure {
				open = fmt.Sprintf("not all certificates of port %d are known", e.Target.Port)
			}
		case slices.Contains(theirs.Value.Kinds, "protocol"):
			ports = append(ports, fmt.Sprintf("port %d", e.Target.Port))
		case theirs.State != evidence.Known:
			open = fmt.Sprintf("whether port %d refuses foreign protocols is not known", e.Target.Port)
		}
	}
	switch {
	case len(ports) > 0:
		return bad(s, p.Check("opossum"), "shows the same certificate as "+and(ports)+", and neither minds what protocol a client wants").seen(ports, f.From)
	case open != "":
		return undecided(open)
	}
	return good("can be told from the other port of its service").seen(nil, f.From)
}

// ownCertificates are the server's own certificates.
func ownCertificates(e *evidence.Endpoint) []string {
	var list []string
	for _, chain := range e.Facts.Certificates.Value {
		if len(chain.Certificates) > 0 {
			list = addOnce(list, chain.Certificates[0])
		}
	}
	return list
}
