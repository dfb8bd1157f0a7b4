package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// logged is what is printed when play comes to a lab server.
func logged(t *testing.T, server string, f *logFlags, play func(addr string)) string {
	t.Helper()
	var out bytes.Buffer
	log, err := f.open(&app{stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLab()
	if err != nil {
		t.Fatal(err)
	}
	l.watch = log.watch
	r, err := l.start(t.Context(), server, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	play(r.Addr)
	l.close() // waits until all are told of
	return out.String()
}

// sendMail is a client of Go's that says name, starts TLS and leaves.
func sendMail(t *testing.T, addr, name string, config *tls.Config) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(line string) {
		fmt.Fprintf(conn, "%s\r\n", line)
		for {
			reply, err := in.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if len(reply) < 4 || reply[3] == ' ' {
				return
			}
		}
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	say("EHLO " + name)
	if config != nil {
		say("STARTTLS")
		config.InsecureSkipVerify = true
		_ = tls.Client(conn, config).Handshake() // it may fail, and be told of
		return
	}
	say("MAIL FROM:<>")
	say("QUIT")
}

func flagsFor(path, format string) *logFlags {
	return &logFlags{path: fileName{path}, format: choice{value: format}}
}

// weak is a client that offers RC4, and nothing newer than TLS 1.2.
func weak() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12, ServerName: "mx.example.net", //nolint:gosec // on purpose
		CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_RC4_128_SHA}}
}

func TestLogClientsText(t *testing.T) {
	file := filepath.Join(t.TempDir(), "senders.csv")
	text := logged(t, "strong", flagsFor(file, "text"), func(addr string) { sendMail(t, addr, "mx.example.org", weak()) })
	for _, want := range []string{
		"\nmx.example.org at 127.0.0.1:", " came to strong, ", "asked for TLS yes, by STARTTLS\n", "versions      TLS 1.2 TLS 1.1 TLS 1.0\n",
		"suites        2; policy mail minds 1: !TLS_RSA_WITH_RC4_128_SHA\n", "server name   mx.example.net\n", "ALPN          none\n",
		"it got here   TLS 1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,", "    warn", "offers TLS 1.0 [RFC 8996", "offers RC4 cipher suites [RFC 7465",
		"left  TLS 1.2 with 1 of 2 suites", "saved         as mx.example.org-127.0.0.1-20",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "    WARN", "    warn"), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	all := flagsFor(file, "text")
	all.verbose = true
	long := logged(t, "strong", all, func(addr string) { sendMail(t, addr, "mx.example.org", weak()) })
	if !strings.Contains(long, "minds 1 (!); in its order:") || !strings.Contains(long, " TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256") {
		t.Errorf("got\n%s", long)
	}
	for line := range strings.SplitSeq(text+long, "\n") {
		if len([]rune(line)) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}

// TestLogClientsSaves holds that what is saved is the client's own hello, once for each.
func TestLogClientsSaves(t *testing.T) {
	file := filepath.Join(t.TempDir(), "senders.csv")
	play := func(addr string) {
		sendMail(t, addr, "mx.example.org", weak())
		sendMail(t, addr, "mx.example.org", weak())
		sendMail(t, addr, "mx.example.org", &tls.Config{})
		sendMail(t, addr, "plain.example.org", nil)
	}
	text := logged(t, "strong", flagsFor(file, "text"), play)
	if !strings.Contains(text, "saved         before, as mx.example.org") || !strings.Contains(text, "no: it began to hand over a message in the clear") {
		t.Errorf("got\n%s", text)
	}
	first, err := readProfiles(file)
	if err != nil || len(first) != 2 {
		t.Fatalf("%d programs, %v", len(first), err)
	}
	p := first[0]
	if p.Kind != client.SendingServer || !slices.Equal(p.Protocols, []string{"smtp"}) || p.Min != tlswire.TLS10 || p.Max != tlswire.TLS12 || !p.SNI ||
		!slices.Equal(p.Suites[:2], []tlswire.Suite{0xc02f, 0x0005}) || p.Fidelity != client.Captured || p.Note != "" {
		t.Errorf("got %+v", p)
	}
	if first[1].Max != tlswire.TLS13 || len(first[1].KeyShares) == 0 || first[1].ID != p.ID+"-2" {
		t.Errorf("got %+v", first[1])
	}
	logged(t, "strong", flagsFor(file, "text"), play) // again, another day: nothing is new
	if again, err := readProfiles(file); err != nil || len(again) != 2 {
		t.Errorf("%d programs, %v", len(again), err)
	}
}

// TestLogClientsNames has clients with names that a terminal or a folder must not see.
func TestLogClientsNames(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "inner") + "/"
	names := []string{"../../escape", "\x1b]0;x\a\x1b[2J", "..", "=cmd|calc", strings.Repeat("a", 3000), "\u202egro.elpmaxe", "con,\"quote\""}
	text := logged(t, "strong", flagsFor(inner, "text"), func(addr string) {
		for _, name := range names {
			sendMail(t, addr, name, &tls.Config{ServerName: "mx.test"})
		}
	})
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		t.Errorf("a terminal gets\n%q", text)
	}
	outside, err := os.ReadDir(dir)
	if err != nil || len(outside) != 1 {
		t.Errorf("outside of the folder: %v, %v", outside, err)
	}
	files, err := os.ReadDir(inner)
	if err != nil || len(files) != len(names) {
		t.Errorf("%d files for %d names, %v", len(files), len(names), err)
	}
	for _, f := range files {
		list, err := readProfiles(filepath.Join(inner, f.Name()))
		if err != nil || len(list) != 1 || list[0].ID+".csv" != f.Name() || strings.HasPrefix(list[0].Name, "=") || len(f.Name()) > 100 {
			t.Errorf("%s: %+v, %v", f.Name(), list, err)
		}
	}
}

func TestLogClientsJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "senders.csv")
	f := flagsFor(file, "json")
	f.name = "My MTA"
	if err := f.policies.Set("mozilla-modern"); err != nil {
		t.Fatal(err)
	}
	text := logged(t, "strong", f, func(addr string) {
		sendMail(t, addr, "mx\x1b\u009b\u202e.example.org", weak())
		sendMail(t, addr, "plain.example.org", nil)
	})
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
		t.Errorf("a terminal gets\n%q", text)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 2 {
		t.Fatalf("got\n%s", text)
	}
	slices.Sort(lines) // by the time when they came; who leaves first is told of first
	var got, plain visitJSON
	for i, to := range []*visitJSON{&got, &plain} {
		d := json.NewDecoder(strings.NewReader(lines[i]))
		d.DisallowUnknownFields()
		if err := d.Decode(to); err != nil {
			t.Fatal(err)
		}
	}
	if got.Name != "mx\x1b\u009b\u202e.example.org" || got.Saved != "my-mta" || !got.TLS || got.Hello == nil || got.Hello.ServerName != "mx.example.net" ||
		len(got.Policies) != 2 || got.Policies[1].Policy != "mozilla-modern" || got.Policies[1].Verdict.String() != "fail" || len(got.Policies[1].Versions) != 0 ||
		!slices.Equal(got.Hello.Suites[1].Minded, []string{"rc4"}) || got.Got.Version != tlswire.TLS12 {
		t.Errorf("got %s", lines[0])
	}
	if plain.TLS || !plain.InClear || plain.Hello != nil || plain.Saved != "" {
		t.Errorf("got %s", lines[1])
	}
}

// TestLogClientsServes runs the command as a user does, until Ctrl-C.
func TestLogClientsServes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.csv")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"lab", "serve", "--log-clients=" + file}, nil, strings.NewReader(""), w, discard{})
		w.Close()
	}()
	out := bufio.NewReader(r)
	line, err := out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr, ok := strings.CutPrefix(strings.Fields(line)[0], "smtp://")
	if !ok {
		t.Fatalf("got %q", line)
	}
	sendMail(t, addr, "mx.example.org", weak())
	if line, err = out.ReadString('\n'); err != nil || line != "\n" {
		t.Errorf("got %q, %v", line, err)
	}
	cancel()
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if list, err := readProfiles(file); err != nil || len(list) != 1 {
		t.Errorf("%d programs, %v", len(list), err)
	}
}

// TestMalformedIsNotJudged has an extension that cannot be read, before one that a policy asks for: what was not read is not
// told to be missing.
func TestMalformedIsNotJudged(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		l, err := flagsFor(t.TempDir(), format).open(&app{stdout: &out})
		if err != nil {
			t.Fatal(err)
		}
		l.watch(lab.Server{Name: "x", Protocol: "smtp"}, lab.Visit{From: "192.0.2.1:25", Hello: &lab.VisitHello{ClientHello: tlswire.ClientHello{
			Version: tlswire.TLS12, Suites: []tlswire.Suite{0xc02f, 0x0005}, Extensions: []tlswire.Extension{
				{Type: tlswire.ExtensionSupportedGroups, Data: []byte{9}}, {Type: tlswire.ExtensionExtendedMasterSecret}}}}})
		text := out.String()
		if !strings.Contains(text, "malformed") || strings.Contains(text, "does not offer") || strings.Contains(text, `"verdict"`) ||
			format == "text" && !strings.Contains(text, "judged        not, as the hello could be read in part only") {
			t.Errorf("got\n%s", text)
		}
	}
}

// TestNotSaved tells of hellos that make no program, why.
func TestNotSaved(t *testing.T) {
	s, err := openStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	hello := func(v tlswire.Version, x ...tlswire.Extension) *lab.VisitHello {
		return &lab.VisitHello{ClientHello: tlswire.ClientHello{Version: v, Suites: []tlswire.Suite{0x1301, 0xc02f}, Extensions: x}}
	}
	share := tlswire.KeyShares([]tlswire.KeyShareEntry{{Group: tlswire.X25519, Data: make([]byte, 32)}})
	for _, c := range []struct {
		name, want string
		hello      *lab.VisitHello
	}{
		{"a version that is none", "min_version", hello(0x0001)},
		{"a share of no group", "key_shares: x25519 is not among the groups", hello(tlswire.TLS12, tlswire.SupportedVersions([]tlswire.Version{tlswire.TLS13}), share)},
		{"malformed", "malformed", hello(tlswire.TLS12, tlswire.Extension{Type: tlswire.ExtensionSupportedGroups, Data: []byte{9}})},
		{"SSLv2 alone", "SSLv2 alone", &lab.VisitHello{V2: &tlswire.ClientHelloV2{Version: tlswire.SSLv2, Ciphers: []tlswire.Suite{0x010080}}}},
		{"no suites", "suites: none", &lab.VisitHello{V2: &tlswire.ClientHelloV2{Version: tlswire.TLS10, Ciphers: []tlswire.Suite{0x010080}}}},
	} {
		l := clientLog{app: &app{stdout: io.Discard}, flags: flagsFor("x", "text"), policies: []*policy.Policy{mail}, store: s}
		v := visited{Visit: lab.Visit{Hello: c.hello, At: time.Unix(1e9, 0), From: "192.0.2.1:25"}}
		v.judge(l.policies)
		l.save(&v)
		if v.saved != "" || v.why == nil || !strings.Contains(v.why.Error(), c.want) {
			t.Errorf("%s: saved %q, %v", c.name, v.saved, v.why)
		}
		l.app.visitText(&v, true)
	}
}
