package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// everything is a server of SSLv3 to TLS 1.2 with every suite of those versions that it can finish a handshake with.
func everything() Server {
	s := base("everything", "whatever can be finished up to TLS 1.2")
	s.Protocol = starttls.IMAPS
	s.Versions = []tlswire.Version{tlswire.SSLv3, tlswire.TLS10, tlswire.TLS11, tlswire.TLS12}
	s.Suites = map[tlswire.Version][]tlswire.Suite{}
	for _, v := range s.Versions {
		s.Suites[v] = slices.DeleteFunc(legacy.Suites(v), func(suite tlswire.Suite) bool {
			info, _ := suite.Info()
			return info.Auth == tlswire.AuthDSS // there is no such certificate
		})
	}
	s.Schemes = oldSchemes()
	s.Groups.Classic = append(s.Groups.Classic, tlswire.Secp521r1, tlswire.X448)
	s.Extensions.ServerName = true
	return s
}

// hears runs a foreign client against the server, types say, and returns all that it says.
func hears(t *testing.T, say string, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), plenty)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(say)
	out, _ := cmd.CombinedOutput()
	return string(out)
}

func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

// opensslSuites are those of have that openssl has in a version, in its names.
func opensslSuites(t *testing.T, flag string, have []tlswire.Suite) (names []string) {
	t.Helper()
	for _, name := range strings.FieldsFunc(hears(t, "", "openssl", "ciphers", "-s", flag, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"),
		func(r rune) bool { return r == ':' || r == '\n' }) {
		if s, ok := tlswire.SuiteByName(name); ok && slices.Contains(have, s) {
			names = append(names, name)
		}
	}
	return names
}

// TestFinishedOpenSSL has openssl finish a handshake with each suite that it has, and hear mail inside.
func TestFinishedOpenSSL(t *testing.T) {
	need(t, "openssl")
	r := start(t, everything(), testCA(t))
	for flag, v := range map[string]tlswire.Version{"-tls1": tlswire.TLS10, "-tls1_1": tlswire.TLS11, "-tls1_2": tlswire.TLS12} {
		names := opensslSuites(t, flag, r.Server.Suites[v])
		if len(names) < 8 {
			t.Errorf("openssl has no more in common with us than %v", names)
		}
		for i, name := range names {
			if v < tlswire.TLS12 && i%3 != 0 {
				continue // they are the same suites
			}
			t.Run(flag+" "+name, func(t *testing.T) {
				t.Parallel()
				wantSaid(t, "", []string{"* OK [CAPABILITY", "Cipher    : " + name}, "openssl", "s_client", "-connect", r.Addr, flag,
					"-cipher", name+":@SECLEVEL=0")
			})
		}
	}
}

// TestFinishedGo has crypto/tls finish a handshake with each of its suites, and resume the session by its ticket.
func TestFinishedGo(t *testing.T) {
	ca := testCA(t)
	r := start(t, everything(), ca)
	for _, v := range []tlswire.Version{tlswire.TLS10, tlswire.TLS11, tlswire.TLS12} {
		for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
			if !slices.Contains(suite.SupportedVersions, uint16(v)) {
				continue
			}
			config := &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost", MinVersion: uint16(v), MaxVersion: uint16(v),
				CipherSuites: []uint16{suite.ID}, ClientSessionCache: tls.NewLRUClientSessionCache(1)}
			for _, resumed := range []bool{false, true} {
				raw, _ := connect(t, r)
				conn := tls.Client(raw, config)
				if err := conn.Handshake(); err != nil {
					t.Fatalf("%v, %s: %v", v, suite.Name, err)
				}
				if got := conn.ConnectionState().DidResume; got != resumed {
					t.Errorf("%v, %s: resumed: %v", v, suite.Name, got)
				}
				checkInside(t, r.Server.Protocol, conn)
			}
		}
	}
}

// TestFinishedGnuTLS has gnutls-cli use what openssl has not: RC4, and no encryption without a certificate.
func TestFinishedGnuTLS(t *testing.T) {
	need(t, "gnutls-cli")
	r := start(t, everything(), testCA(t))
	_, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"TLS1.0", "TLS1.1", "TLS1.2"} {
		for _, c := range []struct{ exchange, cipher, mac string }{
			{"RSA", "ARCFOUR-128", "MD5"}, {"ECDHE-RSA", "ARCFOUR-128", "SHA1"}, {"ECDHE-ECDSA", "AES-256-CBC", "SHA1"},
			{"DHE-RSA", "3DES-CBC", "SHA1"}, {"RSA", "NULL", "SHA1"}, {"ANON-ECDH", "NULL", "SHA1"}, {"ANON-DH", "AES-128-CBC", "SHA1"},
		} {
			t.Run(version+" "+c.exchange+" "+c.cipher, func(t *testing.T) {
				t.Parallel()
				priority := fmt.Sprintf("NONE:+VERS-%s:+%s:+%s:+%s:+GROUP-ALL:+SIGN-ALL:+COMP-NULL:+CTYPE-X509:%%VERIFY_ALLOW_BROKEN",
					version, c.exchange, c.cipher, c.mac)
				wantSaid(t, "", []string{"* OK [CAPABILITY", "(" + c.cipher + ")"}, "gnutls-cli", "--insecure", "--priority", priority,
					"--port", port, "127.0.0.1")
			})
		}
	}
}

// TestFinishedNSS has NSS speak SSLv3, and use single DES.
func TestFinishedNSS(t *testing.T) {
	need(t, "tstclnt")
	r := start(t, everything(), testCA(t))
	_, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	suites := named("DES-CBC-SHA", "RC4-SHA", "TLS_RSA_WITH_RC4_128_MD5", "DES-CBC3-SHA", "AES128-SHA", "DHE-RSA-AES128-SHA",
		"NULL-SHA", "ECDHE-RSA-RC4-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-CHACHA20-POLY1305")
	for v, name := range map[tlswire.Version]string{tlswire.SSLv3: "ssl3", tlswire.TLS10: "tls1.0", tlswire.TLS12: "tls1.2"} {
		for _, suite := range suites {
			if info, _ := suite.Info(); !slices.Contains(r.Server.Suites[v], suite) || v == tlswire.SSLv3 && info.KeyExchange == tlswire.KeyExchangeECDHE {
				continue
			}
			t.Run(name+" "+suite.String(), func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), plenty)
				defer cancel()
				l := &listener{want: []string{"* OK [CAPABILITY"}, input: ends(cancel)} // for it would not leave by itself
				cmd := exec.CommandContext(ctx, "tstclnt", "-D", "-o", "-h", "127.0.0.1", "-p", port, "-V", name+":"+name,
					"-c", fmt.Sprintf(":%04X", int(suite)))
				cmd.Stdout, cmd.Stderr = l, l
				_ = cmd.Run()
				if len(l.missing()) > 0 {
					t.Errorf("no greeting in:\n%s", l.heard.String())
				}
			})
		}
	}
}

// ends is a listener's way to end a program.
type ends func()

func (end ends) Close() error {
	end()
	return nil
}

// javaOffers are suites that nobody else has any more, in Java's names, by their version.
func javaOffers() (list []string) {
	old := []string{"SSL_RSA_EXPORT_WITH_RC4_40_MD5", "SSL_RSA_EXPORT_WITH_DES40_CBC_SHA", "SSL_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
		"SSL_DH_anon_EXPORT_WITH_RC4_40_MD5", "SSL_DH_anon_EXPORT_WITH_DES40_CBC_SHA"}
	both := []string{"SSL_RSA_WITH_DES_CBC_SHA", "SSL_DHE_RSA_WITH_DES_CBC_SHA", "SSL_RSA_WITH_RC4_128_MD5", "SSL_RSA_WITH_NULL_MD5",
		"SSL_DH_anon_WITH_RC4_128_MD5", "SSL_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"}
	curves := []string{"TLS_ECDH_anon_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_NULL_SHA", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"}
	for version, suites := range map[string][]string{"SSLv2Hello,TLSv1": both[:1], "SSLv3": slices.Concat(old, both), "TLSv1": slices.Concat(old, both, curves),
		"TLSv1.1": slices.Concat(both[2:], curves), "TLSv1.2": slices.Concat(both[2:], curves, []string{"TLS_DH_anon_WITH_AES_128_GCM_SHA256"})} {
		for _, s := range suites {
			list = append(list, version+":"+s)
		}
	}
	return list
}

// TestFinishedJava has Java, with its lists of disabled algorithms emptied, speak SSLv3, use export suites, and send the
// hello of SSLv2.
func TestFinishedJava(t *testing.T) {
	if testing.Short() {
		t.Skip("runs Java for each suite")
	}
	need(t, "java")
	s := everything()
	var v2 atomic.Int32
	s.Watch = func(v Visit) {
		if v.Hello != nil && v.Hello.V2 != nil && v.Finished {
			v2.Add(1)
		}
	}
	r := start(t, s, testCA(t))
	_, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(t.TempDir(), "java.security")
	if err := os.WriteFile(policy, []byte("jdk.tls.disabledAlgorithms=\njdk.tls.legacyAlgorithms=\njdk.certpath.disabledAlgorithms=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	offers := javaOffers()
	out := hears(t, "", "java", slices.Concat([]string{"-Djava.security.properties=" + policy, "-XX:TieredStopAtLevel=1",
		"-XX:+UseSerialGC", "-Xmx128m", "testdata/TlsClient.java", port}, offers)...)
	for _, offer := range offers {
		_, said, _ := strings.Cut(out, offer+" ")
		said, _, _ = strings.Cut(said, "\n")
		if !strings.HasPrefix(said, "* OK [CAPABILITY") || !strings.HasSuffix(said, "a OK done") {
			t.Errorf("%s: %q", offer, said)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	if r.Close(); v2.Load() != 1 {
		t.Errorf("%d handshakes began with a hello of SSLv2", v2.Load())
	}
}

// TestResumedOpenSSL resumes by session id and by ticket.
func TestResumedOpenSSL(t *testing.T) {
	need(t, "openssl")
	r := start(t, everything(), testCA(t))
	file := filepath.Join(t.TempDir(), "session.pem")
	connect := []string{"s_client", "-connect", r.Addr, "-tls1_2"}
	run := func(say string, args ...string) string {
		return hears(t, say, "openssl", slices.Concat(connect, args)...)
	}
	if out := run("", "-reconnect", "-no_ticket"); strings.Count(out, "Reused, ") != 5 {
		t.Errorf("not reconnected five times by session id:\n%s", out)
	}
	if out := run("", "-sess_out", file); !strings.Contains(out, "TLS session ticket lifetime hint: 7200") {
		t.Errorf("no ticket:\n%s", out)
	}
	if out := run("", "-sess_in", file); !strings.Contains(out, "Reused, ") {
		t.Errorf("not resumed by ticket:\n%s", out)
	}
}

// TestRenegotiatesOpenSSL has openssl renegotiate with servers that go along, securely or not, and with one that does not.
func TestRenegotiatesOpenSSL(t *testing.T) {
	need(t, "openssl")
	ca := testCA(t)
	s := everything()
	for _, c := range []struct {
		title  string
		accept int
		secure bool
		want   string
	}{
		{title: "refused", secure: true, want: "no renegotiation"},
		{title: "secure", accept: -1, secure: true, want: "a OK done"},
		{title: "insecure", accept: -1, want: "a OK done"},
	} {
		t.Run(c.title, func(t *testing.T) {
			s.Extensions.RenegotiationInfo = c.secure
			s.Quirks.Attack.Renegotiation.Accept = c.accept
			r := start(t, s, ca)
			ctx, cancel := context.WithTimeout(t.Context(), plenty)
			defer cancel()
			cmd := exec.CommandContext(ctx, "openssl", "s_client", "-connect", r.Addr, "-tls1_2", "-legacy_renegotiation")
			in, _ := cmd.StdinPipe()
			l := &listener{want: []string{c.want}, input: in}
			y := &typist{listener: l, lines: []string{"R\n", "a NOOP\n"}, behind: []string{"* OK", "RENEGOTIATING"}, in: in}
			cmd.Stdout, cmd.Stderr = y, y
			_ = cmd.Run()
			if len(l.missing()) > 0 {
				t.Errorf("no %q in:\n%s", c.want, l.heard.String())
			}
		})
	}
}

// A typist types one line after another, each once a text was heard.
type typist struct {
	*listener
	lines, behind []string
	in            io.Writer
}

func (y *typist) Write(b []byte) (int, error) {
	n, err := y.listener.Write(b)
	if len(y.behind) > 0 && strings.Contains(y.heard.String(), y.behind[0]) {
		line := y.lines[0]
		y.lines, y.behind = y.lines[1:], y.behind[1:]
		_, _ = io.WriteString(y.in, line) // a client that left is told of by what is missing
	}
	return n, err
}

// TestAttack sees that a server's faults come through to the peer that finishes its handshakes, with STARTTLS, too.
func TestAttack(t *testing.T) {
	ca := testCA(t)
	for _, c := range []struct {
		faults legacy.Faults
		want   string
	}{
		{legacy.Faults{}, "fatal bad_record_mac"},
		{legacy.Faults{CBC: legacy.CBCFaults{BadPadding: legacy.Reaction{Do: legacy.DoAccept}}}, "250 2.0.0 Ok\r\n"},
		{legacy.Faults{CBC: legacy.CBCFaults{BadPadding: legacy.Reaction{Do: legacy.DoReset}}}, string(tlspeer.EndReset)},
	} {
		s := with("attacked", "one who is attacked", func(s *Server) {
			s.only(tlswire.TLS12, named("AES128-SHA"))
			s.Extensions.EncryptThenMAC = false
			s.Quirks.Attack = c.faults
		})
		r := start(t, s, ca)
		raw, in := dial(t, r)
		peer, err := legacy.Client(t.Context(), &replayed{raw, in, raw}, &legacy.ClientConfig{Hello: fullOffer(tlswire.TLS12, named("AES128-SHA")).hello(t)})
		if err == nil {
			err = peer.Finish(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		record, err := peer.Seal(tlswire.ContentApplicationData, []byte("NOOP\r\n"), legacy.Alter{Plain: func(p *legacy.Parts) { p.Padding[0] ^= 1 }})
		if err == nil {
			err = peer.WriteRecord(record)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := reaction(t, peer); got != c.want {
			t.Errorf("%+v: %q, want %q", c.faults.CBC, got, c.want)
		}
	}
}

// reaction is the alert, the data or the end that comes next.
func reaction(t *testing.T, peer *legacy.Session) string {
	t.Helper()
	got, err := peer.ReadRecord(t.Context())
	var ended *legacy.Error
	switch {
	case errors.As(err, &ended):
		return string(ended.End)
	case got.Alert != nil:
		return got.Alert.String()
	}
	return string(got.Content)
}
