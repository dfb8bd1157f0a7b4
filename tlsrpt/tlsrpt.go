// Package tlsrpt reads the record that says where senders report on TLS to (RFC 8460). It looks nothing up.
package tlsrpt

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Version is what a record begins with.
const Version = "TLSRPTv1"

// ErrNone is the error where no TXT record is about reports.
var ErrNone = errors.New("there is no TLSRPT record")

// Record is the TXT record of _smtp._tls.DOMAIN (RFC 8460, Section 3).
type Record struct {
	RUA    []string // where reports go to: mailto: and https: URIs
	Others []string // fields that this version does not know, as they were written
}

// String returns r as a record is written.
func (r *Record) String() string {
	return strings.Join(append([]string{"v=" + Version, "rua=" + strings.Join(r.RUA, ",")}, r.Others...), "; ")
}

// Parse reads the TXT records of _smtp._tls.DOMAIN, the strings of each joined. Those that do not begin with the version are not
// about reports. The error is ErrNone, or says why senders will not report.
func Parse(txt []string) (*Record, error) {
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
		return nil, fmt.Errorf("%d TLSRPT records: want one", len(about))
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
	if len(r.RUA) == 0 {
		return nil, errors.New("the TLSRPT record has no rua")
	}
	return r, nil
}

// meant reports whether a text that is no record was written to be one, as with a letter in the wrong case, a space or a missing
// semicolon. One of a later version is not.
func meant(s string) bool {
	name, rest, ok := strings.Cut(strings.ToLower(strings.Trim(s, " \t\"'")), "=")
	rest = strings.TrimLeft(rest, " \t")
	begins := strings.HasPrefix(rest, "tlsrpt") || strings.HasPrefix(rest, "tls-rpt")
	return ok && strings.TrimRight(name, " \t") == "v" && begins && !later(rest)
}

// later reports whether text in lower case begins with another version than this one.
func later(text string) bool {
	number, ok := strings.CutPrefix(text, "tlsrptv")
	end := strings.IndexFunc(number, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(number)
	}
	return ok && end > 0 && number[:end] != "1"
}

func (r *Record) field(f string) error {
	name, value, ok := strings.Cut(f, "=")
	switch {
	case !ok || !token(name):
		return fmt.Errorf("TLSRPT record: %.60q: want name=value", f)
	case name != "rua" && (value == "" || strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c > '~' || c == '=' })):
		return fmt.Errorf("TLSRPT record: %s has a value that it must not have: %.60q", name, value)
	case name != "rua":
		r.Others = append(r.Others, f)
		return nil
	case len(r.RUA) > 0:
		return errors.New("TLSRPT record: two rua fields")
	}
	for uri := range strings.SplitSeq(value, ",") {
		uri = strings.Trim(uri, " \t")
		if err := checkURI(uri); err != nil {
			return fmt.Errorf("TLSRPT record: rua %.60q: %w", uri, err)
		}
		r.RUA = append(r.RUA, uri)
	}
	return nil
}

// token reports whether s is a name of a field: 1 to 32 letters, digits, and of those "_", "-" and "." that do not come first.
func token(s string) bool {
	return s != "" && len(s) <= 32 && !strings.ContainsRune("_-.", rune(s[0])) && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune("_-.", c)
	})
}

// checkURI reports what keeps senders from reporting to uri.
func checkURI(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil || strings.ContainsAny(uri, "!; \t"):
		return errors.New("no URI; a comma, exclamation mark or semicolon in it has to be encoded")
	case u.Scheme == "mailto":
		local, domain, ok := strings.Cut(u.Opaque, "@")
		if !ok || local == "" || !strings.Contains(domain, ".") {
			return errors.New("want mailto: and an address")
		}
	case u.Scheme == "https":
		if u.Hostname() == "" {
			return errors.New("want a host behind https://")
		}
	default:
		return errors.New("want a URI of mailto: or https: kind")
	}
	return nil
}
