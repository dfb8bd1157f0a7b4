package check

import (
	"cmp"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// shownCertificates are the facts about endpoints that decide what senders do.
func shownCertificates() []evidence.Need {
	return []evidence.Need{{Key: evidence.KeySTARTTLS}, {Key: evidence.KeyCertificates}}
}

func domainDANEChecks() []Check {
	return takingMail(daneMissing(), danePartial(), daneMismatch(), daneNoSTARTTLS(), daneDenialBroken())
}

// hasTLSA tells whether an exchanger has TLSA records for port 25 that senders may believe; why not, or why it is not known.
func hasTLSA(d *evidence.Domain, h *evidence.MailHost) (evidence.Answer, string) {
	t := h.TLSA[25]
	switch mx := d.Exchange.Value.DNSSEC.Status; {
	case mx == "insecure":
		return evidence.No, "the MX records are not signed"
	case h.DNSSEC.Status == "insecure" && !t.Seen() && t.State != evidence.Unknown: // a signed alias may have records all the same
		return evidence.No, "its addresses are not signed"
	case mx != "secure" && mx != "bogus":
		return evidence.Unsure, d.Exchange.Value.DNSSEC.Why
	case h.DNSSEC.Status == "indeterminate", h.DNSSEC.Status == "":
		return evidence.Unsure, h.DNSSEC.Why
	case !t.Seen():
		return evidence.Unsure, cmp.Or(t.Why, unaskedTLSA)
	case len(t.Value.Records) > 0 && t.Value.DNSSEC.Status == "insecure":
		return evidence.No, "the TLSA records are not signed"
	case len(t.Value.Records) > 0:
		return evidence.Yes, ""
	case t.Value.DNSSEC.Status == "bogus":
		return evidence.Unsure, "whether there are TLSA records cannot be learned: " + t.Value.DNSSEC.Why
	}
	return evidence.No, "no TLSA record"
}

const unaskedTLSA = "this scan did not ask for its TLSA records"

// lackingTLSA makes a place of each exchanger: amiss are those without TLSA records.
func lackingTLSA(d *evidence.Domain) places {
	return hostPlaces(d, func(_ string, h *evidence.MailHost) (evidence.Answer, string, bool) {
		switch has, why := hasTLSA(d, h); has {
		case evidence.Yes:
			return evidence.No, "", true
		case evidence.No:
			return evidence.Yes, why, true
		default:
			return evidence.Unsure, why, true
		}
	})
}

func daneMissing() Check {
	return Check{
		ID:    "dane-missing",
		Title: "No exchanger has TLSA records (DANE)",
		Text: `With TLSA records in a signed zone a domain tells senders that its exchangers encrypt, and how to know them: nobody on the way can
remove STARTTLS or pretend to be the exchanger. Microsoft, Comcast, GMX, Posteo and every Postfix that is set to it heed them. They need DNSSEC for the domain
and for the exchangers' names. Publish at _25._tcp.EXCHANGER "3 1 1" and the SHA-256 of the certificate's public key, and renew certificates with care.`,
		Refs:  []string{"RFC 7672, Section 2.2", "RFC 6698"},
		Cause: []string{"dnssec-missing"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list := lackingTLSA(s.Domain)
			if len(list.that(evidence.No)) > 0 {
				return good("there are TLSA records")
			}
			if open := list.that(evidence.Unsure); len(open) > 0 {
				return undecided(open.text())
			}
			f := list.finding(p.Check("dane-missing"), policy.Relay, "senders find no TLSA records to go by", "", "the domain has no exchanger")
			switch unsigned := len(list) > 0 && strings.Contains(list[0].why, "not signed"); {
			case unsigned:
				return f.milder("Without DNSSEC there can be none.")
			case enforced(s.Domain):
				return f.milder("A policy of MTA-STS, in mode enforce, protects mail from senders that heed it.")
			}
			return f
		},
	}
}

func enforced(d *evidence.Domain) bool {
	return d.STS.Seen() && d.STS.Value.Fault == "" && d.Policy.Seen() && d.Policy.Value.Fault == "" && d.Policy.Value.Mode == "enforce"
}

func danePartial() Check {
	return Check{
		ID:    "dane-partial",
		Title: "Some exchangers have no TLSA records",
		Text: `Senders deliver to any exchanger that the MX records name. Whoever sits on the way can make those with TLSA records unreachable, and
then mail goes, unprotected, to one without. DANE protects a domain only if each of its exchangers has records, those of the worst preference too.`,
		Refs:  []string{"RFC 7672, Sections 1.3.2 and 2.2.1"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list := lackingTLSA(s.Domain)
			if len(list.that(evidence.No)) == 0 && len(list.that(evidence.Unsure)) == 0 {
				return notApplicable("no exchanger has TLSA records")
			}
			if len(list.that(evidence.No)) == 0 {
				return undecided(list.that(evidence.Unsure).text())
			}
			return list.finding(p.Check("dane-partial"), policy.Relay, "others have TLSA records, but not", "every exchanger has TLSA records", "")
		},
	}
}

// byCause makes a place of each address of an exchanger that has TLSA records: amiss are those that senders refuse for one of causes.
func byCause(d *evidence.Domain, causes ...evidence.Cause) places {
	return hopPlaces(d, func(h evidence.Hop) (evidence.Answer, string, bool) {
		return answerOf(h.DANE.Outcome, h.DANE.Cause, h.DANE.Why, causes)
	})
}

// otherByCause is byCause for the ports of users.
func otherByCause(d *evidence.Domain, causes ...evidence.Cause) places {
	return otherPlaces(d, func(h evidence.Held) (evidence.Answer, string, bool) {
		return answerOf(h.Outcome, h.Cause, h.Why, causes)
	})
}

func answerOf(outcome evidence.Outcome, cause evidence.Cause, why string, causes []evidence.Cause) (evidence.Answer, string, bool) {
	for _, c := range causes {
		if c == cause && outcome != evidence.Undecided {
			return evidence.Yes, why, true
		}
	}
	switch outcome {
	case evidence.Authenticated, evidence.Encrypted:
		return evidence.No, "", true
	case evidence.Undecided:
		return evidence.Unsure, why, true
	}
	return 0, "", false // there are no records, or the fault is another
}

const noRecords = "no exchanger has TLSA records that senders could hold against it"

func daneMismatch() Check {
	return Check{
		ID:    "dane-mismatch",
		Title: "A certificate that no TLSA record matches",
		Text: `Senders that heed DANE (Microsoft, Comcast, GMX, Posteo, many a Postfix) do not deliver to an exchanger whose certificate matches none
of its TLSA records: the mail waits, and comes back after days. Mostly the certificate was renewed with a new key, and the record left as it was. Publish a record
for the key that is in use now, at once; next time publish the record of the new key first, wait until the old set of records has run out of all caches, and
only then change the certificate. Every certificate that a server shows needs its record, one of RSA and one of ECDSA alike.`,
		Refs:  []string{"RFC 7672, Sections 2.2 and 3.2", "RFC 7671, Section 8"},
		Cause: []string{"dane-ta-not-in-chain", "dane-ta-name-mismatch"},
		Needs: shownCertificates(),
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			rule := p.Check("dane-mismatch")
			return both(
				byCause(s.Domain, evidence.NoRecordFits).finding(rule, policy.Relay, "senders that heed DANE do not deliver to", "every exchanger's certificate matches a TLSA record", noRecords),
				otherByCause(s.Domain, evidence.NoRecordFits).finding(rule, policy.Access, "no TLSA record matches the certificate at", "every certificate matches a TLSA record of its port", noRecords))
		},
	}
}

func daneNoSTARTTLS() Check {
	return Check{
		ID:    "dane-no-starttls",
		Title: "TLSA records, and no STARTTLS that works",
		Text: `TLSA records promise that an exchanger encrypts. Senders that heed DANE hold the mail back from one that does not, since that is just
what an attacker would make of it. Make STARTTLS work, or remove the records.`,
		Refs:  []string{"RFC 7672, Section 2.2"},
		Cause: []string{"starttls-missing", "starttls-broken", "starttls-stripped"},
		Needs: []evidence.Need{{Key: evidence.KeySTARTTLS}},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			rule := p.Check("dane-no-starttls")
			const what, fine = "TLSA records promise encryption, and there is none at", "what has TLSA records encrypts"
			return both(byCause(s.Domain, evidence.NoSTARTTLS).finding(rule, policy.Relay, what, fine, noRecords),
				otherByCause(s.Domain, evidence.NoSTARTTLS).finding(rule, policy.Access, what, fine, noRecords))
		},
	}
}

func daneDenialBroken() Check {
	return Check{
		ID:    "dane-denial-broken",
		Title: "Senders cannot learn whether there are TLSA records",
		Text: `A sender that heeds DANE asks for TLSA records wherever the names are signed. If the name servers fail at that question, or give an
answer whose "there is none" does not hold, the sender must take it for an attack, and the mail waits. The fault is in the name servers of the exchanger's zone:
old or odd ones that answer SERVFAIL, NOTIMP or nothing to types that they do not know, or a zone whose NSEC or NSEC3 chain is broken.`,
		Refs:  []string{"RFC 7672, Sections 2.1.1 and 2.1.2"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list := hostPlaces(s.Domain, func(_ string, h *evidence.MailHost) (evidence.Answer, string, bool) {
				t := h.TLSA[25]
				switch {
				case s.Domain.Exchange.Value.DNSSEC.Status == "insecure", h.DNSSEC.Status == "insecure" && !t.Seen() && t.State != evidence.Unknown:
					return 0, "", false
				case h.DNSSEC.Status != "secure" && h.DNSSEC.Status != "insecure":
					return evidence.Unsure, h.DNSSEC.Why, true
				case !t.Seen() && t.Value.Fails:
					return evidence.Yes, t.Why, true
				case !t.Seen():
					return evidence.Unsure, cmp.Or(t.Why, unaskedTLSA), true
				case len(t.Value.Records) == 0 && t.Value.DNSSEC.Status == "bogus":
					return evidence.Yes, t.Value.DNSSEC.Why, true
				case t.Value.DNSSEC.Status == "indeterminate":
					return evidence.Unsure, t.Value.DNSSEC.Why, true
				}
				return evidence.No, "", true
			})
			return list.finding(p.Check("dane-denial-broken"), policy.Relay, "senders that heed DANE get no answer about", "the name servers answer about TLSA records",
				"no exchanger's name is signed, so that senders do not ask")
		},
	}
}
