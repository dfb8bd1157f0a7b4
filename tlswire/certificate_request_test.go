package tlswire

import "testing"

func TestCertificateRequest(t *testing.T) {
	types := []ClientCertificateType{ClientCertificateRSASign, ClientCertificateECDSASign}
	testVectors(t, fixed(ParseCertificateRequest, TLS11), []vector[CertificateRequest]{
		{name: "TLS 1.1", hex: "02 01 40 0008 0002 3000 0002 3100", want: CertificateRequest{
			Types: types, Authorities: [][]byte{{0x30, 0}, {0x31, 0}},
		}},
		{name: "nothing in it", hex: "00 0000", want: CertificateRequest{Types: []ClientCertificateType{}, Authorities: [][]byte{}}},
	})
	testVectors(t, fixed(ParseCertificateRequest, TLS12), []vector[CertificateRequest]{
		{name: "TLS 1.2", hex: "02 01 40 0004 0401 0403 0000", want: CertificateRequest{
			Types: types, Schemes: []SignatureScheme{RSAPKCS1SHA256, ECDSASecp256r1SHA256}, Authorities: [][]byte{},
		}},
		{name: "no schemes", hex: "01 01 0000 0000", want: CertificateRequest{
			Types: types[:1], Schemes: []SignatureScheme{}, Authorities: [][]byte{},
		}},
	})
	testMalformed(t, fixed(ParseCertificateRequest, TLS12), map[string]string{
		"odd schemes":               "01 01 0003 040104 0000",
		"authority beyond the list": "01 01 0000 0003 0002 30",
	})
	testUnmarshalable(t, map[string]message{
		"too many types": CertificateRequest{Types: make([]ClientCertificateType, 256)},
		"long authority": CertificateRequest{Authorities: [][]byte{make([]byte, 1<<16)}},
	})
}

func TestCertificateRequestTLS13(t *testing.T) {
	testVectors(t, ParseCertificateRequestTLS13, []vector[CertificateRequestTLS13]{
		{name: "schemes", hex: "01 aa 0008 000d 0004 0002 0403", want: CertificateRequestTLS13{
			Context: []byte{0xAA}, Extensions: []Extension{SignatureAlgorithms([]SignatureScheme{ECDSASecp256r1SHA256})},
		}},
		{name: "empty", hex: "00 0000", want: CertificateRequestTLS13{Context: []byte{}, Extensions: []Extension{}}},
	})
	testUnmarshalable(t, map[string]message{"long context": CertificateRequestTLS13{Context: make([]byte, 256)}})
}
