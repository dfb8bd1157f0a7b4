// Package starttls speaks the plaintext preambles of the mail protocols from
// the client's side: it reads the greeting, asks for the capabilities, sends
// STARTTLS and leaves the connection where a ClientHello comes next.
//
// It knows SMTP and submission (RFC 5321, RFC 3207), LMTP (RFC 2033), IMAP
// (RFC 9051, RFC 3501), POP3 (RFC 1939, RFC 2449, RFC 2595) and ManageSieve
// (RFC 5804). It knows nothing of TLS: whoever calls [Start] does the handshake
// and may then call [Again] on the encrypted connection. For services that are
// TLS from the first byte, shake hands first and call [Open].
//
// # Unknown is not No
//
// A server that is busy, that throttles, that has blocked us or that hung up
// has not said that it lacks STARTTLS. Every call therefore ends in one
// [Outcome], with the [Step] at which it was reached, the [Reply] that decided
// it and the whole [Dialogue]. Only [NotOffered] means that the server listed
// what it can do and STARTTLS was not there.
//
// # What a server can do to its client
//
// Replies are read by real parsers, in pieces of any size, under the limits
// [MaxSMTPLine], [MaxLine], [MaxLines] and [MaxBytes] and a deadline for each
// whole step, not for each byte. No command is sent before the reply to the one
// before has ended, since postscreen marks clients that speak after the first line
// of its greeting, but for one group that goes to servers that list PIPELINING:
// the questions of [Options.BeforeTLS]. Whatever follows the go-ahead in the same read is handed over
// in [Result.Early], never interpreted: it is what a man in the middle could
// inject into the session.
//
// # What a server takes in the clear
//
// A server that offers STARTTLS may still take mail and passwords without it.
// [Options.BeforeTLS] asks: with a null sender, and with the name of a mechanism,
// to which a server that would take a password answers by a prompt. It is told "*"
// then. No address, name or password is ever sent.
//
// Text from the server is kept as it was sent. Before it is shown to a person
// it must pass through [Escape].
package starttls
