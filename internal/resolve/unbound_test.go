package resolve

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/internal/dnstest"
)

// content is in every zone.
var content = []string{
	"@ IN A 192.0.2.1", "@ IN MX 10 mx", "@ IN MX 20 mx.unsigned.test.", "mx IN A 192.0.2.2", "mx IN AAAA 2001:db8::2",
	"_25._tcp.mx IN TLSA 3 1 1 " + strings.Repeat("0a", 32), "*.wild IN TXT \"any\"", "in.wild IN A 192.0.2.3",
	"alias IN CNAME mx", "far IN CNAME mx.good.test.", "away IN CNAME mx.unsigned.test.", "broken IN CNAME www.badsig.test.", "dangling IN CNAME nothing.good.test.",
	"loop1 IN CNAME loop2", "loop2 IN CNAME loop1", "a.b.c IN A 192.0.2.4", "tree IN DNAME good.test.", "www IN A 192.0.2.5", "*.cw IN CNAME mx",
}

// drop leaves out the records that match.
func drop(match func(dns.RR) bool) func([]dns.RR) []dns.RR {
	return func(list []dns.RR) []dns.RR { return slices.DeleteFunc(list, match) }
}

func covers(rr dns.RR, t uint16) bool {
	sig, ok := rr.(*dns.RRSIG)
	return ok && sig.TypeCovered == t
}

// testZones are the zones that both validators look at: good ones of all kinds, and one for each way to be broken.
func testZones() []dnstest.Zone {
	day := 24 * time.Hour
	plain, now := &dnstest.Signing{}, time.Now()
	nsec3 := func(iterations uint16, salt string) *dns.NSEC3PARAM {
		return &dns.NSEC3PARAM{Hash: dns.SHA1, Iterations: iterations, Salt: salt, SaltLength: uint8(len(salt) / 2)}
	}
	zone := func(name string, change func(*dnstest.Zone)) dnstest.Zone {
		z := dnstest.Zone{Name: name, Records: content, Signing: plain}
		if change != nil {
			change(&z)
		}
		return z
	}
	signing := func(s dnstest.Signing) func(*dnstest.Zone) { return func(z *dnstest.Zone) { z.Signing = &s } }
	broken := func(f func([]dns.RR) []dns.RR) func(*dnstest.Zone) { return func(z *dnstest.Zone) { z.Break = f } }
	return []dnstest.Zone{
		{Name: ".", Signing: plain}, {Name: "test.", Signing: &dnstest.Signing{NSEC3: nsec3(0, "")}},
		zone("good.test.", nil), zone("sub.good.test.", nil), zone("open.good.test.", func(z *dnstest.Zone) { z.Signing = nil }),
		zone("unsigned.test.", func(z *dnstest.Zone) { z.Signing = nil }), zone("sub.unsigned.test.", nil),
		zone("nsec3.test.", signing(dnstest.Signing{NSEC3: nsec3(10, "aabb")})), zone("sub.nsec3.test.", nil),
		zone("optout.test.", signing(dnstest.Signing{NSEC3: nsec3(0, ""), OptOut: true})),
		zone("open.optout.test.", func(z *dnstest.Zone) { z.Signing = nil }), zone("sub.optout.test.", nil),
		zone("rounds.test.", signing(dnstest.Signing{NSEC3: nsec3(500, "")})),
		zone("rsa256.test.", signing(dnstest.Signing{Algorithm: dns.RSASHA256})), zone("rsa512.test.", signing(dnstest.Signing{Algorithm: dns.RSASHA512})),
		zone("p384.test.", signing(dnstest.Signing{Algorithm: dns.ECDSAP384SHA384})), zone("ed25519.test.", signing(dnstest.Signing{Algorithm: dns.ED25519})),
		zone("expired.test.", signing(dnstest.Signing{From: now.Add(-9 * day), Until: now.Add(-2 * day)})),
		zone("future.test.", signing(dnstest.Signing{From: now.Add(2 * day), Until: now.Add(9 * day)})),
		zone("wrongds.test.", func(z *dnstest.Zone) { z.DS = dnstest.WrongDS }),
		zone("unknownds.test.", func(z *dnstest.Zone) { z.DS = dnstest.UnknownDS }),
		zone("island.test.", func(z *dnstest.Zone) { z.DS = dnstest.NoDS }),
		zone("nokeys.test.", broken(drop(func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeDNSKEY }))),
		zone("nosigs.test.", broken(drop(func(rr dns.RR) bool { return covers(rr, dns.TypeA) }))),
		zone("nonsec.test.", broken(drop(func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNSEC || covers(rr, dns.TypeNSEC) }))),
		zone("nonsecsig.test.", broken(drop(func(rr dns.RR) bool { return covers(rr, dns.TypeNSEC) }))),
		zone("badsig.test.", broken(func(list []dns.RR) []dns.RR {
			for _, rr := range list {
				if a, ok := rr.(*dns.A); ok {
					a.A[3]++
				}
			}
			return list
		})),
	}
}

// questions are asked in every zone.
var testQuestions = []struct {
	name string
	t    Type
}{
	{"", A}, {"", MX}, {"", TXT}, {"mx.", A}, {"mx.", AAAA}, {"mx.", TXT}, {"_25._tcp.mx.", TLSA}, {"_25._tcp.www.", TLSA}, {"_tcp.mx.", TXT},
	{"x.wild.", TXT}, {"x.wild.", A}, {"x.y.wild.", TXT}, {"in.wild.", TXT}, {"*.wild.", TXT}, {"wild.", TXT}, {"x.cw.", A}, {"alias.", A}, {"alias.", TXT}, {"far.", A},
	{"away.", A}, {"broken.", A}, {"dangling.", A}, {"loop1.", A}, {"nothing.", A}, {"deep.under.nothing.", A}, {"b.c.", A}, {"a.b.c.", A}, {"z.b.c.", A},
	{"mx.tree.", A}, {"nothing.tree.", A}, {"tree.", A}, {"sub.", NS}, {"open.", NS}, {"www.open.", A}, {"www.sub.", A}, {"nothing.sub.", A}, {"below.mx.", A},
}

// oracle is what Unbound says.
func oracle(t *testing.T, addr, name string, typ Type) Status {
	t.Helper()
	q := new(dns.Msg)
	q.SetQuestion(name, uint16(typ))
	q.SetEdns0(4096, true)
	m, err := dnstest.Ask(t.Context(), q, addr)
	switch {
	case err != nil:
		t.Fatalf("unbound: %v of %s: %v", typ, name, err)
	case m.Rcode == dns.RcodeServerFailure:
		return Bogus
	case m.AuthenticatedData:
		return Secure
	}
	return Insecure
}

// TestValidatorAgreesWithUnbound asks all questions in all zones, of the validator here and of Unbound's.
func TestValidatorAgreesWithUnbound(t *testing.T) {
	zones := testZones()
	texts, anchor, err := dnstest.Tree(zones)
	if err != nil {
		t.Fatal(err)
	}
	nsd := server(t)(dnstest.NSD(t.Context(), t.TempDir(), texts))
	unbound := server(t)(dnstest.Unbound(t.Context(), t.TempDir(), anchor, nsd.Addr, texts))
	c, err := NewClient(Config{Servers: []string{unbound.Addr}, Anchors: []string{anchor}})
	if err != nil {
		t.Fatal(err)
	}
	count := map[Status]int{}
	for _, z := range zones[1:] {
		for _, q := range testQuestions {
			name := q.name + z.Name
			want := oracle(t, unbound.Addr, name, q.t)
			a, err := c.Lookup(t.Context(), name, q.t)
			var failed *Error
			got, why := Bogus, ""
			if err == nil {
				got, why = a.Status, a.Why
			} else if !errors.As(err, &failed) {
				t.Fatal(err)
			} else {
				why = err.Error()
			}
			count[want]++
			if got != want {
				t.Errorf("%s of %s: %s (%s), unbound says %s", q.t, name, got, why, want)
			}
		}
	}
	t.Log(count)
	if count[Secure] < 200 || count[Insecure] < 100 || count[Bogus] < 100 {
		t.Errorf("too few of one kind: %v", count)
	}
}

// server returns a running name server, or skips where the program is missing.
func server(t *testing.T) func(*dnstest.Server, error) *dnstest.Server {
	return func(s *dnstest.Server, err error) *dnstest.Server {
		t.Helper()
		if errors.Is(err, dnstest.ErrMissing) && os.Getenv("MAILTLS_CI_NOSKIP") == "" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			s.Close()
			if t.Failed() && testing.Verbose() {
				t.Log(s.Log())
			}
		})
		return s
	}
}
