package report

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// domainScan is the evidence about a domain and its endpoints.
type domainScan struct {
	domain    *evidence.Domain
	endpoints []*evidence.Endpoint
}

func (s domainScan) report(t testing.TB) *Report {
	t.Helper()
	run := evidence.Run{Start: scanned, Wall: 11 * time.Second, Args: []string{s.domain.Name}}
	return BuildDomains(evidence.Tool{Name: "mailtls", Version: "test"}, run, mailPolicy(t), []*evidence.Domain{s.domain}, s.endpoints)
}

const (
	record   = "3 1 1 2bb183af22e2abd11c1cba22ed5b14cee3a3e1fb9b9a9c7b0dd3c0a4ed3e6a55"
	rollover = "3 1 1 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

func secure() evidence.Vouch { return evidence.Vouch{Status: "secure"} }

// mailHost returns a host of which all is as it should be.
func mailHost(name string, tlsa []string, addresses ...string) *evidence.MailHost {
	h := &evidence.MailHost{DNSSEC: secure(), TLSA: map[int]evidence.Fact[evidence.TLSA]{}, Reverse: map[netip.Addr]evidence.Fact[evidence.ReverseDNS]{}}
	var list []netip.Addr
	for _, s := range addresses {
		a := netip.MustParseAddr(s)
		list = append(list, a)
		h.Reverse[a] = known(evidence.ReverseDNS{Names: []string{name}, Confirmed: true})
	}
	h.Addresses = known(list)
	h.TLSA[25] = known(evidence.TLSA{Base: name, DNSSEC: secure(), Records: tlsa, TTL: 3600})
	return h
}

// served returns e as another endpoint, with a first connection that shows what the steps took.
func served(e *evidence.Endpoint, protocol, host string, port int, address string, ms ...time.Duration) *evidence.Endpoint {
	e.Target = evidence.Target{Input: fmt.Sprintf("%s://%s:%d", protocol, host, port), Protocol: protocol, Host: host, Port: port, Address: address,
		ServerName: host, Resolver: "192.0.2.53:53"}
	if c := e.Blobs.Certificates["leaf"]; c != nil {
		c.Subject.CommonName, c.Names.DNS, c.PublicKey.SHA256 = host, []string{host}, fmt.Sprintf("%x", sha256.Sum256([]byte("key of "+host)))
	}
	if strings.HasSuffix(protocol, "s") {
		e.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Inapplicable, Why: "TLS from the first byte"}
	}
	if strings.HasPrefix(protocol, "imap") {
		e.Facts.Greeting = known("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot ready.")
		e.Facts.Capabilities.Value.LoginDisabled = true
	}
	if len(ms) == 4 {
		e.Blobs.Dialogues = map[string]*evidence.Dialogue{"talk": {Outcome: "ready", Greeting: e.Facts.Greeting.Value, Lines: []evidence.Line{
			{From: "server", Text: e.Facts.Greeting.Value}, {From: "client", Text: "EHLO scanner.example"}, {From: "server", Text: "250-" + host},
			{From: "server", Text: "250 STARTTLS"}, {From: "client", Text: "STARTTLS"}, {From: "server", Text: "220 2.0.0 Ready to start TLS"}}}}
		e.Observations = append(e.Observations, evidence.Observation{ID: "versions-1", Dialogue: "talk",
			Timing:   evidence.Timing{Connect: ms[0] * time.Millisecond, Ready: ms[2] * time.Millisecond, Reply: ms[3] * time.Millisecond},
			LinesMS:  evidence.LineTimes{int64(ms[1]), int64(ms[1]), int64(ms[2]), int64(ms[2]), int64(ms[2]), int64(ms[2])},
			Messages: []evidence.Message{{}}, End: evidence.End{Kind: evidence.EndDone}})
	}
	return e
}

// soundDomain returns a domain with two exchangers, DANE and MTA-STS, and mailboxes, all in order.
func soundDomain(t testing.TB) domainScan {
	t.Helper()
	tlsa := []string{record, rollover}
	checked := evidence.Decision{Outcome: evidence.Authenticated, Records: []evidence.TLSAResult{{Record: record, Matches: true},
		{Record: rollover, Position: -1, Why: "the server's certificate is another"}}}
	trusted := evidence.Decision{Outcome: evidence.Authenticated}
	d := &evidence.Domain{
		Name: "example.org", At: scanned, Resolver: "192.0.2.53:53", DNSSEC: "local",
		Exchange: known(evidence.Exchange{Kind: evidence.ByMX, DNSSEC: secure(), List: []evidence.Exchanger{{Preference: 10, Host: "mx1.example.org"}, {Preference: 20, Host: "mx2.example.org"}}}),
		Services: known([]evidence.MailService{
			{Source: evidence.BySRV, Protocol: "submissions", Host: "mail.example.org", Port: 465, DNSSEC: secure()},
			{Source: evidence.ByAutoconfig, Protocol: "submissions", Host: "mail.example.org", Port: 465, DNSSEC: secure()},
			{Source: evidence.ByAutoconfig, Protocol: "submission", Host: "mail.example.org", Port: 587, DNSSEC: secure()},
			{Source: evidence.BySRV, Protocol: "imaps", Host: "mail.example.org", Port: 993, DNSSEC: secure()},
			{Source: evidence.BySRV, Protocol: "pop3", DNSSEC: secure()},
			{Source: evidence.ByGuess, Protocol: "pop3s", Host: "mail.example.org", Port: 995, DNSSEC: secure()},
		}),
		STS: known(evidence.STSRecord{DNSSEC: secure(), ID: "20261101T000000"}),
		Policy: known(evidence.STSPolicy{URL: "https://mta-sts.example.org/.well-known/mta-sts.txt", Mode: "enforce", MX: []string{"*.example.org"}, MaxAge: 14 * day,
			Text: "version: STSv1\r\nmode: enforce\r\nmx: *.example.org\r\nmax_age: 1209600\r\n"}),
		Reports: known(evidence.ReportsRecord{DNSSEC: secure(), RUA: []string{"mailto:tls@example.org"}}),
		CAA:     known(evidence.Authorizations{Name: "example.org", DNSSEC: secure(), Records: []string{`0 issue "letsencrypt.org"`}}),
		Hosts: map[string]*evidence.MailHost{
			"mx1.example.org":  mailHost("mx1.example.org", tlsa, "2001:db8::25", "192.0.2.25"),
			"mx2.example.org":  mailHost("mx2.example.org", tlsa, "198.51.100.25"),
			"mail.example.org": mailHost("mail.example.org", nil, "192.0.2.30"),
		},
		Hops: []evidence.Hop{
			{Host: "mx1.example.org", Preference: 10, Address: netip.MustParseAddr("2001:db8::25"), DANE: checked, STS: trusted},
			{Host: "mx1.example.org", Preference: 10, Address: netip.MustParseAddr("192.0.2.25"), DANE: checked, STS: trusted},
			{Host: "mx2.example.org", Preference: 20, Address: netip.MustParseAddr("198.51.100.25"), DANE: checked, STS: trusted},
		},
		Silent: []evidence.Target{{Input: "pop3s://mail.example.org:995", Protocol: "pop3s", Host: "mail.example.org", Port: 995, Address: "192.0.2.30"}},
	}
	return domainScan{d, []*evidence.Endpoint{
		served(healthy(t), "smtp", "mx1.example.org", 25, "2001:db8::25", 12, 31, 55, 71),
		served(healthy(t), "smtp", "mx1.example.org", 25, "192.0.2.25", 11, 30, 52, 66),
		served(healthy(t), "smtp", "mx2.example.org", 25, "198.51.100.25", 48, 1130, 1240, 1301),
		served(healthy(t), "submissions", "mail.example.org", 465, "192.0.2.30", 11, 30, 52, 66),
		served(healthy(t), "submission", "mail.example.org", 587, "192.0.2.30", 11, 30, 52, 66),
		served(healthy(t), "imaps", "mail.example.org", 993, "192.0.2.30", 11, 30, 52, 66),
	}}
}

// sickDomain returns a domain whose promises do not hold: TLSA records of a former certificate, a policy that leaves one exchanger
// out, old TLS at several ports.
func sickDomain(t testing.TB) domainScan {
	t.Helper()
	s := soundDomain(t)
	d := s.domain
	d.Name, d.Unicode = "xn--mhle-0ra.example", "mühle.example"
	old := evidence.Decision{Outcome: evidence.Refused, Why: "no TLSA record matches its certificate", Records: []evidence.TLSAResult{
		{Record: rollover, Position: -1, Why: "the server's certificate is another"}, {Record: "1 1 1 00", Unusable: "usage 1 is not for mail", Position: -1}}}
	d.Hosts["mx2.example.org"].TLSA[25] = known(evidence.TLSA{Base: "mx2.example.org", DNSSEC: secure(), Records: []string{rollover, "1 1 1 00"}, TTL: 172800})
	d.Hosts["mx2.example.org"].Reverse[netip.MustParseAddr("198.51.100.25")] = known(evidence.ReverseDNS{Names: []string{"static-25.isp.example"}})
	d.Hosts["mx2.example.org"].Aliases = []string{"relay.isp.example"}
	d.Hops[2].DANE = old
	d.Hops[2].STS = evidence.Decision{Outcome: evidence.Refused, Why: "the policy does not name mx2.example.org"}
	d.Policy.Value.MX, d.Policy.Value.MaxAge, d.Policy.Value.Notes = []string{"mx1.example.org"}, time.Hour, []string{"a second mode does not count"}
	d.Reports = known(evidence.ReportsRecord{DNSSEC: secure(), Fault: "TLSRPT record: no rua"})
	d.CAA = known(evidence.Authorizations{DNSSEC: secure()})
	d.Services.Value = append(d.Services.Value, evidence.MailService{Source: evidence.ByAutodiscover, Protocol: "imap", Host: "imap.example.org", Port: 143, DNSSEC: secure()})
	d.Hosts["imap.example.org"] = mailHost("imap.example.org", nil, "192.0.2.31")
	for _, e := range s.endpoints[2:5] {
		f := &e.Facts
		f.Versions.Value = []tlswire.Version{tlswire.TLS10, tlswire.TLS11, tlswire.TLS12}
		list := suites(t, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")
		f.Suites.Value = evidence.PerVersion[tlswire.Suite]{tlswire.TLS10: list, tlswire.TLS11: list, tlswire.TLS12: append(suites(t, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), list...)}
		f.GroupsTLS13 = evidence.Fact[[]tlswire.Group]{State: evidence.Inapplicable, Why: "no TLS 1.3"}
	}
	s.endpoints = append(s.endpoints, served(weak(t), "imap", "imap.example.org", 143, "192.0.2.31", 14, 32, 57, 83))
	return s
}

// halfDomain returns a domain of which one exchanger refuses connections, the other one throttles, and the DNS leaves much open.
func halfDomain(t testing.TB) domainScan {
	t.Helper()
	s := soundDomain(t)
	d := s.domain
	silence := "the DNS gives no answer about "
	d.Exchange.Value.DNSSEC = evidence.Vouch{Status: "insecure", Why: "there is no DS record for example.org"}
	d.Exchange.Value.List = append(d.Exchange.Value.List, evidence.Exchanger{Preference: 30, Host: "mx3.example.org"})
	d.STS = evidence.Fact[evidence.STSRecord]{State: evidence.Unknown, Why: silence + "_mta-sts.example.org: no reply"}
	d.Policy = evidence.Fact[evidence.STSPolicy]{State: evidence.Inapplicable, Why: "it is not known whether there is a record"}
	d.Reports = evidence.Fact[evidence.ReportsRecord]{State: evidence.Inapplicable, Why: "the domain has no TLSRPT record"}
	d.CAA = evidence.Fact[evidence.Authorizations]{State: evidence.Unknown, Why: silence + "example.org: SERVFAIL"}
	d.Services.State, d.Services.Why = evidence.Partial, silence+"_sieve._tcp.example.org: no reply"
	d.Hosts["mx3.example.org"] = &evidence.MailHost{Addresses: known([]netip.Addr{}), DNSSEC: evidence.Vouch{Status: "insecure", Why: "there is no DS record for example.org"}}
	open := evidence.Decision{Outcome: evidence.Undecided, Why: d.STS.Why}
	unsigned := evidence.Decision{Outcome: evidence.Opportunistic, Why: "the MX records are not signed"}
	for i := range d.Hops {
		d.Hops[i].DANE, d.Hops[i].STS = unsigned, open
	}
	none := evidence.Decision{Outcome: evidence.Refused, Why: "it has no address"}
	d.Hops = append(d.Hops, evidence.Hop{Host: "mx3.example.org", Preference: 30, DANE: none, STS: none})
	for _, h := range d.Hosts {
		h.DNSSEC = evidence.Vouch{Status: "insecure", Why: "there is no DS record for example.org"}
		h.TLSA = map[int]evidence.Fact[evidence.TLSA]{25: {State: evidence.Inapplicable, Why: "the addresses are not signed, so that senders do not ask"}}
	}
	s.endpoints[0] = served(throttled(t), "smtp", "mx1.example.org", 25, "2001:db8::25", 12, 31, 55, 71)
	silent := served(unanswered(t), "smtp", "mx1.example.org", 25, "192.0.2.25")
	refusing := served(unanswered(t), "smtp", "mx2.example.org", 25, "198.51.100.25")
	refusing.Facts.Reachable = evidence.Fact[bool]{State: evidence.Known, Why: "connection refused"}
	s.endpoints[1], s.endpoints[2] = silent, refusing
	s.endpoints[3] = served(unanswered(t), "submissions", "mail.example.org", 465, "192.0.2.30")
	return s
}

// nullDomain returns a domain that takes no mail.
func nullDomain() domainScan {
	return domainScan{domain: &evidence.Domain{
		Name: "parked.example", At: scanned, Resolver: "192.0.2.53:53", DNSSEC: "local",
		Exchange: known(evidence.Exchange{Kind: evidence.NullMX, DNSSEC: secure()}),
		Services: known([]evidence.MailService{}),
		STS:      evidence.Fact[evidence.STSRecord]{State: evidence.Inapplicable, Why: "the domain has no MTA-STS record"},
		Policy:   evidence.Fact[evidence.STSPolicy]{State: evidence.Inapplicable, Why: "the domain has no MTA-STS record"},
		Reports:  evidence.Fact[evidence.ReportsRecord]{State: evidence.Inapplicable, Why: "the domain has no TLSRPT record"},
		CAA:      known(evidence.Authorizations{DNSSEC: secure()}),
	}}
}

// noDomain returns a domain without MX record and address.
func noDomain() domainScan {
	s := nullDomain()
	s.domain.Name, s.domain.Exchange.Value.Kind = "exampel.org", evidence.NoMail
	return s
}

// noSuchDomain returns a name that does not exist.
func noSuchDomain() domainScan {
	s := noDomain()
	const why = "there is no such domain"
	d := s.domain
	d.Exchange.Value.NoSuch = true
	d.Services = evidence.Fact[[]evidence.MailService]{State: evidence.Inapplicable, Why: why}
	d.CAA = evidence.Fact[evidence.Authorizations]{State: evidence.Inapplicable, Why: why}
	return s
}

// deadDomain returns a domain of which the DNS says nothing.
func deadDomain() domainScan {
	s := nullDomain()
	d, why := s.domain, "the DNS gives no answer about lame.example: no reply from 192.0.2.53:53"
	d.Name = "lame.example"
	d.Exchange = evidence.Fact[evidence.Exchange]{State: evidence.Unknown, Why: why}
	d.Services = evidence.Fact[[]evidence.MailService]{State: evidence.Unknown, Why: why}
	d.STS = evidence.Fact[evidence.STSRecord]{State: evidence.Unknown, Why: why}
	d.Reports = evidence.Fact[evidence.ReportsRecord]{State: evidence.Unknown, Why: why}
	d.CAA = evidence.Fact[evidence.Authorizations]{State: evidence.Unknown, Why: why}
	return s
}

// hostileDomain returns a domain all of whose text is nasty.
func hostileDomain(t testing.TB) domainScan {
	t.Helper()
	s := sickDomain(t)
	d := s.domain
	d.Unicode, d.Resolver = nasty, nasty
	d.Exchange.Value.List[0].Host, d.Exchange.Value.List[0].Problems = nasty, []string{nasty}
	d.Exchange.Value.DNSSEC = evidence.Vouch{Status: "bogus", Why: nasty}
	d.Hosts[nasty] = d.Hosts["mx1.example.org"]
	d.Hosts[nasty].Aliases, d.Hosts[nasty].DNSSEC = []string{nasty}, evidence.Vouch{Status: nasty, Why: nasty}
	d.Hosts[nasty].TLSA[25] = known(evidence.TLSA{Base: nasty, Records: []string{nasty, record}, DNSSEC: evidence.Vouch{Status: "bogus", Why: nasty}})
	d.Hosts[nasty].Reverse[netip.MustParseAddr("192.0.2.25")] = known(evidence.ReverseDNS{Names: []string{nasty}})
	d.STS.Value.Fault, d.STS.Value.ID = nasty, nasty
	p := &d.Policy.Value
	p.URL, p.Mode, p.MX, p.Notes, p.Fault, p.Text = nasty, nasty, []string{nasty}, []string{nasty}, nasty, nasty
	d.Reports.Value.Fault, d.Reports.Value.RUA = "", []string{nasty}
	d.CAA.Value = evidence.Authorizations{Name: nasty, Records: []string{nasty}}
	d.Services.State, d.Services.Why = evidence.Partial, nasty
	d.Services.Value = append(d.Services.Value, evidence.MailService{Source: nasty, Protocol: nasty, Host: nasty, Port: 1})
	bad := evidence.Decision{Outcome: nasty, Why: nasty, Records: []evidence.TLSAResult{{Record: nasty, Why: nasty, Unusable: nasty}}}
	for i := range 2 {
		d.Hops[i].Host, d.Hops[i].DANE, d.Hops[i].STS = nasty, bad, bad
		s.endpoints[i].Target.Host = nasty
	}
	s.endpoints[0].Facts = evidence.Facts{Reachable: evidence.Fact[bool]{State: evidence.Unknown, Why: nasty}}
	s.endpoints[1].Facts.Greeting = known(nasty)
	s.endpoints[1].Blobs.Dialogues["talk"].Lines[0].Text = nasty
	s.endpoints = append(s.endpoints, served(hostile(t), "imap", "imap.example.org", 143, "192.0.2.32"))
	return s
}

func domainsOf(list ...domainScan) []*evidence.Domain {
	var out []*evidence.Domain
	for _, s := range list {
		out = append(out, s.domain)
	}
	return out
}
