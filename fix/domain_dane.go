package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

func daneCures() []domainCure {
	return []domainCure{
		{"dane-missing", func(z *zone) []Step { return z.firstRecords() }},
		{"dane-partial", func(z *zone) []Step { return z.firstRecords() }},
		{"dane-mismatch", func(z *zone) []Step { return z.atOnce() }},
		{"dane-no-starttls", func(z *zone) []Step { return z.withoutTLS() }},
		{"dane-denial-broken", func(z *zone) []Step { return z.askTLSA() }},
	}
}

const signFirst = "Sign the zone first: TLSA records in a zone that is not signed are not used by anybody."

// unsigned says why records of an exchanger would be of no use, "" if they would.
func (z *zone) unsigned(host string) string {
	h := z.d.Hosts[host]
	switch {
	case z.d.Exchange.Value.DNSSEC.Status == "insecure":
		return "The MX records of " + z.d.Name + " are not signed."
	case h != nil && h.DNSSEC.Status == "insecure" && !h.TLSA[25].Seen():
		return "The addresses of " + host + " are not signed."
	}
	return ""
}

// firstRecords are for exchangers that have none. From then on a new key without its record keeps mail away.
func (z *zone) firstRecords() []Step {
	var lacking []socket
	var reasons []string
	for _, host := range z.exchangers() {
		s := socket{host, 25}
		if why := z.unsigned(host); why != "" {
			reasons = addOnce(reasons, why)
		} else if len(z.published(s)) == 0 {
			lacking = append(lacking, s)
		}
	}
	out := z.recordsFor(lacking)
	if len(out[0].Lines) > 0 {
		out[0].Warning = "Once they are there, a certificate with another key, such as a renewal brings, keeps mail away: have the key kept (certbot does with " +
			"--reuse-key). " + rollover
	}
	if len(reasons) > 0 {
		out = append(out, Step{Note: sentences(append(reasons, signFirst)...)})
	}
	return out
}

// recordsFor are those of what sockets show, and what is missing to give more. Before an exchanger is ready for them, records do harm.
func (z *zone) recordsFor(list []socket) []Step {
	own := Step{Where: Beside}
	next := Step{For: "for the next certificate, if the same authority signs it", Where: Beside, Note: anchorNote}
	var notes, hosts []string
	unseen := false
	for _, s := range list {
		now := z.shownAt(s)
		switch {
		case now.clear:
			notes = append(notes, fmt.Sprintf("No record for %s yet: it does not encrypt, and records would keep mail away from it.", s))
		case len(now.keys) == 0:
			notes, unseen = append(notes, fmt.Sprintf("No record for %s can be given, since its certificate was not seen: %s.", s, strings.Join(now.open, "; "))), true
		default:
			own.Lines, next.Lines = addOnce(own.Lines, z.tlsaLines(s, now.keys)...), addOnce(next.Lines, z.tlsaLines(s, now.anchors)...)
			hosts, notes = append(hosts, z.base(s)), append(notes, now.others(s))
		}
	}
	own.Note = sentences(append(notes, z.outside(hosts))...)
	if len(next.Lines) == 0 {
		next = Step{}
	}
	out := []Step{own, next}
	if unseen {
		out = append(out, digest())
	}
	return out
}

const anchorNote = "A record of an authority takes any certificate that it issues for the name, and holds only while it goes on to sign with that key. " +
	"Many change the intermediate that signs: ask yours, and keep the record of your own key beside it."

// refusedFor are the sockets at which clients that heed DANE stop for a cause.
func (z *zone) refusedFor(cause evidence.Cause) []socket {
	var out []socket
	add := func(s socket) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, h := range z.d.Hops {
		if h.DANE.Cause == cause && h.DANE.Outcome != evidence.Undecided {
			add(socket{h.Host, 25})
		}
	}
	for _, h := range z.d.Held {
		if h.Cause == cause && h.Outcome != evidence.Undecided {
			add(socket{h.Host, h.Port})
		}
	}
	return out
}

const rollover = "Next time: first publish the record of the new key beside the old one, wait until the old set has left all caches (its TTL, " +
	"and what the zone takes to reach every name server), then change the certificate, and only then take the old record out."

// atOnce are the records of what is shown by servers that no record matches.
func (z *zone) atOnce() []Step {
	out := z.recordsFor(z.refusedFor(evidence.NoRecordFits))
	out = slices.DeleteFunc(out, func(s Step) bool { return s.For != "" && s.Where != "" }) // what matters is today
	return append(out, Step{Note: "The records that match nothing now can stay if they are of a key to come; else take them out. " + rollover})
}

// withoutTLS is for servers that have records and do not encrypt.
func (z *zone) withoutTLS() []Step {
	out := Step{For: "only if it is to stay without encryption", Where: TakenOut}
	for _, s := range z.refusedFor(evidence.NoSTARTTLS) {
		out.Lines = addOnce(out.Lines, z.tlsaLines(s, z.published(s))...)
	}
	return []Step{{Note: "Make STARTTLS work there; which settings that takes stands with that server."}, out}
}

// askTLSA shows what senders see.
func (z *zone) askTLSA() []Step {
	out := Step{For: "what senders ask, for whoever runs the name servers"}
	for _, host := range z.exchangers() {
		h := z.d.Hosts[host]
		if h == nil || !plainName(z.base(socket{host, 25})) {
			continue
		}
		if t := h.TLSA[25]; t.Value.Fails || t.Seen() && t.Value.DNSSEC.Status == "bogus" && len(t.Value.Records) == 0 {
			out.Lines = append(out.Lines, "dig +dnssec TLSA _25._tcp."+z.base(socket{host, 25}))
		}
	}
	out.Note = "It has to end with NOERROR or NXDOMAIN, and with NSEC or NSEC3 records and their RRSIG. Nothing in the zone's records mends it but to sign " +
		"the zone anew; a name server that does not know the type has to be replaced."
	return []Step{out}
}
