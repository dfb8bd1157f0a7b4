package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// modern is what a client offers that nobody minds.
func modern() Offer {
	return Offer{
		Versions:   []tlswire.Version{tlswire.TLS13, tlswire.TLS12},
		Suites:     []tlswire.Suite{0x1301, 0x1302, 0xc02f, 0xc030},
		Groups:     []tlswire.Group{tlswire.X25519MLKEM768, tlswire.X25519, tlswire.Secp256r1},
		Schemes:    []tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256, tlswire.RSAPSSRSAESHA256, tlswire.RSAPKCS1SHA256},
		Extensions: []tlswire.ExtensionType{tlswire.ExtensionExtendedMasterSecret, tlswire.ExtensionRenegotiationInfo},
	}
}

func policyNamed(t testing.TB, name string) *policy.Policy {
	t.Helper()
	p, err := policy.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestOffer makes a modern client worse in one way after the other, and wants that to be told, by the right row, and
// nothing else.
func TestOffer(t *testing.T) {
	type change = func(*Offer)
	suite := func(s tlswire.Suite) change { return func(o *Offer) { o.Suites = append(o.Suites, s) } }
	old := func(o *Offer) { o.Versions = append(o.Versions, tlswire.TLS10) }
	for _, c := range []struct {
		name, policy string
		change       change
		want         []string // level, row and message
	}{
		{"nothing", "mail", func(*Offer) {}, nil},
		{"nothing", "rfc9325", func(*Offer) {}, nil},
		{"TLS 1.0", "mail", old, []string{"warn version-tls1.0 offers TLS 1.0"}},
		{"RC4", "mail", suite(0x0005), []string{"warn rc4 offers RC4 cipher suites", "pass static-rsa offers cipher suites with RSA key transport"}},
		{"no encryption", "mail", suite(0xc010), []string{"fail null offers cipher suites without encryption"}},
		{"anonymous", "mail", suite(0x00a6), []string{"pass anon offers cipher suites without authentication"}},
		{"no TLS 1.3", "mail", func(o *Offer) { o.Versions, o.Groups = o.Versions[1:], o.Groups[1:] }, []string{"warn protocol-no-tls13 offers nothing newer than TLS 1.2"}},
		{"no TLS 1.2", "mail", func(o *Offer) { o.Versions = []tlswire.Version{tlswire.TLS11} },
			[]string{"fail protocol-no-tls12 offers nothing newer than TLS 1.1", "warn version-tls1.1 offers TLS 1.1"}},
		{"no forward secrecy", "mail", func(o *Offer) { o.Versions, o.Suites = o.Versions[1:], []tlswire.Suite{0x009c} },
			[]string{"fail no-pfs offers no suite with forward secrecy", "warn protocol-no-tls13", "pass static-rsa"}},
		{"compression", "mail", func(o *Offer) { o.Compression = true }, []string{"warn crime offers to compress"}},
		{"SHA-1", "mail", func(o *Offer) { o.Schemes = append(o.Schemes, tlswire.RSAPKCS1SHA1) }, []string{"warn sha1-signature takes signatures with SHA-1"}},
		{"a short curve", "mail", func(o *Offer) { o.Groups = append(o.Groups, tlswire.Secp192r1) }, []string{"warn weak-curve offers weak curves"}},
		{"no post-quantum group", "mail", func(o *Offer) { o.Groups = o.Groups[1:] }, []string{"pass no-pqc offers no post-quantum group"}},
		{"no master secret", "mail", func(o *Offer) { o.Extensions = nil }, []string{"pass no-extended-master-secret does not offer extended_master_secret"}},
		{"TLS 1.3 alone needs no extensions", "mail", func(o *Offer) { o.Versions, o.Extensions = o.Versions[:1], nil }, nil},
		{"a suite beyond the list", "mozilla-intermediate", suite(0xc013), []string{"fail suites-others offers 1 suite beyond the list in TLS 1.2"}},
		{"a group beyond the list", "mozilla-intermediate", func(o *Offer) {
			o.Groups, o.Versions = append(o.Groups, tlswire.Secp521r1), append(o.Versions, tlswire.TLS11)
		},
			[]string{"fail version-tls1.1", "fail groups-others offers 1 group beyond the list in TLS 1.2 and TLS 1.3"}},
		{"3DES", "rfc9325", suite(0xc012), []string{"warn sweet32 offers 1 suite of less than 128 bits of security", "pass suites-not-recommended"}},
		{"no extensions", "rfc9325", func(o *Offer) { o.Extensions = nil }, []string{"fail extension-renegotiation does not offer renegotiation_info in TLS 1.2", "fail extension-master-secret"}},
		{"no common curve", "rfc9325", func(o *Offer) { o.Groups = []tlswire.Group{tlswire.Secp384r1} },
			[]string{"warn groups-needed does not offer secp256r1 and x25519 in TLS 1.2 and TLS 1.3"}},
		{"heartbeats", "bsi-tr-02102-2", func(o *Offer) {
			o.Groups, o.Schemes = []tlswire.Group{tlswire.Secp256r1}, o.Schemes[:1]
			o.Extensions = append(o.Extensions, tlswire.ExtensionHeartbeat)
		}, []string{"warn extension-heartbeat offers 1 extension for heartbeats"}},
	} {
		t.Run(c.name+" by "+c.policy, func(t *testing.T) {
			o := modern()
			c.change(&o)
			got := o.Judge(policyNamed(t, c.policy), policy.Relay)
			if len(got) != len(c.want) {
				t.Fatalf("got %+v, want %q", got, c.want)
			}
			for i, f := range got {
				if text := f.Level.String() + " " + f.Check + " " + f.Message; !strings.HasPrefix(text, c.want[i]) || f.Clause == "" || f.Cap != "" {
					t.Errorf("got %q of %+v, want %q", text, f, c.want[i])
				}
			}
		})
	}
}

// TestOfferWeighsByRole judges the same offer to a relay and to a server for users.
func TestOfferWeighsByRole(t *testing.T) {
	o := modern()
	o.Suites = append(o.Suites, 0x0005)
	relay, access := o.Judge(policyNamed(t, "mail"), policy.Relay), o.Judge(policyNamed(t, "mail"), policy.Access)
	if relay[0].Level != Warn || access[0].Level != Fail {
		t.Errorf("got %v and %v", relay[0], access[0])
	}
}

// TestOfferLeft takes from an offer what a policy minds.
func TestOfferLeft(t *testing.T) {
	o := modern()
	o.Versions, o.Suites = append(o.Versions, tlswire.TLS10), append(o.Suites, 0x0005, 0xc013)
	versions, suites := o.Left(policyNamed(t, "mail"), policy.Relay)
	if !slices.Equal(versions, []tlswire.Version{tlswire.TLS12, tlswire.TLS13}) || !slices.Equal(suites, []tlswire.Suite{0xc02f, 0xc030, 0xc013, 0x1301, 0x1302}) {
		t.Errorf("got %v, %v", versions, suites)
	}
	versions, suites = o.Left(policyNamed(t, "mozilla-modern"), policy.Relay)
	if !slices.Equal(versions, []tlswire.Version{tlswire.TLS13}) || len(suites) != 2 {
		t.Errorf("got %v, %v", versions, suites)
	}
	o.Versions = []tlswire.Version{tlswire.TLS10}
	if versions, _ = o.Left(policyNamed(t, "mail"), policy.Access); versions != nil {
		t.Errorf("got %v", versions)
	}
	o = modern()
	o.Groups = []tlswire.Group{tlswire.X448} // which that list has not
	if versions, _ = o.Left(policyNamed(t, "mozilla-intermediate"), policy.Access); versions != nil {
		t.Errorf("got %v", versions)
	}
}

func TestOfferMinded(t *testing.T) {
	o := modern()
	o.Suites = append(o.Suites, 0x0005)
	if worst, rows := o.Minded(0x0005, policyNamed(t, "mail"), policy.Relay); worst != policy.Warn || !slices.Equal(rows, []string{"rc4"}) {
		t.Errorf("got %v %v", worst, rows)
	}
	if worst, rows := o.Minded(0x0005, policyNamed(t, "mozilla-intermediate"), policy.Relay); worst != policy.Fail || !slices.Equal(rows, []string{"suites-others"}) {
		t.Errorf("got %v %v", worst, rows)
	}
	if worst, rows := o.Minded(0x1301, policyNamed(t, "mail"), policy.Relay); worst != policy.OK || rows != nil {
		t.Errorf("got %v %v", worst, rows)
	}
}

// TestOfferOf reads hellos as they stand: what is listed, what stands for something else, what is reserved.
func TestOfferOf(t *testing.T) {
	h := tlswire.ClientHello{Version: tlswire.TLS12, Suites: []tlswire.Suite{0x0a0a, 0x1301, 0xc02f, tlswire.EmptyRenegotiationInfoSCSV},
		CompressionMethods: []tlswire.CompressionMethod{1, 0}, Extensions: []tlswire.Extension{
			{Type: 0x1a1a}, tlswire.SupportedVersions([]tlswire.Version{0x0a0a, 0x7f1c, tlswire.TLS13, tlswire.TLS12}),
			tlswire.SupportedGroups([]tlswire.Group{0x0a0a, tlswire.X25519}), tlswire.SignatureAlgorithms([]tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256}),
		}}
	o, err := OfferOf(h)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.Versions, []tlswire.Version{tlswire.TLS13, tlswire.TLS12}) || !slices.Equal(o.Suites, []tlswire.Suite{0x1301, 0xc02f}) ||
		!slices.Equal(o.Groups, []tlswire.Group{tlswire.X25519}) || len(o.Schemes) != 1 || !o.Compression ||
		!slices.Contains(o.Extensions, tlswire.ExtensionRenegotiationInfo) || slices.Contains(o.Extensions, 0x1a1a) {
		t.Errorf("got %+v", o)
	}
	h.Extensions = nil
	h.Version = 0x0304 // which only supported_versions can offer
	if o, err = OfferOf(h); err != nil || !slices.Equal(o.Versions, []tlswire.Version{tlswire.TLS12}) {
		t.Errorf("got %+v, %v", o, err)
	}
	h.Extensions = []tlswire.Extension{{Type: tlswire.ExtensionSupportedGroups, Data: []byte{1}}}
	if _, err = OfferOf(h); err == nil {
		t.Error("a malformed extension was read")
	}
}

func TestOfferOfV2(t *testing.T) {
	o := OfferOfV2(tlswire.ClientHelloV2{Version: tlswire.TLS10, Ciphers: []tlswire.Suite{0x0005, 0x010080, tlswire.EmptyRenegotiationInfoSCSV}})
	if !slices.Equal(o.Versions, []tlswire.Version{tlswire.SSLv2, tlswire.TLS10}) || !slices.Equal(o.Suites, []tlswire.Suite{0x0005, 0x010080}) {
		t.Errorf("got %+v", o)
	}
	o = OfferOfV2(tlswire.ClientHelloV2{Version: tlswire.TLS10, Ciphers: []tlswire.Suite{0x0005}})
	if !slices.Equal(o.Versions, []tlswire.Version{tlswire.TLS10}) {
		t.Errorf("got %+v", o)
	}
	got := o.Judge(policyNamed(t, "mail"), policy.Relay)
	if len(got) == 0 || got[0].Level != Fail {
		t.Errorf("got %+v", got)
	}
}

// BenchmarkOffer judges a hello with as many suites as fit into one.
func BenchmarkOffer(b *testing.B) {
	o := modern()
	for i := range 32000 {
		o.Suites = append(o.Suites, tlswire.Suite(i))
	}
	p := policyNamed(b, "ncsc-nl-2025")
	for b.Loop() {
		o.Judge(p, policy.Relay)
		o.Left(p, policy.Relay)
		for _, s := range o.Suites[:1000] {
			o.Minded(s, p, policy.Relay)
		}
	}
}
