// Package tlspeer is a TLS 1.3 peer that does as it is told: the client that a
// scan uses to see what a server shows behind its ServerHello, and the server
// that the lab builds its mail servers on.
//
// It protects nothing. It never decides whether a certificate is to be
// trusted, never refuses a weak choice, runs in variable time, keeps keys in
// plain memory and finishes handshakes that any real client must abort. It is
// for measuring other software and must never carry anybody's data.
//
// The caller composes the ClientHello; the peer fills in key shares only. Every
// handshake message of the other side is kept as it came, also when the
// handshake fails, together with the way it ended.
//
// It implements the full handshake of RFC 8446 (TLS 1.3) with
// HelloRetryRequest, client authentication with an empty certificate,
// resumption by tickets with and without a key exchange, and key updates; the
// suites of RFC 8446, Appendix B.4; the groups of RFC 8446, Section 4.2.7, with
// the finite-field groups of RFC 7919, the hybrids of
// draft-ietf-tls-ecdhe-mlkem, and certificates that are compressed with zlib
// (RFC 8879). It does not implement 0-RTT; the versions before TLS 1.3 are
// those of package legacy, below this one.
package tlspeer
