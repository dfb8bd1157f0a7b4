package resolve

import (
	"encoding/base64"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// trap is a set of records with many signatures, each by a tag that many keys have (CVE-2023-50387).
func trap(t *testing.T, keys, signatures int) (set []dns.RR, sigs []dns.RR, list []*dns.DNSKEY) {
	t.Helper()
	key := &dns.DNSKEY{Hdr: dns.RR_Header{Name: "trap.test.", Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET}, Flags: 256, Protocol: 3, Algorithm: dns.ECDSAP256SHA256}
	if _, err := key.Generate(256); err != nil {
		t.Fatal(err)
	}
	for range keys {
		list = append(list, key)
	}
	set = reply(new(dns.Msg).SetQuestion("trap.test.", dns.TypeA), "trap.test. A 192.0.2.1").Answer
	now := time.Now()
	for i := range signatures {
		sigs = append(sigs, &dns.RRSIG{Hdr: dns.RR_Header{Name: "trap.test.", Rrtype: dns.TypeRRSIG, Class: dns.ClassINET}, TypeCovered: dns.TypeA,
			Algorithm: key.Algorithm, Labels: 2, Inception: uint32(now.Add(-time.Hour).Unix()), Expiration: uint32(now.Add(time.Hour).Unix()), KeyTag: key.KeyTag(),
			SignerName: "trap.test.", Signature: base64.StdEncoding.EncodeToString(append(make([]byte, 63), byte(i)))})
	}
	return set, sigs, list
}

func TestBoundsOnSignatures(t *testing.T) {
	set, sigs, keys := trap(t, 100, 100)
	k := &check{Client: &Client{now: time.Now}}
	in := &zone{name: "trap.test.", keys: keys, status: Secure}
	v, err := k.set(t.Context(), sigs, set, in)
	if err != nil || v.status != Bogus || k.verified > maxKeys*maxSignatures {
		t.Errorf("%+v, %v after %d checks", v, err, k.verified)
	}
	const more = 5 // such sets in one answer
	for range more {
		v, err = k.set(t.Context(), sigs, set, in)
	}
	if err != nil || v.status != Indeterminate || v.why != errCostly.Error() || k.verified > maxVerified+more {
		t.Errorf("%+v, %v after %d checks", v, err, k.verified)
	}
}

// TestBoundsOnKeys is the same where DS records lead to the keys.
func TestBoundsOnKeys(t *testing.T) {
	_, sigs, keys := trap(t, 1, 100)
	var set []dns.RR
	var list []*dns.DS
	for range 100 {
		set, list = append(set, keys[0]), append(list, keys[0].ToDS(dns.SHA256))
	}
	var signatures []*dns.RRSIG
	for _, s := range sigs {
		signatures = append(signatures, s.(*dns.RRSIG))
	}
	k := &check{Client: &Client{now: time.Now}}
	if status, why := k.anchored(set, signatures, list); status != Indeterminate || why != errCostly.Error() || k.verified > maxVerified+1 {
		t.Errorf("%s (%s) after %d checks", status, why, k.verified)
	}
}

// TestBoundsOnHashing gives up a name that takes too long to hash (CVE-2023-50868), and counts zones with too many rounds as not
// signed (RFC 9276, Section 3.2).
func TestBoundsOnHashing(t *testing.T) {
	record := func(iterations uint16) *dns.NSEC3 {
		return &dns.NSEC3{Hdr: dns.RR_Header{Name: strings.Repeat("0", 32) + ".test.", Rrtype: dns.TypeNSEC3, Class: dns.ClassINET}, Hash: dns.SHA1, Iterations: iterations,
			NextDomain: strings.Repeat("0", 31) + "1"}
	}
	k := &check{Client: &Client{}}
	var v verdict
	d := k.hashes([]*dns.NSEC3{record(maxIterations)}, "test.", &v)
	for i := range 10 {
		if p := d.nameError(strings.Repeat(string(rune('a'+i))+".", 100) + "test."); p.holds {
			t.Error("proven by a record of other names")
		}
	}
	if made := len(d.(*nsec3Denier).known); k.hashed <= maxHashed || made > maxHashed/(maxIterations+1) {
		t.Errorf("%d rounds of hashing, %d hashes", k.hashed, made)
	}
	v = verdict{status: Secure}
	if d := k.hashes([]*dns.NSEC3{record(maxIterations + 1)}, "test.", &v); v.status != Insecure || d.noData("test.", dns.TypeA).holds {
		t.Errorf("%+v", v)
	}
}

func TestShortKey(t *testing.T) {
	for bytes, want := range map[int]bool{64: true, 96: true, 128: false, 256: false} {
		key := &dns.DNSKEY{Algorithm: dns.RSASHA256, PublicKey: base64.StdEncoding.EncodeToString(append([]byte{3, 1, 0, 1}, make([]byte, bytes)...))}
		if short(key) != want {
			t.Errorf("%d bytes: %v", bytes, !want)
		}
	}
	set, sigs, keys := trap(t, 1, 1)
	keys[0].Algorithm, keys[0].PublicKey = dns.RSASHA256, base64.StdEncoding.EncodeToString(append([]byte{3, 1, 0, 1}, make([]byte, 64)...))
	sig := sigs[0].(*dns.RRSIG)
	sig.Algorithm, sig.KeyTag = keys[0].Algorithm, keys[0].KeyTag()
	k := &check{Client: &Client{now: time.Now}}
	if v, err := k.set(t.Context(), sigs, set, &zone{name: "trap.test.", keys: keys, status: Secure}); err != nil || v.status != Indeterminate || v.why != errShort.Error() {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestUnknownAlgorithm counts a zone as not signed where nobody could tell, and says nothing where others can.
func TestUnknownAlgorithm(t *testing.T) {
	for algorithm, want := range map[uint8]Status{200: Insecure, dns.ED448: Indeterminate} {
		k := &check{Client: &Client{now: time.Now}}
		z, err := k.keys(t.Context(), "odd.test.", []*dns.DS{{Algorithm: algorithm, DigestType: dns.SHA256}}, time.Now().Add(time.Hour))
		if err != nil || z.status != want || z.why == "" {
			t.Errorf("%d: %+v, %v", algorithm, z, err)
		}
	}
}

// TestFailureIsKept asks once in a while only about what fails (RFC 9520), and again when that is over.
func TestFailureIsKept(t *testing.T) {
	var asked atomic.Int32
	c := liar(t, Off, func(q *dns.Msg, _ string) *dns.Msg {
		if !isDNSKEY(q) {
			asked.Add(1)
		}
		return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
	})
	now := time.Now()
	c.now = func() time.Time { return now }
	c.answers.now = c.now
	ask := func() int32 {
		var e *Error
		if _, err := c.Lookup(t.Context(), "mx.example.test", A); !errors.As(err, &e) || !e.Temporary {
			t.Errorf("%v", err)
		}
		return asked.Load()
	}
	first := ask()
	if again := ask(); again != first {
		t.Errorf("asked %d times, then %d more", first, again-first)
	}
	now = now.Add(failureLife + time.Second)
	if later := ask(); later == first {
		t.Error("never asked again")
	}
}
