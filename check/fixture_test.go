package check

import (
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

var scanned = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func known[T any](v T) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Known, Value: v, From: []string{"probe-1"}}
}

func mailPolicy(t testing.TB) *policy.Policy {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func suites(t testing.TB, names ...string) []tlswire.Suite {
	t.Helper()
	var out []tlswire.Suite
	for _, name := range names {
		s, ok := tlswire.SuiteByName(name)
		if !ok {
			t.Fatalf("no suite %s", name)
		}
		out = append(out, s)
	}
	return out
}

// healthy returns the evidence of a server with which every check is content.
func healthy(t testing.TB) *evidence.Endpoint {
	t.Helper()
	e := &evidence.Endpoint{
		At: scanned,
		Target: evidence.Target{
			Input: "smtp://mx.example.org", Protocol: "smtp", Host: "mx.example.org", Port: 25, Address: "192.0.2.1", ServerName: "mx.example.org",
		},
	}
	f := &e.Facts
	f.Reachable = known(true)
	f.Greeting = known("220 mx.example.org ESMTP Postfix")
	f.STARTTLS = known(evidence.STARTTLS{Offered: true, Works: true})
	f.MailBeforeTLS = known(evidence.Taken{Reply: "530 5.7.0 Must issue a STARTTLS command first"})
	f.AuthBeforeTLS = f.MailBeforeTLS
	f.Capabilities = known(evidence.Capabilities{Listed: true, Names: []string{"PIPELINING", "STARTTLS", "8BITMIME"}, STARTTLS: true})
	f.CapabilitiesTLS = known(evidence.Capabilities{Listed: true, Names: []string{"PIPELINING", "8BITMIME"}})
	f.Versions = known([]tlswire.Version{tlswire.TLS12, tlswire.TLS13})
	f.Suites = known(evidence.PerVersion[tlswire.Suite]{
		tlswire.TLS12: suites(t, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
		tlswire.TLS13: suites(t, "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"),
	})
	f.Signatures = known(evidence.PerVersion[tlswire.SignatureScheme]{
		tlswire.TLS12: {tlswire.RSAPSSRSAESHA256, tlswire.RSAPKCS1SHA256},
		tlswire.TLS13: {tlswire.RSAPSSRSAESHA256},
	})
	f.DHParams = known([]evidence.DHParams{{Bits: 2048, Prime: "RFC 7919 ffdhe2048", Safe: true, IsPrime: true, Tested: true}})
	f.Preference = known(map[tlswire.Version]evidence.Preference{tlswire.TLS12: evidence.ServerOrder, tlswire.TLS13: evidence.ServerOrder})
	f.KeyReuse = known(evidence.KeyReuse{DHHandshakes: 2, ECDHHandshakes: 9})
	f.GroupsTLS12 = known([]tlswire.Group{tlswire.X25519, tlswire.Secp256r1})
	f.GroupsTLS13 = known([]tlswire.Group{tlswire.X25519MLKEM768, tlswire.X25519, tlswire.Secp256r1})
	f.Extensions = known(evidence.PerVersion[tlswire.ExtensionType]{
		tlswire.TLS12: {tlswire.ExtensionEncryptThenMAC, tlswire.ExtensionExtendedMasterSecret, tlswire.ExtensionRenegotiationInfo},
		tlswire.TLS13: {tlswire.ExtensionSupportedVersions, tlswire.ExtensionKeyShare},
	})
	f.DowngradeSentinel = known(true)
	f.FallbackSCSV = known(true)
	f.HeedsSchemes = known(true)
	f.SessionTicket = known([]evidence.Ticket{{Version: tlswire.TLS13, Lifetime: 7200, Length: 64}})
	for _, w := range f.Weaknesses() {
		*w = known(evidence.Weakness{})
	}
	f.Intolerances = known([]evidence.Intolerance(nil))
	f.Compression = known([]tlswire.CompressionMethod(nil))
	f.Certificates = known([]evidence.Chain{{
		Certificates: []string{"leaf", "ca"}, Versions: []tlswire.Version{tlswire.TLS12, tlswire.TLS13}, WithSNI: true, WithoutSNI: true,
		Trust: &evidence.TrustResult{Trusted: true, At: scanned, RootDN: "CN=Example Root", Path: []string{"leaf", "ca", "root"}},
	}})
	f.Revocation = known([]evidence.Revocation{{Certificate: "leaf", Status: evidence.NotRevoked, By: "CRL"},
		{Certificate: "ca", Status: evidence.NotRevoked, By: "CRL"}})
	f.Lint = known([]evidence.Lint{{Certificate: "leaf", Name: "n_x", Level: "notice"}})
	e.Blobs.Certificates = map[string]*evidence.Certificate{"leaf": leafCert(), "ca": caCert(), "root": rootCert(), "old": oldCert()}
	return e
}

func leafCert() *evidence.Certificate {
	return &evidence.Certificate{
		SHA256:    "leaf",
		Subject:   evidence.Name{DN: "CN=mx.example.org", CommonName: "mx.example.org"},
		Issuer:    evidence.Name{DN: "CN=R1,O=Example CA", CommonName: "R1", Organization: "Example CA"},
		NotBefore: scanned.Add(-30 * day), NotAfter: scanned.Add(60 * day),
		PublicKey: evidence.PublicKey{Algorithm: "RSA", Bits: 2048, Exponent: "65537", SHA256: "key of mx", Tested: true, DebianTested: true},
		Signature: evidence.CertSignature{Name: "sha256WithRSAEncryption", Algorithm: "RSA", Hash: "SHA-256"},
		KeyUsage:  []string{"digitalSignature"}, ExtKeyUsage: []string{"serverAuth"}, SCTs: 2,
		Names: evidence.AltNames{DNS: []string{"mx.example.org"}, Count: 1},
	}
}

func caCert() *evidence.Certificate {
	return &evidence.Certificate{
		SHA256:    "ca",
		Subject:   evidence.Name{DN: "CN=R1,O=Example CA", CommonName: "R1", Organization: "Example CA"},
		Issuer:    evidence.Name{DN: "CN=Example Root", CommonName: "Example Root"},
		NotBefore: scanned.Add(-900 * day), NotAfter: scanned.Add(900 * day),
		PublicKey: evidence.PublicKey{Algorithm: "EC", Bits: 384, Curve: "secp384r1"},
		Signature: evidence.CertSignature{Name: "ecdsa-with-SHA384", Algorithm: "ECDSA", Hash: "SHA-384"},
	}
}

func rootCert() *evidence.Certificate {
	return &evidence.Certificate{
		SHA256:    "root",
		Subject:   evidence.Name{DN: "CN=Example Root", CommonName: "Example Root"},
		Issuer:    evidence.Name{DN: "CN=Example Root", CommonName: "Example Root"},
		NotBefore: scanned.Add(-3000 * day), NotAfter: scanned.Add(3000 * day),
		SelfIssued: true, SelfSigned: true,
	}
}

// oldCert is the root once more, signed by one that has expired.
func oldCert() *evidence.Certificate {
	c := rootCert()
	c.SHA256, c.Issuer = "old", evidence.Name{DN: "CN=Old Root", CommonName: "Old Root"}
	c.NotAfter, c.SelfIssued, c.SelfSigned = scanned.Add(-day), false, false
	c.PublicKey = evidence.PublicKey{Algorithm: "EC", Bits: 384, Curve: "secp384r1"}
	c.Signature = evidence.CertSignature{Name: "sha256WithRSAEncryption", Algorithm: "RSA", Hash: "SHA-256"}
	return c
}
