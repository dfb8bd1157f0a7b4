// Package legacy is a peer for SSLv3 to TLS 1.2 that does as it is told, the
// sibling of the TLS 1.3 peer in tlspeer: the client with which a scan looks
// for attacks that need a finished handshake or an odd record, and the server
// that the lab builds its mail servers on, weak ones by their [Faults].
//
// It protects nothing. It accepts any certificate and any key, however short;
// encrypts with ciphers that were broken decades ago, or with none; runs in
// variable time, keeps keys in plain memory, and sends, on request, records
// that no honest peer sends. It is for measuring other software and must never
// carry anybody's data.
//
// The caller of [Client] composes the ClientHello, which is sent as it is. Every
// handshake message of the other side is kept as it came, also when the
// handshake fails, together with the way it ended. The caller of [Server]
// composes the flight up to ServerHelloDone; the server goes on from there,
// resumes sessions, renegotiates, and sends the alerts that are due.
//
// [Suites] tells what is implemented: key exchange by RSA, DHE and ECDHE,
// anonymous ones and the export ones of SSLv3 and TLS 1.0 included; records
// with no encryption, RC4, DES, 3DES, AES in CBC, GCM and CCM mode and
// ChaCha20-Poly1305. It does not implement static (EC)DH, PSK, SRP and
// Kerberos, nor RC2, IDEA, SEED, Camellia, ARIA and SM4, nor compression.
// The export suites with keys of 1024 bits, the other export suites in TLS 1.1
// and 1.2, and DSS together with DES, 3DES, RC4 or SSLv3 follow their
// specifications, but no other software was there to try them against.
//
// Everything is done with our own code or with what crypto has for each
// algorithm; no GODEBUG setting changes what it can do.
//
// SSLv3 is RFC 6101, TLS 1.0 RFC 2246, TLS 1.1 RFC 4346, TLS 1.2 RFC 5246.
package legacy
