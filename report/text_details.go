package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// details writes the facts that only those want who look closer.
func (p *page) details(e Endpoint) {
	f := e.Facts
	text(p, "greeting", f.Greeting, p.escape)
	text(p, "capabilities", f.Capabilities, p.capabilities)
	text(p, "inside TLS", f.CapabilitiesTLS, p.capabilities)
	text(p, "mail in clear", f.MailBeforeTLS, p.taken)
	text(p, "auth in clear", f.AuthBeforeTLS, p.taken)
	text(p, "signatures", f.Signatures, perVersion)
	text(p, "dh groups", f.DHParams, dhGroups)
	text(p, "key reuse", f.KeyReuse, keyReuse)
	text(p, "compression", f.Compression, func(m []tlswire.CompressionMethod) string { return list(names(m)) })
	text(p, "extensions", f.Extensions, perVersion)
	text(p, "alpn", f.ALPN, func(s string) string { return list(strings.Fields(p.escape(s))) })
	text(p, "stapled", f.Stapled, yesNo)
	lines(p, "revocation", f.Revocation, func(list []evidence.Revocation) []string { return p.revocations(list, e.Blobs.Certificates) })
	lines(p, "lint", f.Lint, p.lints)
	text(p, "sentinel", f.DowngradeSentinel, yesNo)
	text(p, "fallback scsv", f.FallbackSCSV, yesNo)
	text(p, "random clock", f.ClockInRandom, yesNo)
	text(p, "fails on", f.Intolerances, func(in []evidence.Intolerance) string {
		var out []string
		for _, i := range in {
			out = append(out, string(i))
		}
		return list(out)
	})
}

// text writes one fact by show if it was seen, and why it was not if it was asked for.
func text[T any](p *page, label string, f evidence.Fact[T], show func(T) string) {
	if f.Seen() {
		p.fact(label, show(f.Value))
	}
	if f.State != evidence.Inapplicable {
		p.condition(label, f.State, f.Why)
	}
}

// lines is text for facts with much to say: it writes each string that show gives on a line of its own.
func lines[T any](p *page, label string, f evidence.Fact[T], show func(T) []string) {
	if f.Seen() {
		first := label
		for _, s := range orNone(show(f.Value)) {
			p.fact(first, s)
			first = ""
		}
	}
	if f.State != evidence.Inapplicable {
		p.condition(label, f.State, f.Why)
	}
}

func orNone(words []string) []string {
	if len(words) == 0 {
		return []string{"none"}
	}
	return words
}

func (p *page) capabilities(c evidence.Capabilities) string {
	return p.escape(strings.Join(slices.Concat(c.Names, prefixed("AUTH=", c.AuthMechanisms)), " "))
}

func (p *page) taken(t evidence.Taken) string { return p.escape(takenInWords(t)) }

// takenInWords says what came of something that should need TLS; text of the server is raw in it.
func takenInWords(t evidence.Taken) string {
	if t.Accepted {
		return "accepted: " + t.Reply
	}
	return "refused: " + t.Reply
}

func prefixed(prefix string, words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = prefix + w
	}
	return out
}

// perVersion lists what each version has, newest first.
func perVersion[T fmt.Stringer](m evidence.PerVersion[T]) string {
	var parts []string
	for _, v := range slices.Backward(tlswire.Versions()) {
		if len(m[v]) > 0 {
			parts = append(parts, v.String()+": "+strings.Join(names(m[v]), " "))
		}
	}
	return list(parts)
}

func dhGroups(groups []evidence.DHParams) string {
	var parts []string
	for _, g := range groups {
		s := fmt.Sprintf("%d bits", g.Bits)
		switch {
		case g.Prime != "":
			s += " (" + g.Prime + ")"
		case g.Tested && !g.IsPrime:
			s += " (not a prime)"
		case g.Tested && !g.Safe:
			s += " (not a safe prime)"
		}
		parts = append(parts, s)
	}
	return list(parts)
}

func keyReuse(k evidence.KeyReuse) string {
	var parts []string
	for _, x := range []struct {
		name       string
		again      bool
		handshakes int
	}{{"DH", k.DH, k.DHHandshakes}, {"ECDH", k.ECDH, k.ECDHHandshakes}} {
		switch x.handshakes {
		case 0:
		case 1:
			parts = append(parts, x.name+" seen once")
		default:
			parts = append(parts, fmt.Sprintf("%s %s in %s", x.name, yesNo(x.again), plural(x.handshakes, "handshake")))
		}
	}
	if len(parts) == 0 {
		return "none seen"
	}
	return strings.Join(parts, ", ")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
