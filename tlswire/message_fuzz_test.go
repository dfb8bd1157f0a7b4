package tlswire

import "testing"

// codec is one parser with its inverse, for the fuzz target that they share: twenty seconds for each of forty parsers
// would take longer than all other tests.
type codec struct {
	name  string
	again func(testing.TB, []byte) ([]byte, bool)
	seed  string
}

func messageCodecs() []codec {
	return []codec{
		{"alert", remarshal(ParseAlert), "02 28"},
		{"certificate", remarshal(ParseCertificate), "000008 000002 3000 000000"},
		{"certificate TLS 1.3", remarshal(ParseCertificateTLS13), "00 00000b 000002 3000 0004 0012 0000"},
		{"certificate status", remarshal(ParseCertificateStatus), "02 000008 000002 3000 000000"},
		{"certificate request SSLv3", remarshal(fixed(ParseCertificateRequest, SSLv3)), "02 01 40 0004 0002 3000"},
		{"certificate request TLS 1.2", remarshal(fixed(ParseCertificateRequest, TLS12)), "01 01 0002 0401 0000"},
		{"certificate request TLS 1.3", remarshal(ParseCertificateRequestTLS13), "00 0008 000d 0004 0002 0403"},
		{"certificate verify TLS 1.1", remarshal(fixed(ParseCertificateVerify, TLS11)), "0002 abcd"},
		{"certificate verify TLS 1.3", remarshal(fixed(ParseCertificateVerify, TLS13)), "0403 0002 abcd"},
		{"change cipher spec", remarshal(ParseChangeCipherSpec), "01"},
		{"compressed certificate", remarshal(ParseCompressedCertificate), "0002 000100 000002 abcd"},
		{"encrypted extensions", remarshal(ParseEncryptedExtensions), "0004 0000 0000"},
		{"heartbeat", remarshal(ParseHeartbeatMessage), "01 0002 abcd 00*16"},
		{"key update", remarshal(ParseKeyUpdate), "01"},
		{"new session ticket", remarshal(ParseNewSessionTicket), "00001c20 0002 abcd"},
		{"new session ticket TLS 1.3", remarshal(ParseNewSessionTicketTLS13), "00001c20 01020304 01 00 0002 abcd 0008 002a 0004 ffffffff"},
		{"SSLv2 client hello", remarshal(ParseClientHelloV2), "01 0002 0003 0000 0010 010080 aa*16"},
		{"SSLv2 server hello", remarshal(ParseServerHelloV2), "04 00 01 0002 0002 0003 0010 3000 010080 aa*16"},
		{"SSLv2 error", remarshal(ParseErrorV2), "00 0001"},
		{"finished", remarshal(ParseFinished), "00*12"},
		{"client key exchange", remarshal(ParseClientKeyExchange), "0002 abcd"},
		{"explicit prime curve", remarshal(explicitCurve(CurveExplicitPrime)), "01 17 01 01 01 02 02 0401 01 05 01 01"},
		{"explicit char2 curve", remarshal(explicitCurve(CurveExplicitChar2)), "00a3 02 01 03 01 06 01 07 01 01 01 02 02 0401 01 05 01 01"},
	}
}

func TestMessageSeeds(t *testing.T) {
	for _, c := range messageCodecs() {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.seed)
			if _, ok := c.again(t, b); !ok {
				t.Fatal("the seed is no message")
			}
			checkIdentity(t, c.again, b)
		})
	}
}

func FuzzMessage(f *testing.F) {
	codecs := messageCodecs()
	for i, c := range codecs {
		f.Add(uint8(i), unhex(f, c.seed))
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		checkIdentity(t, codecs[int(which)%len(codecs)].again, b)
	})
}
