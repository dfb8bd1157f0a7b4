package cipherstring

import "slices"

// sign is what a rule of a cipher list does with the suites that it describes (openssl-ciphers(1)).
type sign byte

// The signs. Bump has none: OpenSSL uses it only to make its initial order.
const (
	add  sign = 0   // append those that are off
	del  sign = '-' // turn off; a later rule may turn on again
	kill sign = '!' // turn off for good
	last sign = '+' // move to the end those that are on
	bump sign = '^' // move to the front those that are on
)

// place is a suite on OpenSSL's working list, on or off.
type place struct {
	*opensslSuite
	on bool
}

// order is OpenSSL's working list. What is off keeps a place, which decides where it comes when it is turned on.
type order []place

// apply carries out one rule on the suites that match.
func (o order) apply(what sign, match func(*opensslSuite) bool) order {
	moved, rest := make(order, 0, len(o)), make(order, 0, len(o))
	for _, p := range o {
		switch hit := match(p.opensslSuite); {
		case hit && what == kill:
		case hit && p.on == (what != add):
			p.on = what != del
			moved = append(moved, p)
		default:
			rest = append(rest, p)
		}
	}
	if what == add || what == last {
		return append(rest, moved...)
	}
	return append(moved, rest...) // what was turned off last comes first when it is turned on again
}

// byStrength is @STRENGTH: what is on is sorted by the bits of its strength, and stays in order otherwise.
func (o order) byStrength() order {
	var bits []int
	for _, p := range o {
		if p.on && !slices.Contains(bits, p.strength) {
			bits = append(bits, p.strength)
		}
	}
	slices.SortFunc(bits, func(a, b int) int { return b - a })
	for _, b := range bits {
		o = o.apply(last, func(s *opensslSuite) bool { return s.strength == b })
	}
	return o
}

// enabled returns what is on.
func (o order) enabled() []*opensslSuite {
	var out []*opensslSuite
	for _, p := range o {
		if p.on {
			out = append(out, p.opensslSuite)
		}
	}
	return out
}

// step is one rule by which OpenSSL makes its initial order.
type step struct {
	what  sign
	terms string // as in data/openssl-aliases.csv; empty: all suites
}

// steps returns the rules that make the initial order, from suites by falling code point. They are those of
// ssl_create_cipher_list in ssl/ssl_ciph.c: 1.1.1 and 3.0 prefer ephemeral keys and AEAD to strength, 1.0.2 does not.
func (v OpenSSLVersion) steps() (before, after []step) {
	if v == OpenSSL102 {
		return []step{
			{add, "kx=ECDH"}, {del, "kx=ECDH"}, {add, "enc=AES|AESGCM"}, {add, ""}, {last, "mac=MD5"}, {last, "auth=None"},
			{last, "auth=ECDH"}, {last, "kx=RSA"}, {last, "kx=PSK"}, {last, "enc=RC4"},
		}, nil
	}
	return []step{
			{add, "kx=ECDH auth=ECDSA"}, {add, "kx=ECDH"}, {del, "kx=ECDH"}, {add, "enc=AESGCM"}, {add, "enc=CHACHA20/POLY1305"},
			{add, "enc=AES|AESCCM|AESCCM8"}, {add, ""}, {last, "mac=MD5"}, {last, "auth=None"}, {last, "kx=RSA"}, {last, "kx=PSK"},
			{last, "enc=RC4"},
		}, []step{
			{bump, "min=TLSv1.2"}, {bump, "mac=AEAD"}, {bump, "kx=DH|ECDH"}, {bump, "kx=DH|ECDH mac=AEAD"},
		}
}

// initial returns the working list before the first rule: everything off, in the order of v.
func (v OpenSSLVersion) initial(suites []*opensslSuite) order {
	var o order
	for _, s := range suites {
		if !s.is(minimum, tls13) {
			o = append(o, place{opensslSuite: s})
		}
	}
	slices.SortStableFunc(o, func(a, b place) int { return int(b.id) - int(a.id) })
	before, after := v.steps()
	for _, s := range before {
		o = o.apply(s.what, terms(s.terms).matches)
	}
	o = o.byStrength()
	for _, s := range after {
		o = o.apply(s.what, terms(s.terms).matches)
	}
	return o.apply(del, terms("").matches)
}
