package probe

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestOlderVersion wants a quick scan to take the refusal of TLS 1.1 for one of TLS 1.0 exactly where it is: from a server that
// speaks something newer, and so can read the hello.
func TestOlderVersion(t *testing.T) {
	const sslv3, tls10, tls11, tls12 = tlswire.SSLv3, tlswire.TLS10, tlswire.TLS11, tlswire.TLS12
	for _, test := range []struct {
		name   string
		spoken []tlswire.Version
	}{
		{"nothing old", []tlswire.Version{tls12}},
		{"TLS 1.0 alone of the old", []tlswire.Version{tls10, tls12}}, // it answers to TLS 1.1
		{"both", []tlswire.Version{tls10, tls11, tls12}},
		{"TLS 1.1 alone of the old", []tlswire.Version{tls11, tls12}},
		{"SSL 3.0 alone", []tlswire.Version{sslv3}},
		{"SSL 3.0 and TLS 1.2", []tlswire.Version{sslv3, tls12}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := stacks()[0].build()
			m.suites = map[tlswire.Version][]tlswire.Suite{}
			for _, v := range test.spoken {
				m.suites[v] = codes("C014 C013 002F")
			}
			ep := quickModel(m, 5, rand.New(rand.NewPCG(1, 2)), nil)
			if f := ep.Facts.Versions; f.State != evidence.Known || !slices.Equal(f.Value, test.spoken) {
				t.Errorf("versions: %+v, want %v", f, test.spoken)
			}
			asked := slices.ContainsFunc(ep.Observations, func(o evidence.Observation) bool { return o.Offer.Version == tls10 })
			if asked && test.name == "nothing old" {
				t.Error("TLS 1.0 was asked for, although TLS 1.1 was refused")
			}
		})
	}
}

// TestOlderUnread leaves TLS 1.0 open if nothing shows that the server can read a hello of TLS 1.1.
func TestOlderUnread(t *testing.T) {
	refused := func(v tlswire.Version, id string) evidence.Observation {
		return evidence.Observation{ID: id, Offer: evidence.Offer{Version: v}, End: alertEnd(tlswire.AlertProtocolVersion)}
	}
	ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}, Observations: []evidence.Observation{
		refused(tlswire.TLS12, "suites-tls1.2/1"), refused(tlswire.TLS13, "suites-tls1.3/1"), refused(tlswire.TLS11, "suites-tls1.1/1")}}
	Derive(ep, nil)
	if f := ep.Facts.Versions; !slices.Contains(f.Open, tlswire.TLS10) || slices.Contains(f.Open, tlswire.TLS11) {
		t.Errorf("versions: %+v, want TLS 1.0 open, and TLS 1.1 refused", f)
	}
}
