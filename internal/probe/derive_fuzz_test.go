package probe

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// storedScans are a few scans of model servers as they are stored.
func storedScans(f *testing.F) [][]byte {
	f.Helper()
	var list [][]byte
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 7))
		ep := scanModel(randomModel(rng), 5, rng, nil)
		ep.At = time.Unix(1700000000, 0).UTC()
		ep.Observations = ep.Observations[:min(len(ep.Observations), 3)]
		raw, err := json.Marshal(ep)
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, raw)
	}
	return list
}

// FuzzDerive derives facts from anything that reads as evidence: it does not panic, and accepts nothing unseen.
func FuzzDerive(f *testing.F) {
	for _, raw := range storedScans(f) {
		f.Add(raw)
	}
	f.Add([]byte(`{"observations":[{"id":"/","offer":{"version":"SSLv2"},"messages":[{"type":2,"body":"BAA="}]}]}`))
	f.Add([]byte(`{"observations":[{"id":"x","offer":{"version":"0x9999"},"end":{"kind":"alert"}}]}`))
	f.Add([]byte(`{"target":{"protocol":"nonsense"},"blobs":{"certificates":{"a":null},"dialogues":{"b":null}},"observations":[{"dialogue":"b","inner":"b","messages":[{"type":11,"certificates":["a"]}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var ep evidence.Endpoint
		if json.Unmarshal(raw, &ep) != nil || len(ep.Observations) > 40 {
			return
		}
		Derive(&ep, nil)
		for _, v := range ep.Facts.Versions.Value {
			if !shown(&ep, v, nil) {
				t.Errorf("%v is said to be spoken, and no server hello shows it", v)
			}
		}
		for v, list := range ep.Facts.Suites.Value {
			for _, s := range list {
				if !shown(&ep, v, &s) {
					t.Errorf("%v is said to be accepted in %v, and no server hello shows it", s, v)
				}
			}
		}
		if _, err := json.Marshal(ep); err != nil {
			t.Errorf("the facts cannot be stored: %v", err)
		}
	})
}

// shown reports whether some message has a server hello of version v, with suite s if that is not nil.
func shown(ep *evidence.Endpoint, v tlswire.Version, s *tlswire.Suite) bool {
	for _, o := range ep.Observations {
		for _, m := range o.Messages {
			if h, err := tlswire.ParseServerHelloV2(m.Body); err == nil && v == tlswire.SSLv2 && (s == nil || slices.Contains(h.Ciphers, *s)) {
				return true
			}
			if h, err := tlswire.ParseServerHello(m.Body); err == nil && h.NegotiatedVersion() == v && (s == nil || h.Suite == *s) {
				return true
			}
		}
	}
	return false
}

// FuzzReadReply reads replies whose messages are cut or garbled: what is accepted was offered.
func FuzzReadReply(f *testing.F) {
	hello := must(tlswire.ServerHello{Version: tlswire.TLS12, Suite: 0xC02F, Extensions: []tlswire.Extension{}}.Marshal())
	exchange := must(tlswire.ServerKeyExchange{EC: &tlswire.ServerECParams{CurveType: tlswire.CurveNamed, Group: tlswire.X25519,
		Point: make([]byte, 32)}, Scheme: tlswire.RSAPSSRSAESHA256, Signature: make([]byte, 16)}.Marshal())
	for _, v := range versions {
		f.Add(uint16(v), hello, exchange, "done")
		f.Add(uint16(v), hello[:20], exchange[:3], "alert")
	}
	f.Fuzz(func(t *testing.T, version uint16, hello, exchange []byte, end string) {
		o := evidence.Observation{ID: "x/1", Offer: evidence.Offer{Version: tlswire.Version(version)}, End: evidence.End{Kind: evidence.EndKind(end)},
			Messages: []evidence.Message{{Type: tlswire.TypeServerHello, Body: hello}, {Type: tlswire.TypeServerKeyExchange, Body: exchange},
				{Type: tlswire.TypeCertificateVerify, Body: exchange}, {Type: tlswire.TypeEncryptedExtensions, Body: hello}}}
		r := readReply(&o)
		if r.kind != accepted {
			return
		}
		if r.version > o.Offer.Version || r.v2 == nil && !slices.Contains(offeredSuites(o.Offer), r.suite) {
			t.Errorf("accepted %v %v in reply to an offer of %v", r.version, r.suite, o.Offer.Version)
		}
	})
}
