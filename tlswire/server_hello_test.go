package tlswire

import (
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServerHello(t *testing.T) {
	testVectors(t, ParseServerHello, []vector[ServerHello]{{
		name: "SSLv3 without extensions",
		hex:  "0300 " + ramp + " 00 0005 00",
		want: ServerHello{Version: SSLv3, Random: rampBytes(), SessionID: []byte{}, Suite: 0x0005},
	}, {
		name:  "empty extension block",
		hex:   "0302 " + ramp + " 02 abcd 002f 01 0000",
		whole: []int{2 + 32 + 3 + 3},
		want: ServerHello{
			Version: TLS11, Random: rampBytes(), SessionID: []byte{0xAB, 0xCD}, Suite: 0x002F,
			Compression: CompressionDEFLATE, Extensions: []Extension{},
		},
	}, {
		name:  "TLS 1.3",
		hex:   "0303 " + ramp + " 00 1301 00 000f 002b 0002 0304 0033 0005 001d 0001 ff",
		whole: []int{2 + 32 + 1 + 3},
		want: ServerHello{
			Version: TLS12, Random: rampBytes(), SessionID: []byte{}, Suite: TLS_AES_128_GCM_SHA256,
			Extensions: []Extension{SelectedVersion(TLS13), ServerKeyShare(KeyShareEntry{X25519, []byte{0xFF}})},
		},
	}})
}

func TestServerHelloErrors(t *testing.T) {
	testMalformed(t, ParseServerHello, map[string]string{
		"extension beyond its block": "0303 " + ramp + " 00 1301 00 0004 002b 0002",
		"bytes after the block":      "0303 " + ramp + " 00 1301 00 0000 00",
	})
	testUnmarshalable(t, map[string]message{
		"suite of SSLv2":     ServerHello{Suite: 0x010080},
		"long session id":    ServerHello{SessionID: make([]byte, 256)},
		"extension too long": ServerHello{Extensions: []Extension{{Data: make([]byte, 1<<16)}}},
	})
}

// answers is what the methods of a ServerHello say.
type answers struct {
	Version  Version
	Retry    bool
	Group    Group // 0 for none
	Share    string
	Sentinel string
}

func ask(h ServerHello) answers {
	a := answers{Version: h.NegotiatedVersion(), Retry: h.IsHelloRetryRequest(), Sentinel: h.DowngradeSentinel()}
	a.Group, _ = h.Group()
	if share, ok := h.KeyShare(); ok {
		a.Share = hex.EncodeToString(share.Data)
	}
	return a
}

func TestServerHelloAnswers(t *testing.T) {
	share := ServerKeyShare(KeyShareEntry{X25519, []byte{1, 2}})
	downgraded := func(sentinel string) (h ServerHello) {
		copy(h.Random[24:], sentinel)
		return h
	}
	cases := []struct {
		name  string
		hello ServerHello
		want  answers
	}{
		{"TLS 1.2", ServerHello{Version: TLS12}, answers{Version: TLS12}},
		{"TLS 1.3", ServerHello{Version: TLS12, Extensions: []Extension{share, SelectedVersion(TLS13)}},
			answers{Version: TLS13, Group: X25519, Share: "0102"}},
		{"malformed extensions", ServerHello{Version: TLS12, Extensions: []Extension{
			{ExtensionSupportedVersions, []byte{3}}, {ExtensionKeyShare, []byte{0, 0x1D}},
		}}, answers{Version: TLS12}},
		{"HelloRetryRequest", ServerHello{Version: TLS12, Random: HelloRetryRequestRandom,
			Extensions: []Extension{SelectedVersion(TLS13), RetryKeyShare(Secp384r1)}},
			answers{Version: TLS13, Retry: true, Group: Secp384r1}},
		{"HelloRetryRequest for a cookie alone", ServerHello{Random: HelloRetryRequestRandom, Extensions: []Extension{Cookie([]byte{1})}},
			answers{Retry: true}},
		{"HelloRetryRequest with a share", ServerHello{Random: HelloRetryRequestRandom, Extensions: []Extension{share}},
			answers{Retry: true}},
		{"downgraded to TLS 1.2", downgraded("DOWNGRD\x01"), answers{Sentinel: DowngradeTLS12}},
		{"downgraded to TLS 1.1", downgraded("DOWNGRD\x00"), answers{Sentinel: DowngradeTLS11}},
		{"almost a sentinel", downgraded("DOWNGRD\x02"), answers{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, ask(c.hello)); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzServerHello(f *testing.F) {
	f.Add(unhex(f, "0300 "+ramp+" 00 0005 00"))
	for _, tr := range transcripts(f) {
		for _, m := range tr.messages(f) {
			if m.Type == TypeServerHello {
				f.Add(m.Body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		checkIdentity(t, remarshal(ParseServerHello), b)
		if h, err := ParseServerHello(b); err == nil {
			ask(h) // must not panic on whatever the extensions hold
		}
	})
}
