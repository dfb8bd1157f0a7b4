package x509lax_test

import (
	"encoding/pem"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/internal/x509lax"
)

// weak is a self-signed certificate that crypto/x509 does not read.
const weak = `-----BEGIN CERTIFICATE-----
MIIBlzCCAUGgAwIBAgIB+zANBgkqhkiG9w0BAQQFADAbMRkwFwYDVQQDDBBtYWls
LmV4YW1wbGUub3JnMB4XDTI2MTEyMzE4MjgyM1oXDTM2MTEyMDE4MjgyM1owGzEZ
MBcGA1UEAwwQbWFpbC5leGFtcGxlLm9yZzBcMA0GCSqGSIb3DQEBAQUAA0sAMEgC
QQDdlNNToAtZjfD+JUmxgWoguzyRyK6j4EmyIyk5TA6Q/5z9Lp/SDvyjNt8Gh/bk
53JbPF9uDsWyS5ahi7dHIEWFAgMBAAGjcDBuMB0GA1UdDgQWBBQkyaGQU4burlRq
aRJB1taFqNnLWzAfBgNVHSMEGDAWgBQkyaGQU4burlRqaRJB1taFqNnLWzAPBgNV
HRMBAf8EBTADAQH/MBsGA1UdEQQUMBKCEG1haWwuZXhhbXBsZS5vcmcwDQYJKoZI
hvcNAQEEBQADQQBgL7V3bI2bsIHWIz+qG40joxkSQb0dSgI3kiD1sX+EAL77FTfc
aFKSuNWG88S7QiRR19Vw9rLTppWD3b+7HWmM
-----END CERTIFICATE-----`

func ExampleRead() {
	block, _ := pem.Decode([]byte(weak))
	c := x509lax.Read(block.Bytes)
	fmt.Println(c.Subject.DN, c.Names.DNS)
	fmt.Println(c.PublicKey.Algorithm, c.PublicKey.Bits, c.Signature.Name)
	fmt.Println(c.Serial, c.Problems)
	// Output:
	// CN=mail.example.org [mail.example.org]
	// RSA 512 md5WithRSAEncryption
	// -05 [serialNumber: negative]
}

func ExampleVerify() {
	block, _ := pem.Decode([]byte(weak))
	at := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	result := x509lax.Verify([][]byte{block.Bytes}, nil, []string{"imap.example.org"}, at)
	fmt.Println(result.Trusted, result.Reasons, result.Found)
	fmt.Println(result.Detail)
	// Output:
	// false [unparseable expired self_signed name_mismatch] [mail.example.org]
	// x509: negative serial number
}

func ExampleCovers() {
	block, _ := pem.Decode([]byte(weak))
	fmt.Println(x509lax.Covers(block.Bytes, "Mail.Example.org."), x509lax.Covers(block.Bytes, "example.org"))
	// Output: true false
}
