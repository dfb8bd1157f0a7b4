package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// advice tells how to learn more, where that is known.
func (p *page) advice(e Endpoint) {
	ended := func(k evidence.EndKind) bool {
		return slices.ContainsFunc(e.Observations, func(o evidence.Observation) bool { return o.End.Kind == k })
	}
	switch {
	case ended(evidence.EndThrottled):
		p.hang(p.markWidth(), "", 0, normal, "The server asked us to come more slowly. Run again with:")
		p.hang(p.markWidth()+2, "", 0, normal, "--delay 2s --parallel 1")
	case ended(evidence.EndTimeout):
		p.hang(p.markWidth(), "", 0, normal, "The server did not always answer in time. Run again with:")
		p.hang(p.markWidth()+2, "", 0, normal, "--timeout 30s")
	case ended(evidence.EndNotTLS) && e.Facts.STARTTLS.State == evidence.Inapplicable && e.Facts.Versions.State == evidence.Unknown:
		p.wrongPort(e.Target, e.Facts.Versions.Why)
	case strings.Contains(e.Facts.STARTTLS.Why, "the server speaks"):
		p.wrongPort(e.Target, e.Facts.STARTTLS.Why)
	}
}

// wrongPort tells what to do about a server that speaks something else, for the reason why. The scheme to use instead is
// named only for what greets as a mail server does.
func (p *page) wrongPort(t evidence.Target, why string) {
	scheme := greeter(t, why)
	if scheme == "" {
		p.hang(p.markWidth(), "", 0, normal, "Is it the right port, and the right scheme?")
		return
	}
	p.hang(p.markWidth(), "", 0, normal, "Is it the right port? If so, run again with the scheme of what answers there: "+
		scheme+"://"+p.escape(name(t)))
}

// greeter is the scheme of what sent the line that a reason quotes, or "". FTP greets with 220, too (RFC 959, Section
// 5.4).
func greeter(t evidence.Target, why string) string {
	_, line, _ := strings.Cut(why, `: "`)
	for _, g := range []struct{ begin, scheme string }{
		{"220", "smtp"}, {"554", "smtp"}, {"* OK", "imap"}, {"* PREAUTH", "imap"}, {"* BYE", "imap"}, {"+OK", "pop3"}, {"-ERR", "pop3"},
		{`\"IMPLEMENTATION`, "sieve"},
	} {
		switch {
		case !strings.HasPrefix(line, g.begin), strings.Contains(line, "FTP"):
		case g.scheme == "smtp" && (t.Protocol == "submissions" || t.Port == 587):
			return "submission"
		default:
			return g.scheme
		}
	}
	return ""
}
