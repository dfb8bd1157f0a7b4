package tlswire

import (
	"bufio"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update writes the golden files anew instead of comparing with them.
var update = flag.Bool("update", false, "write golden files")

// transcript is a handshake recorded between two programs on one machine (testdata/transcripts).
type transcript struct {
	name      string
	flights   []chunk     // bytes on the wire
	decrypted []Handshake // messages that the flights carry encrypted
}

// chunk is what one side sent before the other answered.
type chunk struct {
	client bool
	bytes  []byte
}

// transcripts reads all of them: lines of a tag, "client" or "server", "-message" behind it for decrypted messages, and hexadecimal bytes.
func transcripts(t testing.TB) []transcript {
	t.Helper()
	files, err := filepath.Glob("testdata/transcripts/*.hex")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts, error %v", err)
	}
	var list []transcript
	for _, file := range files {
		list = append(list, readTranscript(t, file))
	}
	return list
}

func readTranscript(t testing.TB, file string) transcript {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr := transcript{name: strings.TrimSuffix(filepath.Base(file), ".hex")}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		tag, digits, _ := strings.Cut(lines.Text(), " ")
		switch tag {
		case "client", "server":
			tr.flights = append(tr.flights, chunk{tag == "client", unhex(t, digits)})
		case "client-message", "server-message":
			h, _, err := ParseHandshake(unhex(t, digits))
			if err != nil {
				t.Fatal(err)
			}
			tr.decrypted = append(tr.decrypted, h)
		}
	}
	return tr
}

// records parses a flight into records, each of which must append to its own bytes.
func (c chunk) records(t testing.TB) (list []Record) {
	t.Helper()
	for b := c.bytes; len(b) > 0; {
		r, n, err := ParseRecord(b)
		if err != nil {
			t.Fatalf("record at %d of %d: %v", len(c.bytes)-len(b), len(c.bytes), err)
		}
		if again, err := r.Append(nil); err != nil || string(again) != string(b[:n]) {
			t.Errorf("record %x became %x, error %v", b[:n], again, err)
		}
		list, b = append(list, r), b[n:]
	}
	return list
}

// messages returns all messages in the clear, up to each side's change of keys, and the decrypted ones.
func (tr transcript) messages(t testing.TB) (list []Handshake) {
	t.Helper()
	var buffers [2]HandshakeBuffer
	var encrypted [2]bool
	for i, c := range tr.flights {
		if Sniff(c.bytes) == FramingSSLv2 {
			continue
		}
		side := i % 2
		for _, r := range c.records(t) {
			encrypted[side] = encrypted[side] || r.Type == ContentChangeCipherSpec
			if r.Type != ContentHandshake || encrypted[side] && !tr.retried() {
				continue
			}
			buffers[side].Feed(r.Payload)
			for {
				h, ok, err := buffers[side].Next()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				list = append(list, h)
			}
		}
	}
	return append(list, tr.decrypted...)
}

// retried tells of a HelloRetryRequest, after which change_cipher_spec changes nothing and handshake records are still in the clear.
func (tr transcript) retried() bool {
	return strings.Contains(string(tr.flights[1].bytes), string(HelloRetryRequestRandom[:]))
}

// reader knows what earlier messages say about how to read later ones.
type reader struct {
	version Version
	kx      KeyExchange
	anon    bool
}

// parse parses one message, checks that it marshals to the same bytes, and returns a line about it.
func (r *reader) parse(t *testing.T, h Handshake) string {
	t.Helper()
	switch h.Type {
	case TypeClientHello:
		m := reread(t, ParseClientHello, h.Body)
		host := ""
		if e, ok := Find(m.Extensions, ExtensionServerName); ok {
			host, _ = ParseServerName(e.Data)
		}
		return fmt.Sprintf("%v to %q, %d suites, %d extensions", m.Version, host, len(m.Suites), len(m.Extensions))
	case TypeServerHello:
		m := reread(t, ParseServerHello, h.Body)
		return r.serverHello(m)
	case TypeServerKeyExchange:
		m := reread(t, keyExchange(r.kx, r.anon, r.version), h.Body)
		return describeKeyExchange(m)
	case TypeCertificate:
		if r.version == TLS13 {
			return describeCertificate(reread(t, ParseCertificateTLS13, h.Body))
		}
		return fmt.Sprintf("%d certificates", len(reread(t, ParseCertificate, h.Body).Chain))
	}
	return r.parseOther(t, h)
}

func (r *reader) parseOther(t *testing.T, h Handshake) string {
	t.Helper()
	switch h.Type {
	case TypeCertificateRequest:
		if r.version == TLS13 {
			return fmt.Sprintf("%d extensions", len(reread(t, ParseCertificateRequestTLS13, h.Body).Extensions))
		}
		m := reread(t, fixed(ParseCertificateRequest, r.version), h.Body)
		return fmt.Sprintf("types %v, %d schemes, %d authorities", m.Types, len(m.Schemes), len(m.Authorities))
	case TypeCertificateVerify:
		m := reread(t, fixed(ParseCertificateVerify, r.version), h.Body)
		return fmt.Sprintf("%#04x", uint16(m.Scheme))
	case TypeCertificateStatus:
		m := reread(t, ParseCertificateStatus, h.Body)
		return fmt.Sprintf("type %d, response of %d bytes", m.Type, len(m.Responses[0]))
	case TypeEncryptedExtensions:
		return fmt.Sprintf("%d extensions", len(reread(t, ParseEncryptedExtensions, h.Body).Extensions))
	case TypeNewSessionTicket:
		if r.version == TLS13 {
			return fmt.Sprintf("lifetime %d s", reread(t, ParseNewSessionTicketTLS13, h.Body).Lifetime)
		}
		return fmt.Sprintf("lifetime %d s", reread(t, ParseNewSessionTicket, h.Body).LifetimeHint)
	}
	return fmt.Sprintf("%d bytes", len(h.Body))
}

func reread[T message](t *testing.T, parse func([]byte) (T, error), b []byte) T {
	t.Helper()
	m, err := parse(b)
	if err != nil {
		t.Fatal(err)
	}
	checkMarshal(t, m, b)
	for n := range len(b) {
		if _, err := parse(b[:n:n]); err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("cut to %d bytes: error %v is not ErrMalformed", n, err)
		}
		checkIdentity(t, remarshal(parse), b[:n:n])
	}
	return m
}

func (r *reader) serverHello(m ServerHello) string {
	r.version = m.NegotiatedVersion()
	info, _ := m.Suite.Info()
	r.kx, r.anon = info.KeyExchange, info.Anonymous
	group, _ := m.Group()
	return fmt.Sprintf("%v %v group %#04x retry %v downgrade %q", r.version, m.Suite, uint16(group), m.IsHelloRetryRequest(), m.DowngradeSentinel())
}

func describeKeyExchange(k ServerKeyExchange) string {
	switch {
	case k.DH != nil:
		return fmt.Sprintf("DH %d bytes, scheme %#04x, signed %v", len(k.DH.P), uint16(k.Scheme), k.Signature != nil)
	case k.EC != nil:
		return fmt.Sprintf("EC %#04x, point of %d bytes, scheme %#04x, signed %v", uint16(k.EC.Group), len(k.EC.Point), uint16(k.Scheme), k.Signature != nil)
	}
	return fmt.Sprintf("RSA %d bytes, scheme %#04x, signed %v", len(k.RSA.Modulus), uint16(k.Scheme), k.Signature != nil)
}

func describeCertificate(c CertificateTLS13) string {
	text := fmt.Sprintf("%d certificates", len(c.Chain()))
	if len(c.Entries) == 0 {
		return text
	}
	if e, ok := Find(c.Entries[0].Extensions, ExtensionStatusRequest); ok {
		status, err := ParseCertificateStatus(e.Data)
		text += fmt.Sprintf(", status of %d bytes, error %v", len(status.Responses[0]), err)
	}
	return text
}

// The files with the suffix .golden hold one line for each message; -update writes them anew.
func TestTranscripts(t *testing.T) {
	for _, tr := range transcripts(t) {
		if Sniff(tr.flights[0].bytes) == FramingSSLv2 {
			continue // TestTranscriptClientHelloV2 reads it
		}
		t.Run(tr.name, func(t *testing.T) {
			var r reader
			var lines strings.Builder
			for _, h := range tr.messages(t) {
				fmt.Fprintf(&lines, "%v: %s\n", h.Type, r.parse(t, h))
			}
			checkGolden(t, filepath.Join("testdata", "transcripts", tr.name+".golden"), lines.String())
		})
	}
}

func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestTranscriptAlert(t *testing.T) {
	for name, want := range map[string]Alert{
		"openssl-alert": {AlertLevelFatal, AlertProtocolVersion},
		"java-v2hello":  {AlertLevelFatal, AlertHandshakeFailure},
	} {
		tr := readTranscript(t, "testdata/transcripts/"+name+".hex")
		r := tr.flights[1].records(t)[0]
		got, err := ParseAlert(r.Payload)
		if r.Type != ContentAlert || got != want || err != nil {
			t.Errorf("%s: %v record, %v, error %v, want %v", name, r.Type, got, err, want)
		}
	}
}

func TestTranscriptClientHelloV2(t *testing.T) {
	b := readTranscript(t, "testdata/transcripts/java-v2hello.hex").flights[0].bytes
	r, n, err := ParseRecordV2(b)
	if err != nil || n != len(b) {
		t.Fatalf("took %d of %d bytes, error %v", n, len(b), err)
	}
	h := reread(t, ParseClientHelloV2, r.Payload)
	want := []Suite{0x2F, 0x04, 0x010080, EmptyRenegotiationInfoSCSV}
	if diff := cmp.Diff(want, h.Ciphers); diff != "" || h.Version != TLS10 {
		t.Errorf("%v, ciphers (-want +got):\n%s", h.Version, diff)
	}
	if got := hex.EncodeToString(h.Challenge[:4]); got != "8067be03" {
		t.Errorf("challenge starts with %s", got)
	}
}
