package probe

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestFactsPointAtObservations wants each fact that was seen to name observations that are there, and each only once; and
// one that is not known because of what a connection showed to name that.
func TestFactsPointAtObservations(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 12))
		ep := scanModel(randomModel(rng), 5, rng, nil)
		checkFrom(t, ep)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestUnknownPointsAtReason names the connection in which a server hung up on the fallback signal.
func TestUnknownPointsAtReason(t *testing.T) {
	hung := evidence.Observation{ID: "fallback-scsv/1", Offer: evidence.Offer{Version: 0x0302, Variants: []evidence.Variant{evidence.FallbackSCSV}},
		End: evidence.End{Kind: evidence.EndClosed}}
	silent := evidence.Observation{ID: "suites-tls1.2/1", Offer: evidence.Offer{Version: 0x0303}, End: evidence.End{Kind: evidence.EndTimeout}}
	ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}, Observations: []evidence.Observation{silent, hung}}
	Derive(ep, nil)
	if f := ep.Facts.FallbackSCSV; f.State != evidence.Unknown || !slices.Equal(f.From, []string{"fallback-scsv/1"}) {
		t.Errorf("fallback_scsv: %+v", f)
	}
	if f := ep.Facts.Compression; f.State != evidence.Unknown || !slices.Equal(f.From, []string{"suites-tls1.2/1"}) {
		t.Errorf("compression: %+v", f)
	}
	if f := ep.Facts.Intolerances; f.State != evidence.Unknown || !slices.Equal(f.From, []string{"suites-tls1.2/1"}) {
		t.Errorf("intolerances: %+v", f)
	}
}

func checkFrom(t *testing.T, ep *evidence.Endpoint) {
	t.Helper()
	ids := map[string]bool{}
	for _, o := range ep.Observations {
		ids[o.ID] = true
	}
	raw, err := json.Marshal(ep.Facts)
	if err != nil {
		t.Fatal(err)
	}
	var facts map[string]struct {
		State evidence.State
		From  []string
	}
	if err := json.Unmarshal(raw, &facts); err != nil {
		t.Fatal(err)
	}
	for name, f := range facts {
		if (f.State == evidence.Known || f.State == evidence.Partial) && len(f.From) == 0 {
			t.Errorf("%s is %v, and no observation shows it", name, f.State)
		}
		for i, id := range f.From {
			if !ids[id] || slices.Contains(f.From[:i], id) {
				t.Errorf("%s points at %s, which is not there or twice in %v", name, id, f.From)
			}
		}
	}
}
