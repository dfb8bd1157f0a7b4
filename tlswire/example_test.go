package tlswire_test

import (
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/tlswire"
)

// A hello that asks a server which suite and group it would choose, at no cost in arithmetic: the list of key shares is empty.
func ExampleClientHello_Marshal() {
	hello := tlswire.ClientHello{
		Version:            tlswire.TLS12,
		Suites:             []tlswire.Suite{tlswire.TLS_AES_128_GCM_SHA256},
		CompressionMethods: []tlswire.CompressionMethod{tlswire.CompressionNull},
		Extensions: []tlswire.Extension{
			tlswire.ServerName("mx.example"),
			tlswire.SupportedVersions([]tlswire.Version{tlswire.TLS13}),
			tlswire.SupportedGroups([]tlswire.Group{tlswire.X25519, tlswire.Secp256r1}),
			tlswire.SignatureAlgorithms([]tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256}),
			tlswire.KeyShares(nil),
		},
	}
	body, err := hello.Marshal()
	if err != nil {
		fmt.Println(err)
		return
	}
	message, err := tlswire.Handshake{Type: tlswire.TypeClientHello, Body: body}.Append(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	wire := tlswire.AppendRecords(nil, tlswire.ContentHandshake, tlswire.TLS10, message, tlswire.MaxPlaintext)
	fmt.Printf("%d bytes: %x…\n", len(wire), wire[:11])
	// Output: 102 bytes: 16030100610100005d0303…
}

func ExampleParseRecord() {
	received, _ := hex.DecodeString("15030300020228")
	for _, b := range [][]byte{received, received[:4], []byte("421 too many connections\r\n")} {
		r, n, err := tlswire.ParseRecord(b)
		switch {
		case errors.Is(err, tlswire.ErrShort):
			fmt.Println("read more")
		case errors.Is(err, tlswire.ErrNotTLS):
			fmt.Println("plain text")
		case err != nil:
			fmt.Println(err)
		default:
			alert, err := tlswire.ParseAlert(r.Payload)
			fmt.Println(n, "bytes:", r.Type, alert, err)
		}
	}
	// Output:
	// 7 bytes: alert fatal handshake_failure <nil>
	// read more
	// plain text
}

func ExampleSniff() {
	for _, first := range []string{"\x16\x03\x03\x00\x7a", "\x80\x03\x00\x00\x01", "220 mx.example ESMTP"} {
		fmt.Println(tlswire.Sniff([]byte(first)) == tlswire.FramingTLS)
	}
	// Output:
	// true
	// false
	// false
}

// Messages come out whole however records cut them.
func ExampleHandshakeBuffer() {
	var buffer tlswire.HandshakeBuffer
	for _, payload := range [][]byte{{14, 0}, {0, 0, 20, 0, 0, 2, 1}, {2}} {
		buffer.Feed(payload)
		for {
			message, ok, err := buffer.Next()
			if err != nil {
				fmt.Println(err)
				return
			}
			if !ok {
				break
			}
			fmt.Printf("%v, %d bytes\n", message.Type, len(message.Body))
		}
	}
	// Output:
	// server_hello_done, 0 bytes
	// finished, 2 bytes
}

func ExampleParseServerHello() {
	body, _ := hex.DecodeString("0303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c" + // version, random
		"00130100000c002b0002030400330002001d") // session id, suite, compression, extensions
	hello, err := tlswire.ParseServerHello(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	group, _ := hello.RetryGroup()
	fmt.Println(hello.NegotiatedVersion(), hello.Suite, group, "retry:", hello.IsHelloRetryRequest())
	// Output: TLS 1.3 TLS_AES_128_GCM_SHA256 x25519 retry: true
}

func ExampleFind() {
	extensions := []tlswire.Extension{
		tlswire.ExtendedMasterSecret(),
		tlswire.ALPN([]string{"smtp"}),
	}
	if e, ok := tlswire.Find(extensions, tlswire.ExtensionALPN); ok {
		protocols, err := tlswire.ParseALPN(e.Data)
		fmt.Println(protocols, err)
	}
	// Output: [smtp] <nil>
}

func ExampleParseServerKeyExchange() {
	body, _ := hex.DecodeString("03001d20" + "ec8f93f02bba75ea1dbd7c0e1c2c0f8b5f1b0b0ad2e1c1aef6d6a6dc1a2f3b4c" + "04030002abcd")
	suite, _ := tlswire.SuiteByName("ECDHE-ECDSA-AES128-GCM-SHA256")
	info, _ := suite.Info()
	kx, err := tlswire.ParseServerKeyExchange(body, info.KeyExchange, info.Anonymous, tlswire.TLS12)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(kx.EC.Group, len(kx.EC.Point), kx.Scheme)
	// Output: x25519 32 ecdsa_secp256r1_sha256
}

// SSLv2 has records and messages of its own.
func ExampleClientHelloV2() {
	payload, err := tlswire.ClientHelloV2{
		Version:   tlswire.SSLv2,
		Ciphers:   []tlswire.Suite{0x010080, 0x0700C0},
		Challenge: make([]byte, 16),
	}.Marshal()
	if err != nil {
		fmt.Println(err)
		return
	}
	wire, err := tlswire.RecordV2{Payload: payload}.Append(nil)
	fmt.Printf("%x %v\n", wire, err)
	// Output: 801f0100020006000000100100800700c000000000000000000000000000000000 <nil>
}
