package tlswire

import "testing"

func TestCertificateVerify(t *testing.T) {
	testVectors(t, fixed(ParseCertificateVerify, TLS11), []vector[CertificateVerify]{
		{name: "TLS 1.1 names no scheme", hex: "0002 abcd", want: CertificateVerify{Signature: []byte{0xAB, 0xCD}}},
	})
	for _, v := range []Version{TLS12, TLS13} {
		testVectors(t, fixed(ParseCertificateVerify, v), []vector[CertificateVerify]{
			{name: v.String(), hex: "0403 0002 abcd", want: CertificateVerify{ECDSASecp256r1SHA256, []byte{0xAB, 0xCD}}},
			{name: v.String() + " empty", hex: "0804 0000", want: CertificateVerify{RSAPSSRSAESHA256, []byte{}}},
		})
	}
	testMalformed(t, fixed(ParseCertificateVerify, TLS12), map[string]string{"scheme 0": "0000 0002 abcd"})
	testUnmarshalable(t, map[string]message{"long": CertificateVerify{Signature: make([]byte, 1<<16)}})
}
