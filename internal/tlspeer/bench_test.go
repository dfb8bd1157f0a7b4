package tlspeer_test

import (
	"io"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// BenchmarkHandshake counts both sides of a full handshake over loopback: about half of it is the client's.
func BenchmarkHandshake(b *testing.B) {
	cert := certificate(b, "p256")
	for _, group := range []tlswire.Group{tlswire.X25519, tlswire.X25519MLKEM768, tlswire.FFDHE3072, tlswire.X448} {
		b.Run(group.String(), func(b *testing.B) {
			b.ReportAllocs()
			cfg := serverConfig(cert, tlswire.ECDSASecp256r1SHA256)
			cfg.Group = group
			cc := &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), []tlswire.Group{group}), Shares: []tlswire.Group{group}}
			for b.Loop() {
				client, server := connect(b)
				done := serve(b.Context(), server, cfg)
				s, err := tlspeer.Client(b.Context(), client, cc)
				if err == nil {
					err = s.Finish(b.Context())
				}
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
				<-done
			}
		})
	}
}

// BenchmarkWrite is the record layer alone.
func BenchmarkWrite(b *testing.B) {
	for _, suite := range tlspeer.Suites() {
		b.Run(suite.String(), func(b *testing.B) {
			cfg := serverConfig(certificate(b, "p256"), tlswire.ECDSASecp256r1SHA256)
			cfg.Suite = suite
			client, server := connect(b)
			go func() {
				if _, err := tlspeer.Server(b.Context(), server, nil, cfg); err == nil {
					io.Copy(io.Discard, server)
				}
			}()
			s, err := tlspeer.Client(b.Context(), client, &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]})
			if err == nil {
				err = s.Finish(b.Context())
			}
			if err != nil {
				b.Fatal(err)
			}
			block := make([]byte, 1<<14)
			b.SetBytes(int64(len(block)))
			for b.Loop() {
				s.Write(block)
			}
		})
	}
}
