package legacy

import (
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/tlswire"
)

// TestResumeForeign resumes by ticket and by session ID, with and without the extended master secret.
func TestResumeForeign(t *testing.T) {
	tickets := realtest.OpenSSL{Min: tlswire.TLS10, Max: tlswire.TLS12, Args: everything}
	sessions := tickets
	sessions.Args = append(slices.Clone(everything), "-no_ticket")
	for name, f := range map[string]foreign{
		"openssl/ticket":     {server: tickets, talk: greeted},
		"openssl/session id": {server: sessions, talk: greeted},
		"gnutls/ticket":      {server: realtest.GnuTLS{Priority: gnuTLSEverything, Args: []string{"--echo"}}, talk: echoed},
		"nss/session id":     {server: realtest.NSS{Versions: "ssl3:tls1.2", Ciphers: nssEverything}, versions: versions(), talk: served},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := realtest.Start(t, f.server).Addr("tls")
			if f.versions == nil {
				f.versions = versions()[1:]
			}
			for _, v := range f.versions {
				f.testResume(t, addr, hello(v, cbcSuite), strings.HasSuffix(name, "ticket"))
				if v > tlswire.SSLv3 {
					f.testResume(t, addr, with(hello(v, cbcSuite), tlswire.ExtendedMasterSecret(), tlswire.EncryptThenMAC()), strings.HasSuffix(name, "ticket"))
				}
			}
		})
	}
}

func (f foreign) testResume(t *testing.T, addr string, h tlswire.ClientHello, ticket bool) {
	if ticket {
		h = with(h, tlswire.SessionTicket(nil))
	}
	s := complete(t, addr, &ClientConfig{Hello: h})
	f.talk(t, s)
	s.Close()
	state := s.State()
	if ticket {
		if len(state.Ticket) == 0 {
			t.Fatalf("%v: no ticket", h.Version)
		}
		h = with(h, tlswire.SessionTicket(state.Ticket))
		h.SessionID = []byte("ours")
	} else {
		h.SessionID = state.SessionID
	}
	for range 2 {
		s = complete(t, addr, &ClientConfig{Hello: h, Resume: state})
		if !s.Seen.Resumed || s.Seen.Certificate != nil {
			t.Errorf("%v: not resumed", h.Version)
		}
		f.talk(t, s)
		s.Close()
		state = s.State()
	}
}
