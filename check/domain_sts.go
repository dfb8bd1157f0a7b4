package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func domainSTSChecks() []Check {
	return takingMail(
		stsMissing(), stsRecordInvalid(), stsPolicyUnreachable(),
		stsMode("testing", "The MTA-STS policy is in testing", `In mode testing senders hold the exchangers against the policy and report what fails, but deliver
all the same, to whoever answers. That is right for the first weeks. Once the reports (TLSRPT) are quiet, set the mode to enforce and give the record a new id.`),
		stsMode("none", "The MTA-STS policy asks for nothing", `Mode none tells senders to forget the policy that they had: it is for domains that give MTA-STS up.
To be protected, set the mode to testing, later enforce. To be rid of it, keep the policy until the max_age of the last one is over, then remove record and policy.`),
		stsMaxAge(), stsWildcard(),
	)
}

func stsWildcard() Check {
	return Check{
		ID:    "mta-sts-wildcard-host-cert",
		Title: "The MTA-STS policy comes under a wildcard certificate",
		Text: `Whoever has the key of a certificate for *.DOMAIN, perhaps on a web server that has nothing to do with mail, can show senders another policy.
Senders take such a certificate; the BSI does not want it. Have one made out to mta-sts.DOMAIN alone.`,
		Refs:  []string{"BSI TR-03108-1", "RFC 8461, Section 3.3"},
		Reads: []evidence.DomainKey{evidence.KeySTSPolicy},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			c := s.Domain.Policy.Value.Certificate
			switch {
			case c == nil && s.Domain.Policy.Value.Fault != "":
				return notApplicable("no certificate was seen: " + s.Domain.Policy.Value.Fault)
			case c == nil:
				return undecided("the certificate of the policy's host was not looked at")
			case len(c.Covered) == 0:
				return notApplicable("its certificate is not for mta-sts." + s.Domain.Name)
			}
			for _, name := range c.Covered {
				if !strings.HasPrefix(name, "*.") {
					return good("the certificate of the policy's host names it")
				}
			}
			return amiss(p.Check("mta-sts-wildcard-host-cert"), "the certificate of the policy's host is for "+and(c.Covered))
		},
	}
}

func stsMissing() Check {
	return Check{
		ID:    "mta-sts-missing",
		Title: "The domain has no MTA-STS policy",
		Text: `Without MTA-STS (or DANE) senders encrypt if they can and deliver to whoever answers: an attacker on the way reads the mail by
removing STARTTLS or naming another exchanger. Google, Microsoft, Yahoo and others heed MTA-STS. It takes a TXT record at _mta-sts.DOMAIN, a text file on
https://mta-sts.DOMAIN, and a trusted certificate on each mail exchanger; begin with mode testing.`,
		Refs:    []string{"RFC 8461, Section 3"},
		Reads:   []evidence.DomainKey{evidence.KeySTS},
		Absence: true,
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if s.Domain.STS.State == evidence.Inapplicable {
				return amiss(p.Check("mta-sts-missing"), "there is no TXT record at _mta-sts."+s.Domain.Name)
			}
			return good("there is a record of MTA-STS")
		},
	}
}

func stsRecordInvalid() Check {
	return Check{
		ID:    "mta-sts-txt-invalid",
		Title: "The MTA-STS record does not count",
		Text: `The TXT record at _mta-sts.DOMAIN tells senders that there is a policy, and by its id when it changes. If there are two such records,
or the one is malformed, senders take the domain for one without a policy. It reads: "v=STSv1; id=20261126;", the id of up to 32 letters and digits.`,
		Refs:  []string{"RFC 8461, Section 3.1"},
		Reads: []evidence.DomainKey{evidence.KeySTS},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if fault := s.Domain.STS.Value.Fault; fault != "" {
				return amiss(p.Check("mta-sts-txt-invalid"), "senders ignore the record: "+fault)
			}
			return good("the record is well-formed")
		},
	}
}

func stsPolicyUnreachable() Check {
	return Check{
		ID:    "mta-sts-policy-unreachable",
		Title: "The MTA-STS policy cannot be used",
		Text: `A record says that there is a policy of MTA-STS, but senders that fetch it get none: those that have kept an older one go on by it
until it runs out, the others deliver as if there were none. The policy has to be at https://mta-sts.DOMAIN/.well-known/mta-sts.txt,
under a certificate that holds for that name, without a redirect, as text/plain.`,
		Refs:  []string{"RFC 8461, Section 3.3"},
		Reads: []evidence.DomainKey{evidence.KeySTSPolicy},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if fault := s.Domain.Policy.Value.Fault; fault != "" {
				return amiss(p.Check("mta-sts-policy-unreachable"), "senders cannot use the policy: "+fault)
			}
			return good("senders can fetch the policy")
		},
	}
}

// usablePolicy returns the finding where there is no policy that senders go by, and whether that is so.
func usablePolicy(d *evidence.Domain) (Finding, bool) {
	switch {
	case d.STS.Seen() && d.STS.Value.Fault != "":
		return notApplicable("senders ignore the record of MTA-STS"), false
	case d.Policy.Value.Fault != "":
		return notApplicable("there is no policy that senders can use"), false
	}
	return Finding{}, true
}

func stsMode(mode, title, text string) Check {
	id := "mta-sts-mode-" + mode
	return Check{
		ID: id, Title: title, Text: text,
		Refs:  []string{"RFC 8461, Sections 3.2 and 5"},
		Reads: []evidence.DomainKey{evidence.KeySTSPolicy},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if f, ok := usablePolicy(s.Domain); !ok {
				return f
			}
			if s.Domain.Policy.Value.Mode == mode {
				return amiss(p.Check(id), "the policy is in mode "+mode+": senders deliver whatever an exchanger shows")
			}
			return good("the policy is in mode " + s.Domain.Policy.Value.Mode)
		},
	}
}

// What a policy is kept for at least, by the range that the RFC expects ("weeks or greater") and by what is gone after a weekend.
const (
	shortMaxAge    = 7 * 24 * time.Hour
	tooShortMaxAge = 24 * time.Hour
)

func stsMaxAge() Check {
	return Check{
		ID:    "mta-sts-max-age-low",
		Title: "Senders forget the MTA-STS policy soon",
		Text: `A sender that has the policy is safe until it has run out; one that has none can be kept from fetching it by whoever sits on the way.
So the time that it is good for is the protection: weeks or more. Set max_age to 604800 (a week) at least, in mode enforce better to months; with a new id a
change is seen at once all the same.`,
		Refs:  []string{"RFC 8461, Sections 3.2 and 10.2"},
		Reads: []evidence.DomainKey{evidence.KeySTSPolicy},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			if f, ok := usablePolicy(s.Domain); !ok {
				return f
			}
			v := s.Domain.Policy.Value
			message := fmt.Sprintf("the policy is good for %d seconds", v.MaxAge/time.Second)
			switch f := amiss(p.Check("mta-sts-max-age-low"), message); {
			case v.Mode == "none":
				return notApplicable("the policy asks for nothing")
			case v.MaxAge >= shortMaxAge:
				return good(message)
			case v.Mode == "testing":
				return f.milder("While it is tried out (mode testing) a short time does no harm.")
			case v.MaxAge >= tooShortMaxAge:
				return f.milder("It lasts a day at least, so that a sender that writes daily keeps it.")
			default:
				return f
			}
		},
	}
}
