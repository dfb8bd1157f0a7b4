package legacy

import (
	"bytes"
	"errors"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// someKeys is a schedule whose secrets are anything.
func someKeys(t testing.TB, v tlswire.Version, id tlswire.Suite) *schedule {
	t.Helper()
	s, err := suiteOf(id, v)
	if err != nil {
		t.Fatal(err)
	}
	return &schedule{version: v, suite: s, client: [32]byte{1}, server: [32]byte{2}, master: bytes.Repeat([]byte{3}, masterLen)}
}

// pair returns both ends of one direction.
func pair(t testing.TB, v tlswire.Version, id tlswire.Suite, etm bool) (out, in *cipherState) {
	t.Helper()
	k := someKeys(t, v, id)
	out, _, err := k.cipherStates(etm)
	if err != nil {
		t.Fatal(err)
	}
	in, _, _ = k.cipherStates(etm)
	return out, in
}

func sealed(t testing.TB, c *cipherState, content string, alter Alter) tlswire.Record {
	t.Helper()
	r, err := c.seal(tlswire.Record{Type: tlswire.ContentApplicationData, Version: c.version, Payload: []byte(content)}, alter)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open returns the content of a record.
func open(c *cipherState, r tlswire.Record) ([]byte, error) {
	o := c.dissect(r)
	return o.Content, o.err()
}

// TestRecordsBothWays wants records of any length to come back, and none that was changed by a bit.
func TestRecordsBothWays(t *testing.T) {
	for _, v := range versions() {
		for _, id := range Suites(v) {
			for _, etm := range []bool{false, true} {
				t.Run(v.String()+"/"+id.String(), func(t *testing.T) { testBothWays(t, v, id, etm) })
			}
		}
	}
}

func testBothWays(t *testing.T, v tlswire.Version, id tlswire.Suite, etm bool) {
	out, in := pair(t, v, id, etm)
	for n := range 40 {
		want := bytes.Repeat([]byte{'x'}, n)
		if got, err := open(in, sealed(t, out, string(want), Alter{})); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes: %q, %v", n, got, err)
		}
	}
	r := sealed(t, out, "EHLO client.example.org", Alter{})
	r.Payload[len(r.Payload)/2] ^= 1
	if _, err := open(in, r); err == nil {
		t.Error("a record was changed and nobody noticed")
	}
}

const (
	cbcSuite   = tlswire.Suite(0x002F) // TLS_RSA_WITH_AES_128_CBC_SHA
	gcmSuite   = tlswire.Suite(0x009C) // TLS_RSA_WITH_AES_128_GCM_SHA256
	ecdheSuite = tlswire.Suite(0xC014) // TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
	ecdheGCM   = tlswire.Suite(0xC02F) // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
	rc4Suite   = tlswire.Suite(0x0005) // TLS_RSA_WITH_RC4_128_SHA
)

// TestMalformed wants each way to malform a record to be seen as such at the other end, and the next record to be whole again.
func TestMalformed(t *testing.T) {
	mac := func(p *Parts) { p.MAC[0] ^= 1 }
	padding := func(p *Parts) { p.Padding[0] ^= 1 }
	tag := func(c, tag []byte) ([]byte, []byte) { tag[0] ^= 1; return c, tag }
	cases := []struct {
		name  string
		v     tlswire.Version
		suite tlswire.Suite
		etm   bool
		alter Alter
		want  error
	}{
		{"MAC of RC4", tlswire.TLS10, rc4Suite, false, Alter{Plain: mac}, errRecordMAC},
		{"MAC of CBC", tlswire.TLS10, cbcSuite, false, Alter{Plain: mac}, errRecordMAC},
		{"MAC in SSLv3", tlswire.SSLv3, cbcSuite, false, Alter{Plain: mac}, errRecordMAC},
		{"padding of SSLv3 is not looked at", tlswire.SSLv3, cbcSuite, false, Alter{Plain: padding}, nil},
		{"padding", tlswire.TLS12, cbcSuite, false, Alter{Plain: padding}, errRecordPadding},
		{"encrypt-then-MAC", tlswire.TLS12, cbcSuite, true, Alter{Tag: tag}, errRecordMAC},
		{"tag", tlswire.TLS12, gcmSuite, false, Alter{Tag: tag}, errRecordMAC},
		{"nonce", tlswire.TLS12, gcmSuite, false, Alter{Plain: func(p *Parts) { p.Explicit[0] ^= 1 }}, errRecordMAC},
		{"nonce, whole", tlswire.TLS12, gcmSuite, false, Alter{Plain: func(p *Parts) { p.Explicit[0] ^= 1; p.Nonce = nil }}, nil},
		{"padding alone, too long", tlswire.TLS11, cbcSuite, false, Alter{Plain: func(p *Parts) {
			*p = Parts{Explicit: p.Explicit, Padding: bytes.Repeat([]byte{255}, 32)}
		}}, errRecordLength},
		{"padding alone", tlswire.TLS11, cbcSuite, false, Alter{Plain: func(p *Parts) {
			*p = Parts{Explicit: p.Explicit, Padding: bytes.Repeat([]byte{255}, 256)}
		}}, errRecordLength},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, in := pair(t, c.v, c.suite, c.etm)
			if _, err := open(in, sealed(t, out, "NOOP\r\n", c.alter)); !errors.Is(err, c.want) {
				t.Errorf("%v instead of %v", err, c.want)
			}
			if got, err := open(in, sealed(t, out, "QUIT\r\n", Alter{})); err != nil || string(got) != "QUIT\r\n" {
				t.Errorf("behind it %q, %v", got, err)
			}
		})
	}
}

func TestMalformedBlocks(t *testing.T) {
	out, _ := pair(t, tlswire.TLS12, cbcSuite, false)
	_, err := out.seal(tlswire.Record{Type: tlswire.ContentApplicationData}, Alter{Plain: func(p *Parts) { p.Padding = p.Padding[1:] }})
	if !errors.Is(err, errBlocks) {
		t.Errorf("%v", err)
	}
}

// FuzzOpen has any record come in.
func FuzzOpen(f *testing.F) {
	f.Add(uint16(tlswire.TLS12), uint16(cbcSuite), true, bytes.Repeat([]byte{7}, 64))
	f.Add(uint16(tlswire.SSLv3), uint16(rc4Suite), false, []byte("short"))
	f.Fuzz(func(t *testing.T, version, id uint16, etm bool, payload []byte) {
		v := tlswire.Version(version)
		if _, err := suiteOf(tlswire.Suite(id), v); err != nil {
			return
		}
		_, in := pair(t, v, tlswire.Suite(id), etm)
		o := in.dissect(tlswire.Record{Type: tlswire.ContentApplicationData, Version: v, Payload: payload})
		if o.err() == nil && o.Content == nil && len(o.Plain) > 0 {
			t.Errorf("no content: %+v", o)
		}
		if len(o.Content) > len(payload) {
			t.Errorf("%d bytes of %d", len(o.Content), len(payload))
		}
	})
}
