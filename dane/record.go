package dane

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Usage says what a record is about (RFC 7218, Section 2.1).
type Usage uint8

// The usages.
const (
	PKIXTA Usage = 0
	PKIXEE Usage = 1
	DANETA Usage = 2
	DANEEE Usage = 3
)

// Selector says which part of a certificate it is about (RFC 7218, Section 2.2).
type Selector uint8

// The selectors.
const (
	Cert Selector = 0
	SPKI Selector = 1
)

// MatchingType says how the part is given (RFC 7218, Section 2.3).
type MatchingType uint8

// The matching types.
const (
	Full   MatchingType = 0
	SHA256 MatchingType = 1
	SHA512 MatchingType = 2
)

// Record is one TLSA record (RFC 6698, Section 2.1).
type Record struct {
	Usage        Usage
	Selector     Selector
	MatchingType MatchingType
	Data         []byte
}

// String returns r in presentation form (RFC 6698, Section 2.2).
func (r Record) String() string {
	return fmt.Sprintf("%d %d %d %x", r.Usage, r.Selector, r.MatchingType, r.Data)
}

// Parse reads a record in presentation form.
func Parse(s string) (Record, error) {
	fields := strings.Fields(s)
	if len(fields) < 4 {
		return Record{}, fmt.Errorf("TLSA record %.60q: want usage, selector, matching type and data", s)
	}
	var n [3]uint8
	for i := range n {
		v, err := strconv.ParseUint(fields[i], 10, 8)
		if err != nil {
			return Record{}, fmt.Errorf("TLSA record %.60q: %.60q: want a number up to 255", s, fields[i])
		}
		n[i] = uint8(v)
	}
	data, err := hex.DecodeString(strings.Join(fields[3:], ""))
	if err != nil {
		return Record{}, fmt.Errorf("TLSA record %.60q: the data is not hexadecimal", s)
	}
	return Record{Usage(n[0]), Selector(n[1]), MatchingType(n[2]), data}, nil
}

// Unusable says why a sender of mail does not use r, "" if it does (RFC 7672, Section 3.1; RFC 7671, Section 4.1). A set in which
// no record is usable makes TLS mandatory, though not checked.
func (r Record) Unusable() string {
	size := map[MatchingType]int{SHA256: 32, SHA512: 64}[r.MatchingType]
	switch {
	case r.Usage == PKIXTA, r.Usage == PKIXEE:
		return fmt.Sprintf("usage %d is not for mail servers", r.Usage)
	case r.Usage > DANEEE:
		return fmt.Sprintf("usage %d is not known", r.Usage)
	case r.Selector > SPKI:
		return fmt.Sprintf("selector %d is not known", r.Selector)
	case r.MatchingType > SHA512:
		return fmt.Sprintf("matching type %d is not known", r.MatchingType)
	case size > 0 && len(r.Data) != size:
		return fmt.Sprintf("the digest has %d bytes: want %d", len(r.Data), size)
	case r.MatchingType == Full && selected(r.Data, r.Selector, true) == nil:
		return "the data is no " + map[Selector]string{Cert: "certificate", SPKI: "public key"}[r.Selector]
	}
	return ""
}
