package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// fullHouse is the evidence of a server that has every fact that rows read, and nothing that any row could mind: each list
// is empty, where an empty one can be.
func fullHouse(t testing.TB) *evidence.Endpoint {
	t.Helper()
	e := healthy(t)
	f := &e.Facts
	f.Versions = known([]tlswire.Version{})
	f.Suites = known(evidence.PerVersion[tlswire.Suite]{})
	f.Signatures = known(evidence.PerVersion[tlswire.SignatureScheme]{})
	f.Extensions = known(evidence.PerVersion[tlswire.ExtensionType]{})
	f.GroupsTLS12, f.GroupsTLS13 = known([]tlswire.Group{}), known([]tlswire.Group{})
	f.DHParams = known([]evidence.DHParams(nil))
	return e
}

// at returns a time at which a row holds, and another at which it does not, if there is one.
func at(row policy.Row) (in, out time.Time, ends bool) {
	switch r := row.Rule; {
	case row.ID == "cert-expired" || row.ID == "cert-not-yet-valid": // the certificates are made for that time alone
		return scanned, r.From.Start().Add(-time.Second), !r.From.IsZero()
	case !r.Until.IsZero():
		return r.Until.Start().Add(23 * time.Hour), r.Until.Start().Add(24 * time.Hour), true
	case !r.From.IsZero():
		return r.From.Start(), r.From.Start().Add(-time.Second), true
	}
	return scanned, scanned, false
}

// TestEveryRow exercises each row of each policy in both roles: a server that has what the row is about is told, at the
// level that the row gives, and one that has not is not.
func TestEveryRow(t *testing.T) {
	for _, name := range policy.Names() {
		p, err := policy.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Checks {
			if _, ok := ByID(r.Check); !ok {
				t.Errorf("%s: there is no check %s", name, r.Check)
			}
		}
		for row := range p.Rows() {
			if c, ok := ByID(row.ID); ok && c.Scope == Domain { // see TestDomains
				continue
			}
			for _, role := range []policy.Role{policy.Relay, policy.Access} {
				t.Run(fmt.Sprintf("%s/%s/%s", name, row.ID, role), func(t *testing.T) { exercise(t, p, row, role) })
			}
		}
	}
}

func exercise(t *testing.T, p *policy.Policy, row policy.Row, role policy.Role) {
	in, out, ends := at(row)
	wellSubject, illSubject := subjectsOf(t, p, row)
	want := row.Rule.For(role).Severity
	peers := map[*evidence.Endpoint][]*evidence.Endpoint{wellSubject: circumstances[row.ID].wellPeers, illSubject: circumstances[row.ID].illPeers}
	find := func(e *evidence.Endpoint, at time.Time) (Finding, bool) {
		moved := *e
		moved.At = at
		s := NewSubject(&moved)
		s.Role, s.Peers, s.Others = role, peers[e], NewHosts(circumstances[row.ID].others...)
		for _, f := range RunRows(s, p) {
			if f.Check == finding(row) {
				return f, true
			}
		}
		return Finding{}, false
	}
	ill, told := find(illSubject, in)
	if row.Field == "checks" && sickLevel(row.ID, role) == NotApplicable {
		if ill.Level != NotApplicable {
			t.Errorf("a check that does not apply here: %+v", ill)
		}
		return
	}
	if want == policy.OK {
		if told && finding(row) == row.ID {
			t.Fatalf("a row that allows what it names tells of it: %+v", ill)
		}
		return
	}
	if !told || ill.Level != LevelOf(want) || ill.Clause != row.Rule.Clause || ill.Note != (want == policy.Note) {
		t.Errorf("sick: %+v, want %s by %s", ill, LevelOf(want), row.Rule.Clause)
	}
	if len(ill.From) == 0 {
		t.Errorf("sick: no observation named: %+v", ill)
	}
	if well, told := find(wellSubject, in); !told || well.Level != Pass && well.Level != NotApplicable || well.Note {
		t.Errorf("healthy: %+v", well)
	}
	if late, told := find(illSubject, out); ends && told && late.Clause == row.Rule.Clause && late.Check == row.ID {
		t.Errorf("out of its dates: %+v", late)
	}
}

// finding is the name of the finding that tells of a row.
func finding(row policy.Row) string {
	switch {
	case row.Field != "keys":
		return row.ID
	case strings.HasPrefix(row.ID, "dh-"):
		return "weak-dh"
	}
	return "cert-weak-key"
}

// subjectsOf returns a server that the row has nothing against, and one that it is about.
func subjectsOf(t *testing.T, p *policy.Policy, row policy.Row) (well, ill *evidence.Endpoint) {
	well, ill = fullHouse(t), fullHouse(t)
	i, f, g := row.Index, &ill.Facts, &well.Facts
	in, _, _ := at(row)
	now := p.At(in)
	switch row.Field {
	case "versions":
		f.Versions.Value = []tlswire.Version{p.Versions[i].Version}
	case "suites":
		k := slices.IndexFunc(tlswire.Suites(), p.Suites[i].Match.Matches)
		if k < 0 {
			t.Fatal("no suite matches")
		}
		s := tlswire.Suites()[k]
		f.Suites.Value[s.MaxVersion] = []tlswire.Suite{s.ID}
	case "suite_lists":
		ask(t, now.SuiteLists, p.SuiteLists[i], f, g, func(f *evidence.Facts, v tlswire.Version, list []tlswire.Suite) { f.Suites.Value[v] = list },
			func(v tlswire.Version) []tlswire.Suite {
				var out []tlswire.Suite
				for _, s := range tlswire.Suites() {
					if s.Negotiable(v) {
						out = append(out, s.ID)
					}
				}
				return out
			})
	case "group_lists":
		ask(t, now.GroupLists, p.GroupLists[i], f, g, func(f *evidence.Facts, v tlswire.Version, list []tlswire.Group) {
			if v == tlswire.TLS13 {
				f.GroupsTLS13.Value = list
			} else {
				f.GroupsTLS12.Value = list
			}
		}, func(tlswire.Version) []tlswire.Group {
			return ids(tlswire.Groups(), func(g tlswire.GroupInfo) tlswire.Group { return g.ID })
		})
	case "signature_lists":
		ask(t, now.SignatureLists, p.SignatureLists[i], f, g, func(f *evidence.Facts, v tlswire.Version, list []tlswire.SignatureScheme) {
			f.Signatures.Value[v] = list
		},
			func(tlswire.Version) []tlswire.SignatureScheme {
				return ids(tlswire.SignatureSchemes(), func(s tlswire.SignatureSchemeInfo) tlswire.SignatureScheme { return s.ID })
			})
	case "extension_lists":
		ask(t, now.ExtensionLists, p.ExtensionLists[i], f, g, func(f *evidence.Facts, v tlswire.Version, list []tlswire.ExtensionType) { f.Extensions.Value[v] = list },
			func(tlswire.Version) []tlswire.ExtensionType { return []tlswire.ExtensionType{0x7777} })
	case "dh_lists":
		ask(t, now.DHLists, p.DHLists[i], f, g, func(f *evidence.Facts, _ tlswire.Version, list []string) {
			for _, prime := range list {
				f.DHParams.Value = append(f.DHParams.Value, evidence.DHParams{Bits: 8192, Prime: prime, Tested: true, IsPrime: true})
			}
		}, func(tlswire.Version) []string { return []string{"", "RFC 2409 group 2"} })
	default:
		certificateSubjects(t, p, now, row, well, ill)
	}
	return well, ill
}

func ids[I, T any](infos []I, id func(I) T) []T {
	var out []T
	for _, i := range infos {
		out = append(out, id(i))
	}
	return out
}

// ask puts into ill the first member that l decides on, or, if it needs members, none of them in a version it is about. Into
// well it puts what was left out of ill, or the first member that another list decides on.
func ask[T comparable](t *testing.T, lists []policy.List[T], l policy.List[T], ill, well *evidence.Facts,
	put func(*evidence.Facts, tlswire.Version, []T), all func(tlswire.Version) []T) {
	t.Helper()
	versions := l.In
	if len(versions) == 0 {
		versions = []tlswire.Version{tlswire.TLS12, tlswire.TLS13}
	}
	if l.Need != policy.NeedNone {
		ill.Versions.Value, well.Versions.Value = versions, versions
		for _, v := range versions {
			put(well, v, l.Of)
		}
		if l.Need == policy.NeedAll {
			put(ill, versions[0], l.Of[1:])
		}
		return
	}
	place := slices.IndexFunc(lists, func(x policy.List[T]) bool { return x.ID == l.ID })
	found, other := false, false
	for _, v := range versions {
		for _, x := range append(slices.Clone(l.Of), all(v)...) {
			switch decides, ok := policy.ListOf(lists, v, x); {
			case ok && decides == place && !found:
				put(ill, v, []T{x})
				found = true
			case (!ok || decides != place) && !other:
				put(well, v, []T{x})
				other = true
			}
		}
	}
	if !found {
		t.Fatalf("nothing falls to the list %s", l.ID)
	}
}

func certificateSubjects(t *testing.T, p, now *policy.Policy, row policy.Row, well, ill *evidence.Endpoint) {
	i := row.Index
	leaf := ill.Blobs.Certificates["leaf"]
	switch row.Field {
	case "keys":
		k := p.Keys[i]
		if k.Kind == policy.KeyDH {
			ill.Facts.DHParams.Value = []evidence.DHParams{{Bits: k.Below - 1, Tested: true, IsPrime: true}}
			return
		}
		leaf.PublicKey = evidence.PublicKey{Algorithm: string(k.Kind), Bits: k.Below - 1}
		well.Blobs.Certificates["leaf"].PublicKey.Bits = 8192
	case "cert_key_lists":
		for _, name := range append(slices.Clone(p.CertKeyLists[i].Of), "EC secp192r1", "RSA", "EC secp256r1") {
			algorithm, curve, _ := strings.Cut(name, " ")
			putInto(now.CertKeyLists, p.CertKeyLists[i], name, ill, well, func(e *evidence.Endpoint) {
				e.Blobs.Certificates["leaf"].PublicKey = evidence.PublicKey{Algorithm: algorithm, Curve: curve, Bits: 8192}
			})
		}
	case "cert_signed_lists":
		for _, name := range append(slices.Clone(p.CertSignedLists[i].Of), "md5WithRSAEncryption", "ecdsa-with-SHA256") {
			putInto(now.CertSignedLists, p.CertSignedLists[i], name, ill, well, func(e *evidence.Endpoint) {
				e.Blobs.Certificates["leaf"].Signature = evidence.CertSignature{Name: name, Algorithm: "RSA", Hash: "x"}
			})
		}
	case "lifetimes":
		leaf.NotAfter = leaf.NotBefore.Add(time.Duration(p.Lifetimes[i].Above) * day)
		twin := well.Blobs.Certificates["leaf"]
		twin.NotAfter = twin.NotBefore.Add(time.Duration(p.Lifetimes[i].Above)*day - time.Second)
	case "checks":
		*well, *ill = *visited(t, row.ID), *visited(t, row.ID)
		sick[row.ID].harm(t, ill)
	default:
		t.Fatalf("rows of %s are not exercised", row.Field)
	}
}

// putInto puts name into ill if l decides on it, else into well.
func putInto(lists []policy.List[string], l policy.List[string], name string, ill, well *evidence.Endpoint, put func(*evidence.Endpoint)) {
	if i, ok := policy.ListOf(lists, 0, name); ok && lists[i].ID == l.ID {
		put(ill)
	} else {
		put(well)
	}
}
