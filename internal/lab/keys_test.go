package lab

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"
)

// TestShortRSA compares the lab's own PKCS #1 with that of crypto/rsa, on a key
// that both take.
func TestShortRSA(t *testing.T) {
	k, err := newKey(RSA1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []crypto.Hash{crypto.MD5, crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.MD5SHA1} {
		t.Run(h.String(), func(t *testing.T) {
			digest := bytes.Repeat([]byte{0x5a}, h.Size())
			want, err := k.sign(h, digest, false)
			if err != nil {
				t.Fatal(err)
			}
			got, err := signShort(k.std.(*rsa.PrivateKey), h, digest)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %x (%v)\nwant %x", got, err, want)
			}
		})
	}
	short, err := newKey(RSA512)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := short.sign(crypto.SHA512, make([]byte, 64), false); err == nil {
		t.Error("a SHA-512 signature with 512 bits")
	}
	if _, err := newKey("RSA 99"); err == nil {
		t.Error("a key of an unknown kind")
	}
}

// TestDER compares the little DER writer with encoding/asn1.
func TestDER(t *testing.T) {
	at := time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)
	for _, c := range []struct {
		name  string
		got   []byte
		value any
	}{
		{"short", tlv(tagOctetString, make([]byte, 0x7f)), make([]byte, 0x7f)},
		{"long", tlv(tagOctetString, make([]byte, 0x80)), make([]byte, 0x80)},
		{"longer", tlv(tagOctetString, make([]byte, 70000)), make([]byte, 70000)},
		{"zero", integer(new(big.Int)), 0},
		{"high bit", integer(big.NewInt(0x80)), 0x80},
		{"oid", oid(1, 2, 840, 113549, 1, 1, 11), asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}},
		{"bits", bitString([]byte{1, 2}), asn1.BitString{Bytes: []byte{1, 2}, BitLength: 16}},
		{"time", moment(at), at},
		{"late time", moment(at.AddDate(100, 0, 0)), at.AddDate(100, 0, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, err := asn1.Marshal(c.value)
			if err != nil || !bytes.Equal(c.got, want) {
				t.Errorf("got %x, want %x (%v)", c.got, want, err)
			}
		})
	}
}
