package tlswire

import "golang.org/x/crypto/cryptobyte"

// StatusType is a kind of certificate status (RFC 6066, Section 8; RFC 6961, Section 2.2).
type StatusType uint8

// The certificate status types.
const (
	StatusOCSP      StatusType = 1
	StatusOCSPMulti StatusType = 2
)

// OCSPStatusRequest says which OCSP responses a client wants; its zero value, any, is what
// clients send (RFC 6066, Section 8).
type OCSPStatusRequest struct {
	ResponderIDs [][]byte // DER
	Extensions   []byte   // DER; empty for none
}

func (r OCSPStatusRequest) add(b *cryptobyte.Builder) {
	addOpaques16(b, r.ResponderIDs)
	addOpaque16(b, r.Extensions)
}

func (r *OCSPStatusRequest) read(s *cryptobyte.String) (ok bool) {
	var ids []byte
	if !readOpaque16(s, &ids) || !readOpaque16(s, &r.Extensions) {
		return false
	}
	r.ResponderIDs, ok = opaques(ids, readOpaque16)
	return ok
}

// StatusRequest builds the client's status_request for OCSP (RFC 6066, Section 8). A server up
// to TLS 1.2 acknowledges it with an empty extension and sends CertificateStatus; one of TLS
// 1.3 puts the body of a CertificateStatus into the certificate's entry.
func StatusRequest(r OCSPStatusRequest) Extension {
	return build(ExtensionStatusRequest, func(b *cryptobyte.Builder) {
		b.AddUint8(uint8(StatusOCSP))
		r.add(b)
	})
}

// ParseStatusRequest parses what StatusRequest builds. The fields alias data. The error is
// ErrMalformed.
func ParseStatusRequest(data []byte) (OCSPStatusRequest, error) {
	var r OCSPStatusRequest
	var kind StatusType
	s := cryptobyte.String(data)
	if !readUint8(&s, &kind) || kind != StatusOCSP {
		return OCSPStatusRequest{}, malformed("status_request", "type")
	}
	if !r.read(&s) || !s.Empty() {
		return OCSPStatusRequest{}, malformed("status_request", "request")
	}
	return r, nil
}

// StatusRequestItem is one wish of status_request_v2 (RFC 6961, Section 2.2).
type StatusRequestItem struct {
	Type    StatusType
	Request OCSPStatusRequest
}

// StatusRequestV2 builds the client's status_request_v2 (RFC 6961, Section 2.2).
func StatusRequestV2(items []StatusRequestItem) Extension {
	return build(ExtensionStatusRequestV2, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, item := range items {
				b.AddUint8(uint8(item.Type))
				b.AddUint16LengthPrefixed(item.Request.add)
			}
		})
	})
}

// ParseStatusRequestV2 parses what StatusRequestV2 builds. The fields alias data. The error is
// ErrMalformed.
func ParseStatusRequestV2(data []byte) ([]StatusRequestItem, error) {
	body, err := parseOpaque(data, readOpaque16, "status_request_v2")
	if err != nil {
		return nil, err
	}
	s, items := cryptobyte.String(body), []StatusRequestItem{}
	for !s.Empty() {
		var item StatusRequestItem
		var request cryptobyte.String
		if !readUint8(&s, &item.Type) || !s.ReadUint16LengthPrefixed(&request) {
			return nil, malformed("status_request_v2", "item")
		}
		if !item.Request.read(&request) || !request.Empty() {
			return nil, malformed("status_request_v2", "request")
		}
		items = append(items, item)
	}
	return items, nil
}

// SCT builds the client's signed_certificate_timestamp, which is empty (RFC 6962, Section
// 3.3.1).
func SCT() Extension { return Extension{Type: ExtensionSCT} }

// SCTList builds a server's signed_certificate_timestamp from serialized timestamps (RFC 6962,
// Section 3.3).
func SCTList(list [][]byte) Extension {
	return build(ExtensionSCT, func(b *cryptobyte.Builder) { addOpaques16(b, list) })
}

// ParseSCTList parses what SCTList builds. The timestamps alias data. The error is
// ErrMalformed.
func ParseSCTList(data []byte) ([][]byte, error) {
	return parseOpaques(data, readOpaque16, "signed_certificate_timestamp")
}
