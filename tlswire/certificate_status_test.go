package tlswire

import "testing"

func TestCertificateStatus(t *testing.T) {
	testVectors(t, ParseCertificateStatus, []vector[CertificateStatus]{
		{name: "OCSP", hex: "01 000002 3000", want: CertificateStatus{StatusOCSP, [][]byte{{0x30, 0}}}},
		{name: "OCSP, empty", hex: "01 000000", want: CertificateStatus{StatusOCSP, [][]byte{{}}}},
		{name: "one of two", hex: "02 000008 000002 3000 000000", want: CertificateStatus{StatusOCSPMulti, [][]byte{{0x30, 0}, {}}}},
		{name: "none of a list", hex: "02 000000", want: CertificateStatus{StatusOCSPMulti, [][]byte{}}},
	})
	testMalformed(t, ParseCertificateStatus, map[string]string{
		"unknown type":                  "03 000002 3000",
		"unknown type of an empty list": "03 000000",
		"type 0":                        "00 000002 3000",
		"response beyond the list":      "02 000004 000002 30",
	})
	testUnmarshalable(t, map[string]message{
		"unknown type":       CertificateStatus{Type: 3, Responses: [][]byte{{1}}},
		"no response":        CertificateStatus{Type: StatusOCSP},
		"two responses":      CertificateStatus{Type: StatusOCSP, Responses: [][]byte{{1}, {2}}},
		"responses too long": CertificateStatus{Type: StatusOCSPMulti, Responses: [][]byte{make([]byte, 1<<24-1)}},
	})
}
