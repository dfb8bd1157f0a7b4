package tlswire

import (
	"slices"
	"testing"
)

func TestSignatureSchemes(t *testing.T) {
	schemes := SignatureSchemes()
	if len(schemes) != 64 {
		t.Errorf("%d schemes, want 64: data/README.md counts them", len(schemes))
	}
	for i, info := range schemes {
		if i > 0 && schemes[i-1].ID >= info.ID {
			t.Errorf("%v does not come before %v", schemes[i-1].ID, info.ID)
		}
		if found, ok := info.ID.Info(); !ok || found != info {
			t.Errorf("%v is not found by its code point", info.Name)
		}
		if info.Curve != "" {
			if _, ok := GroupByName(info.Curve); !ok {
				t.Errorf("%v: no group %q", info.Name, info.Curve)
			}
		}
		if weak := []string{"MD5", "SHA1", "SHA224"}; slices.Contains(weak, info.Hash) != (info.Deprecated && info.Signature != "DSA" || info.Signature == "DSA" && slices.Contains(weak, info.Hash)) {
			t.Errorf("%v: hash %v, deprecated %v", info.Name, info.Hash, info.Deprecated)
		}
		findByAllNames(t, info.ID, SignatureSchemeByName, info.Name, info.OpenSSL, info.GnuTLS)
	}
}

// TestTLS13ServersNeverSignWithOldSchemes holds the table against RFC 8446,
// Section 4.2.3: PKCS #1 v1.5 and SHA-1 are for certificates alone.
func TestTLS13ServersNeverSignWithOldSchemes(t *testing.T) {
	for _, s := range []SignatureScheme{RSAPKCS1SHA1, ECDSASHA1, RSAPKCS1SHA256, RSAPKCS1SHA384, RSAPKCS1SHA512, DSASHA256} {
		if info, ok := s.Info(); !ok || info.TLS13 || !info.TLS12 {
			t.Errorf("%v: TLS 1.2 %v, TLS 1.3 %v", s, info.TLS12, info.TLS13)
		}
	}
	for _, s := range []SignatureScheme{RSAPSSRSAESHA256, RSAPSSPSSSHA512, ECDSASecp256r1SHA256, Ed25519, Ed448} {
		if info, ok := s.Info(); !ok || !info.TLS13 || !info.TLS12 {
			t.Errorf("%v: TLS 1.2 %v, TLS 1.3 %v", s, info.TLS12, info.TLS13)
		}
	}
	if info, _ := MLDSA65.Info(); info.TLS12 || !info.TLS13 {
		t.Errorf("ML-DSA is for TLS 1.3 alone")
	}
}

// TestEveryConstantHasAName catches a constant that the tables do not know.
func TestEveryConstantHasAName(t *testing.T) {
	for d := AlertCloseNotify; d <= AlertECHRequired; d++ {
		if name := nameIn(alertDescriptionTable, d); name != "" {
			findByAllNames(t, d, alertDescriptionByName, name)
		}
	}
	for _, entry := range extensionTypeTable {
		findByAllNames(t, entry.value, extensionTypeByName, entry.name)
	}
	for _, e := range []ExtensionType{ExtensionALPN, ExtensionEncryptThenMAC, ExtensionKeyShare, ExtensionEncryptedClientHello, ExtensionSCT} {
		if nameIn(extensionTypeTable, e) == "" {
			t.Errorf("%v has no name", e)
		}
	}
}
