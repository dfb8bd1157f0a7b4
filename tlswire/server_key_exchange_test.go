package tlswire

import (
	"encoding/hex"
	"errors"
	"testing"
)

func keyExchange(kx KeyExchange, anonymous bool, v Version) func([]byte) (ServerKeyExchange, error) {
	return func(b []byte) (ServerKeyExchange, error) { return ParseServerKeyExchange(b, kx, anonymous, v) }
}

func TestServerKeyExchangeDH(t *testing.T) {
	dh := &ServerDHParams{P: []byte{0, 0x17}, G: []byte{5}, Y: []byte{8}}
	testVectors(t, keyExchange(KeyExchangeDHE, false, TLS12), []vector[ServerKeyExchange]{{
		name: "TLS 1.2",
		hex:  "0002 0017 0001 05 0001 08 0401 0002 abcd",
		want: ServerKeyExchange{DH: dh, Scheme: RSAPKCS1SHA256, Signature: []byte{0xAB, 0xCD}},
	}})
	testVectors(t, keyExchange(KeyExchangeDHE, false, TLS11), []vector[ServerKeyExchange]{{
		name: "TLS 1.1 names no scheme",
		hex:  "0002 0017 0001 05 0001 08 0002 abcd",
		want: ServerKeyExchange{DH: dh, Signature: []byte{0xAB, 0xCD}},
	}, {
		name: "empty signature",
		hex:  "0002 0017 0001 05 0001 08 0000",
		want: ServerKeyExchange{DH: dh, Signature: []byte{}},
	}})
	testVectors(t, keyExchange(KeyExchangeDHE, true, TLS12), []vector[ServerKeyExchange]{{
		name: "anonymous",
		hex:  "0002 0017 0001 05 0001 08",
		want: ServerKeyExchange{DH: dh},
	}})
}

func TestServerKeyExchangeEC(t *testing.T) {
	named := &ServerECParams{CurveType: CurveNamed, Group: X25519, Point: []byte{1, 2, 3}}
	prime := &ServerECParams{CurveType: CurveExplicitPrime, Explicit: unhex(t, "01 17 01 01 01 02 02 0401 01 05 01 01"), Point: []byte{4, 1, 1}}
	char2 := &ServerECParams{CurveType: CurveExplicitChar2, Explicit: unhex(t, "00e9 01 01 4a 01 00 01 01 01 04 01 07 01 02"), Point: []byte{4}}
	testVectors(t, keyExchange(KeyExchangeECDHE, false, TLS12), []vector[ServerKeyExchange]{{
		name: "named TLS 1.2",
		hex:  "03 001d 03 010203 0804 0001 ff",
		want: ServerKeyExchange{EC: named, Scheme: RSAPSSRSAESHA256, Signature: []byte{0xFF}},
	}, {
		name: "explicit prime",
		hex:  "01 01 17 01 01 01 02 02 0401 01 05 01 01 03 040101 0403 0001 ff",
		want: ServerKeyExchange{EC: prime, Scheme: ECDSASecp256r1SHA256, Signature: []byte{0xFF}},
	}})
	testVectors(t, keyExchange(KeyExchangeECDHE, false, TLS10), []vector[ServerKeyExchange]{{
		name: "explicit char2 TLS 1.0",
		hex:  "02 00e9 01 01 4a 01 00 01 01 01 04 01 07 01 02 01 04 0001 ff",
		want: ServerKeyExchange{EC: char2, Signature: []byte{0xFF}},
	}})
	testVectors(t, keyExchange(KeyExchangeECDHE, true, TLS10), []vector[ServerKeyExchange]{{
		name: "anonymous",
		hex:  "03 001d 03 010203",
		want: ServerKeyExchange{EC: named},
	}})
}

func TestServerKeyExchangeRSA(t *testing.T) {
	testVectors(t, keyExchange(KeyExchangeRSA, false, SSLv3), []vector[ServerKeyExchange]{{
		name: "export",
		hex:  "0040 c1*64 0003 010001 0002 abcd",
		want: ServerKeyExchange{
			RSA:       &ServerRSAParams{Modulus: unhex(t, "c1*64"), Exponent: []byte{1, 0, 1}},
			Signature: []byte{0xAB, 0xCD},
		},
	}})
}

func TestServerKeyExchangeMalformed(t *testing.T) {
	testMalformed(t, keyExchange(KeyExchangeECDHE, false, TLS12), map[string]string{
		"unknown curve type": "04 001d 03 010203 0804 0001 ff",
		"scheme 0":           "03 001d 03 010203 0000 0001 ff",
		"bad explicit curve": "01 01 17 01 01 01",
	})
	testUnmarshalable(t, map[string]message{
		"no parameters":             ServerKeyExchange{Signature: []byte{1}},
		"two kinds of parameters":   ServerKeyExchange{DH: &ServerDHParams{}, RSA: &ServerRSAParams{}},
		"scheme without signature":  ServerKeyExchange{DH: &ServerDHParams{}, Scheme: RSAPKCS1SHA256},
		"unknown curve type":        ServerKeyExchange{EC: &ServerECParams{CurveType: 9}},
		"point that does not fit":   ServerKeyExchange{EC: &ServerECParams{CurveType: CurveNamed, Point: make([]byte, 256)}},
		"modulus that does not fit": ServerKeyExchange{RSA: &ServerRSAParams{Modulus: make([]byte, 1<<16)}},
	})
}

func TestServerKeyExchangeUnknown(t *testing.T) {
	_, err := ParseServerKeyExchange([]byte{0, 0}, KeyExchangePSK, false, TLS12)
	if err == nil || errors.Is(err, ErrMalformed) {
		t.Errorf("error %v, want one that does not blame the bytes", err)
	}
}

func TestServerKeyExchangeParams(t *testing.T) {
	k, err := ParseServerKeyExchange(unhex(t, "03 001d 03 010203 0804 0001 ff"), KeyExchangeECDHE, false, TLS12)
	if err != nil {
		t.Fatal(err)
	}
	params, err := k.Params()
	if got, want := hex.EncodeToString(params), "03001d03010203"; got != want || err != nil {
		t.Errorf("params %s, error %v, want %s", got, err, want)
	}
	if _, err := (ServerKeyExchange{}).Params(); err == nil {
		t.Error("no parameters: want an error")
	}
}

func FuzzServerKeyExchange(f *testing.F) {
	kinds := []KeyExchange{KeyExchangeDHE, KeyExchangeECDHE, KeyExchangeRSA}
	f.Add(uint8(0), false, uint16(TLS12), unhex(f, "0002 0017 0001 05 0001 08 0401 0002 abcd"))
	f.Add(uint8(0), true, uint16(TLS10), unhex(f, "0002 0017 0001 05 0001 08"))
	f.Add(uint8(1), false, uint16(TLS12), unhex(f, "03 001d 03 010203 0804 0001 ff"))
	f.Add(uint8(1), false, uint16(TLS10), unhex(f, "01 01 17 01 01 01 02 02 0401 01 05 01 01 03 040101 0001 ff"))
	f.Add(uint8(1), false, uint16(TLS10), unhex(f, "02 00e9 01 01 4a 01 00 01 01 01 04 01 07 01 02 01 04 0001 ff"))
	f.Add(uint8(2), false, uint16(SSLv3), unhex(f, "0040 c1*64 0003 010001 0002 abcd"))
	f.Fuzz(func(t *testing.T, kind uint8, anonymous bool, v uint16, b []byte) {
		checkIdentity(t, remarshal(keyExchange(kinds[int(kind)%len(kinds)], anonymous, Version(v))), b)
	})
}
