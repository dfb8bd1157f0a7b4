// Package lab runs weak, broken and hostile mail servers on the loopback
// interface, each described by one [Server] value.
//
// A Server says which protocol it speaks, which TLS versions, suites, groups,
// certificates and extensions it accepts and in which order, how it throttles,
// and, in its [Quirks], in which way it misbehaves. [All] and [Hostile] are the
// two tables of servers; [Start] runs one of them. A server holds no state but
// its own: every certificate and key is made when the [CA] is.
//
// Handshakes of SSLv2, SSLv3 and TLS 1.0 to 1.2 are scripted on package tlswire
// up to the ServerHelloDone, which is all that a scanner needs to see; the
// signatures in them are real. A handshake of TLS 1.0 to 1.2 whose outcome
// crypto/tls can express is handed to it, narrowed to the version, suite, group,
// scheme and certificate that the value calls for; one of TLS 1.3 to tlspeer.
// These are finished, and mail is spoken inside.
//
// Nothing here protects anything: servers share their keys, and many of those are
// short on purpose. The package listens on loopback addresses only.
//
// The wire formats are those of RFC 5246, RFC 6101 and RFC 8446; the preambles
// those of RFC 3207 (SMTP), RFC 2595 and RFC 9051 (IMAP, POP3) and RFC 5804
// (ManageSieve).
package lab
