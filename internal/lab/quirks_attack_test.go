package lab

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// TestAttackPromises is TestPromises for quirks that show behind the server's flight.
func TestAttackPromises(t *testing.T) {
	ca := testCA(t)
	for _, p := range slices.Concat(ccsPromises(), robotPromises(), resumptionPromises()) {
		t.Run(p.odd, func(t *testing.T) {
			t.Parallel()
			if !p.kept(t, byName(t, p.odd, ca)) {
				t.Errorf("%s does not do what it promises", p.odd)
			}
			if p.kept(t, byName(t, p.plain, ca)) {
				t.Errorf("%s does it too", p.plain)
			}
		})
	}
}

// behindFlight tells how a server answers records behind its flight: an alert by its name, or how the connection ended.
func behindFlight(t *testing.T, r *Running, o offer, records func(reply) []byte) string {
	t.Helper()
	conn, in := dial(t, r)
	defer conn.Close()
	send(t, conn, o.hello(t), 0)
	flight := read(t, in)
	if flight.end != "done" {
		t.Fatalf("no flight: %s, %v", flight.end, flight.alert)
	}
	if _, err := conn.Write(records(flight)); err != nil {
		t.Fatal(err)
	}
	record, err := nextRecord(in)
	switch a, perr := tlswire.ParseAlert(record.Payload); {
	case err != nil:
		return ending(err)
	case record.Type == tlswire.ContentAlert && perr == nil:
		return a.Description.String()
	}
	return record.Type.String()
}

var (
	strayCCS  = []byte{20, 3, 3, 0, 1, 1}
	strayData = append([]byte{23, 3, 3, 0, 80}, make([]byte, 80)...)
)

// ccsPromises are those of Quirks.EarlyCCS.
func ccsPromises() (list []promise) {
	for odd, want := range map[string]string{"ccs-accepted": "bad_record_mac", "ccs-odd-alert": "bad_record_mac", "ccs-closes": "eof", "ccs-resets": "reset",
		"ccs-echo": "change_cipher_spec"} {
		list = append(list, promise{odd, "ccs-refused", func(t *testing.T, r *Running) bool {
			got := behindFlight(t, r, usual(), func(reply) []byte { return slices.Concat(strayCCS, strayData) })
			t.Logf("%s: %s", r.Server.Name, got)
			return got == want
		}})
	}
	return list
}

// robotPromises are those of Quirks.Decryption: a block that does not begin with 0x0002 is told from a good one.
func robotPromises() []promise {
	tells := func(good, bad func([]byte)) func(*testing.T, *Running) bool {
		return func(t *testing.T, r *Running) bool {
			o := fullOffer(tlswire.TLS12, named("TLS_RSA_WITH_AES_128_GCM_SHA256"))
			a := behindFlight(t, r, o, func(f reply) []byte { return keyExchange(t, f, good) })
			b := behindFlight(t, r, o, func(f reply) []byte { return keyExchange(t, f, bad) })
			t.Logf("%s: %s, %s", r.Server.Name, a, b)
			return a != b
		}
	}
	good := func([]byte) {}
	start := func(b []byte) { b[1] = 7 }
	version := func(b []byte) { binary.BigEndian.PutUint16(b[len(b)-48:], 0x0202) }
	return []promise{
		{"robot-strong", "robot-none", tells(good, start)},
		{"robot-close", "robot-closes", tells(good, start)},
		{"robot-version", "robot-strong", tells(good, version)},
	}
}

// keyExchange is a ClientKeyExchange whose block was changed before it was encrypted, a ChangeCipherSpec and a Finished that
// nobody can read. The padding is not random, so that the test says the same each time.
func keyExchange(t *testing.T, flight reply, change func(block []byte)) []byte {
	t.Helper()
	body, _ := flight.message(tlswire.TypeCertificate)
	list, err := tlswire.ParseCertificate(body)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(list.Chain[0])
	if err != nil {
		t.Fatal(err)
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		t.Fatal("no RSA key")
	}
	block := []byte(strings.Repeat("\x55", key.Size()))
	block[0], block[1], block[len(block)-49] = 0, 2, 0
	binary.BigEndian.PutUint16(block[len(block)-48:], uint16(tlswire.TLS12))
	change(block)
	encrypted := new(big.Int).Exp(new(big.Int).SetBytes(block), big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size()))
	raw, err := tlswire.Handshake{Type: tlswire.TypeClientKeyExchange,
		Body: append(binary.BigEndian.AppendUint16(nil, uint16(len(encrypted))), encrypted...)}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	out := tlswire.AppendRecords(nil, tlswire.ContentHandshake, tlswire.TLS12, raw, tlswire.MaxPlaintext)
	return slices.Concat(out, strayCCS, []byte{22, 3, 3, 0, 80}, make([]byte, 80))
}

// resumptionPromises are those about tickets, as openssl sees them.
func resumptionPromises() []promise {
	resumes := func(args ...string) func(*testing.T, *Running) string {
		return func(t *testing.T, r *Running) string {
			need(t, "openssl")
			file := filepath.Join(t.TempDir(), "session.pem")
			connect := slices.Concat([]string{"s_client", "-connect", r.Addr, "-starttls", "smtp", "-ign_eof"}, args)
			hears(t, "QUIT\r\n", "openssl", append(slices.Clone(connect), "-sess_out", file)...)
			return hears(t, "QUIT\r\n", "openssl", append(connect, "-sess_in", file)...)
		}
	}
	return []promise{
		{"ticket-unused", "ticket-fixed-key", func(t *testing.T, r *Running) bool {
			out := resumes("-tls1_2")(t, r)
			return strings.Contains(out, "New, TLSv1.2") && !strings.Contains(out, "Reused, ")
		}},
		{"psk-ke", "strong", func(t *testing.T, r *Running) bool {
			out := resumes("-tls1_3", "-allow_no_dhe_kex")(t, r)
			if !strings.Contains(out, "Reused, TLSv1.3") {
				t.Errorf("%s does not resume:\n%s", r.Server.Name, out)
			}
			return !strings.Contains(out, "Server Temp Key")
		}},
	}
}
