package check

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

type harm = func(testing.TB, *evidence.Endpoint)

func noTLS(s evidence.STARTTLS) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { e.Facts.STARTTLS.Value = s }
}

func version(v tlswire.Version) harm {
	return func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Versions.Value = append([]tlswire.Version{v}, e.Facts.Versions.Value...)
	}
}

func onlyVersion(v tlswire.Version) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { e.Facts.Versions.Value = []tlswire.Version{v} }
}

func suite(v tlswire.Version, name string) harm {
	return func(t testing.TB, e *evidence.Endpoint) {
		e.Facts.Suites.Value[v] = append(e.Facts.Suites.Value[v], suites(t, name)...)
	}
}

func onlySuite(v tlswire.Version, name string) harm {
	return func(t testing.TB, e *evidence.Endpoint) {
		e.Facts.Suites.Value = evidence.PerVersion[tlswire.Suite]{v: suites(t, name)}
	}
}

func dh(bits int) harm {
	return func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.DHParams.Value = append(e.Facts.DHParams.Value, evidence.DHParams{Bits: bits})
	}
}

func compression(_ testing.TB, e *evidence.Endpoint) {
	e.Facts.Compression.Value = []tlswire.CompressionMethod{tlswire.CompressionDEFLATE}
}

func signature(s tlswire.SignatureScheme) harm {
	return func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Signatures.Value[tlswire.TLS12] = append(e.Facts.Signatures.Value[tlswire.TLS12], s)
	}
}

func leaf(change func(*evidence.Certificate)) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { change(e.Blobs.Certificates["leaf"]) }
}

func untrusted(r evidence.TrustReason) harm {
	return func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{r}}
	}
}
