package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/tlswire"
)

// findSuites returns the suites that filter is the name or code point of, else those whose names hold it.
func findSuites(filter string) ([]tlswire.SuiteInfo, error) {
	point, isPoint := codePoint(filter)
	if info, known := point.Info(); isPoint && known {
		return []tlswire.SuiteInfo{info}, nil
	}
	var exact, part []tlswire.SuiteInfo
	word := strings.ToLower(filter)
	for _, s := range tlswire.Suites() {
		hold := false
		for _, name := range []string{s.Name, s.OpenSSL, s.GnuTLS, code(s.ID)} {
			lower := strings.ToLower(name)
			hold = hold || strings.Contains(lower, word)
			if lower == word && word != "" {
				exact = append(exact, s)
				hold = false
				break
			}
		}
		if hold {
			part = append(part, s)
		}
	}
	switch {
	case len(exact) > 0:
		return exact, nil
	case len(part) > 0:
		return part, nil
	}
	return nil, usageError{noSuite(filter)}
}

// noSuite says what a word is that no suite is called by.
func noSuite(word string) error {
	point, isPoint := codePoint(word)
	if !isPoint {
		isPoint = point.UnmarshalText([]byte(strings.ToUpper(word))) == nil
	}
	const signal = "%s is %s, no cipher suite: a signal in the list of a client (%s)"
	switch upper := strings.ToUpper(word); {
	case upper == "SCSV":
		return fmt.Errorf("%s and %s are no cipher suites: signals in the list of a client",
			tlswire.EmptyRenegotiationInfoSCSV, tlswire.FallbackSCSV)
	case upper == "GREASE":
		return errors.New("GREASE is no cipher suite: reserved values, by which clients find servers that fail on new ones (RFC 8701)")
	case isPoint && point == tlswire.EmptyRenegotiationInfoSCSV:
		return fmt.Errorf(signal, code(point), point, "RFC 5746, Section 3.3")
	case isPoint && point == tlswire.FallbackSCSV:
		return fmt.Errorf(signal, code(point), point, "RFC 7507, Section 2")
	case isPoint && point.IsGREASE():
		return fmt.Errorf("%s is %s, no cipher suite: a reserved value, by which clients find servers that fail on new ones (RFC 8701)", code(point), point)
	case isPoint:
		return fmt.Errorf("no cipher suite has the code point %s: mailtls suites lists all there are", code(point))
	}
	var names []string
	for _, s := range tlswire.Suites() {
		names = append(names, strings.ToLower(s.Name), strings.ToLower(s.OpenSSL), strings.ToLower(s.GnuTLS))
	}
	if near, ok := spell.Nearest(strings.ToLower(word), names); ok {
		return fmt.Errorf("no cipher suite is called %q: did you mean %s?", word, strings.ToUpper(near))
	}
	return fmt.Errorf("no cipher suite is called %q: want a name or part of one, or a code point such as C02F", word)
}

// codePoint reads a code point of two bytes, or three for SSLv2: C02F, 0xC02F, or as IANA writes it, 0xC0,0x2F.
func codePoint(word string) (tlswire.Suite, bool) {
	digits := strings.NewReplacer("0x", "", "0X", "", ",", "", " ", "", "{", "", "}", "").Replace(word)
	v, err := strconv.ParseUint(digits, 16, 24)
	return tlswire.Suite(v), err == nil && (len(digits) == 4 || len(digits) == 6)
}

// code writes a code point as in 0xC02F.
func code(s tlswire.Suite) string {
	if s.IsSSLv2() {
		return fmt.Sprintf("0x%06X", uint32(s))
	}
	return fmt.Sprintf("0x%04X", uint32(s))
}
