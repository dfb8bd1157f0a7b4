package realtest

import (
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// No known attack works on the mail servers of today, and none is left open that was tried.
func TestAttacksFailOnMailServers(t *testing.T) {
	if testing.Short() {
		t.Skip("scans every service of every mail server")
	}
	t.Parallel()
	for name, starter := range map[string]Starter{"postfix": Postfix{}, "dovecot": Dovecot{}, "exim": Exim{}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := Start(t, starter)
			for service, addr := range server.Services() {
				t.Run(service, func(t *testing.T) {
					e := scanService(t, service, addr, &mailtls.Config{})
					withstands(t, e.Endpoint)
				})
			}
		})
	}
}

// attackIDs are the active checks, for tests of other things to leave out.
func attackIDs() []string {
	var ids []string
	for _, c := range check.All() {
		if c.Active {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// withstands wants no attack to work on e.
func withstands(t *testing.T, e *evidence.Endpoint) {
	t.Helper()
	spent := map[evidence.Attack]int{}
	for _, o := range e.Observations {
		if o.Offer.Attack != "" {
			spent[o.Offer.Attack]++
		}
	}
	t.Logf("connections that tried something: %v", spent)
	for _, f := range e.Facts.Weaknesses() {
		if f.State == evidence.NotSought {
			continue
		}
		switch {
		case f != &e.Facts.ForeignProtocol && f.Value.Found:
			t.Errorf("%+v", *f)
		case f.State == evidence.Unknown, f.State == evidence.Partial: // a busy machine loses connections
			t.Logf("not known: %+v", *f)
		}
	}
	t.Logf("what is behind STARTTLS: %v, %v", e.Facts.STARTTLSInjection.State, e.Facts.STARTTLSInjection.Value.Shown)
	t.Logf("what was before it: %v, %v, %s", e.Facts.StateKept.State, e.Facts.StateKept.Value.Shown, e.Facts.StateKept.Why)
	t.Logf("foreign: %v, %v; tickets %+v", e.Facts.ForeignProtocol.State, e.Facts.ForeignProtocol.Value.Kinds, e.Facts.SessionTicket)
	for _, ticket := range e.Facts.SessionTicket.Value {
		if ticket.MaxEarlyData > 0 {
			t.Errorf("takes early data: %+v", ticket)
		}
	}
}
