package lab

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// byName starts a server of the tables.
func byName(t *testing.T, name string, ca *CA) *Running {
	t.Helper()
	s, ok := ByName(name)
	if !ok {
		t.Fatalf("no server %q", name)
	}
	return start(t, s, ca)
}

// promise is what one odd server does, and a plain one does not.
type promise struct {
	odd, plain string
	kept       func(*testing.T, *Running) bool
}

// TestPromises checks the one thing that each odd server is there for, and that
// the server without the quirk does not do it.
func TestPromises(t *testing.T) {
	ca := testCA(t)
	for _, p := range slices.Concat(extensionPromises(), tolerancePromises(), choicePromises()) {
		t.Run(p.odd, func(t *testing.T) {
			if !p.kept(t, byName(t, p.odd, ca)) {
				t.Errorf("%s does not do what it promises", p.odd)
			}
			if p.kept(t, byName(t, p.plain, ca)) {
				t.Errorf("%s does it too", p.plain)
			}
		})
	}
}

// usual is the offer of a current client that has not heard of TLS 1.3.
func usual() offer { return fullOffer(tlswire.TLS12, intermediate()) }

// answers reports whether a ServerHello answers an extension.
func answers(x tlswire.ExtensionType) func(*testing.T, *Running) bool {
	return func(t *testing.T, r *Running) bool {
		_, ok := tlswire.Find(ask(t, r, usual()).hello.Extensions, x)
		return ok
	}
}

// lacks is the opposite of answers.
func lacks(x tlswire.ExtensionType) func(*testing.T, *Running) bool {
	return func(t *testing.T, r *Running) bool { return !answers(x)(t, r) }
}

// extensionPromises are those about the ServerHello and the key exchange.
func extensionPromises() []promise {
	return []promise{
		{"no-renegotiation-info", "prefers-server", lacks(tlswire.ExtensionRenegotiationInfo)},
		{"no-ems", "prefers-server", lacks(tlswire.ExtensionExtendedMasterSecret)},
		{"heartbeat", "prefers-server", answers(tlswire.ExtensionHeartbeat)},
		{"extensions", "prefers-server", answers(tlswire.ExtensionSCT)},
		{"clock-in-random", "prefers-server", hasClock},
		{"no-sentinel", "prefers-server", func(t *testing.T, r *Running) bool {
			return ask(t, r, usual()).hello.DowngradeSentinel() == ""
		}},
		{"scsv-ignored", "tls11", acceptsFallback},
		{"compression", "prefers-server", func(t *testing.T, r *Running) bool { return ask(t, r, usual()).hello.Compression == 1 }},
		{"ecdh-reuse", "prefers-server", reuses},
		{"dh-reuse", "dh-2048", reuses},
	}
}

// tolerancePromises are those about hellos that servers cannot stand.
func tolerancePromises() []promise {
	return []promise{
		{"reads-64-suites", "prefers-server", func(t *testing.T, r *Running) bool {
			return ask(t, r, fullOffer(tlswire.TLS12, slices.Concat(strangers(64), intermediate()))).end == "alert"
		}},
		{"grease-intolerant", "prefers-server", func(t *testing.T, r *Running) bool {
			return ask(t, r, fullOffer(tlswire.TLS12, append([]tlswire.Suite{0x0a0a}, intermediate()...))).end == "alert"
		}},
		{"extension-intolerant", "no-tls13", func(t *testing.T, r *Running) bool { return ask(t, r, usual()).end == "alert" }},
		{"any-extension-intolerant", "tls10-only", func(t *testing.T, r *Running) bool {
			return ask(t, r, fullOffer(tlswire.TLS12, classic())).end == "eof"
		}},
		{"tls13-intolerant", "no-tls13", func(t *testing.T, r *Running) bool {
			o := usual()
			o.extensions = append(slices.Clone(o.extensions), tlswire.SupportedVersions([]tlswire.Version{tlswire.TLS13, tlswire.TLS12}))
			return ask(t, r, o).end == "eof"
		}},
		{"tls12-intolerant", "tls10-only", func(t *testing.T, r *Running) bool {
			return ask(t, r, fullOffer(tlswire.TLS12, classic())).end == "eof"
		}},
		{"hello-over-1460", "prefers-server", func(t *testing.T, r *Running) bool { return ask(t, r, padded(1600)).end == "eof" }},
		{"hello-fragments", "prefers-server", func(t *testing.T, r *Running) bool {
			conn, in := dial(t, r)
			send(t, conn, usual().hello(t), 100)
			return read(t, in).end == "reset"
		}},
		{"small-records", "prefers-server", func(t *testing.T, r *Running) bool {
			conn, in := dial(t, r)
			send(t, conn, usual().hello(t), 0)
			record, err := nextRecord(in)
			return err == nil && len(record.Payload) == 64
		}},
	}
}

// choicePromises are those about what servers choose.
func choicePromises() []promise {
	return []promise{
		{"pq-draft-only", "prefers-server", func(t *testing.T, r *Running) bool {
			g, _ := ask(t, r, fullOffer(tlswire.TLS13, tls13())).hello.Group()
			return g == x25519Kyber768Draft00
		}},
		{"pq-hybrids", "prefers-server", func(t *testing.T, r *Running) bool {
			g, _ := ask(t, r, fullOffer(tlswire.TLS13, tls13())).hello.Group()
			return g == tlswire.SecP384r1MLKEM1024
		}},
		{"pq-client-order", "no-pq", func(t *testing.T, r *Running) bool {
			o := fullOffer(tlswire.TLS13, tls13())
			o.extensions[1] = tlswire.SupportedGroups([]tlswire.Group{tlswire.X25519MLKEM768, tlswire.X25519})
			g, _ := ask(t, r, o).hello.Group()
			return g == tlswire.X25519MLKEM768
		}},
		{"prefers-client", "prefers-server", func(t *testing.T, r *Running) bool { return firstReversed(t, r, nil) }},
		{"prefers-chacha", "prefers-server", func(t *testing.T, r *Running) bool {
			chacha := named("ECDHE-ECDSA-CHACHA20-POLY1305")
			return firstReversed(t, r, chacha) && !firstReversed(t, r, nil)
		}},
		{"cert-sni", "cert-wrong-name", func(t *testing.T, r *Running) bool {
			o := usual()
			o.extensions = o.extensions[1:]
			with, _ := ask(t, r, usual()).message(tlswire.TypeCertificate)
			without, _ := ask(t, r, o).message(tlswire.TypeCertificate)
			return !bytes.Equal(with, without)
		}},
	}
}

// hasClock reports whether the server random begins with the time.
func hasClock(t *testing.T, r *Running) bool {
	got := ask(t, r, fullOffer(tlswire.TLS12, intermediate()))
	clock := time.Unix(int64(binary.BigEndian.Uint32(got.hello.Random[:])), 0)
	return time.Since(clock).Abs() < time.Hour
}

// acceptsFallback reports whether the server goes on in TLS 1.1 with a client
// that says it would like better.
func acceptsFallback(t *testing.T, r *Running) bool {
	got := ask(t, r, fullOffer(tlswire.TLS11, append(classic(), tlswire.FallbackSCSV)))
	if got.end == "alert" && got.alert.Description != tlswire.AlertInappropriateFallback {
		t.Errorf("refused with %v", got.alert)
	}
	return got.end == "done"
}

// reuses reports whether two handshakes share their ephemeral key.
func reuses(t *testing.T, r *Running) bool {
	var keys [2][]byte
	for i := range keys {
		got := ask(t, r, fullOffer(tlswire.TLS12, r.Server.Suites[tlswire.TLS12]))
		body, _ := got.message(tlswire.TypeServerKeyExchange)
		info, _ := got.hello.Suite.Info()
		x, err := tlswire.ParseServerKeyExchange(body, info.KeyExchange, false, tlswire.TLS12)
		if err != nil {
			t.Fatal(err)
		}
		if x.EC != nil {
			keys[i] = x.EC.Point
		} else {
			keys[i] = x.DH.Y
		}
	}
	return bytes.Equal(keys[0], keys[1])
}

// strangers returns n code points that nobody has.
func strangers(n int) []tlswire.Suite {
	list := make([]tlswire.Suite, n)
	for i := range list {
		list[i] = tlswire.Suite(0xd100 + i)
	}
	return list
}

// padded returns an offer whose hello has about n bytes.
func padded(n int) offer {
	o := fullOffer(tlswire.TLS12, intermediate())
	o.extensions = append(o.extensions, tlswire.Padding(n))
	return o
}

// firstReversed offers the server's suites backwards behind those of first, and
// reports whether it takes the first.
func firstReversed(t *testing.T, r *Running, first []tlswire.Suite) bool {
	list := slices.Clone(r.Server.Suites[tlswire.TLS12])
	slices.Reverse(list)
	list = slices.Concat(first, list)
	return ask(t, r, fullOffer(tlswire.TLS12, list)).hello.Suite == list[0]
}

// TestBadLength checks that a server chokes on hellos of 256 to 511 bytes alone.
func TestBadLength(t *testing.T) {
	r := byName(t, "hello-256-511", testCA(t))
	if got := ask(t, r, leanOffer(tlswire.TLS12, intermediate())); got.end != "done" {
		t.Errorf("a short hello ended with %q", got.end)
	}
	if got := ask(t, r, padded(500)); got.end != "done" {
		t.Errorf("a long hello ended with %q", got.end)
	}
	conn, in := dial(t, r)
	o := leanOffer(tlswire.TLS12, intermediate())
	o.extensions = append(o.extensions, tlswire.Padding(200))
	send(t, conn, o.hello(t), 0)
	conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if got := read(t, in); got.end != "silence" {
		t.Errorf("a hello in between ended with %q", got.end)
	}
}

// TestStartTLS checks what the servers without a working STARTTLS say.
func TestStartTLS(t *testing.T) {
	ca := testCA(t)
	for _, c := range []struct{ server, capabilities, answer string }{
		{"strong", "250-STARTTLS\r\n", "220 "},
		{"starttls-absent", "250-ENHANCEDSTATUSCODES\r\n", "502 "},
		{"starttls-masked", "250-XXXXXXXA\r\n", "502 "},
		{"starttls-454", "250-STARTTLS\r\n", "454 "},
		{"starttls-554", "250-STARTTLS\r\n", "554 "},
		{"starttls-502", "250-STARTTLS\r\n", "502 "},
		{"auth-before-tls", "250-AUTH PLAIN LOGIN\r\n", "220 "},
	} {
		t.Run(c.server, func(t *testing.T) {
			v := listen(t, byName(t, c.server, ca), "EHLO client.lab.test", "STARTTLS")
			if !strings.Contains(v[1], c.capabilities) {
				t.Errorf("no %q in %q", c.capabilities, v[1])
			}
			if !strings.HasPrefix(v[2], c.answer) {
				t.Errorf("answer %q, want %q", v[2], c.answer)
			}
		})
	}
	got := listen(t, byName(t, "starttls-absent", ca), "EHLO client.lab.test")
	if strings.Contains(got[1], "STARTTLS") {
		t.Errorf("STARTTLS offered: %q", got[1])
	}
}

// TestThrottle connects more often than the servers like.
func TestThrottle(t *testing.T) {
	ca := testCA(t)
	for _, c := range []struct {
		server, refusal string
		served          int
	}{
		{"throttle-421", "421 4.7.0 ", 4}, {"throttle-450", "450 ", 4}, {"throttle-554", "554 ", 4}, {"throttle-close", "", 4},
	} {
		t.Run(c.server, func(t *testing.T) {
			r := byName(t, c.server, ca)
			for i := range c.served + 2 {
				greeting := listen(t, r)[0]
				if want := map[bool]string{true: "220 ", false: c.refusal}[i < c.served]; !strings.HasPrefix(greeting, want) || greeting == "" && want != "" {
					t.Errorf("connection %d: greeting %q, want %q", i+1, greeting, want)
				}
			}
			if r.Connections() != c.served+2 {
				t.Errorf("%d connections counted", r.Connections())
			}
		})
	}
	t.Run("throttle-at-once", func(t *testing.T) {
		r := byName(t, "throttle-at-once", ca)
		dial(t, r)
		dial(t, r)
		if greeting := listen(t, r)[0]; !strings.HasPrefix(greeting, "421 ") {
			t.Errorf("third greeting %q", greeting)
		}
	})
	t.Run("window", func(t *testing.T) {
		r := &Running{Server: Server{Throttle: Throttle{After: 2, Every: time.Minute}}}
		now := time.Now()
		for i, want := range []bool{false, false, true, false, false, true} {
			if i == 3 {
				now = now.Add(time.Minute)
			}
			if _, refused := r.admit(now); refused != want {
				t.Errorf("connection %d refused: %v", i+1, refused)
			}
		}
	})
}
