// Package tlswire reads and writes the bytes of SSLv2, SSLv3 and TLS 1.0 to 1.3.
//
// It has no I/O, no keys, no state machine and no opinion: it turns bytes into values and
// values into bytes, and leaves it to its caller what to send when, and whether an answer is
// good. That makes it fit for peers that a TLS library cannot be: scanners that offer what no
// library offers any more, and servers that misbehave on purpose.
//
// # Layers
//
// What arrives is a stream of records. [ParseRecord] takes one off the front and says with
// [ErrShort] that more bytes are needed, with [ErrNotTLS] that this was never TLS, and with
// [ErrTooLarge] that it will not wait for that many. [Sniff] tells beforehand whether a peer
// answers in records, in those of SSLv2 ([ParseRecordV2]) or in plain text.
//
// Handshake messages share records and span them. [HandshakeBuffer] takes the payloads of
// handshake records and gives back whole messages of type [Handshake]: a type and a body. The
// other way round, [Handshake.Append] frames a body and [AppendRecords] splits what is framed.
//
// The body belongs to one of the message types: [ClientHello], [ServerHello] (also a
// HelloRetryRequest), [Certificate] and [CertificateTLS13], [CertificateStatus],
// [ServerKeyExchange], [CertificateRequest] and [CertificateRequestTLS13], [CertificateVerify],
// [EncryptedExtensions], [NewSessionTicket] and [NewSessionTicketTLS13], [Finished] and others.
// [Alert], [ChangeCipherSpec] and [HeartbeatMessage] are payloads of records of their own. The
// messages of SSLv2, [ClientHelloV2], [ServerHelloV2] and [ErrorV2], are payloads of a
// [RecordV2].
//
// Extensions stay uninterpreted in a message, in the order in which they came. For each there
// is a function of its name that builds it, such as [SupportedGroups], and one that parses its
// data, such as [ParseSupportedGroups]. Where client and server send different forms there are
// several: [KeyShares], [ServerKeyShare], [RetryKeyShare].
//
// # Code points
//
// [Version], [Suite], [Group], [SignatureScheme], [AlertDescription], [ExtensionType] and the
// like are integers, so unknown ones pass unharmed. Their text, also in JSON, is the IANA name,
// or the number where there is none. Suites, groups and schemes carry their attributes in
// tables ([Suite.Info], [Group.Info], [SignatureScheme.Info]): nothing is ever parsed out of a
// name.
//
// # Rules
//
// Every message type X has ParseX and a method Marshal. Whatever parses marshals to the same
// bytes. A length that contradicts another, bytes that are missing and bytes left over are
// [ErrMalformed]; but lower bounds of lists and the meaning of values are not checked, so that
// a strange message can still be looked at. Marshal refuses only what the wire format has no
// room for.
//
// The slices in parsed values alias the input, except for what [HandshakeBuffer] returns: keep
// the input unchanged, or copy. All types but HandshakeBuffer are safe for use from several
// goroutines.
//
// The formats are those of RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2), RFC 4346 (TLS 1.1), RFC 2246
// (TLS 1.0), RFC 6101 (SSLv3) and Hickman, "The SSL Protocol" (SSLv2), with the extensions' own
// RFCs, which their documentation names.
package tlswire
