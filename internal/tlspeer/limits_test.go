package tlspeer_test

import (
	"io"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

func TestTooManyTickets(t *testing.T) {
	cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
	cfg.Tickets = make([]tlswire.NewSessionTicketTLS13, 100)
	s, err := both(t, &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(s); err == nil || s.Seen.End != tlspeer.EndLimit || len(s.Seen.Messages) > 65 {
		t.Errorf("%v, end %q, %d messages", err, s.Seen.End, len(s.Seen.Messages))
	}
}

// TestUnprotected refuses to take for encrypted what came in the clear.
func TestUnprotected(t *testing.T) {
	cfg := serverConfig(certificate(t, "p256"), tlswire.ECDSASecp256r1SHA256)
	done := false
	cfg.Hooks.Record = func(r tlswire.Record) []tlswire.Record {
		if r.Type == tlswire.ContentApplicationData && !done {
			done = true
			r.Type, r.Payload = tlswire.ContentHandshake, []byte{byte(tlswire.TypeEncryptedExtensions), 0, 0, 2, 0, 0}
		}
		return []tlswire.Record{r}
	}
	s, err := both(t, &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]}, cfg)
	if err == nil || s.Seen.End != tlspeer.EndNonsense || s.Seen.EncryptedExtensions != nil || len(s.Seen.Messages) != 1 {
		t.Errorf("%v, end %q, seen %+v", err, s.Seen.End, s.Seen)
	}
}

// TestLongChain reads a chain above the default limit when it may.
func TestLongChain(t *testing.T) {
	cert := certificate(t, "p256")
	cfg := serverConfig(cert, tlswire.ECDSASecp256r1SHA256)
	for range 30 {
		cfg.Certificate.Entries = append(cfg.Certificate.Entries, tlswire.CertificateEntry{DER: make([]byte, 10_000)})
	}
	cc := &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]}
	if s, err := both(t, cc, cfg); err == nil || s.Seen.End != tlspeer.EndLimit {
		t.Errorf("%v, end %q", err, s.Seen.End)
	}
	cc.Limits.Message = 1 << 20
	s, err := both(t, cc, cfg)
	if err != nil || len(s.Seen.Certificate.Entries) != 31 {
		t.Fatal(err)
	}
	exchange(t, s)
}
