package client_test

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// The suites of the tests by short names.
const (
	gcm     tlswire.Suite = 0xC02F // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
	chacha  tlswire.Suite = 0xCCA8 // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
	ecdsa   tlswire.Suite = 0xC02B // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
	cbc     tlswire.Suite = 0xC013 // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
	dhe     tlswire.Suite = 0x0033 // TLS_DHE_RSA_WITH_AES_128_CBC_SHA
	static  tlswire.Suite = 0x002F // TLS_RSA_WITH_AES_128_CBC_SHA
	tripled tlswire.Suite = 0x000A // TLS_RSA_WITH_3DES_EDE_CBC_SHA
	anon    tlswire.Suite = 0x0034 // TLS_DH_anon_WITH_AES_128_CBC_SHA
	new128                = tlswire.TLS_AES_128_GCM_SHA256
	new256                = tlswire.TLS_AES_256_GCM_SHA384
)

func known[T any](v T) evidence.Fact[T] { return evidence.Fact[T]{State: evidence.Known, Value: v} }

// server is a server with an RSA and an ECDSA certificate that decides by its own order, and of which all is known.
func server() *evidence.Endpoint {
	e := &evidence.Endpoint{Target: evidence.Target{Protocol: "smtp", ServerName: "mail.test"}}
	e.Blobs.Certificates = map[string]*evidence.Certificate{
		"rsa": {PublicKey: evidence.PublicKey{Algorithm: "RSA", Bits: 2048}, Signature: evidence.CertSignature{Algorithm: "RSA", Hash: "SHA-256"}},
		"ec":  {PublicKey: evidence.PublicKey{Algorithm: "EC", Curve: "secp256r1"}, Signature: evidence.CertSignature{Algorithm: "ECDSA", Hash: "SHA-256"}},
	}
	all := []tlswire.Version{tlswire.TLS10, tlswire.TLS11, tlswire.TLS12, tlswire.TLS13}
	chain := func(key string) evidence.Chain {
		return evidence.Chain{Certificates: []string{key}, Versions: all, WithSNI: true, WithoutSNI: true}
	}
	old := []tlswire.Suite{cbc, dhe, static, tripled}
	e.Facts = evidence.Facts{
		Versions: known(all),
		Suites: known(evidence.PerVersion[tlswire.Suite]{tlswire.TLS10: old, tlswire.TLS11: old,
			tlswire.TLS12: {gcm, ecdsa, chacha, cbc, dhe, static, tripled, anon}, tlswire.TLS13: {new256, new128}}),
		Preference: known(map[tlswire.Version]evidence.Preference{tlswire.TLS10: "server", tlswire.TLS11: "server",
			tlswire.TLS12: "server", tlswire.TLS13: "server"}),
		Signatures: known(evidence.PerVersion[tlswire.SignatureScheme]{
			tlswire.TLS12: {tlswire.RSAPKCS1SHA256, tlswire.ECDSASecp256r1SHA256},
			tlswire.TLS13: {tlswire.RSAPSSRSAESHA256, tlswire.ECDSASecp256r1SHA256}}),
		GroupsTLS12:          known([]tlswire.Group{tlswire.Secp384r1, tlswire.X25519}),
		GroupsTLS13:          known([]tlswire.Group{tlswire.Secp384r1, tlswire.X25519}),
		GroupPreferenceTLS12: known(evidence.ServerOrder),
		GroupPreferenceTLS13: known(evidence.ServerOrder),
		DHParams:             known([]evidence.DHParams{{Bits: 1024, Suites: []tlswire.Suite{dhe}}}),
		Certificates:         known([]evidence.Chain{chain("rsa"), chain("ec")}),
		Intolerances:         known([]evidence.Intolerance(nil)),
	}
	return e
}

// program is a client that takes all that server offers, in another order.
func program() *client.Profile {
	return &client.Profile{ID: "test", Min: tlswire.TLS10, Max: tlswire.TLS12, SNI: true, MinDHBits: 1024,
		Suites:  []tlswire.Suite{chacha, dhe, static, tripled, cbc, ecdsa, gcm, new128, new256, tlswire.EmptyRenegotiationInfoSCSV},
		Groups:  []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1},
		Schemes: []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA256, tlswire.ECDSASecp256r1SHA256, tlswire.RSAPSSRSAESHA256}}
}

type (
	ep = evidence.Endpoint
	pr = client.Profile
)

func TestSimulate(t *testing.T) {
	works := func(v tlswire.Version, s tlswire.Suite) client.Result {
		return client.Result{Outcome: client.Works, Version: v, Suite: s}
	}
	fails, unknown := client.Result{Outcome: client.Fails}, client.Result{Outcome: client.Unknown}
	for _, tc := range []struct {
		name   string
		change func(*ep, *pr)
		want   client.Result
		why    string
	}{
		{"the server's order decides", nil, works(tlswire.TLS12, gcm), ""},
		{"the client's order decides", func(e *ep, _ *pr) { e.Facts.Preference.Value[tlswire.TLS12] = "client" }, works(tlswire.TLS12, chacha), ""},
		{"ChaCha20 for who puts it first", func(e *ep, _ *pr) { e.Facts.Preference.Value[tlswire.TLS12] = "server-chacha" }, works(tlswire.TLS12, chacha), ""},
		{"ChaCha20 is not first of the whole list", func(e *ep, p *pr) {
			e.Facts.Preference.Value[tlswire.TLS12] = "server-chacha"
			p.Suites = append([]tlswire.Suite{new128}, p.Suites...)
		}, works(tlswire.TLS12, gcm), ""},
		{"nobody knows whose order decides", func(e *ep, _ *pr) {
			e.Facts.Preference = evidence.Fact[map[tlswire.Version]evidence.Preference]{State: evidence.Unknown, Why: "cut short"}
		}, works(tlswire.TLS12, 0), "cut short"},
		{"TLS 1.3", func(_ *ep, p *pr) { p.Max = tlswire.TLS13 }, works(tlswire.TLS13, new256), ""},
		{"TLS 1.0 has no GCM", func(_ *ep, p *pr) { p.Max = tlswire.TLS10 }, works(tlswire.TLS10, cbc), ""},

		{"client too old", func(_ *ep, p *pr) { p.Min, p.Max = tlswire.SSLv3, tlswire.SSLv3 }, fails, "the client speaks SSLv3"},
		{"client too new", func(e *ep, p *pr) {
			e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS10}
			p.Min = tlswire.TLS11
		}, fails, "no version in common"},
		{"newest version is open, and would fail", func(e *ep, p *pr) {
			e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Partial, Value: []tlswire.Version{tlswire.TLS11},
				Open: []tlswire.Version{tlswire.TLS12}, Why: "timeout"}
			e.Facts.Suites.Value[tlswire.TLS12] = nil
		}, unknown, "timeout"},
		{"versions are unknown", func(e *ep, _ *pr) {
			e.Facts = evidence.Facts{Versions: evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "no answer"}}
		}, unknown, "no answer"},
		{"nothing was asked", func(e *ep, _ *pr) { e.Facts = evidence.Facts{} }, unknown, ""},
		{"no TLS at all", func(e *ep, _ *pr) {
			e.Facts = evidence.Facts{Versions: evidence.Fact[[]tlswire.Version]{State: evidence.Inapplicable, Why: "no STARTTLS"}}
		}, fails, "no STARTTLS"},

		{"no suite in common", func(_ *ep, p *pr) { p.Suites = []tlswire.Suite{0x0005} }, fails, "no cipher suite in common in TLS 1.2"},
		{"the only suite is open", func(e *ep, p *pr) {
			p.Suites = []tlswire.Suite{0x0005}
			e.Facts.Suites.State, e.Facts.Suites.Open = evidence.Partial, evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {0x0005}}
		}, unknown, "whether the server takes TLS_RSA_WITH_RC4_128_SHA"},
		{"an open suite may come before", func(e *ep, p *pr) {
			p.Suites = append(p.Suites, 0x0005)
			e.Facts.Suites.State, e.Facts.Suites.Open = evidence.Partial, evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {0x0005}}
		}, works(tlswire.TLS12, 0), "RC4"},
		{"an open suite cannot come before in the client's order", func(e *ep, p *pr) {
			e.Facts.Preference.Value[tlswire.TLS12] = "client"
			p.Suites = append(p.Suites, 0x0005)
			e.Facts.Suites.State, e.Facts.Suites.Open = evidence.Partial, evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {0x0005}}
		}, works(tlswire.TLS12, chacha), ""},
		{"anonymous suites need neither certificate nor scheme", func(_ *ep, p *pr) {
			p.Suites, p.Schemes, p.SHA2Only, p.MinRSABits = []tlswire.Suite{anon}, nil, true, 4096
		}, works(tlswire.TLS12, anon), ""},
		{"signals are no suites", func(e *ep, p *pr) { p.Suites = []tlswire.Suite{tlswire.EmptyRenegotiationInfoSCSV} }, fails, ""},

		{"no curve in common", func(e *ep, _ *pr) { e.Facts.GroupsTLS12.Value = []tlswire.Group{tlswire.Secp521r1} }, works(tlswire.TLS12, dhe), ""},
		{"curves are open", func(e *ep, p *pr) {
			p.Suites = []tlswire.Suite{gcm}
			e.Facts.GroupsTLS12 = evidence.Fact[[]tlswire.Group]{State: evidence.Unknown, Why: "throttled"}
		}, unknown, ""},
		{"no curve in common and nothing else", func(e *ep, p *pr) {
			p.Suites = []tlswire.Suite{gcm}
			e.Facts.GroupsTLS12.Value = []tlswire.Group{tlswire.Secp521r1}
		}, fails, "no curve in common"},
		{"no group in common in TLS 1.3", func(e *ep, p *pr) {
			p.Max = tlswire.TLS13
			e.Facts.GroupsTLS13.Value = []tlswire.Group{tlswire.Secp521r1}
		}, fails, "no group in common in TLS 1.3"},
		{"groups of TLS 1.3 are open", func(e *ep, p *pr) {
			p.Max = tlswire.TLS13
			e.Facts.GroupsTLS13 = evidence.Fact[[]tlswire.Group]{State: evidence.Unknown, Why: "throttled"}
		}, unknown, "throttled"},

		{"no scheme in common, and a suite that needs none", func(_ *ep, p *pr) {
			p.Schemes = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA1}
		}, unknown, "without a signature scheme in common"},
		{"no scheme in common, and no such suite", func(_ *ep, p *pr) {
			p.Suites, p.Schemes = []tlswire.Suite{gcm}, []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA1}
		}, fails, "no signature scheme in common"},
		{"no scheme for this kind of key", func(e *ep, p *pr) {
			p.Schemes = []tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256}
			p.Suites = []tlswire.Suite{gcm, static}
		}, works(tlswire.TLS12, static), ""},
		{"no schemes sent, so SHA-1", func(e *ep, p *pr) {
			p.Schemes = nil
			e.Facts.Signatures.Value[tlswire.TLS12] = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA1}
		}, works(tlswire.TLS12, gcm), ""},
		{"a scheme of the other kind of key", func(_ *ep, p *pr) {
			p.Schemes = []tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256}
		}, works(tlswire.TLS12, ecdsa), ""},
		{"no scheme in common in TLS 1.3", func(_ *ep, p *pr) {
			p.Max, p.Schemes = tlswire.TLS13, []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA256}
		}, fails, "no signature scheme in common in TLS 1.3"},
		{"schemes are open", func(e *ep, p *pr) {
			p.Max, e.Facts.Signatures = tlswire.TLS13, evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]]{State: evidence.Unknown}
		}, unknown, ""},
		{"a scheme is open", func(e *ep, p *pr) {
			p.Schemes = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA512}
			p.Suites = []tlswire.Suite{gcm}
			e.Facts.Signatures.State = evidence.Partial
			e.Facts.Signatures.Open = evidence.PerVersion[tlswire.SignatureScheme]{tlswire.TLS12: {tlswire.RSAPKCS1SHA512}}
		}, unknown, ""},

		{"the certificate is signed by a scheme that the client does not list", func(e *ep, p *pr) {
			e.Blobs.Certificates["rsa"].Signature.Hash, p.Suites = "SHA-512", []tlswire.Suite{gcm}
		}, unknown, ""},
		{"signatures of TLS 1.1 are refused", func(_ *ep, p *pr) { p.Max, p.SHA2Signing = tlswire.TLS11, true }, fails, "MD5 and SHA-1"},
		{"key exchange by RSA has none", func(_ *ep, p *pr) {
			p.Max, p.SHA2Signing, p.Suites = tlswire.TLS11, true, []tlswire.Suite{static}
		}, works(tlswire.TLS11, static), ""},

		{"the client does not know the certificate's curve", func(_ *ep, p *pr) {
			p.Suites, p.Groups = []tlswire.Suite{ecdsa}, []tlswire.Group{tlswire.X25519}
		}, fails, "the curve of the certificate"},
		{"DH group too small", func(_ *ep, p *pr) { p.Suites, p.MinDHBits = []tlswire.Suite{dhe, static}, 2048 }, fails, "1024 bits"},
		{"DH group too large", func(e *ep, p *pr) {
			p.Suites, p.MaxDHBits, e.Facts.DHParams.Value[0].Bits = []tlswire.Suite{dhe}, 1024, 2048
		}, fails, "takes at most 1024"},
		{"DH group small and no limit known", func(e *ep, p *pr) {
			p.Suites, p.MinDHBits, e.Facts.DHParams.Value[0].Bits = []tlswire.Suite{dhe}, 0, 512
		}, unknown, "512 bits"},
		{"DH group not seen", func(e *ep, p *pr) {
			p.Suites, e.Facts.DHParams = []tlswire.Suite{dhe}, evidence.Fact[[]evidence.DHParams]{State: evidence.Unknown}
		}, unknown, "Diffie-Hellman group"},
		{"DH group only for who asks", func(e *ep, p *pr) {
			p.Suites, e.Facts.DHParams.Value[0].Prime = []tlswire.Suite{dhe}, "ffdhe2048"
		}, unknown, "Diffie-Hellman group"},
		{"DH group asked for", func(e *ep, p *pr) {
			p.Suites, p.Groups = []tlswire.Suite{dhe}, []tlswire.Group{tlswire.FFDHE2048}
			p.MinDHBits, e.Facts.DHParams.Value[0].Prime = 2048, "ffdhe2048"
		}, works(tlswire.TLS12, dhe), ""},

		{"RSA key too short", func(_ *ep, p *pr) { p.MinRSABits = 3072 }, fails, "RSA key of 2048 bits"},
		{"RSA key too long", func(_ *ep, p *pr) { p.MaxRSABits = 1024 }, fails, "takes at most 1024"},
		{"limits of RSA are nothing to ECDSA", func(_ *ep, p *pr) {
			p.MinRSABits, p.Suites = 3072, []tlswire.Suite{ecdsa}
		}, works(tlswire.TLS12, ecdsa), ""},
		{"in TLS 1.3 it depends on which certificate comes", func(_ *ep, p *pr) { p.Max, p.MinRSABits = tlswire.TLS13, 3072 }, unknown, "RSA key"},
		{"SHA-1 certificate", func(e *ep, p *pr) {
			p.SHA2Only, e.Blobs.Certificates["rsa"].Signature.Hash = true, "SHA-1"
			p.Schemes = append(p.Schemes, tlswire.RSAPKCS1SHA1)
		}, fails, "signed with SHA-1"},
		{"certificate not seen", func(e *ep, p *pr) {
			p.Suites, p.SHA2Only, e.Facts.Certificates = []tlswire.Suite{gcm}, true, evidence.Fact[[]evidence.Chain]{State: evidence.Unknown}
		}, unknown, "certificate"},
		{"a certificate of its own for clients without SNI", func(e *ep, p *pr) {
			e.Blobs.Certificates["small"] = &evidence.Certificate{PublicKey: evidence.PublicKey{Algorithm: "RSA", Bits: 1024}}
			e.Facts.Certificates.Value[0].WithoutSNI = false
			e.Facts.Certificates.Value = append(e.Facts.Certificates.Value, evidence.Chain{Certificates: []string{"small"},
				Versions: []tlswire.Version{tlswire.TLS12}, WithoutSNI: true})
			p.SNI, p.MinRSABits = false, 2048
		}, fails, "RSA key of 1024 bits"},
		{"not seen without SNI", func(e *ep, p *pr) {
			p.SNI = false
			for i := range e.Facts.Certificates.Value {
				e.Facts.Certificates.Value[i].WithoutSNI = false
			}
		}, unknown, "names no server"},

		{"hello in the form of SSLv2", func(_ *ep, p *pr) { p.SSLv2Hello = true }, unknown, "form of SSLv2"},
		{"and no version in common anyway", func(_ *ep, p *pr) {
			p.SSLv2Hello, p.Min, p.Max = true, tlswire.SSLv3, tlswire.SSLv3
		}, fails, "no version"},
		{"large hello to a server that fails on it", func(e *ep, p *pr) {
			e.Facts.Intolerances.Value = []evidence.Intolerance{evidence.IntoleratesSize1500}
			p.Max, p.Groups, p.KeyShares = tlswire.TLS13, append(p.Groups, tlswire.X25519MLKEM768), []tlswire.Group{tlswire.X25519MLKEM768}
		}, fails, "post-quantum"},
		{"newer hello to a server that fails on it", func(e *ep, p *pr) {
			e.Facts.Intolerances.Value = []evidence.Intolerance{evidence.IntoleratesVersion}
			e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS10}
		}, unknown, "newer versions"},
		{"only 64 suites are read", func(e *ep, p *pr) {
			e.Facts.Intolerances.Value = []evidence.Intolerance{evidence.IntoleratesLongLists}
			p.Suites = append(make([]tlswire.Suite, 64), p.Suites...)
		}, fails, "no cipher suite"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, p := server(), program()
			if tc.change != nil {
				tc.change(e, p)
			}
			got := client.Simulate(p, e)
			if got.Outcome != tc.want.Outcome || got.Version != tc.want.Version || got.Suite != tc.want.Suite {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
			if !strings.Contains(got.Why, tc.why) || got.Outcome != client.Works && got.Why == "" {
				t.Errorf("why: %q, want %q", got.Why, tc.why)
			}
		})
	}
}

func TestSimulateGroups(t *testing.T) {
	e, p := server(), program()
	if got := client.Simulate(p, e); got.Group != tlswire.Secp384r1 || got.Strength != 128 {
		t.Errorf("the server's order of groups: got %+v", got)
	}
	e.Facts.GroupPreferenceTLS12.Value = evidence.ClientOrder
	if got := client.Simulate(p, e); got.Group != tlswire.X25519 {
		t.Errorf("the client's order of groups: got %v", got.Group)
	}
	e.Facts.GroupPreferenceTLS12 = evidence.Fact[evidence.Preference]{State: evidence.Unknown}
	if got := client.Simulate(p, e); got.Group != 0 || got.Suite != gcm {
		t.Errorf("nobody's order of groups: got %+v", got)
	}

	p.Max, p.KeyShares = tlswire.TLS13, []tlswire.Group{tlswire.X25519}
	if got := client.Simulate(p, e); got.Group != 0 || got.Outcome != client.Works {
		t.Errorf("a server of its own mind may be content with the share that was sent: got %+v", got)
	}
	p.KeyShares = []tlswire.Group{tlswire.Secp384r1}
	p.Groups = []tlswire.Group{tlswire.Secp384r1, tlswire.X25519}
	if got := client.Simulate(p, server()); got.Group != tlswire.Secp384r1 {
		t.Errorf("the server's best group has a share: got %+v", got)
	}

	p.Max, p.Suites = tlswire.TLS12, []tlswire.Suite{dhe}
	if got := client.Simulate(p, e); got.DHBits != 1024 || got.Strength != 80 || got.Group != 0 {
		t.Errorf("finite field: got %+v", got)
	}
	p.Suites = []tlswire.Suite{static}
	if got := client.Simulate(p, e); got.Strength != 112 {
		t.Errorf("a key of 2048 bits exchanges the keys: got %+v", got)
	}
}

// Whatever is taken out of the facts, the answer may only become less certain.
func TestSimulateNeverGuesses(t *testing.T) {
	profiles, err := client.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range evidence.Keys() {
		blind := server()
		rest := evidence.Keys()
		for i := range rest {
			if rest[i].Name == k.Name {
				rest = append(rest[:i], rest[i+1:]...)
				break
			}
		}
		blind.Facts = *blind.Facts.Only(rest...)
		for _, p := range profiles {
			before, after := client.Simulate(&p, server()), client.Simulate(&p, blind)
			if after.Outcome != client.Unknown && after.Outcome != before.Outcome ||
				after.Suite != 0 && after.Suite != before.Suite || after.Version != 0 && after.Version != before.Version ||
				after.Group != 0 && after.Group != before.Group || after.DHBits != 0 && after.DHBits != before.DHBits {
				if k != evidence.KeyIntolerances { // which are no part of a healthy server
					t.Errorf("%s without %s: %+v, with all facts %+v", p.ID, k.Name, after, before)
				}
			}
		}
	}
}
