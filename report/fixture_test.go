package report

import (
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

const day = 24 * time.Hour

var scanned = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func known[T any](v T) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Known, Value: v, From: []string{"probe-1"}}
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

// healthy returns the evidence of a relay with which every check is content.
func healthy(t testing.TB) *evidence.Endpoint {
	t.Helper()
	e := &evidence.Endpoint{
		At: scanned,
		Target: evidence.Target{
			Input: "smtp://mx1.example.org", Protocol: "smtp", Host: "mx1.example.org", Port: 25, Address: "192.0.2.1", ServerName: "mx1.example.org",
		},
		Cost: evidence.Cost{Connections: 14, Floor: 12, BytesOut: 9120, BytesIn: 31007, RoundTrips: 31, Wall: 1240 * time.Millisecond},
	}
	f := &e.Facts
	f.Reachable = known(true)
	f.Greeting = known("220 mx1.example.org ESMTP Postfix")
	f.STARTTLS = known(evidence.STARTTLS{Offered: true, Works: true})
	f.MailBeforeTLS = evidence.Fact[evidence.Taken]{State: evidence.Inapplicable, Why: "encryption is optional between mail servers"}
	f.AuthBeforeTLS = evidence.Fact[evidence.Taken]{State: evidence.Inapplicable, Why: "no authentication is offered before TLS"}
	f.Capabilities = known(evidence.Capabilities{Listed: true, Names: []string{"PIPELINING", "STARTTLS", "8BITMIME"}, STARTTLS: true})
	f.CapabilitiesTLS = known(evidence.Capabilities{Listed: true, Names: []string{"PIPELINING", "8BITMIME"}})
	f.Versions = known([]tlswire.Version{tlswire.TLS12, tlswire.TLS13})
	f.Suites = known(evidence.PerVersion[tlswire.Suite]{
		tlswire.TLS12: suites(t, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
		tlswire.TLS13: suites(t, "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"),
	})
	f.Preference = known(map[tlswire.Version]evidence.Preference{tlswire.TLS12: evidence.ClientOrder, tlswire.TLS13: evidence.ServerOrderChaCha})
	f.Signatures = known(evidence.PerVersion[tlswire.SignatureScheme]{
		tlswire.TLS12: {tlswire.RSAPSSRSAESHA256, tlswire.RSAPKCS1SHA256},
		tlswire.TLS13: {tlswire.RSAPSSRSAESHA256},
	})
	f.GroupsTLS13 = known([]tlswire.Group{tlswire.X25519MLKEM768, tlswire.X25519, tlswire.Secp256r1})
	f.GroupsTLS12 = known([]tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1})
	f.DHParams = evidence.Fact[[]evidence.DHParams]{State: evidence.Inapplicable, Why: "no suite with finite-field Diffie-Hellman"}
	f.KeyReuse = known(evidence.KeyReuse{ECDHHandshakes: 9})
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
		Certificates: []string{"leaf"}, Versions: []tlswire.Version{tlswire.TLS12, tlswire.TLS13}, WithSNI: true, WithoutSNI: true,
		Trust: &evidence.TrustResult{Trusted: true, At: scanned, RootDN: "CN=Example Root"},
	}})
	e.Blobs.Certificates = map[string]*evidence.Certificate{"leaf": {
		SHA256:    "leaf",
		Subject:   evidence.Name{DN: "CN=mx1.example.org", CommonName: "mx1.example.org"},
		Issuer:    evidence.Name{DN: "CN=R1,O=Example CA", CommonName: "R1", Organization: "Example CA"},
		NotBefore: scanned.Add(-30 * day), NotAfter: scanned.Add(60 * day),
		PublicKey: evidence.PublicKey{Algorithm: "RSA", Bits: 2048, Exponent: "65537", SHA256: "key of mx1", Tested: true, DebianTested: true},
		SCTs:      2,
		Signature: evidence.CertSignature{Name: "sha256WithRSAEncryption", Algorithm: "RSA", Hash: "SHA-256"},
		Names:     evidence.AltNames{DNS: []string{"mx1.example.org"}, Count: 1},
	}}
	return e
}

// weak returns the evidence of a mailbox server with old software, an expired certificate, and a few surprises.
func weak(t testing.TB) *evidence.Endpoint {
	t.Helper()
	e := healthy(t)
	e.Target = evidence.Target{Input: "imap://imap.example.org", Protocol: "imap", Host: "imap.example.org", Port: 143, Address: "192.0.2.7", ServerName: "imap.example.org"}
	f := &e.Facts
	f.MailBeforeTLS.Why = "nobody submits mail here"
	f.AuthBeforeTLS = known(evidence.Taken{Accepted: true, Reply: "+ \x1b[31mwho?"})
	f.Capabilities.Value.LoginDisabled = true
	f.Versions = known([]tlswire.Version{tlswire.SSLv3, tlswire.TLS10, tlswire.TLS11, tlswire.TLS12})
	old := suites(t, "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
		"TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_RC4_128_MD5", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA")
	f.Suites = known(evidence.PerVersion[tlswire.Suite]{tlswire.SSLv3: old, tlswire.TLS10: old, tlswire.TLS11: old, tlswire.TLS12: old})
	f.Preference = known(map[tlswire.Version]evidence.Preference{tlswire.TLS12: evidence.ServerOrder, tlswire.TLS10: evidence.ServerOrder})
	f.DHParams = known([]evidence.DHParams{{Bits: 1024, Prime: "RFC 2409 group 2", Safe: true, IsPrime: true, Tested: true}})
	f.GroupsTLS13 = evidence.Fact[[]tlswire.Group]{State: evidence.Inapplicable, Why: "no TLS 1.3"}
	c := e.Blobs.Certificates["leaf"]
	c.NotAfter, c.PublicKey.SHA256 = scanned.Add(-3*day), "key of imap"
	c.Subject.CommonName, c.Names.DNS = "mail.example.org\x1b]0;owned\a", []string{"mail.example.org\x1b[31m", "\u202egro.elpmaxe"}
	f.Certificates.Value[0].Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.SelfSignedLeaf}}
	return e
}

// throttled returns the evidence of a server that hung up after it had shown TLS 1.0.
func throttled(t testing.TB) *evidence.Endpoint {
	t.Helper()
	e := healthy(t)
	why := "421 4.7.0 mx1.example.org Error: too many connections from 198.51.100.9"
	f := &e.Facts
	f.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Partial, Value: []tlswire.Version{tlswire.TLS10, tlswire.TLS12}, Open: []tlswire.Version{tlswire.SSLv3, tlswire.TLS13}, Why: why}
	f.Suites.State, f.Suites.Why = evidence.Partial, why
	f.Suites.Value = evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: f.Suites.Value[tlswire.TLS12]}
	f.Suites.Open = evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: suites(t, "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_GCM_SHA256")}
	f.Compression = evidence.Fact[[]tlswire.CompressionMethod]{State: evidence.Unknown, Why: why}
	f.Signatures = evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]]{State: evidence.Unknown, Why: why}
	e.Observations = []evidence.Observation{{ID: "suites-9", End: evidence.End{Kind: evidence.EndThrottled}}}
	return e
}

// unreachable returns the evidence of a server that does not answer.
func unanswered(t testing.TB) *evidence.Endpoint {
	t.Helper()
	e := healthy(t)
	e.Facts = evidence.Facts{Reachable: evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer to the connection attempt"}}
	e.Cost = evidence.Cost{Wall: 10 * time.Second}
	return e
}

func build(t testing.TB, endpoints ...*evidence.Endpoint) *Report {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	run := evidence.Run{Start: scanned, Wall: 2 * time.Second}
	return Build(evidence.Tool{Name: "mailtls", Version: "test"}, run, p, endpoints...)
}
