package legacy

import (
	"bytes"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// premasters are what an attacker encrypts in place of a premaster secret (robotattack.org), by the fault that it has.
func premasters(v tlswire.Version) map[string][]byte {
	pad := bytes.Repeat([]byte{0xab}, 128-2-1-48)
	secret := append([]byte{byte(v >> 8), byte(v)}, bytes.Repeat([]byte{0xcd}, 46)...)
	block := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	return map[string][]byte{
		"none":      block([]byte{0, 2}, pad, []byte{0}, secret),
		"start":     block([]byte{0x41, 0x17}, pad, []byte{0}, secret),
		"separator": block([]byte{0, 2}, pad, []byte{0x11}, bytes.Repeat([]byte{0x11}, 48)),
		"length":    block([]byte{0, 2}, pad, []byte{0x11}, secret[:46], []byte{0, 0x11}),
		"version":   block([]byte{0, 2}, pad, []byte{0}, []byte{2, 2}, secret[2:]),
	}
}

// offerPremaster sends that block with a Finished that belongs to another secret, or alone, and returns the outcome.
func offerPremaster(t *testing.T, e *echo, block []byte, alone bool) string {
	t.Helper()
	id, err := testIdentity()
	if err != nil {
		t.Fatal(err)
	}
	cc := e.hello()
	cc.Hooks.Message = func(m tlswire.Handshake) []tlswire.Handshake {
		if m.Type == tlswire.TypeClientKeyExchange {
			encrypted, err := RSABlock(&id.key.PublicKey, block)
			if err != nil {
				t.Error(err)
			}
			m.Body = append([]byte{0, 128}, encrypted...)
		}
		return []tlswire.Handshake{m}
	}
	if alone {
		cc.Hooks.Record = func(r tlswire.Record) []tlswire.Record {
			if r.Type == tlswire.ContentChangeCipherSpec {
				return nil
			}
			return []tlswire.Record{r}
		}
	}
	s := begin(t, e.addr, cc)
	if err := s.handshake.answer(); err != nil {
		t.Fatal(err)
	}
	return outcome(t, s)
}

// TestServerRSAFaults offers each block to a server without a fault and to those that have one each.
func TestServerRSAFaults(t *testing.T) {
	const right = "fatal bad_record_mac"
	odd := Alert(tlswire.AlertInternalError)
	for name, f := range map[string]RSAFaults{
		"none": {}, "start": {BadStart: odd}, "separator": {NoSeparator: odd}, "length": {BadLength: odd}, "version": {BadVersion: odd},
	} {
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) { e.Faults.RSA = f })
		for bad, block := range premasters(tlswire.TLS12) {
			want := right
			if bad == name && name != "none" {
				want = "fatal internal_error"
			}
			if got := offerPremaster(t, e, block, false); got != want {
				t.Errorf("server with fault %q, block with %q: %q, want %q", name, bad, got, want)
			}
		}
	}
}

// TestServerRSALate tells a server that reacts at once from one that waits for Finished: who sends the ClientKeyExchange
// and a record that is not due behind it hears of the latter, if the server waits.
func TestServerRSALate(t *testing.T) {
	for late, want := range map[bool]string{false: "fatal decode_error", true: "fatal unexpected_message"} {
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) {
			e.Faults.RSA = RSAFaults{BadStart: Alert(tlswire.AlertDecodeError), Late: late}
		})
		block := premasters(tlswire.TLS12)["start"]
		if got := offerPremaster(t, e, block, true); got != want {
			t.Errorf("late %v, ClientKeyExchange alone: %q, want %q", late, got, want)
		}
		if got := offerPremaster(t, e, block, false); got != "fatal decode_error" {
			t.Errorf("late %v, with Finished: %q", late, got)
		}
	}
}

// TestServerRSAVersion takes a premaster secret with a wrong version for good, so that the handshake succeeds with it.
func TestServerRSAVersion(t *testing.T) {
	for do, want := range map[Do]bool{DoRight: false, DoAccept: true} {
		block := premasters(tlswire.TLS12)["version"]
		_, got := inspectRSA(RSAFaults{BadVersion: Reaction{Do: do}}, block, tlswire.TLS12)
		if bytes.Equal(got, block[len(block)-premasterLen:]) != want {
			t.Errorf("%q: premaster secret %x", do, got)
		}
	}
}

// badRecords are the records of padding oracles (padcheck; TLS-Attacker), by their fault.
func badRecords() map[string]func(*Parts) {
	badMAC := func(p *Parts) { p.MAC[0] ^= 1 }
	badPadding := func(p *Parts) { p.Padding[0] ^= 1 }
	return map[string]func(*Parts){
		"nothing": func(*Parts) {},
		"MAC":     badMAC,
		"padding": badPadding,
		"both":    func(p *Parts) { badMAC(p); badPadding(p) },
		"zero": func(p *Parts) {
			*p = Parts{Explicit: p.Explicit, MAC: make([]byte, 20), Padding: bytes.Repeat([]byte{11}, 12)}
		},
		"too long": func(p *Parts) { p.Padding[len(p.Padding)-1] = 255 },
		"full":     func(p *Parts) { *p = Parts{Explicit: p.Explicit, Padding: bytes.Repeat([]byte{63}, 64)} },
	}
}

// TestServerCBCFaults sends each record to a server without a fault and to those that have one each.
func TestServerCBCFaults(t *testing.T) {
	odd := Alert(tlswire.AlertDecryptionFailed)
	for _, v := range []tlswire.Version{tlswire.TLS10, tlswire.TLS12} {
		for name, f := range map[string]CBCFaults{
			"nothing": {}, "MAC": {BadMAC: odd, ZeroLength: Alert(tlswire.AlertBadRecordMAC)}, "padding": {BadPadding: odd},
			"both": {BadBoth: odd, FullPadding: Alert(tlswire.AlertBadRecordMAC)}, "zero": {ZeroLength: odd}, "full": {FullPadding: odd},
		} {
			e := startEcho(t, v, "AES128-SHA", func(e *echo) { e.Faults.CBC = f })
			for bad, alter := range badRecords() {
				want := "fatal bad_record_mac"
				switch {
				case bad == "nothing":
					want = "hello"
				case bad == name, bad == "too long" && name == "both":
					want = "fatal decryption_failed"
				}
				if got := sendRecord(t, e, alter); got != want {
					t.Errorf("%v, server with fault %q, record with %q: %q, want %q", v, name, bad, got, want)
				}
			}
		}
	}
}

// sendRecord finishes a handshake, sends a record and returns the outcome.
func sendRecord(t *testing.T, e *echo, alter func(*Parts)) string {
	t.Helper()
	s := complete(t, e.addr, e.hello())
	r, err := s.Seal(tlswire.ContentApplicationData, []byte("hello"), Alter{Plain: alter})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WriteRecord(r); err != nil {
		t.Fatal(err)
	}
	return outcome(t, s)
}

// TestServerReactions goes through what a server may do about a record that it should refuse.
func TestServerReactions(t *testing.T) {
	for _, c := range []struct {
		do   Reaction
		want string
	}{
		{Reaction{}, "fatal bad_record_mac"},
		{Alert(tlswire.AlertRecordOverflow), "fatal record_overflow"},
		{Reaction{Do: DoWarn, Alert: tlswire.AlertUserCanceled}, "warning user_canceled"},
		{Reaction{Do: DoClose}, string(tlspeer.EndClosed)},
		{Reaction{Do: DoReset}, string(tlspeer.EndReset)},
		{Reaction{Do: DoAccept}, "hello"},
		{Reaction{Do: DoIgnore}, "again"},
		{Reaction{Do: DoSilence}, string(tlspeer.EndClosed)},
	} {
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) { e.Faults.CBC.BadPadding = c.do })
		s := complete(t, e.addr, e.hello())
		r, err := s.Seal(tlswire.ContentApplicationData, []byte("hello"), Alter{Plain: badRecords()["padding"]})
		if err != nil {
			t.Fatal(err)
		}
		s.WriteRecord(r)
		switch c.do.Do {
		case DoIgnore:
			s.Write([]byte("again"))
		case DoSilence:
			s.Conn.(interface{ CloseWrite() error }).CloseWrite()
		}
		if got := outcome(t, s); got != c.want {
			t.Errorf("%+v: %q, want %q", c.do, got, c.want)
		}
	}
}

// TestServerCCS sends a ChangeCipherSpec too early and goes on as an attacker would, under keys that anybody knows.
func TestServerCCS(t *testing.T) {
	accept := Reaction{Do: DoAccept}
	for _, c := range []struct {
		faults CCSFaults
		want   string
	}{
		{CCSFaults{}, "fatal unexpected_message"},
		{CCSFaults{Early: Reaction{Do: DoClose}}, string(tlspeer.EndClosed)},
		{CCSFaults{Early: accept}, "fatal decrypt_error"},
		{CCSFaults{Early: accept, Exploitable: true}, "\x01"}, // the server's own ChangeCipherSpec
	} {
		for _, v := range []tlswire.Version{tlswire.TLS10, tlswire.TLS12} {
			e := startEcho(t, v, "AES128-SHA", func(e *echo) { e.Faults.CCS = c.faults })
			if got := attackCCS(t, e); got != c.want {
				t.Errorf("%v, %+v: %q, want %q", v, c.faults, got, c.want)
			}
		}
	}
}

// attackCCS sends ClientKeyExchange and Finished, without another ChangeCipherSpec, under keys that come from an empty master secret.
func attackCCS(t *testing.T, e *echo) string {
	t.Helper()
	s := begin(t, e.addr, e.hello())
	ccs := tlswire.Record{Type: tlswire.ContentChangeCipherSpec, Version: e.version, Payload: []byte{1}}
	s.WriteRecord(ccs)
	h := s.handshake
	weak := h.keys
	weak.master = nil
	client, _, err := weak.cipherStates(false)
	if err != nil {
		t.Fatal(err)
	}
	s.out = client
	h.cfg.Hooks = tlspeer.Hooks{}
	var out []byte
	premaster, exchange, err := h.exchange()
	if err != nil {
		t.Fatal(err)
	}
	if out, err = h.appendMessage(out, tlswire.TypeClientKeyExchange, tlswire.ClientKeyExchange{Exchange: exchange}); err != nil {
		t.Fatal(err)
	}
	h.keys.master = h.keys.masterSecret(premaster)
	if out, err = h.appendMessage(out, tlswire.TypeFinished, tlswire.Finished{VerifyData: h.keys.finished(h.transcript, false)}); err != nil {
		t.Fatal(err)
	}
	h.flush(out)
	return outcome(t, s)
}

// TestServerCCSPlain sends two in the clear, as scanners do: one that accepted the first cannot read the second.
func TestServerCCSPlain(t *testing.T) {
	for do, want := range map[Do]string{DoRight: "fatal unexpected_message", DoAccept: "fatal bad_record_mac", DoIgnore: "fatal unexpected_message"} {
		e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) { e.Faults.CCS.Early.Do = do })
		s := begin(t, e.addr, e.hello())
		ccs := tlswire.Record{Type: tlswire.ContentChangeCipherSpec, Version: e.version, Payload: []byte{1}}
		s.WriteRecord(ccs)
		s.WriteRecord(ccs)
		if do == DoIgnore {
			s.WriteRecord(tlswire.Record{Type: tlswire.ContentApplicationData, Version: e.version, Payload: []byte("x")})
		}
		if got := outcome(t, s); got != want {
			t.Errorf("%q: %q, want %q", do, got, want)
		}
	}
}
