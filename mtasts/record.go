package mtasts

import (
	"errors"
	"fmt"
	"strings"
)

// Version is what a record begins with, and the version field of a policy says.
const Version = "STSv1"

// ErrNone is the error where no TXT record is about MTA-STS.
var ErrNone = errors.New("there is no MTA-STS record")

// Record is the TXT record of _mta-sts.DOMAIN (RFC 8461, Section 3.1).
type Record struct {
	ID     string   // changes with the policy
	Others []string // fields that this version does not know, as they were written
}

// String returns r as a record is written.
func (r *Record) String() string {
	return strings.Join(append([]string{"v=" + Version, " id=" + r.ID}, r.Others...), ";") + ";"
}

// ParseRecord reads the TXT records of _mta-sts.DOMAIN, the strings of each joined. Those that do not begin with the version are not
// about MTA-STS. The error is ErrNone, or says what makes senders take the domain for one without a policy.
func ParseRecord(txt []string) (*Record, error) {
	var about []string
	misspelt := ""
	for _, s := range txt {
		rest, ok := strings.CutPrefix(s, "v="+Version)
		switch {
		case ok && strings.HasPrefix(strings.TrimLeft(rest, " \t"), ";"):
			about = append(about, strings.TrimLeft(rest, " \t")[1:])
		case meant(s):
			misspelt = s
		}
	}
	switch {
	case len(about) == 0 && misspelt != "":
		return nil, fmt.Errorf("the record %.60q does not begin with v=%s; and so is none", misspelt, Version)
	case len(about) == 0:
		return nil, ErrNone
	case len(about) > 1:
		return nil, fmt.Errorf("%d MTA-STS records: want one", len(about))
	}
	r := new(Record)
	fields := strings.Split(about[0], ";")
	for i, f := range fields {
		if f = strings.Trim(f, " \t"); f == "" && i == len(fields)-1 {
			continue
		}
		if err := r.field(f); err != nil {
			return nil, err
		}
	}
	if r.ID == "" {
		return nil, errors.New("the MTA-STS record has no id")
	}
	return r, nil
}

// meant reports whether a text that is no record was written to be one, as with a letter in the wrong case, a space or a missing
// semicolon. One of a later version is not.
func meant(s string) bool {
	s = strings.ToLower(strings.Trim(s, " \t\"'"))
	name, rest, ok := strings.Cut(s, "=")
	rest = strings.TrimLeft(rest, " \t")
	return ok && strings.TrimRight(name, " \t") == "v" && strings.HasPrefix(rest, "sts") && !later(rest)
}

// later reports whether text in lower case begins with another version than this one.
func later(text string) bool {
	number, ok := strings.CutPrefix(text, "stsv")
	end := strings.IndexFunc(number, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(number)
	}
	return ok && end > 0 && number[:end] != "1"
}

func (r *Record) field(f string) error {
	name, value, ok := strings.Cut(f, "=")
	switch {
	case !ok || !alphanumeric(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name), 32):
		return fmt.Errorf("MTA-STS record: %.60q: want name=value", f)
	case strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c > '~' || c == '=' }) || value == "":
		return fmt.Errorf("MTA-STS record: %.60s has a value that it must not have: %.60q", name, value)
	case name != "id":
		r.Others = append(r.Others, f)
	case r.ID != "":
		return errors.New("MTA-STS record: two ids")
	case !alphanumeric(value, 32):
		return fmt.Errorf("MTA-STS record: id %.60q: want 1 to 32 letters and digits", value)
	default:
		r.ID = value
	}
	return nil
}

// alphanumeric reports whether s has 1 to limit bytes, letters and digits alone.
func alphanumeric(s string, limit int) bool {
	return s != "" && len(s) <= limit && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
}
