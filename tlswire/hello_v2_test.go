package tlswire

import "testing"

func TestClientHelloV2(t *testing.T) {
	testVectors(t, ParseClientHelloV2, []vector[ClientHelloV2]{{
		name: "SSLv2",
		hex:  "01 0002 0006 0000 0010 010080 0700c0 aa*16",
		want: ClientHelloV2{Version: SSLv2, Ciphers: []Suite{0x010080, 0x0700C0}, SessionID: []byte{}, Challenge: unhex(t, "aa*16")},
	}, {
		name: "later versions too, with a session",
		hex:  "01 0301 0006 0010 0020 00002f 010080 bb*16 aa*32",
		want: ClientHelloV2{Version: TLS10, Ciphers: []Suite{0x002F, 0x010080}, SessionID: unhex(t, "bb*16"), Challenge: unhex(t, "aa*32")},
	}})
	testMalformed(t, ParseClientHelloV2, map[string]string{
		"another type":         "04 0002 0003 0000 0001 010080 aa",
		"two thirds of a kind": "01 0002 0002 0000 0001 0100 aa",
	})
	testUnmarshalable(t, map[string]message{
		"kind of 25 bits": ClientHelloV2{Ciphers: []Suite{1 << 24}},
		"long challenge":  ClientHelloV2{Challenge: make([]byte, 1<<16)},
		"too many kinds":  ClientHelloV2{Ciphers: make([]Suite, 1<<16/3+1)},
	})
}

func TestServerHelloV2(t *testing.T) {
	testVectors(t, ParseServerHelloV2, []vector[ServerHelloV2]{{
		name: "certificate and two kinds",
		hex:  "04 00 01 0002 0004 0006 0010 30020500 010080 0700c0 cc*16",
		want: ServerHelloV2{
			CertificateType: CertificateTypeX509, Version: SSLv2, Certificate: unhex(t, "30020500"),
			Ciphers: []Suite{0x010080, 0x0700C0}, ConnectionID: unhex(t, "cc*16"),
		},
	}, {
		name: "resumed",
		hex:  "04 01 00 0002 0000 0000 0010 cc*16",
		want: ServerHelloV2{
			SessionIDHit: 1, Version: SSLv2, Certificate: []byte{}, Ciphers: []Suite{}, ConnectionID: unhex(t, "cc*16"),
		},
	}})
	testMalformed(t, ParseServerHelloV2, map[string]string{
		"another type":         "01 00 01 0002 0000 0000 0000",
		"two thirds of a kind": "04 00 01 0002 0000 0002 0000 0100",
	})
	testUnmarshalable(t, map[string]message{
		"long certificate": ServerHelloV2{Certificate: make([]byte, 1<<16)},
		"kind of 25 bits":  ServerHelloV2{Ciphers: []Suite{1 << 24}},
	})
}

func TestErrorV2(t *testing.T) {
	testVectors(t, ParseErrorV2, []vector[ErrorV2]{
		{name: "no cipher", hex: "00 0001", want: ErrorV2{ErrorV2NoCipher}},
		{name: "unknown", hex: "00 beef", want: ErrorV2{0xBEEF}},
	})
	testMalformed(t, ParseErrorV2, map[string]string{"another type": "01 0001"})
}
