// Package txtrecord reads what the TXT records of MTA-STS and TLSRPT have in common: a version, and fields with semicolons between
// (RFC 8461, Section 3.1; RFC 8460, Section 3).
package txtrecord

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNone says that no text is about the version.
var ErrNone = errors.New("there is no such record")

// Kind is a kind of record.
type Kind struct {
	Name    string   // in errors, such as "MTA-STS"
	Version string   // that it begins with, such as "STSv1"
	Meant   []string // beginnings, in lower case, of what those write who mean it
}

// Fields returns the fields behind the version of the one record among the texts of a name, without the space around them. The error
// is ErrNone, or says why there is not one.
func (k Kind) Fields(txt []string) ([]string, error) {
	var about []string
	misspelt := ""
	for _, s := range txt {
		rest, ok := strings.CutPrefix(s, "v="+k.Version)
		switch {
		case ok && strings.HasPrefix(strings.TrimLeft(rest, " \t"), ";"):
			about = append(about, strings.TrimLeft(rest, " \t")[1:])
		case k.meant(s):
			misspelt = s
		}
	}
	switch {
	case len(about) == 0 && misspelt != "":
		return nil, fmt.Errorf("the record %.60q does not begin with v=%s; and so is none", misspelt, k.Version)
	case len(about) == 0:
		return nil, ErrNone
	case len(about) > 1:
		return nil, fmt.Errorf("%d %s records: want one", len(about), k.Name)
	}
	fields := strings.Split(about[0], ";")
	for i, f := range fields {
		fields[i] = strings.Trim(f, " \t")
	}
	if last := len(fields) - 1; fields[last] == "" {
		fields = fields[:last]
	}
	return fields, nil
}

// meant reports whether a text that is no record was written to be one, as with a letter in the wrong case, a space or a missing
// semicolon. One of a later version is not.
func (k Kind) meant(s string) bool {
	name, rest, ok := strings.Cut(strings.ToLower(strings.Trim(s, " \t\"'")), "=")
	rest = strings.TrimLeft(rest, " \t")
	begins := slices.ContainsFunc(k.Meant, func(m string) bool { return strings.HasPrefix(rest, m) })
	return ok && strings.TrimRight(name, " \t") == "v" && begins && !k.later(rest)
}

// later reports whether text in lower case begins with another version than the first.
func (k Kind) later(text string) bool {
	number, ok := strings.CutPrefix(text, strings.TrimSuffix(strings.ToLower(k.Version), "1"))
	end := strings.IndexFunc(number, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(number)
	}
	return ok && end > 0 && number[:end] != "1"
}

// IsName reports whether s is a name of a field: 1 to 32 letters, digits, and of those "_", "-" and "." that do not come first.
func IsName(s string) bool {
	return s != "" && len(s) <= 32 && !strings.ContainsRune("_-.", rune(s[0])) && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune("_-.", c)
	})
}

// IsValue reports whether s is a value of a field that this version does not know.
func IsValue(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || c == '=' })
}
