package tlswire

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// DHPrime is a Diffie-Hellman prime that many servers share, because it stands
// in an RFC or in the source of a program. What breaks one connection over a
// short shared prime breaks all of them cheaply (Logjam, CVE-2015-4000).
type DHPrime struct {
	Name   string // "RFC 3526 group 14", "Postfix 1024" …
	Bits   int    // length of p
	SHA256 string // of p, big-endian without leading zeros, in hexadecimal
	Safe   bool   // (p-1)/2 is prime, too; else small subgroups need care
}

// KnownPrime finds p among the well-known primes. False says that p is not
// widely shared as far as is known here, and nothing about its strength.
func KnownPrime(p *big.Int) (DHPrime, bool) {
	if p == nil || p.Sign() <= 0 {
		return DHPrime{}, false
	}
	sum := sha256.Sum256(p.Bytes())
	digest := hex.EncodeToString(sum[:])
	for _, known := range dhPrimes {
		if known.SHA256 == digest {
			return known, true
		}
	}
	return DHPrime{}, false
}

// DHPrimeNames are the names of the primes that KnownPrime knows.
func DHPrimeNames() []string {
	var out []string
	for _, known := range dhPrimes {
		out = append(out, known.Name)
	}
	return out
}

// dhPrimes holds the primes that could be verified: those of RFC 2409,
// RFC 3526 and RFC 7919 are computed anew by the test, the others stand in
// testdata/dh_primes.txt as found in the programs themselves.
var dhPrimes = []DHPrime{
	{"RFC 2409 group 1", 768, "b52ba6a3026520a6c49d37e4587601801bee500123b3259b6bf03e7cecc3e63d", true},  // Oakley
	{"RFC 2409 group 2", 1024, "3f35a3f5f6c4376a744acad409bb22f8d897f949d2311d885adaa890981b67a0", true}, // Oakley; OpenSSL "auto" with 1024-bit keys
	{"RFC 3526 group 5", 1536, "64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b", true},
	{"RFC 3526 group 14", 2048, "d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e", true}, // OpenSSL "auto"
	{"RFC 3526 group 15", 3072, "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c", true},
	{"RFC 3526 group 16", 4096, "4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33", true}, // dh.pem of Debian's Dovecot
	{"RFC 3526 group 17", 6144, "d1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd", true},
	{"RFC 3526 group 18", 8192, "39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf", true},
	{"RFC 5114 group 22", 1024, "44c55cfee5c075927cf682da5b681bdecbd5c3eb0784c14f5dce7610f0ef133d", false},
	{"RFC 5114 group 23", 2048, "bfe545862ca102ad1eeddb5fbfa5bf855ac4995c56a8b408ce3fe099dce93a9d", false},
	{"RFC 5114 group 24", 2048, "0b7835722cb619827610c2549fdda5587421686c4409a13865e76225522ddcc9", false},
	{"ffdhe2048", 2048, "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966", true},
	{"ffdhe3072", 3072, "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17", true},
	{"ffdhe4096", 4096, "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e", true},
	{"ffdhe6144", 6144, "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7", true},
	{"ffdhe8192", 8192, "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833", true},
	{"OpenSSL s_server 512", 512, "f26e2403f3f07946654404909f0ff81d9354de17250411b4c04b89af73178425", true}, // also Sendmail up to today
	{"OpenSSL SKIP 512", 512, "e4896abfd36d325fcafe3c1583e30bf9b59d63261b9ee11962107cf67ebf83cd", true},     // dh512.pem
	{"OpenSSL SKIP 1024", 1024, "6215d41bb617b390082b066d6856f8b361d6c77f316a84301f7c9717a8681485", true},   // dh1024.pem
	{"OpenSSL SKIP 2048", 2048, "725541d91fe79bcf52e6d96581d83ab8eb68a6c2460d933f68792a369b003b1c", true},   // dh2048.pem, s_server
	{"OpenSSL SKIP 4096", 4096, "fd0a9188ad8072add30826bb3f57f8fc61520c5a8b4d54af2236b5932b1a8c31", true},   // dh4096.pem
	{"Postfix 512", 512, "6c863838510bab3e2093066fc14976f0265b0da72c465eb306018587b5df6b6a", true},          // for export suites
	{"Postfix 1024", 1024, "ef627d8cc44144f36a075d8dd8511bbd278cb5cf438f1052bdbdabe715232c1e", true},        // up to 3.0; also in Cyrus IMAP
	{"Postfix 2048", 2048, "450349830c07b0225c8fd0b123ca8febdf0c28fde698258de7cab092b9045a94", true},        // from 3.1
	{"exim.dev.20160529.1", 2048, "358856fb52a59bf901826fedcadd2b2d3aa0a82a16338229a109ed20f855f948", true},
	{"exim.dev.20160529.2", 2048, "b091c26ef6f88b88ed2c5f4da0cfe3291633f370a225d080f7bd5b8be83177eb", true},
	{"exim.dev.20160529.3", 2048, "4597b6c988bdc12aad6aa71840f7206907346f1f5d95edb661e8282281f5577e", true}, // default of Exim
	{"Sendmail 2048", 2048, "6786642ab608b22f9cce2d1758b48a5fcf354b6170ea547f906a9e375cbbd3a0", true},
	{"OpenJDK 512", 512, "709c244f2a55a2e8b12c7d66a18e9248c0f009ffb7fa49a32d2175e284d7210a", true},      // DH key generator
	{"OpenJDK JSSE 512", 512, "554ced9aa2ffa9ed64911795792cfd3ec9eaab585d68f86ab53e14ced78fd40f", true}, // for export suites
	{"nginx 1024", 1024, "8ae47dca3d24e9b64640062686da234dcabada26b0da6f090c5449c1338d9a11", true},      // up to 1.11.0
	{"mod_ssl 512", 512, "3cdb020b9ef298b2f3f6cf5a872af527337bf7b9f654b2e70c49da16a4d24137", true},
	{"mod_ssl 1024", 1024, "f79d1db3c955a28fdeca462670a0712efee4b588c7858e4943883f903bd1354b", true},
	{"HAProxy 1024", 1024, "486e235226a927b22b9389bf43377084cb9be4c303f08fd490613ab4d9dfbd31", true},
}
