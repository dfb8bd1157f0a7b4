package hostiletest

import (
	"net"
	"slices"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/report"
)

// scanAs scans a running server of the lab by the library.
func scanAs(t *testing.T, r *lab.Running, cfg mailtls.Config) report.Endpoint {
	t.Helper()
	host, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	cfg.IP, cfg.Roots = host, r.CA.Pool()
	out, err := mailtls.Scan(t.Context(), string(r.Server.Protocol)+"://mail.lab.test:"+port, &cfg)
	if err != nil {
		t.Fatal(err)
	}
	return out.Endpoints[0]
}

func running(t *testing.T, name string) *lab.Running {
	t.Helper()
	s, ok := lab.ByName(name)
	if !ok {
		t.Fatalf("the lab has no server %q", name)
	}
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	r, err := lab.Start(t.Context(), s, ca)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// TestOnly asks for one check at a time, and wants of each what a full scan says of it.
func TestOnly(t *testing.T) {
	for name, each := range map[string]int{"strong": 1, "heartbleed": 8, "ancient": 3} {
		r := running(t, name)
		full := scanAs(t, r, mailtls.Config{})
		for i, f := range full.Findings {
			if f.Check == "winshock" && f.Level == check.NotApplicable { // it takes whole lists to know that there is nothing to read
				continue
			}
			if i%each != 0 && f.Check != "heartbleed" || testing.Short() && i%8 != 0 {
				continue
			}
			t.Run(name+"/"+f.Check, func(t *testing.T) {
				t.Parallel()
				one := scanAs(t, r, mailtls.Config{Only: []string{f.Check}})
				if len(one.Findings) != 1 || one.Findings[0].Check != f.Check || len(one.LeftOut) != len(check.All())-1 {
					t.Fatalf("%d findings, %d checks left out", len(one.Findings), len(one.LeftOut))
				}
				if g := one.Findings[0]; g.Level != f.Level || g.Note != f.Note {
					t.Errorf("%v: %s; the full scan: %v: %s", g.Level, g.Message, f.Level, f.Message)
				}
				if one.Grade != "" && one.Grade != "F" {
					t.Errorf("one check alone gives grade %s", one.Grade)
				}
				if quickly := check.Quickly(check.NeedsOf(f.Check)); quickly && one.Cost.Connections >= full.Cost.Connections {
					t.Errorf("%d connections, a full scan takes %d", one.Cost.Connections, full.Cost.Connections)
				}
			})
		}
	}
}

// TestSkip leaves checks out, and wants that nothing is asked for them alone.
func TestSkip(t *testing.T) {
	r := running(t, "heartbleed")
	tried := func(e report.Endpoint) bool {
		return slices.ContainsFunc(e.Observations, func(o evidence.Observation) bool { return o.Offer.Attack == evidence.Heartbleed })
	}
	if e := scanAs(t, r, mailtls.Config{}); !tried(e) || e.Verdict != report.Fail {
		t.Fatal("a full scan tries nothing")
	}
	skip := []string{"heartbleed", "cert-expired"}
	e := scanAs(t, r, mailtls.Config{Skip: skip})
	if tried(e) || e.Grade != "" || !slices.Equal(slices.Sorted(slices.Values(e.LeftOut)), []string{"cert-expired", "heartbleed"}) {
		t.Errorf("tried: %v, grade %q, left out: %v", tried(e), e.Grade, e.LeftOut)
	}
	if slices.ContainsFunc(e.Findings, func(f check.Finding) bool { return slices.Contains(skip, f.Check) }) {
		t.Error("a skipped check is among the findings")
	}
	if e := scanAs(t, r, mailtls.Config{Skip: skip[:1]}); e.Grade == "" {
		t.Error("no grade for want of an attack that was not to be tried")
	}
}

// TestPassiveGrade wants passive scans of healthy servers to give the grade that full ones do, and to say what was not tried.
func TestPassiveGrade(t *testing.T) {
	for _, name := range []string{"strong", "heartbeat"} {
		r := running(t, name)
		full, passive := scanAs(t, r, mailtls.Config{}), scanAs(t, r, mailtls.Config{Passive: true})
		if full.Grade == "" || full.Grade != passive.Grade || full.Verdict != passive.Verdict {
			t.Errorf("%s: grade %q, %v; passive: %q, %v", name, full.Grade, full.Verdict, passive.Grade, passive.Verdict)
		}
		if name == "heartbeat" && !slices.Contains(passive.NotTried, "heartbleed") || len(full.NotTried) > 0 {
			t.Errorf("%s: not tried %v; passive: %v", name, full.NotTried, passive.NotTried)
		}
	}
}
