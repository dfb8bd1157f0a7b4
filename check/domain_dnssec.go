package check

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainDNSSECChecks() []Check { return append(takingMail(dnssecMissing()), dnssecBogus()) }

// vouched makes a place of the MX records, and of the addresses of each exchanger.
func vouched(d *evidence.Domain, about func(evidence.Vouch) (evidence.Answer, string, bool)) places {
	var out places
	if a, why, ok := about(d.Exchange.Value.DNSSEC); ok {
		out = append(out, place{host: "the MX records of " + d.Name, amiss: a, why: why})
	}
	return append(out, hostPlaces(d, func(_ string, h *evidence.MailHost) (evidence.Answer, string, bool) {
		if !h.Addresses.Seen() {
			return evidence.Unsure, h.Addresses.Why, true
		}
		return about(h.DNSSEC)
	})...)
}

func dnssecMissing() Check {
	return Check{
		ID:    "dnssec-missing",
		Title: "Who takes the domain's mail is not signed (DNSSEC)",
		Text: `Without DNSSEC whoever can forge answers of the DNS says where the mail goes to, and DANE is not possible. Both are needed: signed MX
records, and signed names of the exchangers, which are often those of a provider. Most registrars sign a domain at the press of a button; a provider has to sign
its own.`,
		Refs:  []string{"RFC 7672, Sections 1.3.2 and 2.2", "RFC 9364"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list := vouched(s.Domain, func(v evidence.Vouch) (evidence.Answer, string, bool) {
				switch v.Status {
				case "insecure":
					return evidence.Yes, "", true
				case "secure", "bogus": // bogus: signed, though wrongly
					return evidence.No, "", true
				}
				return evidence.Unsure, v.Why, true
			})
			return list.finding(p.Check("dnssec-missing"), policy.Relay, "not signed", "the MX records and the exchangers' names are signed", "the domain has no exchanger")
		},
	}
}

func dnssecBogus() Check {
	return Check{
		ID:    "dnssec-bogus",
		Title: "DNSSEC does not validate",
		Text: `What the DNS says of the domain's mail is signed, and the signatures do not hold: to every validating resolver the names do not exist.
Senders behind one, which are many, cannot deliver. Mostly signatures have expired, or the keys were changed and the DS record in the zone above was not. Make the
name server sign anew, and hold the DS record against the keys; if that takes long, have the DS record removed for the time.`,
		Refs:  []string{"RFC 4035, Section 5", "RFC 7672, Section 2.1.1"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			const what, fine, none = "signatures do not hold", "every signature holds", "nothing is signed"
			if why := takesNone(s.Domain); why != "" {
				return notApplicable(why)
			}
			rule := p.Check("dnssec-bogus")
			f := append(vouched(s.Domain, bogus), s.promised(bogus)...).finding(rule, policy.Relay, what, fine, none)
			besides := signedTexts(s.Domain).finding(rule, policy.Relay, what, fine, none)
			if besides.Level >= Warn {
				besides = besides.milder("Mail goes its way; what is protected by these records is not.")
			}
			return both(f, besides)
		},
	}
}

// bogus tells whether what is signed does not hold.
func bogus(v evidence.Vouch) (evidence.Answer, string, bool) {
	switch v.Status {
	case "bogus":
		return evidence.Yes, v.Why, true
	case "secure":
		return evidence.No, "", true
	case "insecure":
		return 0, "", false
	}
	return evidence.Unsure, v.Why, true
}

// promised makes a place of the TLSA records of each exchanger.
func (s *DomainSubject) promised(about func(evidence.Vouch) (evidence.Answer, string, bool)) places {
	return hostPlaces(s.Domain, func(_ string, h *evidence.MailHost) (evidence.Answer, string, bool) {
		t := h.TLSA[25]
		if !t.Seen() || len(t.Value.Records) == 0 { // see dane-denial-broken
			return 0, "", false
		}
		return about(t.Value.DNSSEC)
	})
}

// signedTexts makes a place of each of the other records that senders read.
func signedTexts(d *evidence.Domain) places {
	var out places
	add := func(name string, seen bool, v evidence.Vouch) {
		if a, why, ok := bogus(v); ok && seen {
			out = append(out, place{host: name, amiss: a, why: why})
		}
	}
	add("_mta-sts."+d.Name, d.STS.Seen(), d.STS.Value.DNSSEC)
	add("_smtp._tls."+d.Name, d.Reports.Seen(), d.Reports.Value.DNSSEC)
	add("the CAA records of "+d.CAA.Value.Name, d.CAA.Seen() && d.CAA.Value.Name != "", d.CAA.Value.DNSSEC)
	return out
}
