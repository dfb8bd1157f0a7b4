package nettest

import (
	"slices"
	"time"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/lab"
)

const (
	authenticated = evidence.Authenticated
	encrypted     = evidence.Encrypted
	opportunistic = evidence.Opportunistic
	refused       = evidence.Refused
)

// certificates has a lab server show others.
func certificates(list ...lab.Certificate) func(*lab.Server) {
	return func(s *lab.Server) { s.Certificates = list }
}

// expired is a certificate that was good for a month, until a month ago.
func expired(name string) lab.Certificate {
	return lab.Certificate{Key: lab.P256, Names: []string{name}, Age: 60 * 24 * time.Hour, Lifetime: 30 * 24 * time.Hour}
}

// like has a lab server be another of the lab's, with its own certificates.
func like(name string) func(*lab.Server) {
	return func(s *lab.Server) {
		other, _ := lab.ByName(name)
		other.Certificates = s.Certificates
		*s = other
	}
}

// one is a domain with a single exchanger of the lab's, and TLSA records for it.
func one(name string, dane evidence.Outcome, tlsa ...string) domain {
	return domain{name: name, servers: []server{{host: "mx", tlsa: tlsa}}, hops: []hop{{host: "mx." + name, family: "4", dane: dane, sts: opportunistic}}}
}

// with changes the first server of a domain.
func (d domain) with(change func(*lab.Server)) domain {
	d.servers[0].change = change
	return d
}

// daneDomains are about TLSA records and certificates.
func daneDomains() []domain {
	return []domain{
		one("none", opportunistic),
		one("right", authenticated, "3 1 1 own"),
		one("sha512", authenticated, "3 1 2 own"),
		one("cert", authenticated, "3 0 1 own"),
		one("full", authenticated, "3 0 0 own"),
		one("fullkey", authenticated, "3 1 0 own"),
		one("wrong", refused, "3 1 1 other"),
		one("rollover", authenticated, "3 1 1 other", "3 1 1 own"),
		one("ta", authenticated, "2 1 1 above"),
		one("tacert", authenticated, "2 0 1 above"),
		one("tawrong", refused, "2 1 1 other"),
		one("taown", refused, "2 1 1 own"),
		one("taname", refused, "2 1 1 above").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"elsewhere.test"}})),
		one("tadomain", authenticated, "2 1 1 above").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"tadomain.test"}})),
		one("tahidden", refused, "2 1 1 above", "2 1 1 root").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.tahidden.test"}, Incomplete: true})),
		one("taroot", authenticated, "2 1 1 root").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.taroot.test"}, Sends: lab.SendRoot})),
		one("tarootunsent", refused, "2 1 1 root"),
		one("tarootfull", authenticated, "2 0 0 root"),
		one("tarootkey", authenticated, "2 1 0 root"),
		one("eeexpired", authenticated, "3 1 1 own").with(certificates(expired("mx.eeexpired.test"))),
		one("taexpired", refused, "2 1 1 above").with(certificates(expired("mx.taexpired.test"))),
		one("eeself", authenticated, "3 1 1 own").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"else.test"}, SelfSigned: true})),
		one("daneonly", authenticated, "3 1 1 own").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"else.test"}, SelfSigned: true, Age: 60 * 24 * time.Hour, Lifetime: 30 * 24 * time.Hour})),
		one("taself", refused, "2 1 1 own").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.taself.test"}, SelfSigned: true})),
		one("pkix", encrypted, "1 1 1 own", "0 0 1 above"),
		one("pkixmixed", authenticated, "1 1 1 other", "3 1 1 own"),
		one("pkixwrong", refused, "1 1 1 own", "3 1 1 other"),
		one("badsize", encrypted, "3 1 1 abcd"),
		one("badtype", encrypted, "3 1 9 abcd"),
		one("badusage", encrypted, "7 1 1 own"),
		one("badfull", encrypted, "3 0 0 abcd"),
		one("clear", refused, "3 1 1 other").with(like("starttls-absent")),
		one("broken454", refused, "3 1 1 other").with(like("starttls-454")),
		one("weak", authenticated, "3 1 1 own").with(like("sslv3")),
		one("twokeys", refused, "3 1 1 own").with(func(s *lab.Server) {
			s.Certificates = append(s.Certificates, lab.Certificate{Key: lab.RSA2048, Names: []string{"mx.twokeys.test"}})
		}).differs(authenticated, "it takes part in one handshake, and gets the ECDSA certificate, while others may get the RSA one"),
		one("swapped", authenticated, "2 1 1 root").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.swapped.test"}, Sends: lab.SendSwapped})),
		one("cross", authenticated, "2 1 1 above").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.cross.test"}, Sends: lab.SendExpired})),
		one("wildname", authenticated, "2 1 1 above").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"*.wildname.test"}})),
		one("forclients", refused, "2 1 1 above").with(certificates(lab.Certificate{Key: lab.P256, Names: []string{"mx.forclients.test"}, Clients: true})),
		one("commonname", authenticated, "2 1 1 above").with(certificates(lab.Certificate{Key: lab.P256, Subject: "mx.commonname.test", Names: []string{}})),
		one("many", authenticated, append(slices.Repeat([]string{"3 0 0 above"}, 1), "3 1 2 other", "3 0 2 other", "3 1 1 other", "3 0 0 root", "3 1 0 root", "3 1 0 above", "3 1 2 own")...),
		one("digests", refused, "3 1 2 other", "3 1 1 own"),
		one("digestselector", authenticated, "3 0 2 other", "3 1 1 own"),
		one("tls10", authenticated, "3 1 1 own").with(func(s *lab.Server) {
			like("tls10-only")(s)
			s.Certificates[0].Key = lab.RSA2048
		}).differs(refused, "OpenSSL 3 by default makes no signatures with SHA-1, which TLS 1.0 cannot do without, while other senders do"),
		one("named", authenticated, "3 1 1 own").with(func(s *lab.Server) {
			s.Certificates = []lab.Certificate{{Key: lab.P256, Names: []string{"mx.named.test"}, SNI: "mx.named.test"}, {Key: lab.P384, Names: []string{"else.test"}}}
			s.Extensions.ServerName = true
		}),
	}
}

// differs says that Postfix sees the first exchanger otherwise.
func (d domain) differs(o evidence.Outcome, why string) domain {
	d.hops[0].postfix = &opinion{o, why}
	return d
}

// dnsDomains are about the DNS.
func dnsDomains() []domain {
	mx := func(name string, dane evidence.Outcome) []hop {
		return []hop{{host: name, family: "4", dane: dane, sts: opportunistic}}
	}
	own := []server{{host: "mx", tlsa: []string{"3 1 1 own"}}}
	return []domain{
		{name: "mail", hops: mx("mail", authenticated), reports: "mailto:tls@mail.test", records: []string{"_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:tls@mail.test\"",
			"@ MX 10 @", "_imaps._tcp SRV 0 1 993 @", "_imap._tcp SRV 0 1 143 @", "_submission._tcp SRV 0 1 587 @", "_submissions._tcp SRV 0 1 465 @", "_pop3s._tcp SRV 0 1 995 @"}},
		{name: "guest", hops: mx("mail", authenticated), records: []string{"@ MX 10 mail.test."}},
		{name: "guestopen", hops: []hop{{host: "mail", family: "4", dane: opportunistic, sts: opportunistic, postfix: &opinion{authenticated,
			"it asks for the TLSA records of signed hosts also where the MX records are not signed, which RFC 7672, Section 2.2.1, leaves to it"}}},
			records: []string{"@ MX 10 mail.test."}, change: unsigned, status: "insecure"},
		{name: "open", servers: own, change: unsigned, status: "insecure", hops: mx("mx.open", opportunistic)},
		{name: "toopen", records: []string{"@ MX 10 mx.open.test."}, hops: mx("mx.open", opportunistic)},
		{name: "partial", servers: []server{{host: "mx1", tlsa: []string{"3 1 1 own"}}, {host: "mx2"}},
			hops: append(mx("mx1.partial", authenticated), mx("mx2.partial", opportunistic)...)},
		{name: "dual", servers: []server{{host: "mx", family: "46", tlsa: []string{"3 1 1 own"}}}, hops: []hop{
			{host: "mx.dual", family: "6", dane: authenticated, sts: opportunistic}, {host: "mx.dual", family: "4", dane: authenticated, sts: opportunistic}}},
		{name: "halfdual", servers: []server{{host: "mx", tlsa: []string{"3 1 1 own"}}, {host: "mx", family: "6", change: certificates(lab.Certificate{Key: lab.RSA2048})}}, hops: []hop{
			{host: "mx.halfdual", family: "6", dane: refused, sts: opportunistic}, {host: "mx.halfdual", family: "4", dane: authenticated, sts: opportunistic}}},
		{name: "alias", servers: own, records: []string{"@ MX 10 in", "in CNAME mx"}, hops: mx("in.alias", authenticated)},
		{name: "aliasown", servers: []server{{host: "mx"}}, records: []string{"@ MX 10 in", "in CNAME mx", "_25._tcp.in TLSA 3 1 1 " + other}, hops: mx("in.aliasown", refused)},
		{name: "aliasopen", records: []string{"@ MX 10 in", "in CNAME mx.open.test.", "_25._tcp.in TLSA 3 1 1 " + other}, hops: mx("in.aliasopen", refused)},
		{name: "tlsaalias", servers: []server{{host: "mx", tlsa: []string{"3 1 1 own"}, owner: "_dane"}}, records: []string{"@ MX 10 mx", "_25._tcp.mx CNAME _dane"}, hops: mx("mx.tlsaalias", authenticated)},
		{name: "tlsaaliasopen", servers: []server{{host: "mx"}}, records: []string{"@ MX 10 mx", "_25._tcp.mx CNAME _dane.open.test."}, hops: mx("mx.tlsaaliasopen", opportunistic)},
		{name: "tlsaaliasbogus", servers: []server{{host: "mx"}}, records: []string{"@ MX 10 mx", "_25._tcp.mx CNAME _dane.bogus.test."}, hops: mx("mx.tlsaaliasbogus", refused)},
		{name: "tlsawild", servers: []server{{host: "mx", tlsa: []string{"3 1 1 own"}, owner: "*._tcp.mx"}}, hops: mx("mx.tlsawild", authenticated)},
		{name: "mxwild", servers: []server{{host: "mx", tlsa: []string{"3 1 1 own"}, owner: "*"}}, hops: mx("mx.mxwild", opportunistic)},
		{name: "dname", records: []string{"@ MX 10 mx.in.dname.test.", "in DNAME right.test."}, hops: mx("mx.in.dname", authenticated)},
		{name: "six", servers: []server{{host: "mx", family: "6", tlsa: []string{"3 1 1 own"}}}, hops: []hop{{host: "mx.six", family: "6", dane: authenticated, sts: opportunistic}}},
		{name: "nsec3", servers: own, change: func(z *dnstest.Zone) {
			z.Signing = &dnstest.Signing{NSEC3: nsec3(), OptOut: true, Algorithm: dns.ED25519}
		}, hops: mx("mx.nsec3", authenticated)},
		{name: "nsec3none", servers: []server{{host: "mx"}}, change: func(z *dnstest.Zone) { z.Signing = &dnstest.Signing{NSEC3: nsec3(), OptOut: true} }, hops: mx("mx.nsec3none", opportunistic)},
		{name: "upper", servers: own, records: []string{"@ MX 10 MX.Upper.TEST."}, hops: mx("mx.upper", authenticated)},
		{name: "nullmix", servers: own, records: []string{"@ MX 0 .", "@ MX 10 mx"}, hops: []hop{{host: "mx.nullmix", family: "4", dane: authenticated, sts: opportunistic, postfix: &opinion{refused,
			"a null MX record counts to it whatever is beside it, which RFC 7505, Section 3, forbids without saying what is to follow"}}}},
		{name: "literal", records: []string{"@ MX 10 192.0.2.2."}, hops: []hop{{host: realAddress, family: "4", dane: opportunistic, sts: opportunistic}}},
		{name: "guessed", guessed: true, servers: own, hops: mx("mx.guessed", authenticated)},
		{name: "null", records: []string{"@ MX 0 ."}, kind: evidence.NullMX},
		{name: "nomail", kind: evidence.NoMail},
		{name: "implicit", kind: evidence.Implicit, servers: []server{{host: "@", tlsa: []string{"3 1 1 own"}}}, hops: mx("implicit", authenticated)},
		{name: "xn--bcher-kva", unicode: "bücher.test", servers: own, hops: mx("mx.xn--bcher-kva", authenticated)},
		{name: "homeless", records: []string{"@ MX 10 mx"}, hops: []hop{{host: "mx.homeless", dane: refused, sts: refused}}},
		{name: "bogus", servers: own, change: func(z *dnstest.Zone) { z.DS = dnstest.WrongDS }, status: "bogus", hops: mx("mx.bogus", refused)},
		{name: "expired", servers: own, change: func(z *dnstest.Zone) {
			z.Signing = &dnstest.Signing{From: time.Now().Add(-240 * time.Hour), Until: time.Now().Add(-24 * time.Hour)}
		}, status: "bogus", hops: mx("mx.expired", refused)},
		{name: "denial", servers: []server{{host: "mx", family: "46"}}, change: drop(func(rr dns.RR) bool {
			return covers(rr, dns.TypeNSEC) && rr.Header().Name == "mx.denial.test."
		}), hops: []hop{{host: "mx.denial", family: "6", dane: refused, sts: opportunistic}, {host: "mx.denial", family: "4", dane: refused, sts: opportunistic}}},
		{name: "tlsabogus", servers: own, change: drop(func(rr dns.RR) bool { return covers(rr, dns.TypeTLSA) }), hops: mx("mx.tlsabogus", refused)},
		{name: "reports2", reports: "2 TLSRPT records", records: []string{"@ MX 10 mail.test.", "_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:a@reports2.test\"", "_smtp._tls TXT \"v=TLSRPTv1; rua=mailto:b@reports2.test\""}, hops: mx("mail", authenticated)},
	}
}

// other is the digest of something that is nowhere.
const other = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"

func unsigned(z *dnstest.Zone) { z.Signing = nil }

// drop leaves out of a signed zone what matches.
func drop(match func(dns.RR) bool) func(*dnstest.Zone) {
	return func(z *dnstest.Zone) {
		z.Break = func(list []dns.RR) []dns.RR { return slices.DeleteFunc(list, match) }
	}
}

func covers(rr dns.RR, t uint16) bool {
	sig, ok := rr.(*dns.RRSIG)
	return ok && sig.TypeCovered == t
}
