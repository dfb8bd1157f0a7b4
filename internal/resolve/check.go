package resolve

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/miekg/dns"
)

// Bounds on what checking one answer costs, and on what one zone above it does, which is checked once for all: zones can be made
// whose every check fails after long work (CVE-2023-50387, CVE-2023-50868).
const (
	maxVerified   = 64     // signatures that are checked
	maxHashed     = 20_000 // rounds of hashing for NSEC3
	maxIterations = 150    // of NSEC3; zones with more count as not signed (RFC 9276, Section 3.2)
	maxKeys       = 4      // keys with one tag and algorithm
	maxSignatures = 8      // of one set of records
)

var (
	errCostly = errors.New("checking its signatures takes more than is reasonable")
	errShort  = errors.New("it is signed by an RSA key of less than 1024 bits, which is not checked here")
)

// A check validates one answer.
type check struct {
	*Client
	verified, hashed int
	held             []*dns.RRSIG // the signatures that hold
}

// validated asks for an answer with its signatures, and checks it.
func (c *Client) validated(ctx context.Context, name string, t Type) (*Answer, error) {
	m, weak, err := c.signed(ctx, name, t)
	if err != nil {
		return nil, err
	}
	k := &check{Client: c}
	a, steps := follow(m, name, t)
	if weak != "" {
		a.Status, a.Why, a.TTL = Indeterminate, weak, min(a.TTL, failureLife)
		return a, nil
	}
	a.Status = Secure
	for _, s := range steps {
		status, why, err := k.step(ctx, m, s, nil)
		if err != nil {
			return nil, err
		}
		a.note(status, why)
	}
	if a.Empty() && a.Endless == "" {
		status, why, err := k.absence(ctx, m, a.Canonical(), t)
		if err != nil {
			return nil, err
		}
		a.note(status, why)
	}
	a.TTL = k.bound(a.TTL)
	return a, nil
}

// bound cuts a time to live to what the signatures allow for (RFC 4035, Section 5.3.3): a resolver that does not check them may hand out
// more.
func (k *check) bound(ttl time.Duration) time.Duration {
	for _, sig := range k.held {
		own, original := time.Duration(sig.Hdr.Ttl)*time.Second, time.Duration(sig.OrigTtl)*time.Second
		ttl = min(ttl, own, original, max(0, time.Unix(int64(sig.Expiration), 0).Sub(k.now())))
	}
	return ttl
}

// note takes one more status into account.
func (a *Answer) note(status Status, why string) {
	if w := worst(a.Status, status); w != a.Status {
		a.Status, a.Why = w, why
	}
}

// signed asks for an answer with its signatures, unchecked. The names of its records are canonical. weak is why it has no signatures.
func (c *Client) signed(ctx context.Context, name string, t Type) (m *dns.Msg, weak string, err error) {
	m, weak, err = c.exchange(ctx, name, t, false)
	if err != nil {
		return nil, "", err
	}
	for _, section := range [][]dns.RR{m.Answer, m.Ns} {
		for _, rr := range section {
			rr.Header().Name = dns.CanonicalName(rr.Header().Name)
		}
	}
	return m, weak, nil
}

// step checks one set of records of an answer. One that a wildcard stands for needs proof that there is nothing closer (RFC
// 4035, Section 5.3.4).
func (k *check) step(ctx context.Context, m *dns.Msg, s step, in *zone) (Status, string, error) {
	owner := s.set[0].Header().Name
	v, err := k.set(ctx, m.Answer, s.set, in)
	if err != nil || v.status != Secure {
		return v.status, v.why, err
	}
	if closest, wild := v.wildcard(owner); wild {
		return k.noCloser(ctx, m, owner, closest, in)
	}
	return Secure, "", nil
}

// A verdict is what comes of checking one set of records.
type verdict struct {
	status Status
	why    string
	sig    *dns.RRSIG // the one that holds, if status is Secure
	zone   zone       // that signed it
}

// wildcard returns the closest encloser of owner, if the records are those of a wildcard under it.
func (v *verdict) wildcard(owner string) (closest string, wild bool) {
	labels := dns.SplitDomainName(owner)
	if len(labels) > 0 && labels[0] == "*" { // asked for as such
		labels = labels[1:]
	}
	if int(v.sig.Labels) >= len(labels) {
		return "", false
	}
	return ancestor(owner, int(v.sig.Labels)), true
}

// set checks one set of records, whose signatures are in list. If it is known which zone they are in, only that counts.
func (k *check) set(ctx context.Context, list, set []dns.RR, in *zone) (verdict, error) {
	owner, t := set[0].Header().Name, set[0].Header().Rrtype
	sigs := signaturesOf(list, owner, t)
	if len(sigs) == 0 {
		return k.unsigned(ctx, owner, t, in)
	}
	v := verdict{status: Bogus, why: fmt.Sprintf("no signature of the %s records of %s is right", Type(t), owner)}
	for _, sig := range sigs[:min(len(sigs), maxSignatures)] {
		signer := dns.CanonicalName(sig.SignerName)
		if !dns.IsSubDomain(signer, owner) || t == dns.TypeDS && signer == owner || in != nil && in.name != signer {
			continue // RFC 4035, Section 5.3.1
		}
		z, err := k.within(ctx, signer, in)
		if err != nil || z.status != Secure {
			return verdict{status: z.status, why: z.why}, err
		}
		if z.name != signer {
			continue
		}
		why, err := k.verify(sig, set, z.keys)
		if err != nil {
			return verdict{status: Indeterminate, why: err.Error()}, nil
		}
		if why == "" {
			k.held = append(k.held, sig)
			return verdict{Secure, "", sig, z}, nil
		}
		v.why = why
	}
	return v, nil
}

// within is the zone that name is in, unless that is known.
func (k *check) within(ctx context.Context, name string, in *zone) (zone, error) {
	if in != nil {
		return *in, nil
	}
	return k.zoneOf(ctx, name)
}

// unsigned is what records without a signature are.
func (k *check) unsigned(ctx context.Context, owner string, t uint16, in *zone) (verdict, error) {
	at := owner
	if t == dns.TypeDS {
		at = parent(owner)
	}
	z, err := k.within(ctx, at, in)
	if err != nil || z.status != Secure {
		return verdict{status: z.status, why: z.why}, err
	}
	return verdict{status: Bogus, why: fmt.Sprintf("the %s records of %s are not signed, though the zone %s is", Type(t), owner, z.name)}, nil
}

// verify checks one signature by the keys of its zone. why is "" if it holds; the error is why it cannot be checked.
func (k *check) verify(sig *dns.RRSIG, set []dns.RR, keys []*dns.DNSKEY) (why string, err error) {
	what := fmt.Sprintf("the signature of the %s records of %s", Type(sig.TypeCovered), sig.Hdr.Name)
	if now := k.now(); !sig.ValidityPeriod(now) {
		return what + period(sig, now), nil
	}
	tried := 0
	for _, key := range keys {
		if key.KeyTag() != sig.KeyTag || key.Algorithm != sig.Algorithm || key.Flags&dns.REVOKE != 0 {
			continue
		}
		if tried++; tried > maxKeys {
			break
		}
		if k.verified++; k.verified > maxVerified {
			return "", errCostly
		}
		if short(key) {
			return "", errShort
		}
		if sig.Verify(key, set) == nil {
			return "", nil
		}
	}
	if tried == 0 {
		return what + " is by a key that its zone does not have", nil
	}
	return what + " is wrong", nil
}

// short reports whether key is one of RSA that is too short for the library that checks signatures here (RFC 3110, Section 2, allows
// for 512 bits).
func short(key *dns.DNSKEY) bool {
	switch key.Algorithm {
	case dns.RSASHA1, dns.RSASHA1NSEC3SHA1, dns.RSASHA256, dns.RSASHA512:
		return base64.StdEncoding.DecodedLen(len(key.PublicKey)) < 1024/8
	}
	return false
}

// period says in which way sig is not valid at a time (RFC 4034, Section 3.1.5).
func period(sig *dns.RRSIG, now time.Time) string {
	expired := time.Unix(int64(sig.Expiration), 0).UTC()
	if now.After(expired) {
		return " expired at " + expired.Format("2006-01-02 15:04 UTC")
	}
	return " is not valid yet"
}
