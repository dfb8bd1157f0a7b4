package dnstest

import (
	"cmp"
	"crypto"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Zone is one zone as it is to be.
type Zone struct {
	Name    string   // with its final dot
	Records []string // in presentation form, relative to Name; without those that follow: SOA, NS of the top, DS, DNSKEY, NSEC, RRSIG
	Signing *Signing // nil: not signed
	DS      DS       // what the zone above says of it
	// Break changes the records of the zone once it is signed.
	Break func([]dns.RR) []dns.RR
}

// Signing is how a zone is signed. The zero value: ECDSA on P-256, NSEC, valid from an hour ago for a day.
type Signing struct {
	Algorithm   uint8
	NSEC3       *dns.NSEC3PARAM // nil: NSEC
	OptOut      bool
	From, Until time.Time
}

// DS is what the zone above says.
type DS string

// The kinds of DS records. The zero value is right for a zone that is signed, and none for one that is not.
const (
	RightDS   DS = ""
	NoDS      DS = "none"
	WrongDS   DS = "wrong"   // of another key
	UnknownDS DS = "unknown" // of an algorithm that nobody knows
)

// A signed zone is one with its keys.
type signedZone struct {
	Zone
	key    *dns.DNSKEY
	secret crypto.Signer
}

// Tree signs zones, those above before those below, and returns the text of each, by its name, and the DS record of the first.
func Tree(zones []Zone) (texts map[string]string, anchor string, err error) {
	list := make([]*signedZone, len(zones))
	for i, z := range zones {
		if list[i], err = withKey(z); err != nil {
			return nil, "", err
		}
	}
	texts = map[string]string{}
	for i, z := range list {
		rrs, err := z.records(list[i+1:])
		if err != nil {
			return nil, "", fmt.Errorf("zone %s: %w", z.Name, err)
		}
		if z.Signing != nil {
			if rrs, err = z.sign(rrs); err != nil {
				return nil, "", fmt.Errorf("signing %s: %w", z.Name, err)
			}
		}
		if z.Break != nil {
			rrs = z.Break(rrs)
		}
		var b strings.Builder
		for _, rr := range rrs {
			fmt.Fprintln(&b, rr)
		}
		texts[z.Name] = b.String()
	}
	return texts, strings.ReplaceAll(list[0].key.ToDS(dns.SHA256).String(), "\t", " "), nil
}

func withKey(z Zone) (*signedZone, error) {
	algorithm := dns.ECDSAP256SHA256
	if z.Signing != nil {
		algorithm = cmp.Or(z.Signing.Algorithm, algorithm)
	}
	bits := map[uint8]int{dns.ECDSAP256SHA256: 256, dns.ECDSAP384SHA384: 384, dns.ED25519: 256}[algorithm]
	key := &dns.DNSKEY{Hdr: header(z.Name, dns.TypeDNSKEY), Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: algorithm}
	secret, err := key.Generate(cmp.Or(bits, 2048))
	if err != nil {
		return nil, fmt.Errorf("the key of %s: %w", z.Name, err)
	}
	return &signedZone{z, key, secret.(crypto.Signer)}, nil
}

const ttl = 300

func header(name string, t uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: t, Class: dns.ClassINET, Ttl: ttl}
}

// records are those of the zone as its owner writes them, and the delegations to the zones right below it.
func (z *signedZone) records(others []*signedZone) ([]dns.RR, error) {
	text := fmt.Sprintf("$ORIGIN %s\n$TTL %d\n@ IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 %d\n@ IN NS ns.%[1]s\nns IN A 127.0.0.1\n", z.Name, ttl, ttl)
	if z.Name == "." {
		text = strings.ReplaceAll(text, "ns...", "ns.")
		text = strings.ReplaceAll(text, "NS ns..", "NS ns.")
	}
	parser := dns.NewZoneParser(strings.NewReader(text+strings.Join(z.Records, "\n")+"\n"), z.Name, z.Name)
	var list []dns.RR
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		list = append(list, rr)
	}
	if err := parser.Err(); err != nil {
		return nil, err
	}
	for _, other := range others {
		if other.above(z, others) {
			list = append(list, other.delegation()...)
		}
	}
	return list, nil
}

// above reports whether z is the zone right above other.
func (z *signedZone) above(up *signedZone, others []*signedZone) bool {
	between := func(x *signedZone) bool {
		return x != z && x.Name != up.Name && dns.IsSubDomain(x.Name, z.Name) && dns.IsSubDomain(up.Name, x.Name)
	}
	return z.Name != up.Name && dns.IsSubDomain(up.Name, z.Name) && !slices.ContainsFunc(others, between)
}

// delegation is what the zone above says of z.
func (z *signedZone) delegation() []dns.RR {
	list := []dns.RR{&dns.NS{Hdr: header(z.Name, dns.TypeNS), Ns: "ns." + z.Name}, &dns.A{Hdr: header("ns."+z.Name, dns.TypeA), A: []byte{127, 0, 0, 1}}}
	ds := z.key.ToDS(dns.SHA256)
	switch {
	case z.DS == NoDS, z.DS == RightDS && z.Signing == nil:
		return list
	case z.DS == WrongDS:
		ds.Digest = strings.Repeat("ab", 32)
	case z.DS == UnknownDS:
		ds.Algorithm = 200
	}
	ds.Hdr = header(z.Name, dns.TypeDS)
	return append(list, ds)
}
