package mailtls_test

import (
	"context"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
)

// A passive scan sends nothing odd, and still knows what the server speaks.
func TestPassiveScan(t *testing.T) {
	addr, cfg, stop := strongServer(context.Background())
	defer stop()
	for _, passive := range []bool{false, true} {
		cfg.Passive = passive
		r, err := mailtls.Scan(t.Context(), "smtp://"+addr, cfg)
		if err != nil {
			t.Fatal(err)
		}
		e := r.Endpoints[0]
		if odd := oddities(e.Observations); (len(odd) > 0) == passive {
			t.Errorf("passive %v: odd variants %v", passive, odd)
		}
		if e.Facts.Versions.State != evidence.Known || e.Facts.Suites.State != evidence.Known {
			t.Errorf("passive %v: versions %v, suites %v", passive, e.Facts.Versions.State, e.Facts.Suites.State)
		}
		if known := e.Facts.FallbackSCSV.State == evidence.Known; known == passive {
			t.Errorf("passive %v: fallback signal %v", passive, e.Facts.FallbackSCSV.State)
		}
	}
}

func oddities(list []evidence.Observation) []evidence.Variant {
	var odd []evidence.Variant
	for _, o := range list {
		for _, v := range []evidence.Variant{evidence.WithGREASE, evidence.Padded1500, evidence.Padded4096, evidence.Fragmented,
			evidence.HigherVersion, evidence.FallbackSCSV, evidence.UnknownFirst, evidence.WithALPN} {
			if o.Offer.Has(v) {
				odd = append(odd, v)
			}
		}
	}
	return odd
}
