package mtasts

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/internal/txtrecord"
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

var kind = txtrecord.Kind{Name: "MTA-STS", Version: Version, Meant: []string{"sts"}}

// ParseRecord reads the TXT records of _mta-sts.DOMAIN, the strings of each joined. Those that do not begin with the version are not
// about MTA-STS. The error is ErrNone, or says what makes senders take the domain for one without a policy.
func ParseRecord(txt []string) (*Record, error) {
	fields, err := kind.Fields(txt)
	if errors.Is(err, txtrecord.ErrNone) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	r := new(Record)
	for _, f := range fields {
		if err := r.field(f); err != nil {
			return nil, err
		}
	}
	if r.ID == "" {
		return nil, errors.New("the MTA-STS record has no id")
	}
	return r, nil
}

func (r *Record) field(f string) error {
	name, value, ok := strings.Cut(f, "=")
	switch {
	case !ok || !txtrecord.IsName(name):
		return fmt.Errorf("MTA-STS record: %.60q: want name=value", f)
	case !txtrecord.IsValue(value):
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
