package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"

	"github.com/mailtls/mailtls/evidence"
)

// EvidenceSHA256 returns the SHA-256 of an endpoint's evidence, in hex, by which a report says what it judged. It is over
// the evidence's JSON (the members at to blobs of the endpoint) in the order of [Schema], without white space, and with
// nothing escaped that need not be; so it does not depend on how a file is laid out.
func EvidenceSHA256(e *evidence.Endpoint) string { return digestOf(e) }

// DomainSHA256 is [EvidenceSHA256] of the evidence about a domain (its members name to silent).
func DomainSHA256(d *evidence.Domain) string { return digestOf(d) }

func digestOf(v any) string {
	h := sha256.New()
	enc := json.NewEncoder(&trimmed{h: h})
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return "" // which no evidence that can be written at all comes to
	}
	return hex.EncodeToString(h.Sum(nil))
}

// trimmed hashes what an Encoder writes, but for the line end behind it.
type trimmed struct{ h hash.Hash }

func (t *trimmed) Write(b []byte) (int, error) {
	n := len(b)
	if n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	_, _ = t.h.Write(b) // never fails
	return n, nil
}
