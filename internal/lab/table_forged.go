package lab

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// forged makes a hostile server of TLS 1.0 to 1.2 out of forged fields.
func forged(name, title string, f Forge) Server {
	return hostile(name, title, func(s *Server) { s.Quirks.Forge = f })
}

// forgedServers send a ServerHello that no client asked for.
func forgedServers() []Server {
	return []Server{
		forged("forged-suite", "picks a suite that was not offered", Forge{Suite: 0x00ff - 1}),
		forged("forged-suite-grease", "picks a GREASE suite", Forge{Suite: 0x1a1a}),
		forged("forged-suite-scsv", "picks a signalling value for a suite", Forge{Suite: tlswire.FallbackSCSV}),
		forged("forged-suite-tls13", "picks a TLS 1.3 suite in TLS 1.2", Forge{Suite: tlswire.TLS_AES_128_GCM_SHA256}),
		forged("forged-version-old", "picks SSLv3 whatever was offered", Forge{Version: tlswire.SSLv3}),
		forged("forged-version-new", "picks version 0x0399", Forge{Version: 0x0399}),
		forged("forged-version-zero", "picks version 0", Forge{Version: 0x0001}),
		forged("forged-version-13", "puts TLS 1.3 into the legacy version field", Forge{Version: tlswire.TLS13}),
		forged("forged-selected-12", "picks TLS 1.2 in supported_versions", Forge{Selected: tlswire.TLS12}),
		forged("forged-compression", "picks a compression that was not offered", Forge{Compression: 64}),
		forged("forged-session-id", "sends a session id of 32 bytes 0x41, as if it resumed", Forge{SessionID: []byte(strings.Repeat("A", 32))}),
		forged("forged-session-id-long", "sends a session id of 255 bytes", Forge{SessionID: []byte(strings.Repeat("A", 255))}),
		forged("forged-extension-unknown", "answers an extension that does not exist", Forge{Extra: []tlswire.Extension{{Type: 0x7a7b, Data: []byte("what?")}}}),
		forged("forged-extension-grease", "answers a GREASE extension", Forge{Extra: []tlswire.Extension{{Type: 0x2a2a}}}),
		forged("forged-extension-twice", "sends every extension twice", Forge{Twice: true}),
		forged("forged-extension-big", "sends an extension of 60,000 bytes", Forge{Extra: []tlswire.Extension{{Type: tlswire.ExtensionALPN, Data: make([]byte, 60000)}}}),
		forged("forged-extension-broken", "answers known extensions with nonsense in them", Forge{Extra: []tlswire.Extension{
			{Type: tlswire.ExtensionMaxFragmentLength, Data: []byte{9, 9, 9}}, {Type: tlswire.ExtensionHeartbeat, Data: []byte{7}},
			{Type: tlswire.ExtensionRenegotiationInfo, Data: []byte{200}}, {Type: tlswire.ExtensionECPointFormats, Data: []byte{0}}}}),
		forged("forged-hello-tail", "bytes behind the end of the ServerHello", Forge{Tail: []byte{1, 2, 3}}),
		forged("forged-hello-cut", "a ServerHello without its last seven bytes", Forge{Cut: 7}),
		forged("forged-hello-length", "a ServerHello whose length runs into the certificates", Forge{Length: 300}),
		forged("forged-record-length", "records that are shorter than they say", Forge{RecordLength: 0x4000}),
		forged("forged-record-version", "records of version 0x0399", Forge{RecordVersion: 0x0399}),
		forged("forged-record-sslv3", "records of SSLv3 in TLS", Forge{RecordVersion: tlswire.SSLv3}),
	}
}

// forgedHellos13 do the same in TLS 1.3.
func forgedHellos13() []Server {
	forged := func(name, title string, f Forge) Server {
		return hostile13(name, title, func(s *Server) { s.Quirks.Forge = f })
	}
	return []Server{
		forged("forged-13-suite", "picks a TLS 1.2 suite in TLS 1.3", Forge{Suite: 0xc02f}),
		forged("forged-13-suite-grease", "picks a GREASE suite in TLS 1.3", Forge{Suite: 0x2a2a}),
		forged("forged-13-group", "a key share for a group that was not offered", Forge{Group: 0x01ff}),
		forged("forged-13-group-grease", "a key share for a GREASE group", Forge{Group: 0x3a3a}),
		forged("forged-13-compression", "compression in TLS 1.3", Forge{Compression: 1}),
		forged("forged-13-session-id", "a session id that is no echo", Forge{SessionID: []byte("not yours")}),
		forged("forged-13-version", "picks a draft of TLS 1.3 as well", Forge{Selected: 0x7f1c}),
		forged("forged-13-extension-twice", "sends every extension of a TLS 1.3 ServerHello twice", Forge{Twice: true}),
		forged("forged-13-tail", "bytes behind the end of a TLS 1.3 ServerHello", Forge{Tail: []byte{0}}),
		forged("retry-loop", "answers every hello with a HelloRetryRequest", Forge{RetryAlways: true}),
		forged("retry-loop-unknown-group", "asks again and again for a group that does not exist", Forge{RetryAlways: true, Group: 0x01ff}),
		forged("retry-loop-grease", "asks for a GREASE group", Forge{RetryAlways: true, Group: 0x4a4a}),
		forged("retry-cookie-bomb", "asks again with a cookie of 60,000 bytes", Forge{RetryAlways: true, Extra: []tlswire.Extension{
			tlswire.Cookie(make([]byte, 60000))}}),
	}
}

// forgedCertificates send certificates that are none, or that attack who prints them.
func forgedCertificates() []Server {
	named := func(name, title string, c Certificate) Server {
		return hostile(name, title, func(s *Server) { s.Certificates = []Certificate{c} })
	}
	nested := []byte(strings.Repeat("\x30\x80", 5000)) // sequences of indefinite length in each other
	return []Server{
		forged("cert-none", "an empty list of certificates", Forge{Chain: [][]byte{}}),
		forged("cert-zero-length", "a certificate of zero bytes", Forge{Chain: [][]byte{{}}}),
		forged("cert-garbage", "a certificate of text", Forge{Chain: [][]byte{[]byte("this is no certificate at all")}}),
		forged("cert-truncated", "a certificate without its last 100 bytes", Forge{CutChain: 100}),
		forged("cert-nested", "five thousand sequences in each other", Forge{Chain: [][]byte{nested}}),
		forged("cert-der-length", "a sequence of 4 GB, announced", Forge{Chain: [][]byte{{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0}}}),
		forged("cert-empty-sequence", "an empty sequence for a certificate", Forge{Chain: [][]byte{sequence()}}),
		forged("cert-hundred", "a hundred copies of a broken certificate", Forge{Chain: slices.Repeat([][]byte{sequence(sequence())}, 100)}),
		named("cert-hostile-escapes", "terminal escapes in the certificate", Certificate{Subject: escapes, Names: []string{"a\x1b[2Jb.test", "c\x00d.test", "localhost"}}),
		named("cert-hostile-bidi", "bidirectional overrides in the certificate", Certificate{Subject: bidi, Names: []string{bidi, "localhost"}}),
		named("cert-hostile-markup", "markup in the certificate", Certificate{Subject: markup, Names: []string{markup, "localhost"}}),
		named("cert-nul-name", "a name with a NUL inside (CVE-2009-2408)", Certificate{Subject: "localhost\x00.evil.test", Names: []string{"localhost\x00.evil.test"}}),
		named("cert-many-names", "ten thousand names in one certificate", Certificate{Names: manyNames(10000)}),
		named("cert-long-name", "a common name of 60,000 bytes", Certificate{Subject: strings.Repeat("a", 60000)}),
		named("cert-290-years", "a certificate valid for 290 years", Certificate{Lifetime: 290 * 365 * day}),
	}
}

// manyNames returns n host names.
func manyNames(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = "host" + strings.Repeat("x", i%40) + ".lab.test"
	}
	return list
}

// forgedExchanges send parameters that are no group, or a message that is none.
func forgedExchanges() []Server {
	dh := func(name, title string, d DHParams) Server {
		return hostile(name, title, func(s *Server) { s.dhe(d) })
	}
	return []Server{
		dh("dh-p-zero", "DHE with p = 0", DHParams{P: "0"}),
		dh("dh-p-one", "DHE with p = 1", DHParams{P: "1"}),
		dh("dh-p-even", "DHE with an even p", DHParams{P: even1024}),
		dh("dh-p-16k", "DHE with a p of 16,384 bits", DHParams{P: strings.Repeat("f", 4096)}),
		dh("dh-p-500k", "DHE with a p of 500,000 bits", DHParams{P: strings.Repeat("f", 125000)}),
		dh("dh-g-one", "DHE with g = 1", DHParams{P: oakley14, G: 1}),
		forged("ec-point-off-curve", "a point that is not on its curve", Forge{Group: tlswire.Secp256r1, Point: append([]byte{4}, make([]byte, 64)...)}),
		forged("ec-point-empty", "a point of zero bytes", Forge{Point: []byte{}}),
		forged("ec-point-long", "a point of 255 bytes", Forge{Point: make([]byte, 255)}),
		forged("ec-group", "a key on a group that was not offered", Forge{Group: 0x01ff}),
		forged("ec-group-grease", "a key on a GREASE group", Forge{Group: 0x5a5a}),
		forged("exchange-cut", "a ServerKeyExchange of five bytes", Forge{CutExchange: 5}),
		forged("exchange-cut-signature", "a ServerKeyExchange that ends in its signature", Forge{CutExchange: 100}),
		forged("signature-wrong", "a signature of zero bytes on the key exchange", Forge{Signature: make([]byte, 256)}),
		forged("signature-empty", "an empty signature on the key exchange", Forge{Signature: []byte{}}),
	}
}
