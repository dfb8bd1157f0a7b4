package probe

import (
	"bytes"
	"context"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// Padding oracles: a server that tells what is wrong with a record of a CBC suite, MAC or padding, tells an attacker who
// changes records of somebody else what they contain (Vaudenay, 2002). RFC 5246, Section 6.2.3.2, wants one bad_record_mac for
// all. So a harmless command is sent in a record that is wrong in one of these ways, each on a connection of its own, and what
// comes back is compared. All these records have the same length, so that only what is inside can make a difference.
const (
	badBoth     = "bad-both"     // MAC and padding are wrong: what all others are compared with
	badMAC      = "bad-mac"      // the MAC alone is wrong
	badPadding  = "bad-padding"  // a byte in the middle of the padding is wrong, the MAC is right
	zeroLength  = "zero-length"  // nothing inside, with a wrong MAC
	fullPadding = "full-padding" // nothing but padding, which is valid and leaves no room for a MAC
	longPadding = "long-padding" // the padding claims to be longer than the record
)

// paddingVectors are the ways, the one to compare with first.
var paddingVectors = []string{badBoth, badMAC, badPadding, zeroLength, fullPadding, longPadding}

// malform makes a record wrong in one of the ways. Padding is shorter than a block wherever the MAC leaves room for that,
// since some servers take no other.
func malform(vector string) func(*legacy.Parts) {
	return func(p *legacy.Parts) {
		const block, least = 16, 3 // a multiple of all block sizes; padding that has a middle
		whole := (len(p.Content) + len(p.MAC) + least + block - 1) / block * block
		switch vector {
		case fullPadding, longPadding:
			*p = legacy.Parts{Explicit: p.Explicit, Padding: bytes.Repeat([]byte{byte(whole - 1)}, whole)}
			if vector == longPadding {
				p.Padding = bytes.Repeat([]byte{255}, whole)
			}
			return
		case zeroLength:
			p.Content = nil
		}
		n := whole - len(p.Content) - len(p.MAC)
		p.Padding = bytes.Repeat([]byte{byte(n - 1)}, n)
		if vector != badPadding {
			p.MAC = bytes.Clone(p.MAC)
			p.MAC[len(p.MAC)/2] ^= 1
		}
		if vector == badPadding || vector == badBoth {
			p.Padding[n/2-1] ^= 1
		}
	}
}

// tryPadding sends the malformed record in a session that works.
func (c *connection) tryPadding(ctx context.Context) evidence.End {
	s, end := c.enter(ctx)
	if end.Kind != evidence.EndDone {
		return end
	}
	if s.Seen.EncryptThenMAC {
		return evidence.End{Kind: evidence.EndMalformed, Detail: "the server encrypts before it authenticates, without being asked"}
	}
	var sent []byte // what was encrypted says more than what came of it
	rec, err := s.Seal(tlswire.ContentApplicationData, harmless(c.protocol), legacy.Alter{Plain: func(p *legacy.Parts) {
		malform(c.offer.Vector)(p)
		sent = slices.Concat(p.Content, p.MAC, p.Padding)
	}})
	if err != nil {
		return evidence.End{Kind: evidence.EndMalformed, Detail: err.Error()}
	}
	c.provokeInside(ctx, s, rec, sent)
	_ = s.Close()
	return end
}

// cbc is how the padding is tried out: in the newest version that has an accepted CBC suite, by one suite, with AES and SHA-1
// where that is accepted: nearly every server has it, and CVE-2016-2107 needs it. One stands for all, since a stack has one
// piece of code for them.
func (v *view) cbc() (tlswire.Version, tlswire.Suite) {
	for _, p := range []tlswire.Version{tlswire.TLS12, tlswire.TLS11, tlswire.TLS10} {
		suites := v.cbcSuites(p)
		for _, want := range []func(tlswire.SuiteInfo) bool{
			func(s tlswire.SuiteInfo) bool { return s.Cipher == tlswire.CipherAES && s.MAC == tlswire.MACSHA1 },
			func(s tlswire.SuiteInfo) bool { return s.Cipher == tlswire.CipherAES },
			func(tlswire.SuiteInfo) bool { return true },
		} {
			i := slices.IndexFunc(suites, func(s tlswire.Suite) bool { info, _ := s.Info(); return want(info) })
			if i >= 0 {
				return p, suites[i]
			}
		}
	}
	return 0, 0
}

// cbcSuites are the accepted ones with which a handshake can be finished.
func (v *view) cbcSuites(p tlswire.Version) []tlswire.Suite {
	can := canFinish[p]
	return v.seenSuites(p, func(s tlswire.SuiteInfo) bool { return isCBC(s) && slices.Contains(can, s.ID) })
}

func isCBC(s tlswire.SuiteInfo) bool { return s.Mode == tlswire.ModeCBC }

func nextPadding(p *plan) (ask, bool) {
	v, suite := p.cbc()
	if v == 0 || !p.goal.asks(evidence.KeyPaddingOracle) || !p.mayEnter() || p.fruitless(evidence.PaddingOracle) {
		return ask{}, false
	}
	vector := p.oracle().next(func(vector string) (tries, flying int) {
		flying = p.flying(func(f flight) bool { return f.offer.Attack == evidence.PaddingOracle && f.offer.Vector == vector })
		return p.count(func(r reply) bool {
			return !r.guess && !r.later && r.offer.Attack == evidence.PaddingOracle && r.offer.Vector == vector
		}), flying
	})
	return trying(evidence.PaddingOracle, vector, v, []tlswire.Suite{suite}), vector != ""
}
