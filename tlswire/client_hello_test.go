package tlswire

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ramp is 00 01 02 … 1f, a random that shows where it starts and ends.
const ramp = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func rampBytes() (r [32]byte) {
	for i := range r {
		r[i] = byte(i)
	}
	return r
}

func TestClientHello(t *testing.T) {
	testVectors(t, ParseClientHello, []vector[ClientHello]{{
		name: "SSLv3 without extensions",
		hex:  "0300 " + ramp + " 00 0004 0005 ffff 01 00",
		want: ClientHello{
			Version: SSLv3, Random: rampBytes(), SessionID: []byte{},
			Suites: []Suite{0x0005, 0xFFFF}, CompressionMethods: []CompressionMethod{CompressionNull},
		},
	}, {
		name:  "empty extension block",
		hex:   "0301 " + ramp + " 02 abcd 0002 002f 02 01 00 0000",
		whole: []int{2 + 32 + 3 + 4 + 3},
		want: ClientHello{
			Version: TLS10, Random: rampBytes(), SessionID: []byte{0xAB, 0xCD},
			Suites: []Suite{0x002F}, CompressionMethods: []CompressionMethod{CompressionDEFLATE, CompressionNull},
			Extensions: []Extension{},
		},
	}, {
		name:  "repeated, unknown and empty extensions keep their order",
		hex:   "0303 " + ramp + " 00 0004 1301 00ff 01 00 0011 fe00 0001 aa 0017 0000 fe00 0000 0a0a 0000",
		whole: []int{2 + 32 + 1 + 6 + 2},
		want: ClientHello{
			Version: TLS12, Random: rampBytes(), SessionID: []byte{},
			Suites: []Suite{TLS_AES_128_GCM_SHA256, EmptyRenegotiationInfoSCSV}, CompressionMethods: []CompressionMethod{0},
			Extensions: []Extension{{0xFE00, []byte{0xAA}}, {ExtensionExtendedMasterSecret, []byte{}}, {0xFE00, []byte{}}, {0x0A0A, []byte{}}},
		},
	}, {
		name: "nothing offered at all",
		hex:  "0303 " + ramp + " 00 0000 00",
		want: ClientHello{
			Version: TLS12, Random: rampBytes(), SessionID: []byte{}, Suites: []Suite{}, CompressionMethods: []CompressionMethod{},
		},
	}})
}

func TestClientHelloErrors(t *testing.T) {
	const head = "0303 " + ramp + " 00 "
	testMalformed(t, ParseClientHello, map[string]string{
		"odd number of suite bytes":         head + "0003 130100 01 00",
		"extension beyond its block":        head + "0002 1301 01 00 0005 0017 0002 aa",
		"block shorter than the extensions": head + "0002 1301 01 00 0004 0017 0001 aa",
		"block longer than the message":     head + "0002 1301 01 00 0006 0017 0000",
		"bytes after the block":             head + "0002 1301 01 00 0004 0017 0000 00",
	})
	testUnmarshalable(t, map[string]message{
		"suite of SSLv2":         ClientHello{Suites: []Suite{0x010080}},
		"too many suites":        ClientHello{Suites: make([]Suite, 1<<15)},
		"long session id":        ClientHello{SessionID: make([]byte, 256)},
		"too many compressions":  ClientHello{CompressionMethods: make([]CompressionMethod, 256)},
		"extension too long":     ClientHello{Extensions: []Extension{{Data: make([]byte, 1<<16)}}},
		"extensions too long":    ClientHello{Extensions: []Extension{{Data: make([]byte, 1<<15)}, {Data: make([]byte, 1<<15)}}},
		"server name too long":   ClientHello{Extensions: []Extension{ServerName(string(make([]byte, 1<<16)))}},
		"protocol name too long": ClientHello{Extensions: []Extension{ALPN([]string{string(make([]byte, 256))})}},
	})
}

func TestClientHelloOverSeveralRecords(t *testing.T) {
	want := ClientHello{
		Version: TLS12, Random: rampBytes(), SessionID: []byte{}, Suites: []Suite{0x1301}, CompressionMethods: []CompressionMethod{0},
		Extensions: []Extension{ServerName("mx.example"), Padding(40000)},
	}
	body, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	stream, err := Handshake{TypeClientHello, body}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	records := AppendRecords(nil, ContentHandshake, TLS10, stream, 0)
	var buffer HandshakeBuffer
	count := 0
	for ; len(records) > 0; count++ {
		r, n, err := ParseRecord(records)
		if err != nil {
			t.Fatal(err)
		}
		buffer.Feed(r.Payload)
		records = records[n:]
	}
	got, err := ParseClientHello(drain(t, &buffer)[0].Body)
	if diff := cmp.Diff(want, got); diff != "" || err != nil || count != 3 {
		t.Errorf("%d records, error %v (-want +got):\n%s", count, err, diff)
	}
}

func FuzzClientHello(f *testing.F) {
	f.Add(unhex(f, "0300 "+ramp+" 00 0004 0005 000a 01 00"))
	f.Add(unhex(f, "0303 "+ramp+" 00 0004 1301 00ff 01 00 0011 fe00 0001 aa 0017 0000 fe00 0000 0a0a 0000"))
	for _, tr := range transcripts(f) {
		for _, m := range tr.messages(f) {
			if m.Type == TypeClientHello {
				f.Add(m.Body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkIdentity(t, remarshal(ParseClientHello), b) })
}

func TestErrorsNameTheField(t *testing.T) {
	_, err := ParseClientHello(unhex(t, "0303 "+ramp+" 00 0003 130100 01 00"))
	const want = "parsing client hello: cipher suites: malformed"
	if err == nil || err.Error() != want || !errors.Is(err, ErrMalformed) {
		t.Errorf("error %v, want %q", err, want)
	}
}
