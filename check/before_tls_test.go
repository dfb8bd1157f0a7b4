package check

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
)

// TestAskedFromItself does not blame a Dovecot for what it accepts from its own address.
func TestAskedFromItself(t *testing.T) {
	for _, c := range []struct {
		name, greeting, source string
		accepted               bool
		want                   Level
	}{
		{"from elsewhere", "* OK Dovecot ready.", "192.0.2.9", true, Fail},
		{"from itself", "* OK Dovecot (Debian) ready.", "192.0.2.1", true, Undecided},
		{"from itself, refused", "* OK Dovecot ready.", "192.0.2.1", false, Pass},
		{"another server, from itself", "* OK Cyrus ready.", "192.0.2.1", true, Fail},
		{"from who knows where", "* OK Dovecot ready.", "", true, Fail},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := healthy(t)
			e.Target.Protocol, e.Target.Port, e.Source = "imap", 143, c.source
			e.Facts.Greeting = known(c.greeting)
			e.Facts.AuthBeforeTLS = known(evidence.Taken{Accepted: c.accepted, Reply: "+"})
			if f := run(t, "auth-before-tls", e); f.Level != c.want {
				t.Errorf("%v, want %v: %s", f.Level, c.want, f.Message)
			}
		})
	}
}
