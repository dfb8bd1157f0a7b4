package resolve

import (
	"crypto"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestLongLife tells how long an answer may be kept as the DNS says, and does not keep it that long.
func TestLongLife(t *testing.T) {
	var asked atomic.Int32
	c := liar(t, Off, func(q *dns.Msg, _ string) *dns.Msg {
		name := q.Question[0].Name
		if isDNSKEY(q) {
			return reply(q)
		}
		asked.Add(1)
		m := reply(q)
		switch strings.ToLower(name) {
		case "long.test.":
			m = reply(q, name+" 172800 A 192.0.2.1")
		case "none.test.":
			m.Ns = reply(q, "test. 172800 SOA ns.test. hostmaster.test. 1 3600 600 86400 900").Answer
		}
		return m
	})
	now := time.Now()
	c.now = func() time.Time { return now }
	c.answers.now = c.now
	get := func(name string) time.Duration {
		a, err := c.Lookup(t.Context(), name, A)
		if err != nil {
			t.Fatal(err)
		}
		return a.TTL
	}
	for name, want := range map[string]time.Duration{"long.test": 48 * time.Hour, "none.test": 15 * time.Minute, "bare.test": longest} {
		if ttl := get(name); ttl != want {
			t.Errorf("%s: %s, want %s", name, ttl, want)
		}
	}
	before := asked.Load()
	now = now.Add(longest - time.Second)
	if get("long.test"); asked.Load() != before {
		t.Error("asked again within the hour")
	}
	now = now.Add(2 * time.Second)
	if get("long.test"); asked.Load() != before+1 {
		t.Error("kept for more than an hour")
	}
}

// TestSignaturesBoundLife cuts a time to live to that of the signature, what is signed and what is left (RFC 4035, Section 5.3.3).
func TestSignaturesBoundLife(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for want, sig := range map[time.Duration]dns.RRSIG{
		time.Hour:        {Hdr: dns.RR_Header{Ttl: 172800}, OrigTtl: 3600, Expiration: 1_800_000_000 + 172800},
		time.Minute:      {Hdr: dns.RR_Header{Ttl: 60}, OrigTtl: 3600, Expiration: 1_800_000_000 + 172800},
		30 * time.Second: {Hdr: dns.RR_Header{Ttl: 172800}, OrigTtl: 172800, Expiration: 1_800_000_000 + 30},
		24 * time.Hour:   {Hdr: dns.RR_Header{Ttl: 172800}, OrigTtl: 172800, Expiration: 1_800_000_000 + 172800},
	} {
		k := &check{Client: &Client{now: func() time.Time { return now }}, held: []*dns.RRSIG{&sig}}
		if got := k.bound(24 * time.Hour); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestHeldSignatures keeps the signatures that hold in mind, and no others.
func TestHeldSignatures(t *testing.T) {
	key := &dns.DNSKEY{Hdr: dns.RR_Header{Name: "life.test.", Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET}, Flags: 256, Protocol: 3, Algorithm: dns.ED25519}
	private, err := key.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	set := reply(new(dns.Msg).SetQuestion("life.test.", dns.TypeA), "life.test. 172800 A 192.0.2.1").Answer
	sign := func() *dns.RRSIG {
		sig := &dns.RRSIG{Hdr: dns.RR_Header{Name: "life.test.", Rrtype: dns.TypeRRSIG, Class: dns.ClassINET}, Algorithm: key.Algorithm, KeyTag: key.KeyTag(),
			SignerName: "life.test.", Inception: uint32(time.Now().Add(-time.Hour).Unix()), Expiration: uint32(time.Now().Add(time.Hour).Unix())}
		if err := sig.Sign(private.(crypto.Signer), set); err != nil {
			t.Fatal(err)
		}
		return sig
	}
	wrong, right := sign(), sign()
	wrong.Signature = "AAAA"
	k := &check{Client: &Client{now: time.Now}}
	v, err := k.set(t.Context(), []dns.RR{wrong, right}, set, &zone{name: "life.test.", keys: []*dns.DNSKEY{key}, status: Secure})
	if err != nil || v.status != Secure || len(k.held) != 1 || k.held[0] != right {
		t.Errorf("%+v, %v, %v", v, err, k.held)
	}
}
