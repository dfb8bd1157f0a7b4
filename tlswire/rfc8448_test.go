package tlswire

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The hellos, EncryptedExtensions and Finished of RFC 8448, Section 3.
const (
	rfc8448ClientHello = `010000c0 0303 cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7 00 0006 1301 1303 1302 01 00
		0091 0000 000b 0009 00 0006 736572766572 ff01 0001 00
		000a 0014 0012 001d 0017 0018 0019 0100 0101 0102 0103 0104 0023 0000
		0033 0026 0024 001d 0020 99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c
		002b 0003 02 0304
		000d 0020 001e 0403 0503 0603 0203 0804 0805 0806 0401 0501 0601 0201 0402 0502 0602 0202
		002d 0002 01 01 001c 0002 4001`
	rfc8448ServerHello = `02000056 0303 a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928 00 1301 00
		002e 0033 0024 001d 0020 c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f 002b 0002 0304`
	rfc8448EncryptedExtensions = `08000024 0022 000a 0014 0012 001d 0017 0018 0019 0100 0101 0102 0103 0104 001c 0002 4001 0000 0000`
	rfc8448Finished            = `14000020 9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718`
)

func rfc8448Groups() []Group {
	return []Group{X25519, Secp256r1, Secp384r1, Secp521r1, FFDHE2048, FFDHE3072, FFDHE4096, FFDHE6144, FFDHE8192}
}

func frame(t *testing.T, text string, want HandshakeType) []byte {
	t.Helper()
	b := unhex(t, text)
	h, n, err := ParseHandshake(b)
	if err != nil || n != len(b) || h.Type != want {
		t.Fatalf("%v of %d bytes, %d taken, error %v", h.Type, len(b), n, err)
	}
	return h.Body
}

func TestRFC8448ClientHello(t *testing.T) {
	h := reread(t, ParseClientHello, frame(t, rfc8448ClientHello, TypeClientHello))
	want := []Extension{
		ServerName("server"), RenegotiationInfo(nil), SupportedGroups(rfc8448Groups()), {ExtensionSessionTicket, []byte{}},
		KeyShares([]KeyShareEntry{{X25519, unhex(t, "99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c")}}),
		SupportedVersions([]Version{TLS13}),
		SignatureAlgorithms([]SignatureScheme{
			ECDSASecp256r1SHA256, ECDSASecp384r1SHA384, ECDSASecp521r1SHA512, ECDSASHA1,
			RSAPSSRSAESHA256, RSAPSSRSAESHA384, RSAPSSRSAESHA512, RSAPKCS1SHA256, RSAPKCS1SHA384, RSAPKCS1SHA512,
			RSAPKCS1SHA1, DSASHA256, 0x0502, 0x0602, DSASHA1,
		}),
		PSKKeyExchangeModes([]PSKMode{PSKWithDHE}), RecordSizeLimit(16385),
	}
	if diff := cmp.Diff(want, h.Extensions); diff != "" {
		t.Errorf("extensions (-want +got):\n%s", diff)
	}
	suites := []Suite{TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256, TLS_AES_256_GCM_SHA384}
	if diff := cmp.Diff(suites, h.Suites); diff != "" {
		t.Errorf("suites (-want +got):\n%s", diff)
	}
}

func TestRFC8448ServerFlight(t *testing.T) {
	h := reread(t, ParseServerHello, frame(t, rfc8448ServerHello, TypeServerHello))
	want := answers{Version: TLS13, Group: X25519, Share: "c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f"}
	if diff := cmp.Diff(want, ask(h)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	e := reread(t, ParseEncryptedExtensions, frame(t, rfc8448EncryptedExtensions, TypeEncryptedExtensions))
	extensions := []Extension{SupportedGroups(rfc8448Groups()), RecordSizeLimit(16385), {ExtensionServerName, []byte{}}}
	if diff := cmp.Diff(extensions, e.Extensions); diff != "" {
		t.Errorf("extensions (-want +got):\n%s", diff)
	}
	f := reread(t, ParseFinished, frame(t, rfc8448Finished, TypeFinished))
	if len(f.VerifyData) != 32 {
		t.Errorf("%d bytes of verify data", len(f.VerifyData))
	}
}
