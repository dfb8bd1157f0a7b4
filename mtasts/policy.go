package mtasts

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// MaxPolicy is how long a policy may be, in bytes (RFC 8461, Section 3.3, speaks of 64 kilobytes as a suggestion).
const MaxPolicy = 64 << 10

// MaxAge is the longest time that a policy may be good for (RFC 8461, Section 3.2): a year.
const MaxAge = 31_557_600 * time.Second

// Mode says what a sender does with a mail exchanger that does not match.
type Mode string

// The modes (RFC 8461, Section 5).
const (
	Enforce Mode = "enforce" // does not deliver to it
	Testing Mode = "testing" // delivers, and reports
	None    Mode = "none"    // as if there were no policy
)

// Policy is what https://mta-sts.DOMAIN/.well-known/mta-sts.txt says (RFC 8461, Section 3.2).
type Policy struct {
	Mode   Mode
	MX     []string // host names in lower case, the first label may be "*"
	MaxAge time.Duration
	// Notes are oddities that senders overlook, the first few.
	Notes []string
}

// maxNotes is how many oddities of a policy are noted.
const maxNotes = 10

// note adds an oddity.
func (p *Policy) note(format string, values ...any) {
	switch len(p.Notes) {
	case maxNotes:
		p.Notes = append(p.Notes, "there are more oddities")
	case maxNotes + 1:
	default:
		p.Notes = append(p.Notes, fmt.Sprintf(format, values...))
	}
}

// String returns p as a policy is written.
func (p *Policy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: %s\r\nmode: %s\r\n", Version, p.Mode)
	for _, mx := range p.MX {
		fmt.Fprintf(&b, "mx: %s\r\n", mx)
	}
	fmt.Fprintf(&b, "max_age: %d\r\n", p.MaxAge/time.Second)
	return b.String()
}

// ParsePolicy reads a policy. The error names the line.
func ParsePolicy(text []byte) (*Policy, error) {
	if len(text) > MaxPolicy {
		return nil, fmt.Errorf("the policy has more than %d bytes", MaxPolicy)
	}
	p, seen := new(Policy), map[string]bool{}
	for i, line := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"), "\n") {
		if strings.Trim(line, " \t") == "" {
			p.note("line %d is empty", i+1)
			continue
		}
		if err := p.line(line, seen); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	switch {
	case !seen["version"]:
		return nil, errors.New("no version")
	case !seen["mode"]:
		return nil, errors.New("no mode")
	case !seen["max_age"]:
		return nil, errors.New("no max_age")
	case p.Mode != None && len(p.MX) == 0:
		return nil, fmt.Errorf("mode %s, and no mx", p.Mode)
	}
	return p, nil
}

// line reads one field. Of a field that may stand once the first counts.
func (p *Policy) line(line string, seen map[string]bool) (err error) {
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if !ok || name == "" {
		return fmt.Errorf("%.60q: want name: value", line)
	}
	if seen[name] && name != "mx" {
		p.note("a second %.60s does not count", name)
		return nil
	}
	seen[name] = true
	switch name {
	case "version":
		if value != Version {
			return fmt.Errorf("version %.60q: want %s", value, Version)
		}
	case "mode":
		p.Mode = Mode(value)
		if p.Mode != Enforce && p.Mode != Testing && p.Mode != None {
			return fmt.Errorf("mode %.60q: want %s, %s or %s", value, Enforce, Testing, None)
		}
	case "max_age":
		p.MaxAge, err = maxAge(value)
	case "mx":
		err = p.pattern(value)
	default:
		p.note("the field %.60q is not known", name)
	}
	return err
}

func maxAge(value string) (time.Duration, error) {
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil || len(value) > 10 || n > uint64(MaxAge/time.Second) {
		return 0, fmt.Errorf("max_age %.60q: want seconds, from 0 to %d", value, MaxAge/time.Second)
	}
	return time.Duration(n) * time.Second, nil
}

// pattern adds one mx field.
func (p *Policy) pattern(value string) error {
	host := strings.ToLower(value)
	if err := checkHost(strings.TrimPrefix(strings.TrimSuffix(host, "."), "*.")); err != nil {
		return fmt.Errorf("mx %.60q: %w", value, err)
	}
	if strings.HasSuffix(host, ".") { // which is not in the grammar, and which Postfix compares as it stands
		p.note("mx %.60q ends in a dot, so that it names no host", value)
	}
	p.MX = append(p.MX, host)
	return nil
}

// checkHost reports what makes host no host name (RFC 1123, Section 2.1).
func checkHost(host string) error {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return errors.New("want a name, not an address")
	}
	for label := range strings.SplitSeq(host, ".") {
		if !alphanumeric(strings.ReplaceAll(label, "-", ""), 63) || len(label) > 63 || strings.Trim(label, "-") != label {
			return errors.New("want a host name, of which the first label may be *")
		}
	}
	if len(host) > 253 {
		return errors.New("a host name has at most 253 bytes")
	}
	return nil
}

// Match reports whether the policy names the mail exchanger host, with or without its final dot. A "*" stands for exactly one
// label (RFC 8461, Section 4.1).
func (p *Policy) Match(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	_, rest, more := strings.Cut(host, ".")
	for _, mx := range p.MX {
		if suffix, wild := strings.CutPrefix(mx, "*."); wild && more && suffix == rest || mx == host {
			return true
		}
	}
	return false
}
