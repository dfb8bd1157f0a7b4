package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestHeedsSchemes looks at replies of TLS 1.2 with full and narrowed offers.
func TestHeedsSchemes(t *testing.T) {
	const suite = 0xC02F // ECDHE, RSA
	signed := func(scheme tlswire.SignatureScheme, offered ...tlswire.SignatureScheme) reply {
		return reply{kind: accepted, version: tlswire.TLS12, suite: suite, suites: []tlswire.Suite{suite}, scheme: scheme, exchange: &tlswire.ServerKeyExchange{},
			offer: evidence.Offer{Version: tlswire.TLS12, Schemes: offered}, id: "signed"}
	}
	refusal := func(s tlswire.Suite, offered ...tlswire.SignatureScheme) reply {
		return reply{kind: refused, suites: []tlswire.Suite{s}, offer: evidence.Offer{Version: tlswire.TLS12, Schemes: offered}, id: "refused"}
	}
	for _, c := range []struct {
		name    string
		replies []reply
		want    evidence.Answer
	}{
		{"nothing", nil, evidence.Unsure},
		{"all offered", []reply{signed(tlswire.RSAPSSRSAESHA256)}, evidence.Unsure},
		{"its favourite left out, refused", []reply{signed(tlswire.RSAPSSRSAESHA256), refusal(suite, tlswire.RSAPKCS1SHA1)}, evidence.Yes},
		{"refused with a suite that may not be accepted", []reply{signed(tlswire.RSAPSSRSAESHA256), refusal(0xC02B, tlswire.RSAPKCS1SHA1)}, evidence.Unsure},
		{"another taken", []reply{signed(tlswire.RSAPSSRSAESHA256), signed(tlswire.RSAPKCS1SHA1, tlswire.RSAPKCS1SHA1)}, evidence.Yes},
		{"not offered", []reply{signed(tlswire.RSAPSSRSAESHA256), signed(tlswire.RSAPSSRSAESHA256, tlswire.RSAPKCS1SHA1)}, evidence.No},
	} {
		d := &deriver{view: newView(evidence.Target{}, c.replies, false), facts: &evidence.Facts{}, why: "not asked"}
		deriveHeed(d)
		if got := evidence.Is(d.facts.HeedsSchemes); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
