package check

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainRolloverChecks() []Check { return takingMail(daneWeakParam(), daneNoRollover(), tlsaTTL()) }

func sortedHosts(d *evidence.Domain) []string { return slices.Sorted(maps.Keys(d.Hosts)) }

func sortedPorts(h *evidence.MailHost) []int { return slices.Sorted(maps.Keys(h.TLSA)) }

// shortLived is how long a certificate is valid for at most that is taken for one which is renewed by a program.
const shortLived = 200 * day

func daneWeakParam() Check {
	return Check{
		ID:    "dane-weak-param",
		Title: "A TLSA record that the next certificate breaks",
		Text: `A record "3 0 1" is about the whole certificate, so that it is void with every renewal, each 90 days or sooner where a program renews
it; "3 1 1" is about the key, which can be kept. And a record of matching type 0 holds the thing itself instead of its digest, which makes answers long. Publish "3 1 1",
and have the program keep the key (certbot: --reuse-key), or publish the next key's record before it is used.`,
		Refs:  []string{"RFC 7671, Sections 5.1 and 10.1.2"},
		Needs: []evidence.Need{{Key: evidence.KeyCertificates}},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			rule, short := p.Check("dane-weak-param"), false
			incoming, others := tlsaAt(s.Domain, func(h heldTLSA) (evidence.Answer, string, bool) {
				why := weakest(h.results)
				if why == wholeCertificate && h.port == 25 && s.renewedSoon(h.place) {
					short = true
				}
				if why != "" {
					return evidence.Yes, why, true
				}
				return evidence.No, "", len(h.results) > 0
			})
			const what, fine, none = "a TLSA record that is not well chosen", "the TLSA records are well chosen", "no server that answered has TLSA records"
			f := incoming.finding(rule, policy.Relay, what, fine, none)
			if f.tells() && !short {
				f = f.milder("It works, and it is not renewed so often that it has to break soon.")
			}
			return both(f, others.finding(rule, policy.Access, what, fine, none))
		},
	}
}

const wholeCertificate = "the only match is of the whole certificate"

// weakest says what is ill chosen about the records that match, "" if nothing is.
func weakest(results []evidence.TLSAResult) string {
	whole, other, full := false, false, false
	for _, r := range results {
		if !r.Matches {
			continue
		}
		t := readTLSA(r.Record)
		whole = whole || t.usage == 3 && t.selector == 0
		other = other || t.usage != 3 || t.selector != 0
		full = full || t.matching == 0
	}
	switch {
	case whole && !other:
		return wholeCertificate
	case full:
		return "it holds the thing itself (matching type 0)"
	}
	return ""
}

// renewedSoon reports whether the certificate at a place is one of short life.
func (s *DomainSubject) renewedSoon(p place) bool {
	for _, e := range s.Endpoints {
		if e.Target.Host != p.host || e.Target.Address != p.at || e.Target.Port != 25 {
			continue
		}
		for _, c := range e.Facts.Certificates.Value {
			if len(c.Certificates) == 0 {
				continue
			}
			if x := e.Blobs.Certificates[c.Certificates[0]]; x != nil && !x.NotAfter.IsZero() && x.NotAfter.Sub(x.NotBefore) <= shortLived {
				return true
			}
		}
	}
	return false
}

func daneNoRollover() Check {
	return Check{
		ID:    "dane-no-rollover",
		Title: "No TLSA record is ready for the next certificate",
		Text: `Every record matches what the server shows today, and none would match another key. When the certificate is renewed with a new key,
senders that heed DANE stop until the record has followed and caches have forgotten the old one. Publish two: "3 1 1" of the key in use and either "3 1 1" of the
next one, or "2 1 1" of the authority, or of its spare. Whoever keeps the key across renewals needs it only when the key is lost.`,
		Refs:  []string{"RFC 7672, Section 4", "RFC 7671, Section 8.1"},
		Needs: shownCertificates(),
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			rule := p.Check("dane-no-rollover")
			incoming, others := tlsaAt(s.Domain, func(h heldTLSA) (evidence.Answer, string, bool) {
				matched, ready := readiness(h.results)
				switch {
				case !matched:
					return 0, "", false // it does not even match now
				case ready:
					return evidence.No, "", true
				}
				return evidence.Yes, "", true
			})
			const what, fine, none = "a new key would match no TLSA record at", "there is a TLSA record that may be for the next certificate", "no server shows a certificate that matches its TLSA records"
			return both(incoming.finding(rule, policy.Relay, what, fine, none), others.finding(rule, policy.Access, what, fine, none))
		},
	}
}

// readiness tells whether any record matches now, and whether one is there for the next certificate: of an authority that has signed
// this one, or usable and of a key that no chain has now. Whether that key comes or has been, the record does not tell.
func readiness(results []evidence.TLSAResult) (matched, ready bool) {
	used := map[string]bool{}
	for _, r := range results {
		used[r.Record] = used[r.Record] || r.Matches
		matched = matched || r.Matches
		ready = ready || r.Matches && readTLSA(r.Record).usage == 2
	}
	for _, r := range results {
		ready = ready || !used[r.Record] && r.Unusable == ""
	}
	return matched, ready
}

// longTTL is how long caches may keep TLSA records without it being odd, in seconds.
const longTTL = 86400

func tlsaTTL() Check {
	return Check{
		ID:    "ttl-too-long",
		Title: "Caches keep the TLSA records for long",
		Text: `When a certificate has to be changed at once, since its key was lost or stolen, senders go by the old TLSA records until caches have
forgotten them. Let the records live an hour, or a day at most; the BSI speaks of ten minutes.`,
		Refs:  []string{"RFC 7671, Section 8.1", "BSI TR-03108-1"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list := tlsaSets(s.Domain, func(h evidence.MailHost, port int) (evidence.Answer, string) {
				if ttl := h.TLSA[port].Value.TTL; ttl > longTTL {
					return evidence.Yes, fmt.Sprintf("%d seconds and more", ttl)
				}
				return evidence.No, ""
			})
			return list.finding(p.Check("ttl-too-long"), policy.Relay, "long-lived TLSA records", "no TLSA records were seen to live for more than a day", "there are no TLSA records")
		},
	}
}
