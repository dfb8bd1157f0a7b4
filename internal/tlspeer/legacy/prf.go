package legacy

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/subtle"
	"hash"
)

// pHash is P_hash (RFC 5246, Section 5).
func pHash(newHash func() hash.Hash, secret, seed []byte, n int) []byte {
	mac := hmac.New(newHash, secret)
	sum := func(parts ...[]byte) []byte {
		mac.Reset()
		for _, p := range parts {
			mac.Write(p)
		}
		return mac.Sum(nil)
	}
	var out []byte
	for a := seed; len(out) < n; {
		a = sum(a)
		out = append(out, sum(a, seed)...)
	}
	return out[:n]
}

// prfTLS10 is the PRF of TLS 1.0 and 1.1 (RFC 2246, Section 5). The halves of the secret share a byte if its length is odd.
func prfTLS10(secret, seed []byte, n int) []byte {
	half := (len(secret) + 1) / 2
	out := pHash(md5.New, secret[:half], seed, n)
	subtle.XORBytes(out, out, pHash(sha1.New, secret[len(secret)-half:], seed, n))
	return out
}

// deriveSSL3 is the construction of SSLv3 (RFC 6101, Section 6.1 and 6.2.2).
func deriveSSL3(secret, seed []byte, n int) []byte {
	var out []byte
	for i := 1; len(out) < n; i++ {
		label := bytes.Repeat([]byte{byte('A' + i - 1)}, i)
		inner := digest(sha1.New, label, secret, seed)
		out = append(out, digest(md5.New, secret, inner)...)
	}
	return out[:n]
}

func digest(newHash func() hash.Hash, parts ...[]byte) []byte {
	h := newHash()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// keyedSSL3 is the precursor of HMAC in SSLv3 (RFC 6101, Section 5.2.3.1 and 5.6.9): the MAC of records, where nothing
// stands behind the message, and the hashes of Finished, where the secret does.
func keyedSSL3(newHash func() hash.Hash, secret []byte, keyFirst bool, parts ...[]byte) []byte {
	pads := 40
	if newHash().Size() == md5.Size {
		pads = 48
	}
	inner, outer := bytes.Repeat([]byte{0x36}, pads), bytes.Repeat([]byte{0x5c}, pads)
	if keyFirst {
		parts = append([][]byte{secret, inner}, parts...)
	} else {
		parts = append(parts[:len(parts):len(parts)], secret, inner)
	}
	return digest(newHash, secret, outer, digest(newHash, parts...))
}
