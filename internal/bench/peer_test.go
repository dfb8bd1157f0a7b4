package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func TestPeerCommands(t *testing.T) {
	tests := []struct{ peer, protocol, want string }{
		{"nmap", "smtp", "nmap -n -Pn --servicedb FILE --script ssl-enum-ciphers --script-args tls.servername=mail.test 127.0.0.1"},
		{"nmap", "sieve", ""},
		{"nmap", "lmtp", ""},
		{"sslscan", "submission", "sslscan --no-colour --sni-name=mail.test --starttls-smtp 127.0.0.1:2525"},
		{"sslscan", "pop3", "sslscan --no-colour --sni-name=mail.test --starttls-pop3 127.0.0.1:2525"},
		{"sslscan", "imaps", "sslscan --no-colour --sni-name=mail.test 127.0.0.1:2525"},
		{"sslscan", "sieve", ""},
		{"testssl", "lmtp", "testssl --quiet --color 0 --warnings off --nodns none --ip 127.0.0.1 --starttls lmtp mail.test:2525"},
		{"testssl", "submissions", "testssl --quiet --color 0 --warnings off --nodns none --ip 127.0.0.1 mail.test:2525"},
		{"testssl", "sieve", ""},
	}
	for _, tt := range tests {
		t.Run(tt.peer+" "+tt.protocol, func(t *testing.T) {
			for _, p := range peers() {
				if p.name != tt.peer {
					continue
				}
				command, clean, err := p.command(tt.protocol, "127.0.0.1:2525")
				if err != nil {
					if tt.want != "" {
						t.Fatal(err)
					}
					return
				}
				defer clean()
				got := strings.Join(command, " ")
				if p.file != nil {
					got = strings.Replace(got, command[4], "FILE", 1)
				}
				if got != tt.want {
					t.Errorf("command %q, want %q", got, tt.want)
				}
			}
		})
	}
}

func TestNmapServices(t *testing.T) {
	for protocol, want := range map[string]string{
		"submission": "smtp\t2525/tcp\t0.5\n", "imap": "imap\t2525/tcp\t0.5\n", "imaps": "https\t2525/tcp\t0.5\n",
	} {
		name, err := temporary(nmapServices(protocol, "2525"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		_ = os.Remove(name)
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", protocol, got, err, want)
		}
	}
}

// outputs are lines as the peers write them; each has two suites.
var outputs = map[string]string{
	"nmap": `PORT      STATE SERVICE
24433/tcp open  https
| ssl-enum-ciphers:
|   TLSv1.2:
|     ciphers:
|       TLS_DHE_RSA_WITH_AES_128_CBC_SHA (dh 2048) - A
|     compressors:
|       NULL
|     cipher preference: client
|   TLSv1.0:
|     ciphers:
|       TLS_RSA_WITH_RC4_128_SHA (rsa 2048) - C
|_  least strength: C
`,
	"sslscan": `  Supported Server Cipher(s):
Preferred TLSv1.3  128 bits  TLS_AES_128_GCM_SHA256        Curve 25519 DHE 253
Accepted  TLSv1.2  128 bits  AES128-SHA

  Server Key Exchange Group(s):
TLSv1.3  128 bits  secp256r1 (NIST P-256)
`,
	"testssl": ` Testing 370 ciphers via OpenSSL plus sockets against the server, ordered by encryption strength

Hexcode  Cipher Suite Name (OpenSSL)       KeyExch.   Encryption  Bits     Cipher Suite Name (IANA/RFC)
-----------------------------------------------------------------------------------------------------------------------------
 x1302   TLS_AES_256_GCM_SHA384            ECDH 253   AESGCM      256      TLS_AES_256_GCM_SHA384
 xc030   ECDHE-RSA-AES256-GCM-SHA384       ECDH 253   AESGCM      256      TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
`,
}

func TestPeerSuites(t *testing.T) {
	for _, p := range peers() {
		if n := len(p.suite.FindAllString(outputs[p.name], -1)); n != 2 {
			t.Errorf("%s: %d suites, want 2", p.name, n)
		}
	}
}

func TestFairParallel(t *testing.T) {
	for peak, want := range map[int]int{0: 6, 5: 5, 8: 8, 40: 10} {
		if got := fairParallel([]PeerRun{{Peer: "sslscan", Peak: 9}, {Peer: "nmap", Peak: peak}}); got != want {
			t.Errorf("nmap with %d at once: %d, want %d", peak, got, want)
		}
	}
	if got := fairParallel(nil); got != 6 {
		t.Errorf("without nmap: %d, want 6", got)
	}
}

func TestRate(t *testing.T) {
	c := Comparison{Scan: Scan{Wall: 2 * time.Second}, Peers: []PeerRun{{Wall: 5 * time.Second}}}
	c.rate()
	if c.Peers[0].Ratio != 2.5 {
		t.Errorf("ratio %v, want 2.5", c.Peers[0].Ratio)
	}
}

func TestExecute(t *testing.T) {
	if _, err := execute(t.Context(), []string{"no-such-scanner"}); !errors.Is(err, errNotFound) {
		t.Errorf("a missing program: %v", err)
	}
	out, err := execute(t.Context(), []string{"sh", "-c", "echo found; exit 3"})
	if string(out) != "found\n" || err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("a program that fails: %q, %v", out, err)
	}
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"-rtt x", `"x" is no round trip time`},
		{"-rtt -1s", `"-1s" is no round trip time`},
		{"-servers (", "-servers"},
		{"postfix", `unexpected argument "postfix"`},
		{"-servers nothing", `no server matches "nothing"`},
	} {
		err := run(context.Background(), strings.Fields(tt.args), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("run(%q) = %v, want %s", tt.args, err, tt.want)
		}
	}
	opt, err := parseFlags([]string{"-peers"}, io.Discard)
	if err != nil || len(opt.rtts) != 1 || opt.rtts[0] != 50*time.Millisecond || opt.servers.MatchString("postfix/smtps") {
		t.Errorf("defaults of -peers: %+v, %v", opt, err)
	}
}
