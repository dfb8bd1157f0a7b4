package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

func tlsaCures() []domainCure {
	return []domainCure{
		{"dane-pkix-usage", func(z *zone) []Step { return z.replaced(z.withRecords(unusableRecord)) }},
		{"dane-unusable", func(z *zone) []Step { return z.replaced(z.withRecords(unusableRecord)) }},
		{"dane-ta-not-in-chain", func(z *zone) []Step {
			return append(z.replaced(z.with(failingAnchor)),
				Step{Note: "Or have the server send the certificate of that authority with its own: then the record matches as it is."})
		}},
		{"dane-ta-name-mismatch", func(z *zone) []Step {
			return append(z.replaced(z.with(failingAnchor)),
				Step{Note: "Or have the certificate made out to the exchanger: then the record matches as it is."})
		}},
		{"dane-weak-param", func(z *zone) []Step { return z.wellChosen() }},
		{"dane-no-rollover", func(z *zone) []Step { return z.nextKey() }},
		{"ttl-too-long", func(z *zone) []Step {
			out := Step{Where: Instead, Note: "The old time goes on in caches until it is over, so do this before you change a key."}
			for _, s := range z.sockets() {
				if z.d.Hosts[s.host].TLSA[s.port].Value.TTL > 24*ttl {
					records, _ := z.inOrder(s)
					out.Lines = addOnce(out.Lines, z.tlsaLines(s, records)...)
				}
			}
			return []Step{out}
		}},
	}
}

// sockets are those that have TLSA records, by name and port.
func (z *zone) sockets() []socket {
	var out []socket
	for host, h := range z.d.Hosts {
		for port := range h.TLSA {
			if s := (socket{host, port}); len(z.published(s)) > 0 {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b socket) int {
		return strings.Compare(fmt.Sprintf("%s %5d", a.host, a.port), fmt.Sprintf("%s %5d", b.host, b.port))
	})
	return out
}

func unusableRecord(r string) bool { return !usable(r) }

// withRecords are sockets that have a record of a kind.
func (z *zone) withRecords(kind func(string) bool) []socket {
	return slices.DeleteFunc(z.sockets(), func(s socket) bool { return !slices.ContainsFunc(z.published(s), kind) })
}

// replaced are the records that sockets should have; see inOrder.
func (z *zone) replaced(list []socket) []Step {
	out := Step{Where: Instead}
	var notes []string
	var more []Step
	for _, s := range list {
		records, now := z.inOrder(s)
		if len(now.keys) == 0 {
			notes = append(notes, fmt.Sprintf("The certificate of %s was not seen (%s).", s, strings.Join(now.open, "; ")))
		} else if now.others(s) != "" {
			notes = append(notes, now.others(s), "Records of authorities stay until all are seen.")
		}
		if len(records) == 0 {
			more = []Step{digest()}
		}
		out.Lines = addOnce(out.Lines, z.tlsaLines(s, records)...)
	}
	out.Note = sentences(notes...)
	return append([]Step{out}, more...)
}

// inOrder are the records that a socket should have in place of those it has, whatever was found amiss, so that no cure undoes another:
// of those there are the ones that senders can use, without authorities that are not shown and without what the next certificate voids,
// and the keys that are shown. Where not all was seen, authorities stay, since another address may show them.
func (z *zone) inOrder(s socket) ([]string, shown) {
	now := z.shownAt(s)
	bad := append(z.amiss(failingAnchor)[s], z.amiss(illChosen)[s]...)
	var list []string
	for _, r := range z.published(s) {
		needed := len(now.keys) == 0 || strings.HasPrefix(r, "2 ") && len(now.open) > 0
		if usable(r) && (needed || !slices.Contains(bad, r)) {
			list = addOnce(list, r)
		}
	}
	return addOnce(list, now.keys...), now
}

// failingAnchor reports whether a record of an authority does not match.
func failingAnchor(r evidence.TLSAResult) bool {
	return strings.HasPrefix(r.Record, "2 ") && r.Unusable == "" && !r.Matches && (r.Position < 0 || strings.Contains(r.Why, "made out to"))
}

// illChosen reports whether a record matches a whole certificate, or holds the thing itself.
func illChosen(r evidence.TLSAResult) bool {
	f := strings.Fields(r.Record)
	return r.Matches && len(f) == 4 && (f[0] == "3" && f[1] == "0" || f[2] == "0")
}

// with are the sockets that have any record of a kind.
func (z *zone) with(kind func(evidence.TLSAResult) bool) []socket {
	bad := z.amiss(kind)
	return slices.DeleteFunc(z.sockets(), func(s socket) bool { return len(bad[s]) == 0 })
}

// amiss are the sockets where any result of holding records is of a kind, and those records.
func (z *zone) amiss(kind func(evidence.TLSAResult) bool) map[socket][]string {
	out := map[socket][]string{}
	for _, h := range z.d.Held {
		for _, c := range h.Chains {
			for _, r := range c.Records {
				if s := (socket{h.Host, h.Port}); kind(r) {
					out[s] = addOnce(out[s], r.Record)
				}
			}
		}
	}
	return out
}

// wellChosen replaces records of a whole certificate, and those that hold the thing itself, by one of the key.
func (z *zone) wellChosen() []Step {
	out := z.replaced(z.with(illChosen))
	return append(out, Step{Note: "A record of the key holds as long as the key is kept: certbot keeps it with --reuse-key. " + rollover})
}

// nextKey prepares for the certificate that comes: by the record of the authority where that would match, else by a key of one's own.
func (z *zone) nextKey() []Step {
	anchors := Step{Where: Beside, Note: anchorNote}
	var rest []string
	life := ttl
	for _, s := range z.unready() {
		now := z.shownAt(s)
		anchors.Lines = addOnce(anchors.Lines, z.tlsaLines(s, now.anchors)...)
		life = max(life, z.d.Hosts[s.host].TLSA[s.port].Value.TTL)
		if len(now.anchors) == 0 {
			rest = append(rest, s.String())
		}
	}
	if len(anchors.Lines) == 0 {
		anchors.Note = ""
	}
	out := []Step{anchors, {For: "on the server: the next key, and the digest for its record \"3 1 1\"", Lines: []string{
		"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out next.key",
		"openssl pkey -in next.key -pubout -outform DER | openssl dgst -sha256",
	}}}
	text := fmt.Sprintf("Publish that record beside the present ones, wait %d seconds at least (the TTL) and until every name server has it, have the "+
		"certificate issued for that key, and take the old record out once nothing shows the old key.", life)
	if len(rest) > 0 {
		text = "At " + strings.Join(rest, ", ") + " no authority above is shown that a record could name. " + text
	}
	return append(out, Step{Note: text})
}

// unready are the sockets at which records match, and none is there for another key.
func (z *zone) unready() []socket {
	var out []socket
	for _, h := range z.d.Held {
		used, ready := map[string]bool{}, false
		for _, c := range h.Chains {
			for _, r := range c.Records {
				used[r.Record] = used[r.Record] || r.Matches
				ready = ready || r.Matches && strings.HasPrefix(r.Record, "2 ")
			}
		}
		matched := false
		for record, matches := range used {
			matched, ready = matched || matches, ready || !matches && usable(record)
		}
		if s := (socket{h.Host, h.Port}); matched && !ready && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
