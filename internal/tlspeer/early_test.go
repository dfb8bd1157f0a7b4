package tlspeer_test

import (
	"net"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// TestEarlyDataForeign offers early data, and sends none: to servers that take it, that do not, and that ask for another hello.
// A ticket that comes behind our Finished shows that they are content.
func TestEarlyDataForeign(t *testing.T) {
	for _, f := range []struct {
		name   string
		server realtest.Starter
		shares []tlswire.Group
		takes  bool
	}{
		{"openssl", realtest.OpenSSL{Silent: true, Args: []string{"-tls1_3", "-early_data"}}, classicGroups()[:1], true},
		{"openssl behind a retry", realtest.OpenSSL{Silent: true, Args: []string{"-tls1_3", "-early_data", "-no_anti_replay"}}, []tlswire.Group{}, false},
		{"openssl default", realtest.OpenSSL{Silent: true, Args: []string{"-tls1_3"}}, classicGroups()[:1], false},
		{"gnutls", realtest.GnuTLS{Priority: "NORMAL:-VERS-ALL:+VERS-TLS1.3", Args: []string{"--echo", "--earlydata", "--maxearlydata=100"}}, classicGroups()[:1], true},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			addr := realtest.Start(t, f.server).Addr("tls")
			dial := func() net.Conn {
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				return conn
			}
			suite := tlspeer.Suites()[0]
			_, tickets := resumeOver(t, dial(), &tlspeer.ClientConfig{Hello: offering(suite, tlswire.PSKWithDHE), Shares: classicGroups()[:1]})
			if len(tickets) == 0 {
				t.Fatal("no ticket")
			}
			h := offering(suite, tlswire.PSKWithDHE)
			h.Extensions = append(h.Extensions, tlswire.EarlyData())
			s, more := resumeOver(t, dial(), &tlspeer.ClientConfig{Hello: h, Shares: f.shares, Resume: &tickets[len(tickets)-1]})
			if !s.Seen.Resumed || s.Seen.EarlyData != f.takes {
				t.Errorf("resumed %v, takes early data %v", s.Seen.Resumed, s.Seen.EarlyData)
			}
			if len(more) == 0 {
				t.Error("no ticket behind our Finished")
			}
		})
	}
}
