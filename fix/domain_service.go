package fix

import (
	_ "embed" // for caa.csv
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

func serviceCures() []domainCure {
	return []domainCure{
		{"tlsrpt-missing", func(z *zone) []Step { return z.reports() }},
		{"tlsrpt-invalid", func(z *zone) []Step { return z.reports() }},
		{"srv-missing", func(z *zone) []Step { return z.servicesByTLS() }},
		{"autoconfig-insecure", func(z *zone) []Step { return z.guides() }},
		{"caa-missing", func(z *zone) []Step { return z.authorities() }},
	}
}

func (z *zone) reports() []Step {
	return []Step{{Where: Instead, Lines: line("_smtp._tls."+z.d.Name, "TXT", `"v=TLSRPTv1; rua=mailto:tlsrpt@`+z.d.Name+`"`),
		Note: "The mailbox has to exist; the reports come once a day from each big sender, as compressed JSON."}}
}

// serving is the first host and port that was seen to speak a protocol with TLS.
func (z *zone) serving(protocol string) (socket, bool) {
	for _, e := range z.endpoints {
		if e.Target.Protocol == protocol && len(e.Facts.Versions.Value) > 0 && plainName(e.Target.Host) && strings.Trim(e.Target.Host, "0123456789.") != "" {
			return socket{e.Target.Host, e.Target.Port}, true
		}
	}
	return socket{}, false
}

// publishes reports whether a source names a service.
func (z *zone) publishes(from evidence.Source, protocol string) bool {
	return slices.ContainsFunc(z.d.Services.Value, func(s evidence.MailService) bool {
		return s.Protocol == protocol && (s.Source == from || slices.Contains(s.Also, from))
	})
}

func (z *zone) servicesByTLS() []Step {
	there, denied := Step{Where: Beside}, Step{For: "only if there is no such service", Where: Beside}
	var unseen []string
	for _, protocol := range []string{"imaps", "submissions"} {
		owner := "_" + protocol + "._tcp." + z.d.Name
		if z.publishes(evidence.BySRV, protocol) {
			continue
		}
		if s, ok := z.serving(protocol); ok {
			there.Lines = append(there.Lines, line(owner, "SRV", fmt.Sprintf("0 1 %d %s.", s.port, s.host))...)
			continue
		}
		unseen = append(unseen, protocol)
		denied.Lines = append(denied.Lines, line(owner, "SRV", "0 0 0 .")...)
	}
	if len(unseen) > 0 {
		denied.Note = "No server was seen that speaks " + strings.Join(unseen, " or ") + ": if there is one, name its host and port instead."
	}
	return []Step{there, denied}
}

// guides are the parts of documents for mail programs that name ports with TLS from the first byte.
func (z *zone) guides() []Step {
	var out []Step
	var unseen []string
	for _, from := range []evidence.Source{evidence.ByAutoconfig, evidence.ByAutodiscover} {
		step := Step{Where: z.document(from)}
		for _, pair := range [][2]string{{"imap", "imaps"}, {"pop3", "pop3s"}, {"submission", "submissions"}} {
			if !z.publishes(from, pair[0]) || z.publishes(from, pair[1]) {
				continue
			}
			s, ok := z.serving(pair[1])
			if !ok {
				unseen = addOnce(unseen, pair[1])
				continue
			}
			step.Lines = append(step.Lines, element(from, pair[0], s)...)
		}
		if len(step.Lines) > 0 {
			step.Note = "Put it before the others of its kind, with the user's name and the way to log in as they have it."
			out = append(out, step)
		}
	}
	if len(unseen) > 0 {
		out = append(out, Step{Note: "No server was seen that speaks " + strings.Join(unseen, " or ") + ": it needs a port with TLS from the first byte first; see mailtls harden."})
	}
	for _, s := range z.d.Services.Value {
		if s.Socket == evidence.SocketPlain {
			return append(out, Step{Note: "Take out what names a service without TLS: " + s.Protocol + " at " + s.Host + "."})
		}
	}
	return out
}

// document is where a document of a kind was read.
func (z *zone) document(from evidence.Source) string {
	for _, g := range z.d.Guides {
		if g.Source == from && g.Services > 0 {
			return "the file " + g.URL
		}
	}
	return "the document of " + string(from)
}

// element is the part of a document that names a service with TLS.
func element(from evidence.Source, kind string, s socket) []string {
	if from == evidence.ByAutodiscover {
		kind = map[string]string{"imap": "IMAP", "pop3": "POP3", "submission": "SMTP"}[kind]
		return []string{"<Protocol>", "  <Type>" + kind + "</Type>", "  <Server>" + s.host + "</Server>", fmt.Sprintf("  <Port>%d</Port>", s.port), "  <SSL>on</SSL>", "</Protocol>"}
	}
	tag := "incomingServer"
	if kind == "submission" {
		tag, kind = "outgoingServer", "smtp"
	}
	return []string{fmt.Sprintf("<%s type=%q>", tag, kind), "  <hostname>" + s.host + "</hostname>", fmt.Sprintf("  <port>%d</port>", s.port), "  <socketType>SSL</socketType>", "</" + tag + ">"}
}

// caaNames has the names by which authorities want to be called in CAA records: how the organization in their certificates begins,
// and the name, by their own documents.
//
//go:embed caa.csv
var caaNames string

// caaName is the name of the authority that issued a certificate, "" if it is not known.
func caaName(c *evidence.Certificate) string {
	for l := range strings.Lines(caaNames) {
		if organization, name, ok := strings.Cut(strings.TrimSpace(l), ","); ok && strings.HasPrefix(c.Issuer.Organization, organization) {
			return name
		}
	}
	return ""
}

func (z *zone) authorities() []Step {
	out := Step{Where: Beside}
	var names, others []string
	for _, e := range z.endpoints {
		if e.Target.Host != z.d.Name && !strings.HasSuffix(e.Target.Host, "."+z.d.Name) {
			continue
		}
		list, _ := chains(e)
		for _, c := range list {
			own := e.Blobs.Certificates[c.Certificates[0]]
			if own == nil || c.Trust == nil || !c.Trust.Trusted {
				continue
			}
			if name := caaName(own); name != "" {
				names = addOnce(names, name)
			} else {
				others = addOnce(others, own.Issuer.DN)
			}
		}
	}
	for _, n := range names {
		out.Lines = append(out.Lines, line(z.d.Name, "CAA", fmt.Sprintf("0 issue %q", n))...)
	}
	switch {
	case len(others) > 0:
		out.Note = "The name of this authority for CAA stands in its documents: " + strings.Join(others, "; ") + "."
	case len(names) == 0:
		out.Note = "No certificate of a public authority was seen here: which one to name is for you to say."
	}
	out.Note = sentences(out.Note, "Whatever else below "+z.d.Name+" has certificates, such as web sites, needs its authority named, too.")
	return []Step{out}
}
