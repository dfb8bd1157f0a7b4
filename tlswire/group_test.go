package tlswire

import (
	"slices"
	"testing"
)

func TestGroups(t *testing.T) {
	groups := Groups()
	if len(groups) != 75-16 {
		t.Errorf("%d groups, want 59: data/README.md counts them", len(groups))
	}
	kinds := []GroupKind{
		KindPrime, KindBinary, KindKoblitz, KindMontgomery, KindFFDHE, KindGOST, KindSM2, KindKEM, KindHybrid, KindExplicit,
	}
	for i, info := range groups {
		if i > 0 && groups[i-1].ID >= info.ID {
			t.Errorf("%v does not come before %v", groups[i-1].ID, info.ID)
		}
		if found, ok := info.ID.Info(); !ok || found != info {
			t.Errorf("%v is not found by its code point", info.Name)
		}
		if !slices.Contains(kinds, info.Kind) || info.Hybrid != (info.Kind == KindHybrid) {
			t.Errorf("%v: kind %q, hybrid %v", info.Name, info.Kind, info.Hybrid)
		}
		if info.MinVersion > info.MaxVersion {
			t.Errorf("%v: versions %v to %v", info.Name, info.MinVersion, info.MaxVersion)
		}
		findByAllNames(t, info.ID, GroupByName, info.Name, info.OpenSSL, info.GnuTLS)
	}
}

// findByAllNames checks that each name that is not empty finds want.
func findByAllNames[T textPoint](t *testing.T, want T, find func(string) (T, bool), names ...string) {
	t.Helper()
	for _, name := range names {
		if name == "" {
			continue
		}
		if got, ok := find(name); !ok || got != want {
			t.Errorf("%q finds %v, want %v", name, got, want)
		}
	}
}

func TestGroupAliases(t *testing.T) {
	findByAllNames(t, Secp256r1, GroupByName, "secp256r1", "prime256v1", "P-256", "SECP256R1")
	findByAllNames(t, Secp384r1, GroupByName, "secp384r1", "P-384", "SECP384R1")
	findByAllNames(t, X25519, GroupByName, "x25519", "X25519")
	for _, name := range []string{"", "GREASE_0A0A", "p-256"} {
		if g, ok := GroupByName(name); ok {
			t.Errorf("%q finds %v", name, g)
		}
	}
}

// TestKeyShareLengths computes the lengths from the parts of each group:
// RFC 8446, Section 4.2.8, and for the hybrids FIPS 203, Table 3.
func TestKeyShareLengths(t *testing.T) {
	point := func(bits int) int { return 1 + 2*((bits+7)/8) }
	tests := []struct {
		group          Group
		client, server int
	}{
		{Secp256r1, point(256), point(256)}, {Secp384r1, point(384), point(384)}, {Secp521r1, point(521), point(521)},
		{X25519, 32, 32}, {X448, 56, 56},
		{FFDHE2048, 2048 / 8, 2048 / 8}, {FFDHE3072, 3072 / 8, 3072 / 8}, {FFDHE4096, 4096 / 8, 4096 / 8},
		{FFDHE6144, 6144 / 8, 6144 / 8}, {FFDHE8192, 8192 / 8, 8192 / 8},
		{MLKEM512, 800, 768}, {MLKEM768, 1184, 1088}, {MLKEM1024, 1568, 1568},
		{X25519MLKEM768, 1184 + 32, 1088 + 32},
		{SecP256r1MLKEM768, point(256) + 1184, point(256) + 1088},
		{SecP384r1MLKEM1024, point(384) + 1568, point(384) + 1568},
	}
	for _, test := range tests {
		t.Run(test.group.String(), func(t *testing.T) {
			info, _ := test.group.Info()
			if info.ClientShareLen != test.client || info.ServerShareLen != test.server {
				t.Errorf("shares of %d and %d bytes, want %d and %d",
					info.ClientShareLen, info.ServerShareLen, test.client, test.server)
			}
		})
	}
}
