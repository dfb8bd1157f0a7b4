package check

import (
	"net/netip"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func exchangeOfDomainChecks() []Check {
	return append([]Check{mxMissing()}, takingMail(mxUnusable(), mxAlias())...)
}

func mxMissing() Check {
	return Check{
		ID:    "mx-missing",
		Title: "The domain does not say who takes its mail",
		Text: `A domain names its mail exchangers in MX records. Without any, senders try the domain's own address, which is often a web server. One
that takes no mail should say so, by the single record "MX 0 .": then mail to it comes back at once instead of after days, and mail in its name is easier to reject.`,
		Refs:  []string{"RFC 5321, Section 5.1", "RFC 7505"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if why := mayTakeNone(s.Domain); why != "" {
				return undecided(why)
			}
			rule := p.Check("mx-missing")
			switch s.Domain.Exchange.Value.Kind {
			case evidence.NullMX:
				return good("the domain says that it takes no mail (null MX)")
			case evidence.NoMail:
				if s.Domain.Exchange.Value.NoSuch {
					return notApplicable("there is no such domain")
				}
				return amiss(rule, "nothing takes mail for the domain: it has neither an MX record nor an address")
			case evidence.Implicit:
				return amiss(rule, "the domain has no MX record, so that senders try its own address").milder("Senders find it all the same.")
			}
			return good("MX records name " + count(len(exchangers(s.Domain)), "exchanger"))
		},
	}
}

func mxUnusable() Check {
	return Check{
		ID:    "mx-unusable",
		Title: "An MX record that senders cannot use",
		Text: `An MX record has to name a host, and that host must have an address. To one that holds an address itself, or whose host has none, no
mail is delivered; where there are others senders lose time, where there are none the mail comes back. A record that says that there is no mail (a null MX) must stand alone: beside others some senders, Postfix among
them, deliver nothing. Correct the record or the host's A and AAAA records, or remove it.`,
		Refs:  []string{"RFC 1035, Section 3.3.9", "RFC 5321, Section 5.1", "RFC 7505, Section 3"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list := hostPlaces(s.Domain, func(host string, h *evidence.MailHost) (evidence.Answer, string, bool) {
				_, err := netip.ParseAddr(host)
				switch {
				case err == nil:
					return evidence.Yes, problems(s.Domain, host), true
				case h.Addresses.State == evidence.Known && len(h.Addresses.Value) == 0:
					return evidence.Yes, "it has no address", true
				case len(h.Addresses.Value) == 0:
					return evidence.Unsure, h.Addresses.Why, true
				}
				return evidence.No, "", true
			})
			null := problems(s.Domain, "") // which some senders go by, whatever is beside it
			if null != "" {
				list = append(list, place{host: ".", amiss: evidence.Yes, why: null})
			}
			f := list.finding(p.Check("mx-unusable"), policy.Relay, "senders cannot use", "every exchanger is a host that has an address", "the domain has no exchanger")
			if f.Level >= Warn && null == "" && len(list.that(evidence.No)) > 0 {
				return f.milder("Other exchangers can be used.")
			}
			return f
		},
	}
}

func problems(d *evidence.Domain, host string) string {
	var out []string
	for _, x := range d.Exchange.Value.List {
		if x.Host == host {
			out = append(out, x.Problems...)
		}
	}
	return strings.Join(out, ", ")
}

func mxAlias() Check {
	return Check{
		ID:    "dane-cname-mx",
		Title: "An exchanger's name is an alias",
		Text: `The name in an MX record must not be a CNAME. Most senders cope, but some do not deliver; and those that heed DANE ask for TLSA records
under the name that the alias leads to first, and take that for the server's name, so that records and certificates have to be right for both. Put the name that it
leads to in the MX record.`,
		Refs:  []string{"RFC 2181, Section 10.3", "RFC 5321, Section 5.1", "RFC 7672, Section 2.2.3"},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			signed := false
			list := hostPlaces(s.Domain, func(_ string, h *evidence.MailHost) (evidence.Answer, string, bool) {
				switch {
				case len(h.Aliases) > 0:
					signed = signed || len(h.TLSA[25].Value.Records) > 0
					return evidence.Yes, "of " + h.Aliases[len(h.Aliases)-1], true
				case !h.Addresses.Seen():
					return evidence.Unsure, h.Addresses.Why, true
				}
				return evidence.No, "", true
			})
			f := list.finding(p.Check("dane-cname-mx"), policy.Relay, "an alias", "no exchanger is an alias", "the domain has no exchanger")
			if f.Level >= Warn && !signed {
				return f.milder("Nearly all senders cope, and there are no TLSA records that could be missed.")
			}
			return f
		},
	}
}
