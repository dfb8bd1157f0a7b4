package check

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func alpacaChecks() []Check {
	return []Check{{
		ID:    "alpaca",
		Title: "Connections meant for a web server are taken (ALPACA)",
		Text: "The certificate is also good for names that web servers have, and this server goes on with a client that wanted another " +
			"protocol, or another name. Somebody on the wire can lead a browser here, which then sees answers of a mail server in the " +
			"place of a web site. Give the mail server a certificate of its own, with its own name alone; few mail programs can be made " +
			"to refuse foreign protocols (ALPN) and names.",
		Refs:   []string{"alpaca-attack.com", "RFC 7301, Section 3.2", "RFC 9325, Sections 3.7 and 3.8"},
		Needs:  []evidence.Need{{Key: evidence.KeyForeignProtocol}, {Key: evidence.KeyCertificates}},
		Extra:  true,
		Active: true,
		Settled: func(f *evidence.Facts) bool {
			return f.ForeignProtocol.State == evidence.Known && !f.ForeignProtocol.Value.Found
		},
		Eval: evalALPACA,
	}}
}

func evalALPACA(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.ForeignProtocol
	if !f.Value.Found {
		return good("refuses clients that want another protocol or another name").seen(nil, f.From)
	}
	var names []string
	for _, chain := range s.Endpoint.Facts.Certificates.Value {
		if len(chain.Certificates) == 0 || s.Endpoint.Blobs.Certificates[chain.Certificates[0]] == nil {
			continue
		}
		for _, name := range s.Endpoint.Blobs.Certificates[chain.Certificates[0]].Names.DNS {
			if !mailName(s, name) {
				names = addOnce(names, name)
			}
		}
	}
	if len(names) == 0 {
		return good("its certificate has no names but those of mail").seen(nil, f.From)
	}
	return bad(s, p.Check("alpaca"), "goes on with clients that want another "+and(f.Value.Kinds)+", under a certificate that is good for "+
		count(len(names), "name")+" not of mail").seen(names, f.From)
}

// mailName reports whether a name is the server's own, or one that mail servers have.
func mailName(s *Subject, name string) bool {
	name = canonical(name)
	label, _, _ := strings.Cut(name, ".")
	label = strings.TrimRight(label, "0123456789-")
	return slices.ContainsFunc(s.Names, func(n string) bool { return canonical(n) == name }) || slices.Contains([]string{"mx", "mail", "smtp",
		"smtps", "imap", "imaps", "pop", "pops", "mta", "relay", "sieve", "submission", "lmtp", "mailhost", "mailserver", "email"}, label)
}
