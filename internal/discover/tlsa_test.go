package discover

import (
	"context"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// mute is a resolver that has an error for answers about TLSA records.
type mute struct {
	resolve.Resolver
	err resolve.Error
}

func (m mute) Lookup(ctx context.Context, name string, t resolve.Type) (*resolve.Answer, error) {
	if t == resolve.TLSA {
		e := m.err
		e.Name, e.Type = name, t
		return nil, &e
	}
	return m.Resolver.Lookup(ctx, name, t)
}

// TestTLSAUnlearned holds against the zone that its name servers fail, and not that the resolver has a reason of its own to give no answer.
func TestTLSAUnlearned(t *testing.T) {
	for _, err := range []resolve.Error{
		{Why: "the name server ns fails (SERVFAIL)", Fails: true, Temporary: true},
		{Why: "the name server ns refuses (REFUSED)"},
		{Why: "the name server ns fails (SERVFAIL), for it reaches no server of the zone", Temporary: true},
		{Why: "no reply", Timeout: true, Temporary: true},
	} {
		d, e := Domain(t.Context(), "good.test", Config{Resolver: mute{twin(t), err}, Mode: resolve.Local})
		if e != nil {
			t.Fatal(e)
		}
		f := d.Hosts["mx0.good.test"].TLSA[25]
		if f.State != evidence.Unknown || f.Why == "" || f.Value.Fails != err.Fails || err.Fails != (f.Value.DNSSEC.Status == "indeterminate") {
			t.Errorf("%s: %+v", err.Why, f)
		}
	}
}
