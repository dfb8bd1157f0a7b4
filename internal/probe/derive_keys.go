package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// maxPrimeBits bounds the arithmetic spent on a prime that a server sent.
const maxPrimeBits = 8192

func isDHE(s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeDHE }

// mayUse reports whether a suite that match accepts was seen, or may yet be, in TLS 1.2 or older.
func (d *deriver) mayUse(match func(tlswire.SuiteInfo) bool) (seen, possible bool) {
	for _, v := range versions {
		if !old(v) {
			continue
		}
		seen = seen || len(d.seenSuites(v, match)) > 0
		possible = possible || d.mayAccept(v, match)
	}
	return seen, possible
}

// mayAccept reports whether a suite of version v that match accepts is undecided.
func (d *deriver) mayAccept(v tlswire.Version, match func(tlswire.SuiteInfo) bool) bool {
	return slices.ContainsFunc(d.tracks[v].undecided(), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return match(info)
	})
}

func deriveDH(d *deriver) {
	seen, possible := d.mayUse(isDHE)
	if !seen && !possible {
		d.facts.DHParams = inapplicable[[]evidence.DHParams]("no DHE suite is accepted")
		return
	}
	var list []evidence.DHParams
	var from []string
	for i := range d.replies {
		r := &d.replies[i]
		if r.exchange == nil || r.exchange.DH == nil {
			continue
		}
		k := slices.IndexFunc(list, func(p evidence.DHParams) bool {
			return slices.Equal(p.P, r.exchange.DH.P) && slices.Equal(p.G, r.exchange.DH.G)
		})
		if k < 0 {
			list, from = append(list, dhParams(r.exchange.DH)), append(from, r.id)
			k = len(list) - 1
		}
		if !slices.Contains(list[k].Suites, r.suite) {
			list[k].Suites = append(list[k].Suites, r.suite)
		}
	}
	switch {
	case len(list) == 0:
		d.facts.DHParams = unknown[[]evidence.DHParams](d)
	case d.dhOpen():
		d.facts.DHParams = evidence.Fact[[]evidence.DHParams]{State: evidence.Partial, Value: list, Why: d.why, From: from}
	default:
		d.facts.DHParams = known(list, from...)
	}
}

// dhParams describes a group. Its safety is left open (false, with Tested unset) for primes too long to test.
func dhParams(p *tlswire.ServerDHParams) evidence.DHParams {
	sum := sha256.Sum256(p.P)
	out := evidence.DHParams{Hash: hex.EncodeToString(sum[:]), P: p.P, G: p.G}
	n := new(big.Int).SetBytes(p.P)
	out.Bits = n.BitLen()
	if known, ok := tlswire.KnownPrime(n); ok {
		out.Prime, out.Safe, out.IsPrime, out.Tested = known.Name, known.Safe, true, true
		return out
	}
	if out.Bits > maxPrimeBits || out.Bits < 2 {
		return out
	}
	out.Tested = true
	out.IsPrime = n.ProbablyPrime(16)
	out.Safe = out.IsPrime && new(big.Int).Rsh(n, 1).ProbablyPrime(16)
	return out
}

func deriveReuse(d *deriver) {
	_, possibleDH := d.mayUse(isDHE)
	_, possibleEC := d.mayUse(usesGroup)
	var reuse evidence.KeyReuse
	reuse.DHHandshakes, reuse.ECDHHandshakes = d.ephemeral()
	var fromDH, fromECDH []string
	fromDH, reuse.DH = d.repeats(func(k *tlswire.ServerKeyExchange) ([]byte, bool) {
		if k.DH == nil {
			return nil, false
		}
		return k.DH.Y, true
	})
	fromECDH, reuse.ECDH = d.repeats(func(k *tlswire.ServerKeyExchange) ([]byte, bool) {
		if k.EC == nil {
			return nil, false
		}
		return k.EC.Point, true
	})
	f := known(reuse, once(fromDH, fromECDH)...)
	switch {
	case reuse.DHHandshakes+reuse.ECDHHandshakes == 0 && !possibleDH && !possibleEC:
		f = inapplicable[evidence.KeyReuse]("no suite of TLS 1.2 or older has ephemeral keys")
	case reuse.DHHandshakes+reuse.ECDHHandshakes == 0:
		f = unknown[evidence.KeyReuse](d)
	case reuse.DHHandshakes == 1 || reuse.ECDHHandshakes == 1 || possibleDH && reuse.DHHandshakes == 0 || possibleEC && reuse.ECDHHandshakes == 0:
		f.State, f.Why = evidence.Partial, "too few handshakes to compare"
		f.Open = evidence.KeyReuse{DH: reuse.DHHandshakes == 1 || possibleDH && reuse.DHHandshakes == 0,
			ECDH: reuse.ECDHHandshakes == 1 || possibleEC && reuse.ECDHHandshakes == 0}
	}
	d.facts.KeyReuse = f
}

// repeats reports whether one public key came twice, and returns the two connections, or else all that were compared.
func (d *deriver) repeats(public func(*tlswire.ServerKeyExchange) ([]byte, bool)) (from []string, repeated bool) {
	first := map[string]string{}
	for i := range d.replies {
		r := &d.replies[i]
		if r.exchange == nil {
			continue
		}
		key, ok := public(r.exchange)
		if !ok {
			continue
		}
		if id := first[string(key)]; id != "" {
			return []string{id, r.id}, true
		}
		first[string(key)] = r.id
		from = append(from, r.id)
	}
	return from, false
}

func deriveCompression(d *deriver) {
	if d.none(old) && len(d.spoken()) > 0 {
		d.facts.Compression = inapplicable[[]tlswire.CompressionMethod]("TLS 1.3 has no compression")
		return
	}
	type answer struct {
		version tlswire.Version
		method  tlswire.CompressionMethod
	}
	var list []tlswire.CompressionMethod
	from := firsts(d, func(r *reply) (answer, bool) {
		asked := r.kind == accepted && old(r.version) && len(compressionMethods(r.offer.Version)) > 1
		if m := r.hello.Compression; asked && m != tlswire.CompressionNull && !slices.Contains(list, m) {
			list = append(list, m)
		}
		return answer{r.version, r.hello.Compression}, asked
	})
	switch {
	case len(from) == 0:
		d.facts.Compression = unknown[[]tlswire.CompressionMethod](d)
	case d.anyOpen(old) && len(list) == 0:
		d.facts.Compression = setFact(d, list, []tlswire.CompressionMethod{tlswire.CompressionDEFLATE}, true, from...)
	default:
		d.facts.Compression = known(list, from...)
	}
}

// deriveFloor counts the connections that no scan could do without: an answer for each accepted suite, and a refusal at
// the end of each list (RFC 8446 lets a server name one suite at a time).
func deriveFloor(d *deriver) {
	floor := 0
	for _, v := range versions {
		t := d.tracks[v]
		switch {
		case v == tlswire.SSLv2 && t.spoken != evidence.Unsure || t.spoken == evidence.No:
			floor += max(1, d.chunks(len(t.suites.refused)))
		case t.spoken == evidence.Yes && len(t.undecided()) > 0: // not read to its end
			floor += len(t.suites.seen)
		case t.spoken == evidence.Yes:
			floor += len(t.suites.seen) + max(1, d.chunks(len(t.suites.refused)))
		}
	}
	d.ep.Cost.Floor = floor
}

// chunks is how many refusals it takes to close n suites.
func (d *deriver) chunks(n int) int {
	if d.longLists != evidence.No {
		return 1
	}
	return (n + 63) / 64
}

func deriveFallback(d *deriver) {
	spoken := slices.DeleteFunc(d.spoken(), func(v tlswire.Version) bool { return v < tlswire.TLS10 })
	if len(spoken) < 2 && !d.anyOpen(func(v tlswire.Version) bool { return v >= tlswire.TLS10 }) && len(d.spoken()) > 0 {
		d.facts.FallbackSCSV = inapplicable[bool]("there is no older version to fall back to")
		return
	}
	d.facts.FallbackSCSV = unknown[bool](d)
	for i := range d.replies {
		r := &d.replies[i]
		if !r.offer.Has(evidence.FallbackSCSV) {
			continue
		}
		if !d.facts.FallbackSCSV.Seen() && (r.kind == refused || r.kind == closed) {
			d.facts.FallbackSCSV.From = []string{r.id}
		}
		switch {
		case r.kind == accepted:
			d.facts.FallbackSCSV = known(false, r.id)
		case r.alert != nil && r.alert.Description == tlswire.AlertInappropriateFallback:
			d.facts.FallbackSCSV = known(true, r.id)
		case r.kind == refused:
			d.facts.FallbackSCSV.Why = fmt.Sprintf("the server answered with another alert: %v", r.alert)
		case r.kind == closed:
			d.facts.FallbackSCSV.Why = "the server hung up, without the alert that RFC 7507 asks for"
		}
	}
}
