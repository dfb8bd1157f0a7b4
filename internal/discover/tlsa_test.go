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

// TestTLSANotAsked keeps what no sender asks for apart from what is open, since nobody knows whether the addresses are signed.
func TestTLSANotAsked(t *testing.T) {
	for status, want := range map[string]evidence.State{"insecure": evidence.Inapplicable, "bogus": evidence.Inapplicable, "indeterminate": evidence.Unknown, "": evidence.Unknown} {
		h := &evidence.MailHost{DNSSEC: evidence.Vouch{Status: status, Why: "told"}}
		s := &survey{cfg: Config{Mode: resolve.Local}}
		if list, f := s.bases(t.Context(), "mx.test", h); len(list) > 0 || f.State != want || f.Why == "" {
			t.Errorf("%q: %v, %+v", status, list, f)
		}
	}
}
