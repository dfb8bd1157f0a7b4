package tlswire_test

import (
	"fmt"
	"math/big"

	"github.com/mailtls/mailtls/tlswire"
)

func ExampleSuiteByName() {
	suite, _ := tlswire.SuiteByName("DES-CBC3-SHA")
	info, _ := suite.Info()
	fmt.Println(suite)
	fmt.Println(info.KeyExchange, info.Cipher, info.Bits, info.Strength, info.ForwardSecret)
	// Output:
	// TLS_RSA_WITH_3DES_EDE_CBC_SHA
	// RSA 3DES 168 112 false
}

func ExampleSuites() {
	for _, info := range tlswire.Suites() {
		if info.Negotiable(tlswire.TLS13) && info.Recommended == "Y" {
			fmt.Println(info.Name)
		}
	}
	// Output:
	// TLS_AES_128_GCM_SHA256
	// TLS_AES_256_GCM_SHA384
	// TLS_CHACHA20_POLY1305_SHA256
	// TLS_AES_128_CCM_SHA256
}

func ExampleGroup_Info() {
	info, _ := tlswire.X25519MLKEM768.Info()
	fmt.Println(info.Name, info.Kind, info.ClientShareLen, info.ServerShareLen)
	// Output: X25519MLKEM768 hybrid 1216 1120
}

func ExampleSignatureSchemeByName() {
	scheme, _ := tlswire.SignatureSchemeByName("RSA+SHA1")
	info, _ := scheme.Info()
	fmt.Println(scheme, info.TLS12, info.TLS13)
	// Output: rsa_pkcs1_sha1 true false
}

func ExampleKnownPrime() {
	p, _ := new(big.Int).SetString("da583c16d9852289d0e4af756f4cca92dd4be533b804fb0fed94ef9c8a4403ed"+
		"574650d36999db29d776276ba2d3d412e218f4dd1e084cf6d8003e7c4774e833", 16)
	known, ok := tlswire.KnownPrime(p)
	fmt.Println(known.Name, known.Bits, ok)
	// Output: OpenSSL s_server 512 512 true
}
