package tlswire

// HeartbeatMode is what a peer allows the other to send (RFC 6520, Section 2).
type HeartbeatMode uint8

// The heartbeat modes.
const (
	PeerAllowedToSend    HeartbeatMode = 1
	PeerNotAllowedToSend HeartbeatMode = 2
)

// Heartbeat builds heartbeat (RFC 6520, Section 2).
func Heartbeat(mode HeartbeatMode) Extension {
	return Extension{ExtensionHeartbeat, []byte{byte(mode)}}
}

// ParseHeartbeat parses what Heartbeat builds. The error is ErrMalformed.
func ParseHeartbeat(data []byte) (HeartbeatMode, error) {
	return parseOneUint8[HeartbeatMode](data, "heartbeat")
}

// ExtendedMasterSecret builds extended_master_secret, which is empty (RFC 7627, Section 5.1).
func ExtendedMasterSecret() Extension { return Extension{Type: ExtensionExtendedMasterSecret} }

// EncryptThenMAC builds encrypt_then_mac, which is empty (RFC 7366, Section 2).
func EncryptThenMAC() Extension { return Extension{Type: ExtensionEncryptThenMAC} }

// PostHandshakeAuth builds post_handshake_auth, which is empty (RFC 8446, Section 4.2.6).
func PostHandshakeAuth() Extension { return Extension{Type: ExtensionPostHandshakeAuth} }

// ParseEmpty checks the data of an extension that carries none, such as extended_master_secret,
// encrypt_then_mac, post_handshake_auth, and a server's acknowledgement of server_name or
// status_request. The error is ErrMalformed.
func ParseEmpty(data []byte) error {
	if len(data) != 0 {
		return malformed("empty extension", "data")
	}
	return nil
}
