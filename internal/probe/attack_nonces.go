package probe

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Repeated nonces (CVE-2016-0270, CVE-2017-5933; Böck and others, 2016): with AES-GCM in TLS 1.2 the sender chooses 8 bytes of
// each nonce, and shows them (RFC 5288, Section 3). Two records of one session with the same ones give away the key that
// authenticates. No repetition is asked for: every record counts only behind a tag that is right, and two are one already.

// leastNonces is how many records have to differ before it counts.
const leastNonces = 3

// How nonces are chosen.
const (
	noncesCount  = "counter"
	noncesRandom = "other"
)

// nonces are those that the server's records showed, in order.
func (r *reply) nonces() (list [][]byte) {
	if r.reaction == nil || r.offer.Attack != evidence.RepeatedNonces || r.kind != accepted || !isAESGCM(r.suite) {
		return nil
	}
	for _, rec := range r.reaction.Records {
		if len(rec.Nonce) == 8 {
			list = append(list, rec.Nonce)
		}
	}
	return list
}

// showedNonces reports whether there is a connection whose nonces decide.
func (v *view) showedNonces() bool {
	return v.count(func(r reply) bool {
		list := r.nonces()
		return len(list) >= leastNonces || repeated(list) != nil
	}) > 0
}

// repeated returns the first nonce that comes again, nil if none does.
func repeated(list [][]byte) []byte {
	for i, n := range list {
		for _, other := range list[:i] {
			if bytes.Equal(n, other) {
				return n
			}
		}
	}
	return nil
}

// counts reports whether each nonce is the one before, plus one.
func counts(list [][]byte) bool {
	for i := 1; i < len(list); i++ {
		if binary.BigEndian.Uint64(list[i]) != binary.BigEndian.Uint64(list[i-1])+1 {
			return false
		}
	}
	return true
}

func deriveNonces(d *deriver) {
	f := &d.facts.RepeatedNonces
	*f = d.untried(evidence.RepeatedNonces)
	if why := d.withoutGCM(); why != "" {
		*f = inapplicable[evidence.Weakness](why)
		return
	}
	for i := range d.replies {
		list := d.replies[i].nonces()
		if again := repeated(list); again != nil {
			*f = known(evidence.Weakness{Found: true, Count: len(list), Shown: []string{fmt.Sprintf("two records of one session have the nonce %x", again)}},
				d.replies[i].id)
			return
		}
		if len(list) < leastNonces {
			if len(list) > 0 && f.State == evidence.Unknown {
				f.Why = "too few records came to compare"
			}
			continue
		}
		kind := noncesRandom
		if counts(list) {
			kind = noncesCount
		}
		*f = known(evidence.Weakness{Kinds: []string{kind}, Count: len(list)}, d.replies[i].id)
	}
}

// withoutGCM says why AES-GCM is not there in TLS 1.2, "" if it is or may be.
func (d *deriver) withoutGCM() string {
	gcm := func(s tlswire.SuiteInfo) bool { return isAESGCM(s.ID) }
	switch t := d.tracks[tlswire.TLS12]; {
	case t.spoken == evidence.No:
		return "TLS 1.2 is not spoken"
	case t.spoken == evidence.Yes && len(d.seenSuites(tlswire.TLS12, gcm)) == 0 && !d.mayAccept(tlswire.TLS12, gcm):
		return "no suite with AES-GCM is accepted in TLS 1.2"
	}
	return ""
}
