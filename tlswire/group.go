package tlswire

import (
	"slices"
	"sort"
)

// Group is a named group of the supported_groups extension: an elliptic
// curve, a finite field, or a key encapsulation mechanism (RFC 8446,
// Section 4.2.7; RFC 8422, Section 5.1.1; RFC 7919, Section 2).
type Group uint16

// The groups that code and tests name; the table has them all.
const (
	Secp192r1          Group = 0x0013
	Secp224r1          Group = 0x0015
	Secp256k1          Group = 0x0016
	Secp256r1          Group = 0x0017
	Secp384r1          Group = 0x0018
	Secp521r1          Group = 0x0019
	BrainpoolP256r1    Group = 0x001A
	BrainpoolP384r1    Group = 0x001B
	BrainpoolP512r1    Group = 0x001C
	X25519             Group = 0x001D
	X448               Group = 0x001E
	FFDHE2048          Group = 0x0100
	FFDHE3072          Group = 0x0101
	FFDHE4096          Group = 0x0102
	FFDHE6144          Group = 0x0103
	FFDHE8192          Group = 0x0104
	MLKEM512           Group = 0x0200
	MLKEM768           Group = 0x0201
	MLKEM1024          Group = 0x0202
	SecP256r1MLKEM768  Group = 0x11EB
	X25519MLKEM768     Group = 0x11EC
	SecP384r1MLKEM1024 Group = 0x11ED
)

// Info gives the attributes of g; false when g is not a known group, as GREASE
// values are not.
func (g Group) Info() (GroupInfo, bool) {
	i := sort.Search(len(groupTable), func(i int) bool { return groupTable[i].ID >= g })
	if i == len(groupTable) || groupTable[i].ID != g {
		return GroupInfo{}, false
	}
	return groupTable[i], true
}

// Groups are all known groups by ascending code point, without GREASE. The
// slice is the caller's.
func Groups() []GroupInfo { return slices.Clone(groupTable) }

// GroupByName finds a group by its IANA, OpenSSL or GnuTLS name ("secp256r1",
// "prime256v1", "P-256", "SECP256R1").
func GroupByName(name string) (Group, bool) { return lookUp(groupNames, name) }

// String is the IANA name ("x25519"), or the number ("0x1234").
func (g Group) String() string {
	if info, ok := g.Info(); ok {
		return info.Name
	}
	return nameOrHex(greaseName(uint16(g)), g, 4)
}

// MarshalText gives what String gives.
func (g Group) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads any name that GroupByName knows, or a number as "0x" and
// hexadecimal digits.
func (g *Group) UnmarshalText(text []byte) (err error) {
	*g, err = parseCodePoint(text, "group", groupByName)
	return err
}

func groupByName(name string) (Group, bool) {
	if value, ok := GroupByName(name); ok {
		return value, true
	}
	value, ok := greaseByName(name)
	return Group(value), ok
}
