package check

import (
	"slices"
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

func dhGroup(g evidence.DHParams) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { e.Facts.DHParams.Value = append(e.Facts.DHParams.Value, g) }
}

// clientOrder makes the client's order decide between good and weak suites.
func clientOrder(t testing.TB, e *evidence.Endpoint) {
	suite(tlswire.TLS12, "TLS_RSA_WITH_RC4_128_SHA")(t, e)
	e.Facts.Preference.Value[tlswire.TLS12] = evidence.ClientOrder
}

func curve(g tlswire.Group) harm {
	return func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.GroupsTLS12.Value = append(e.Facts.GroupsTLS12.Value, g)
	}
}

func onlyGroup13(g tlswire.Group) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { e.Facts.GroupsTLS13.Value = []tlswire.Group{g} }
}

func fallsBackTo(v tlswire.Version) harm {
	return func(t testing.TB, e *evidence.Endpoint) {
		version(v)(t, e)
		e.Facts.FallbackSCSV.Value = false
	}
}

// without takes an extension of TLS 1.2 away.
func without(x tlswire.ExtensionType) harm {
	return func(_ testing.TB, e *evidence.Endpoint) {
		list := &e.Facts.Extensions.Value
		(*list)[tlswire.TLS12] = slices.DeleteFunc((*list)[tlswire.TLS12], func(y tlswire.ExtensionType) bool { return x == y })
	}
}

func cbcWithoutETM(t testing.TB, e *evidence.Endpoint) {
	suite(tlswire.TLS12, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")(t, e)
	without(tlswire.ExtensionEncryptThenMAC)(t, e)
}

func intolerant(i evidence.Intolerance) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { e.Facts.Intolerances.Value = []evidence.Intolerance{i} }
}

// stapled sends an OCSP response along.
func stapled(r evidence.OCSPResponse) harm {
	return func(_ testing.TB, e *evidence.Endpoint) {
		c := &e.Facts.Certificates.Value[0]
		c.Stapled, c.Staples = true, []evidence.OCSPResponse{r}
	}
}

// chain replaces the certificates that are sent.
func chain(hashes ...string) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { e.Facts.Certificates.Value[0].Certificates = hashes }
}

// otherDefault shows a certificate for another name to clients that name no server.
func otherDefault(_ testing.TB, e *evidence.Endpoint) {
	c := leafCert()
	c.SHA256, c.Subject.CommonName, c.Names.DNS = "default", "default.invalid", []string{"default.invalid"}
	e.Blobs.Certificates["default"] = c
	f := &e.Facts.Certificates
	f.Value[0].WithoutSNI = false
	f.Value = append(f.Value, evidence.Chain{Certificates: []string{"default"}, WithoutSNI: true, Trust: f.Value[0].Trust})
}
