// Package tlsrpt reads the record that says where senders report on TLS to (RFC 8460). It looks nothing up.
package tlsrpt

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/mailtls/mailtls/internal/txtrecord"
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

var kind = txtrecord.Kind{Name: "TLSRPT", Version: Version, Meant: []string{"tlsrpt", "tls-rpt"}}

// Parse reads the TXT records of _smtp._tls.DOMAIN, the strings of each joined. Those that do not begin with the version are not
// about reports. The error is ErrNone, or says why senders will not report.
func Parse(txt []string) (*Record, error) {
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
	if len(r.RUA) == 0 {
		return nil, errors.New("the TLSRPT record has no rua")
	}
	return r, nil
}

func (r *Record) field(f string) error {
	name, value, ok := strings.Cut(f, "=")
	switch {
	case !ok || !txtrecord.IsName(name):
		return fmt.Errorf("TLSRPT record: %.60q: want name=value", f)
	case name != "rua" && !txtrecord.IsValue(value):
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
