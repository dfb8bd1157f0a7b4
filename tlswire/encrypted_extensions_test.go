package tlswire

import "testing"

func TestEncryptedExtensions(t *testing.T) {
	testVectors(t, ParseEncryptedExtensions, []vector[EncryptedExtensions]{
		{name: "none", hex: "0000", want: EncryptedExtensions{[]Extension{}}},
		{name: "two", hex: "000f 0010 0007 0005 04 736d7470 0000 0000", want: EncryptedExtensions{
			[]Extension{ALPN([]string{"smtp"}), {ExtensionServerName, []byte{}}},
		}},
	})
	testMalformed(t, ParseEncryptedExtensions, map[string]string{"extension beyond the block": "0004 0010 0001"})
	testUnmarshalable(t, map[string]message{"too long": EncryptedExtensions{[]Extension{{Data: make([]byte, 1<<16)}}}})
}
