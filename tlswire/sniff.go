package tlswire

// Framing is the kind of record that a peer's first bytes start.
type Framing uint8

// The kinds of framing.
const (
	FramingUndecided Framing = iota // too few bytes to tell
	FramingTLS                      // Record: SSLv3 to TLS 1.3
	FramingSSLv2                    // RecordV2 with one of the messages of the handshake in the clear
	FramingNone                     // neither, plain text for example
)

// Sniff tells from the first bytes of a peer, at most four of them, what it speaks. Only
// ServerHelloV2, ErrorV2 and ClientHelloV2 are taken for SSLv2, as a plain text reply could be
// the record of some message of it.
func Sniff(b []byte) Framing {
	switch {
	case len(b) == 0:
		return FramingUndecided
	case startsRecord(b):
		if len(b) < 2 {
			return FramingUndecided
		}
		return FramingTLS
	}
	return sniffV2(b)
}

func sniffV2(b []byte) Framing {
	header := 2
	if b[0]&0x80 == 0 {
		header = 3
	}
	if len(b) <= header {
		return FramingUndecided
	}
	switch MessageTypeV2(b[header]) {
	case TypeErrorV2, TypeClientHelloV2, TypeServerHelloV2:
		return FramingSSLv2
	}
	return FramingNone
}
