package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// errNotHello says that the client sent something else than a ClientHello.
var errNotHello = errors.New("not a ClientHello")

// The limits in bytes of what the lab reads: no hello can be longer than its vectors, and none needs more than a record for
// each of its bytes.
const (
	maxHello    = 1 << 18
	maxHelloRaw = 6 << 18
)

// hello is a ClientHello with what the lab needs to know of it.
type hello struct {
	tlswire.ClientHello
	raw      []byte // as it came, records and all, so that it can be replayed
	message  []byte // the handshake message, header included; of one in the form of SSLv2, all but the header of its record
	length   int    // of the handshake message in bytes, its header included
	records  int
	v2       *tlswire.ClientHelloV2 // set when it came in the form of SSLv2
	versions []tlswire.Version      // of supported_versions; nil without
	groups   []tlswire.Group        // of supported_groups; nil without
	schemes  []tlswire.SignatureScheme
	shares   []tlswire.KeyShareEntry
	name     string // SNI
}

// readHello reads a ClientHello in either form.
func (s *session) readHello() (hello, error) {
	first, err := s.in.Peek(1)
	if err != nil {
		return hello{}, err
	}
	if first[0] != byte(tlswire.ContentHandshake) {
		return s.readHelloV2()
	}
	var h hello
	buffer := tlswire.HandshakeBuffer{MaxMessage: maxHello}
	for {
		record, err := s.readRecord()
		if err != nil {
			return h, err
		}
		h.records++
		if h.raw = append(h.raw, record...); len(h.raw) > maxHelloRaw {
			return h, fmt.Errorf("reading a hello in %d records: %w", h.records, tlswire.ErrTooLarge)
		}
		if record[0] != byte(tlswire.ContentHandshake) {
			return h, errNotHello
		}
		buffer.Feed(record[tlswire.RecordHeaderLen:])
		message, ok, err := buffer.Next()
		if err != nil {
			return h, err
		}
		if ok {
			return h, h.parse(message)
		}
	}
}

// readRecord reads one record, header included.
func (s *session) readRecord() ([]byte, error) {
	record := make([]byte, tlswire.RecordHeaderLen)
	if _, err := io.ReadFull(s.in, record); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(record[3:]))
	if n > tlswire.MaxCiphertext {
		return nil, fmt.Errorf("reading a record of %d bytes: %w", n, tlswire.ErrTooLarge)
	}
	record = append(record, make([]byte, n)...)
	_, err := io.ReadFull(s.in, record[tlswire.RecordHeaderLen:])
	return record, err
}

// parse fills h from a handshake message. Extensions that do not parse count as absent.
func (h *hello) parse(message tlswire.Handshake) error {
	if message.Type != tlswire.TypeClientHello {
		return errNotHello
	}
	h.length = len(message.Body) + tlswire.HandshakeHeaderLen
	var err error
	if h.message, err = message.Append(nil); err != nil {
		return err
	}
	if h.ClientHello, err = tlswire.ParseClientHello(message.Body); err != nil {
		return err
	}
	for _, e := range h.Extensions {
		switch e.Type {
		case tlswire.ExtensionSupportedVersions:
			h.versions, _ = tlswire.ParseSupportedVersions(e.Data)
		case tlswire.ExtensionSupportedGroups:
			h.groups, _ = tlswire.ParseSupportedGroups(e.Data)
		case tlswire.ExtensionSignatureAlgorithms:
			h.schemes, _ = tlswire.ParseSignatureAlgorithms(e.Data)
		case tlswire.ExtensionKeyShare:
			h.shares, _ = tlswire.ParseKeyShares(e.Data)
		case tlswire.ExtensionServerName:
			h.name, _ = tlswire.ParseServerName(e.Data)
		}
	}
	return nil
}

// has reports whether the hello carries an extension.
func (h *hello) has(t tlswire.ExtensionType) bool {
	_, ok := tlswire.Find(h.Extensions, t)
	return ok
}

// offers reports whether the hello lists a suite.
func (h *hello) offers(s tlswire.Suite) bool { return slices.Contains(h.Suites, s) }

// grease reports whether any list of the hello holds a value of RFC 8701.
func (h *hello) grease() bool {
	return slices.ContainsFunc(h.Suites, tlswire.Suite.IsGREASE) ||
		slices.ContainsFunc(h.groups, func(g tlswire.Group) bool { return tlswire.IsGREASE(uint16(g)) }) ||
		slices.ContainsFunc(h.versions, func(v tlswire.Version) bool { return tlswire.IsGREASE(uint16(v)) }) ||
		slices.ContainsFunc(h.schemes, func(s tlswire.SignatureScheme) bool { return tlswire.IsGREASE(uint16(s)) }) ||
		slices.ContainsFunc(h.Extensions, func(e tlswire.Extension) bool { return tlswire.IsGREASE(uint16(e.Type)) })
}
