package probe

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// clientHello builds the hello that o describes for a server called name (empty: none is sent), speaking protocol.
// Key shares are left empty: internal/tlspeer makes them.
func clientHello(o evidence.Offer, name, protocol string) tlswire.ClientHello {
	h := tlswire.ClientHello{
		Version:            legacyVersion(o),
		Suites:             helloSuites(o),
		CompressionMethods: compressionMethods(o.Version),
	}
	_, _ = rand.Read(h.Random[:]) // crypto/rand.Read never fails
	if o.Version == tlswire.TLS13 {
		h.SessionID = make([]byte, 32) // middlebox compatibility mode, RFC 8446, Section D.4
		_, _ = rand.Read(h.SessionID)
	}
	if o.Version > tlswire.SSLv3 {
		h.Extensions = extensions(o, name, protocol)
		pad(&h, o)
	}
	return h
}

func legacyVersion(o evidence.Offer) tlswire.Version {
	if o.Has(evidence.HigherVersion) {
		return tlswire.TLS13
	}
	return min(o.Version, tlswire.TLS12)
}

// compressionMethods puts the ones asked about first: a server that follows the client's order shows them.
func compressionMethods(v tlswire.Version) []tlswire.CompressionMethod {
	if v == tlswire.TLS13 { // RFC 8446, Section 4.1.2
		return []tlswire.CompressionMethod{tlswire.CompressionNull}
	}
	return []tlswire.CompressionMethod{tlswire.CompressionDEFLATE, tlswire.CompressionLZS, tlswire.CompressionNull}
}

// helloSuites is the list as it goes on the wire, signalling values included.
func helloSuites(o evidence.Offer) []tlswire.Suite {
	list := offeredSuites(o)
	if o.Has(evidence.UnknownFirst) {
		list = slices.Concat(unassignedSuites(), list)
	}
	if o.Has(evidence.WithGREASE) {
		list = append([]tlswire.Suite{0x2A2A}, list...)
	}
	if o.Version == tlswire.SSLv3 && o.Attack != evidence.InsecureRenegotiation {
		list = append(slices.Clip(list), tlswire.EmptyRenegotiationInfoSCSV)
	}
	if o.Has(evidence.FallbackSCSV) {
		list = append(slices.Clip(list), tlswire.FallbackSCSV)
	}
	return list
}

// unassignedSuites are more code points than the 64 that some servers read at most.
func unassignedSuites() []tlswire.Suite {
	list := make([]tlswire.Suite, 65)
	for i := range list {
		list[i] = 0x6000 + tlswire.Suite(i)
	}
	return list
}

// offeredSuites is the list of real suites that o offers, in order.
func offeredSuites(o evidence.Offer) []tlswire.Suite {
	list := []tlswire.Suite(o.Suites.Only)
	if len(list) == 0 {
		list = templateSuites(o.Version)
	}
	rest := difference(list, slices.Concat(o.Suites.Without, o.Suites.First, o.Suites.Last))
	return slices.Concat([]tlswire.Suite(o.Suites.First), rest, []tlswire.Suite(o.Suites.Last))
}

// finiteFieldLast moves the suites with finite-field Diffie-Hellman to the end. Some servers choose one and then find
// that they have no parameters for it: they must not meet one while they have a better choice.
func finiteFieldLast(list []tlswire.Suite) []tlswire.Suite {
	rest := slices.DeleteFunc(slices.Clone(list), isFiniteField)
	return append(rest, slices.DeleteFunc(slices.Clone(list), func(s tlswire.Suite) bool { return !isFiniteField(s) })...)
}

func isFiniteField(s tlswire.Suite) bool {
	info, _ := s.Info()
	return info.KeyExchange == tlswire.KeyExchangeDHE
}

func offeredGroups(o evidence.Offer) []tlswire.Group {
	list := o.Groups
	if len(list) == 0 {
		list = groupsOf(o.Version)
	}
	return list
}

func offeredSchemes(o evidence.Offer) []tlswire.SignatureScheme {
	if len(o.Schemes) > 0 {
		return o.Schemes
	}
	return schemesOf(o.Version)
}

// difference returns the members of list that are not in without, in order, as a new slice.
func difference[T comparable](list, without []T) []T {
	gone := make(map[T]bool, len(without))
	for _, x := range without {
		gone[x] = true
	}
	out := make([]T, 0, len(list))
	for _, x := range list {
		if !gone[x] {
			out = append(out, x)
		}
	}
	return out
}

// records wraps a hello in records as o asks.
func records(h tlswire.ClientHello, o evidence.Offer) ([]byte, error) {
	body, err := h.Marshal()
	if err != nil {
		return nil, fmt.Errorf("building the hello: %w", err)
	}
	msg, err := tlswire.Handshake{Type: tlswire.TypeClientHello, Body: body}.Append(nil)
	if err != nil {
		return nil, fmt.Errorf("building the hello: %w", err)
	}
	return tlswire.AppendRecords(nil, tlswire.ContentHandshake, recordVersion(o), msg, recordSize(o, len(msg))), nil
}

// recordVersion is 0x0301 for all of TLS, since some servers refuse anything newer there (RFC 8446, Section 5.1).
func recordVersion(o evidence.Offer) tlswire.Version { return min(o.Version, tlswire.TLS10) }

func recordSize(o evidence.Offer, length int) int {
	if o.Has(evidence.Fragmented) {
		return length/3 + 1
	}
	return tlswire.MaxPlaintext
}
