package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainTLSAChecks() []Check {
	return takingMail(
		daneUnusable("dane-pkix-usage", "TLSA records of usages that mail has no use for", `Usages 0 and 1 want a certificate of a public authority besides, and senders of
mail keep no list of those: to them such records are unusable. Where there are no others, they encrypt and do not look who answers. Publish "3 1 1" or "2 1 1" instead.`,
			"RFC 7672, Section 3.1.3", true),
		daneUnusable("dane-unusable", "TLSA records that senders cannot use", `A record whose digest has the wrong length, or that is of a usage, selector or matching type that
nobody knows, is left out by senders. Where there are no others, they encrypt and do not look who answers. Mostly it was cut off or garbled when it was copied: make it anew.`,
			"RFC 7672, Section 2.2", false),
		daneTrustAnchor("dane-ta-not-in-chain", "The authority of a TLSA record is not in the chain", `A record of usage 2 names an authority, and the server has to send that one's
certificate with its own, the root's too if the record names a root: senders have no other way to get it. Have the server send the whole chain, and look whether the
authority has begun to issue from another intermediate; then publish that one's record as well.`, false),
		daneTrustAnchor("dane-ta-name-mismatch", "The certificate is not made out to the exchanger that the TLSA record is about", `Behind a record of usage 2 the name counts, since the
authority issues to others, too: the certificate has to name the exchanger, or the domain. Have it made out to the exchanger's name as the MX record has it, or publish
a record of usage 3, for which names do not matter.`, true),
	)
}

// tlsa is a TLSA record, as far as judging it needs.
type tlsa struct{ usage, selector, matching int }

// readTLSA reads a record in presentation form.
func readTLSA(s string) tlsa {
	t := tlsa{-1, -1, -1}
	_, _ = fmt.Sscanf(s, "%d %d %d", &t.usage, &t.selector, &t.matching)
	return t
}

// pkix reports whether the usage wants a public authority besides (RFC 6698, Section 2.1.1).
func (t tlsa) pkix() bool { return t.usage == 0 || t.usage == 1 }

// heldTLSA is what the records at one port say.
type heldTLSA struct {
	port    int
	place   place
	results []evidence.TLSAResult // of all chains of an address
}

// tlsaAt asks about every address and port that TLSA records were held against.
func tlsaAt(d *evidence.Domain, about func(heldTLSA) (evidence.Answer, string, bool)) (incoming, others places) {
	for _, h := range d.Held {
		x := heldTLSA{port: h.Port, place: place{host: h.Host, at: h.Address.String()}}
		if h.Port != 25 {
			x.place.host = fmt.Sprintf("%s:%d", h.Host, h.Port)
		}
		for _, c := range h.Chains {
			x.results = append(x.results, c.Records...)
		}
		a, why, ok := about(x)
		switch {
		case h.Outcome == evidence.Opportunistic, h.Cause == evidence.DNSSECFails, h.Cause == evidence.NoSTARTTLS:
			continue // the records do not count, or there is nothing to hold them against
		case len(x.results) == 0, !(ok && a == evidence.Yes) && h.Outcome == evidence.Undecided:
			a, why = evidence.Unsure, h.Why
		case !ok:
			continue
		}
		if x.place.amiss, x.place.why = a, why; h.Port == 25 {
			incoming = append(incoming, x.place)
		} else {
			others = append(others, x.place)
		}
	}
	return append(incoming, unheld(d)...), others
}

// unheld are the addresses of exchangers of which it is not known what DANE makes of them, and that nothing was held against.
func unheld(d *evidence.Domain) places {
	return hopPlaces(d, func(h evidence.Hop) (evidence.Answer, string, bool) {
		held := slices.ContainsFunc(d.Held, func(x evidence.Held) bool { return x.Host == h.Host && x.Address == h.Address && x.Port == 25 })
		return evidence.Unsure, h.DANE.Why, h.DANE.Outcome == evidence.Undecided && !held
	})
}

// daneUnusable is about records that senders do not use: pkix, because of usages 0 and 1, or for another reason.
func daneUnusable(id, title, text, clause string, pkix bool) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: []string{clause},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			alone := false // there are no usable ones beside
			list := tlsaSets(s.Domain, func(h evidence.MailHost, port int) (evidence.Answer, string) {
				bad, usable := unusable(h.TLSA[port].Value.Records, pkix)
				if len(bad) == 0 {
					return evidence.No, ""
				}
				alone = alone || usable == 0 && port == 25
				return evidence.Yes, strings.Join(bad, ", ")
			})
			f := list.finding(p.Check(id), policy.Relay, "senders leave out TLSA records of", "senders can use every TLSA record", "there are no TLSA records")
			if f.tells() && !alone {
				return f.milder("There are others on port 25, which count.")
			}
			return f
		},
	}
}

// tlsaSets makes a place of each host and port that has TLSA records, whether or not anything answers there.
func tlsaSets(d *evidence.Domain, about func(evidence.MailHost, int) (evidence.Answer, string)) places {
	var out places
	for _, host := range sortedHosts(d) {
		h := d.Hosts[host]
		for _, port := range sortedPorts(h) {
			f := h.TLSA[port]
			if len(f.Value.Records) == 0 && f.State != evidence.Unknown {
				continue
			}
			name := host
			if port != 25 {
				name = fmt.Sprintf("%s:%d", host, port)
			}
			a, why := evidence.Unsure, f.Why
			if f.Seen() {
				a, why = about(*h, port)
			}
			out = append(out, place{host: name, amiss: a, why: why})
		}
	}
	return out
}

// unusable returns the beginnings of records that senders do not use, and how many they do.
func unusable(records []string, pkix bool) (bad []string, usable int) {
	for _, r := range records {
		switch t := readTLSA(r); {
		case wellFormed(r) && !t.pkix():
			usable++
		case t.pkix() == pkix:
			bad = addOnce(bad, fmt.Sprintf("%d %d %d", t.usage, t.selector, t.matching))
		}
	}
	return bad, usable
}

// wellFormed reports whether a record has known fields and a digest of the right length.
func wellFormed(record string) bool {
	t, fields := readTLSA(record), strings.Fields(record)
	if t.usage < 0 || t.usage > 3 || t.selector < 0 || t.selector > 1 || len(fields) < 4 {
		return false
	}
	n := len(strings.Join(fields[3:], "")) / 2
	return t.matching == 0 || t.matching == 1 && n == 32 || t.matching == 2 && n == 64
}

// daneTrustAnchor is about records of usage 2 that do not match: because their authority is not in the chain, or because of the name.
func daneTrustAnchor(id, title, text string, name bool) Check {
	return Check{
		ID: id, Title: title, Text: text,
		Refs:  []string{"RFC 7672, Sections 3.1.2 and 3.2.2", "RFC 7671, Section 5.2"},
		Needs: shownCertificates(),
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			spared := true // another record matches wherever this one does not
			incoming, others := tlsaAt(s.Domain, func(h heldTLSA) (evidence.Answer, string, bool) {
				anchors, amiss, matched, why := 0, false, false, ""
				for _, r := range h.results {
					matched = matched || r.Matches
					if readTLSA(r.Record).usage != 2 || r.Unusable != "" {
						continue
					}
					anchors++
					if !r.Matches && (name && r.Position >= 0 && strings.Contains(r.Why, "made out to") || !name && r.Position < 0) {
						amiss, why = true, r.Why
					}
				}
				spared = spared && (!amiss || matched || h.port != 25)
				switch {
				case anchors == 0:
					return 0, "", false
				case amiss:
					return evidence.Yes, why, true
				}
				return evidence.No, "", true
			})
			const what, fine, none = "a TLSA record of usage 2 does not match at", "every TLSA record of usage 2 is about an authority in the chain", "no server that answered has TLSA records of usage 2"
			f := incoming.finding(p.Check(id), policy.Relay, what, fine, none)
			if f.tells() && spared {
				f = f.milder("Another record matches, so that senders deliver.").milder("Another record matches, so that senders deliver.")
			}
			return both(f, others.finding(p.Check(id), policy.Access, what, fine, none))
		},
	}
}
