// Package lab runs weak, broken and hostile mail servers on the loopback
// interface, each described by one [Server] value.
//
// A Server says which protocol it speaks, which TLS versions, suites, groups,
// certificates and extensions it accepts and in which order, how it throttles,
// and, in its [Quirks], in which way it misbehaves. [All] and [Hostile] are the
// two tables of servers; [Start] runs one of them. A server holds no state but
// its own: every certificate and key is made when the [CA] is.
//
// The lab composes its messages up to the ServerHelloDone itself, on package
// tlswire, and the signatures in them are real. Then one of the peers in tlspeer
// finishes the handshake: legacy for SSLv3 to TLS 1.2, tlspeer for TLS 1.3. Mail is
// spoken inside; sessions up to TLS 1.2 are resumed by id and by ticket. A handshake
// ends with the ServerHelloDone where the server forges or stops on the way, where
// it chose compression, a curve or a suite that the peers do not have, and in SSLv2.
//
// Nothing here protects anything: servers share their keys, and many of those are
// short on purpose. The package listens on loopback addresses only.
//
// The wire formats are those of RFC 5246, RFC 6101 and RFC 8446; the preambles
// those of RFC 3207 (SMTP), RFC 2595 and RFC 9051 (IMAP, POP3) and RFC 5804
// (ManageSieve).
package lab
