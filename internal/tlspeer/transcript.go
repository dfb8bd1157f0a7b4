package tlspeer

import (
	"hash"

	"github.com/mailtls/mailtls/tlswire"
)

// transcript is the handshake messages of both sides, headers included (RFC
// 8446, Section 4.4.1). They are kept raw: the hash is known only with the suite.
type transcript struct{ raw []byte }

// add appends a message; one that was received always fits.
func (t *transcript) add(h tlswire.Handshake) error {
	raw, err := h.Append(t.raw)
	if err == nil {
		t.raw = raw
	}
	return err
}

func (t *transcript) hash(newHash func() hash.Hash) []byte {
	h := newHash()
	h.Write(t.raw)
	return h.Sum(nil)
}

// retry replaces the first ClientHello by its hash, as a HelloRetryRequest wants.
func (t *transcript) retry(newHash func() hash.Hash) error {
	digest := t.hash(newHash)
	t.raw = nil
	return t.add(tlswire.Handshake{Type: tlswire.TypeMessageHash, Body: digest})
}
