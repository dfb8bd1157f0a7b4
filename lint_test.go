package mailtls_test

import (
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// TestLint hands each certificate to the function that the caller gave, and judges what comes back.
func TestLint(t *testing.T) {
	r := newRevoker(t)
	for name, tt := range map[string]struct {
		list  []evidence.Lint
		err   error
		state evidence.State
		want  check.Level
	}{
		"a rule":  {[]evidence.Lint{{Name: "e_x", Level: "error"}}, nil, evidence.Known, check.Warn},
		"none":    {nil, nil, evidence.Known, check.Pass},
		"no idea": {nil, errors.New("it cannot be read"), evidence.Partial, check.Undecided},
	} {
		t.Run(name, func(t *testing.T) {
			var asked, public int
			cfg := &mailtls.Config{Quick: true, ExtraRoots: []*x509.Certificate{r.root}, Lint: func(_ []byte, p bool) ([]evidence.Lint, error) {
				asked++
				if p {
					public++
				}
				return tt.list, tt.err
			}}
			_, port, err := net.SplitHostPort(r.addr)
			if err != nil {
				t.Fatal(err)
			}
			report, err := mailtls.Scan(t.Context(), "imaps://127.0.0.1:"+port, cfg)
			if err != nil {
				t.Fatal(err)
			}
			e := report.Endpoints[0]
			i := slices.IndexFunc(e.Findings, func(f check.Finding) bool { return f.Check == "cert-lint" })
			if i < 0 || e.Findings[i].Level != tt.want || e.Facts.Lint.State != tt.state || asked != 1 || public != 0 {
				t.Errorf("asked %d times, %d as public: %+v, %+v", asked, public, e.Facts.Lint, e.Findings)
			}
		})
	}
}
