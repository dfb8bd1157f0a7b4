package tlswire

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCertificate(t *testing.T) {
	testVectors(t, ParseCertificate, []vector[Certificate]{
		{name: "none", hex: "000000", want: Certificate{Chain: [][]byte{}}},
		{name: "two", hex: "00000a 000002 3000 000002 3100", want: Certificate{Chain: [][]byte{{0x30, 0}, {0x31, 0}}}},
		{name: "empty one stays", hex: "000003 000000", want: Certificate{Chain: [][]byte{{}}}},
	})
	testMalformed(t, ParseCertificate, map[string]string{
		"certificate beyond the chain": "000005 000003 3000",
		"half a length":                "000002 0000",
	})
	testUnmarshalable(t, map[string]message{"too long": Certificate{Chain: [][]byte{make([]byte, 1<<24)}}})
}

func TestCertificateTLS13(t *testing.T) {
	testVectors(t, ParseCertificateTLS13, []vector[CertificateTLS13]{
		{name: "none", hex: "00 000000", want: CertificateTLS13{Context: []byte{}}},
		{name: "context and two", hex: "01 aa 000013 000002 3000 0006 0012 0002 0000 000001 31 0000", want: CertificateTLS13{
			Context: []byte{0xAA},
			Entries: []CertificateEntry{
				{DER: []byte{0x30, 0}, Extensions: []Extension{{ExtensionSCT, []byte{0, 0}}}},
				{DER: []byte{0x31}, Extensions: []Extension{}},
			},
		}},
	})
	testMalformed(t, ParseCertificateTLS13, map[string]string{
		"half a certificate":         "00 000003 000002",
		"entry without extensions":   "00 000005 000002 3000",
		"extension beyond the block": "00 00000b 000002 3000 0004 0012 0001",
	})
	testUnmarshalable(t, map[string]message{
		"long context": CertificateTLS13{Context: make([]byte, 256)},
		"extension":    CertificateTLS13{Entries: []CertificateEntry{{Extensions: []Extension{ALPN([]string{string(make([]byte, 256))})}}}},
	})
}

func TestCertificateTLS13Chain(t *testing.T) {
	c := CertificateTLS13{Entries: []CertificateEntry{{DER: []byte{1}}, {DER: []byte{2}}}}
	if diff := cmp.Diff([][]byte{{1}, {2}}, c.Chain()); diff != "" {
		t.Errorf("chain (-want +got):\n%s", diff)
	}
}

func TestCompressedCertificate(t *testing.T) {
	testVectors(t, ParseCompressedCertificate, []vector[CompressedCertificate]{{
		name: "brotli", hex: "0002 010203 000002 abcd",
		want: CompressedCertificate{CertificateCompressionBrotli, 0x010203, []byte{0xAB, 0xCD}},
	}, {
		name: "empty", hex: "0001 000000 000000",
		want: CompressedCertificate{CertificateCompressionZlib, 0, []byte{}},
	}})
	testUnmarshalable(t, map[string]message{
		"negative length": CompressedCertificate{Length: -1},
		"length too long": CompressedCertificate{Length: 1 << 24},
	})
}
