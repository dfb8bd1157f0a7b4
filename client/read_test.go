package client_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/tlswire"
)

const header = "id,name,kind,protocols,trust,min_version,max_version,sslv2_hello,suites,groups,key_shares,schemes,sni," +
	"min_dh_bits,max_dh_bits,min_rsa_bits,max_rsa_bits,sha2_only,sha2_signing,fidelity,source,note\n"

const row = `x,A program,mail client,imap pop3,PKIX,TLS 1.0,TLS 1.3,N,1301 C02F,001D 0017,001D,0403 0804,Y,1024,,,4096,N,N,captured,us,"a ""note"""` + "\n"

func TestRead(t *testing.T) {
	got, err := client.Read(strings.NewReader(header + row))
	if err != nil {
		t.Fatal(err)
	}
	want := []client.Profile{{ID: "x", Name: "A program", Kind: client.MailClient, Protocols: []string{"imap", "pop3"}, Trust: "PKIX",
		Min: tlswire.TLS10, Max: tlswire.TLS13, Suites: []tlswire.Suite{new128, gcm},
		Groups: []tlswire.Group{tlswire.X25519, tlswire.Secp256r1}, KeyShares: []tlswire.Group{tlswire.X25519},
		Schemes: []tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256, tlswire.RSAPSSRSAESHA256}, SNI: true,
		MinDHBits: 1024, MaxRSABits: 4096, Fidelity: client.Captured, Source: "us", Note: `a "note"`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var b bytes.Buffer
	if err := client.Write(&b, got); err != nil {
		t.Fatal(err)
	}
	if b.String() != header+row {
		t.Errorf("written otherwise:\n%s", b.String())
	}
}

func TestReadTellsWhere(t *testing.T) {
	change := func(old, with string) string {
		return header + row + strings.Replace(strings.Replace(row, "x,", "y,", 1), old, with, 1)
	}
	for _, tc := range []struct{ name, text, want string }{
		{"nothing", "", "empty"},
		{"a mark", "\uFEFF" + header, "line 1: it begins with a byte order mark"},
		{"UTF-16", "\xFF\xFEi\x00d\x00", "line 1: it begins with a byte order mark"},
		{"other columns", "id,title\n", `line 1: column 2 is not "name"`},
		{"a column too many", strings.TrimSpace(header) + ",more\n", `unknown column "more"`},
		{"a field too few", header + "x,y\n", "wrong number of fields"},
		{"twice", header + row + row, `line 3: id: "x" was there already`},
		{"no id", header + row[1:], "line 2: id and name"},
		{"kind", change("mail client", "toaster"), `line 3: kind: "toaster": want one of`},
		{"protocol", change("pop3", "gopher"), `line 3: protocols: "gopher"`},
		{"version", change("TLS 1.0", "TLS1.0"), "line 3: min_version:"},
		{"SSLv2", change("TLS 1.0", "SSLv2"), "want SSLv3, TLS 1.0"},
		{"versions the wrong way round", change("TLS 1.0,TLS 1.3", "TLS 1.3,TLS 1.2"), "line 3: max_version: TLS 1.2 is older"},
		{"suite", change("C02F", "C02"), `line 3: suites: "C02"`},
		{"no suites", change("1301 C02F", ""), "line 3: suites: none"},
		{"group", change("0017", "secp256r1"), `line 3: groups: "secp256r1"`},
		{"share without group", change("001D 0017,001D", "0017,001D"), "line 3: key_shares: x25519 is not among the groups"},
		{"yes or no", change(",Y,", ",y,"), `line 3: sni: "y": want Y or N`},
		{"bits", change("4096", "-1"), `line 3: max_rsa_bits: "-1"`},
		{"no bits", change("4096", "0"), `line 3: max_rsa_bits: "0"`},
		{"limits the wrong way round", change("1024,", "1024,512"), "above its maximum"},
		{"fidelity", change("captured", "rumour"), `line 3: fidelity: "rumour"`},
		{"a long list", change("C02F", strings.Repeat("C02F ", 1000)), "line 3: suites: 1001 code points"},
		{"quotes", change(`"a ""note"""`, `"a`), "extraneous or missing"},
		{"huge", header + strings.Repeat(row, 40_000), "already"},
		{"huge field", header + `"` + strings.Repeat("x", 5<<20) + `"`, "more than"},
	} {
		got, err := client.Read(strings.NewReader(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) || got != nil {
			t.Errorf("%s: got %v, %v; want an error with %q", tc.name, got, err, tc.want)
		}
	}
}

// FuzzRead holds that whatever is read is written as it can be read again, and can be simulated.
func FuzzRead(f *testing.F) {
	f.Add(header + row)
	f.Add(header)
	f.Add(header + strings.ReplaceAll(row, "TLS 1.3", "TLS 1.2"))
	f.Fuzz(func(t *testing.T, text string) {
		profiles, err := client.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := client.Write(&b, profiles); err != nil {
			t.Fatal(err)
		}
		again, err := client.Read(&b)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(profiles, again); diff != "" {
			t.Fatal(diff)
		}
		for i := range profiles {
			if r := client.Simulate(&profiles[i], server()); r.Outcome == "" {
				t.Fatalf("no outcome: %+v", r)
			}
		}
	})
}

func TestAll(t *testing.T) {
	all, err := client.All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Errorf("%d profiles", len(all))
	}
	for _, p := range all {
		if p.Source == "" {
			t.Errorf("%s: no source", p.ID)
		}
		for _, s := range p.Suites {
			if _, known := s.Info(); !known && !s.IsSCSV() {
				t.Errorf("%s: unknown suite %v", p.ID, s)
			}
			if info, _ := s.Info(); info.MinVersion > p.Max {
				t.Errorf("%s: %v is newer than %v", p.ID, s, p.Max)
			}
		}
		if p.Max == tlswire.TLS13 && (len(p.KeyShares) == 0 || len(p.Schemes) == 0) {
			t.Errorf("%s: a hello of TLS 1.3 has key shares and schemes", p.ID)
		}
		if p.Kind == client.MailClient && slices.Contains(p.Protocols, "smtp") {
			t.Errorf("%s: a mail client goes to a submission port", p.ID)
		}
	}
}

func TestMatching(t *testing.T) {
	all, err := client.All()
	if err != nil {
		t.Fatal(err)
	}
	if got := client.Matching(all, "thunderbird-10"); len(got) != 1 {
		t.Errorf("a whole id: %d", len(got))
	}
	if got := client.Matching(all, "OUTLOOK win7"); len(got) != 2 {
		t.Errorf("words: %d", len(got))
	}
	if got := client.Matching(all, ""); len(got) != len(all) {
		t.Errorf("nothing: %d", len(got))
	}
}

// A server of TLS 1.3 needs a scheme for its RSA key that TLS 1.3 has; a profile without one is a mistake.
func TestSchemesOfTLS13(t *testing.T) {
	all, err := client.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.Max == tlswire.TLS13 && !slices.Contains(p.Schemes, tlswire.RSAPSSRSAESHA256) {
			t.Errorf("%s speaks TLS 1.3 without RSA-PSS", p.ID)
		}
	}
}
