package tlswire

import "testing"

// body returns the first message of a type in a transcript.
func body(b *testing.B, name string, want HandshakeType) []byte {
	b.Helper()
	for _, m := range readTranscript(b, "testdata/transcripts/"+name+".hex").messages(b) {
		if m.Type == want {
			return m.Body
		}
	}
	b.Fatalf("%s has no %v", name, want)
	return nil
}

func benchmarkParse[T any](b *testing.B, parse func([]byte) (T, error), input []byte) {
	b.Helper()
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse(input); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkMarshal[T message](b *testing.B, parse func([]byte) (T, error), input []byte) {
	b.Helper()
	m, err := parse(input)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Marshal(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseClientHello(b *testing.B) {
	benchmarkParse(b, ParseClientHello, body(b, "openssl-tls13", TypeClientHello))
}

func BenchmarkMarshalClientHello(b *testing.B) {
	benchmarkMarshal(b, ParseClientHello, body(b, "openssl-tls13", TypeClientHello))
}

func BenchmarkParseServerHello(b *testing.B) {
	benchmarkParse(b, ParseServerHello, body(b, "openssl-tls13", TypeServerHello))
}

func BenchmarkMarshalServerHello(b *testing.B) {
	benchmarkMarshal(b, ParseServerHello, body(b, "openssl-tls13", TypeServerHello))
}

func BenchmarkParseServerKeyExchange(b *testing.B) {
	benchmarkParse(b, keyExchange(KeyExchangeECDHE, false, TLS12), body(b, "openssl-tls12-ecdhe", TypeServerKeyExchange))
}

func BenchmarkParseCertificateTLS13(b *testing.B) {
	benchmarkParse(b, ParseCertificateTLS13, body(b, "openssl-tls13-ocsp", TypeCertificate))
}

// BenchmarkReadFlight takes a server's first flight from bytes on the wire to framed messages.
func BenchmarkReadFlight(b *testing.B) {
	input := readTranscript(b, "testdata/transcripts/openssl-tls12-ecdhe.hex").flights[1].bytes
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		var buffer HandshakeBuffer
		for rest := input; len(rest) > 0; {
			r, n, err := ParseRecord(rest)
			if err != nil {
				b.Fatal(err)
			}
			buffer.Feed(r.Payload)
			rest = rest[n:]
			for ok := true; ok; {
				if _, ok, err = buffer.Next(); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
