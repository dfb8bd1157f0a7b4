package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// AcceptSchema is the format of lists of accepted findings.
const AcceptSchema = "https://mailtls.org/schema/accept-1"

// MaxAcceptList is how many bytes [ReadAcceptList] reads at most.
const MaxAcceptList = 1 << 20

// AcceptList is what those who run servers accept.
type AcceptList struct{ Entries []AcceptEntry }

// AcceptEntry accepts the finding of one check.
type AcceptEntry struct {
	Check    string      // its id
	Endpoint string      // where: "scheme://host:port", "host:port" or "*"; any part may be "*"; or the name of a domain
	Reason   string      // why; never empty
	Until    policy.Date // the last day, in UTC
	Line     int         // where it stands in the list
	Scheme   string      // of Endpoint, "*" for any

	host, port string
	domain     string // of a check on domains, "" for any
}

// acceptEntryText is an entry as it stands in the file.
type acceptEntryText struct {
	Check    string `json:"check"`
	Endpoint string `json:"endpoint"`
	Reason   string `json:"reason"`
	Until    string `json:"until"`
}

// ReadAcceptList reads a list of accepted findings. What is malformed, unknown, missing, longer than [MaxAcceptList] or of
// a newer format is an error, which names the line and the field; nothing is read in part. Whether there are such checks
// and schemes it does not ask.
func ReadAcceptList(rd io.Reader) (*AcceptList, error) {
	text, err := io.ReadAll(io.LimitReader(rd, MaxAcceptList+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > MaxAcceptList:
		return nil, fmt.Errorf("it is larger than %d kB", MaxAcceptList>>10)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("it is empty")
	case marked(text):
		return nil, errors.New("line 1: it begins with a byte order mark: save it as UTF-8 without one")
	}
	if err := formatOf(text, AcceptSchema, fmt.Sprintf(`it has no schema: want {"schema": %q, "accept": [...]}`, AcceptSchema)); err != nil {
		return nil, err
	}
	var file struct {
		Schema string            `json:"schema"`
		Accept []json.RawMessage `json:"accept"`
	}
	if at, err := policy.Exact(text, policy.ShapeOf(reflect.TypeOf(file))); err != nil {
		err = fmt.Errorf("line %d: %w", lineAt(text, int(at)), err)
		if unknown := (*policy.UnknownName)(nil); errors.As(err, &unknown) {
			err = fmt.Errorf("%w: want schema and accept", err)
		}
		return nil, err
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, located(text, err)
	}
	if file.Accept == nil {
		return nil, errors.New("line 1: accept: the list is missing")
	}
	list, at := new(AcceptList), 0
	for i, raw := range file.Accept {
		at += bytes.Index(text[at:], raw) // raw stands there as it is
		x, err := acceptEntryOf(text, at, raw, fmt.Sprintf("accept[%d]", i))
		if err != nil {
			return nil, err
		}
		list.Entries, at = append(list.Entries, x), at+len(raw)
	}
	return list, nil
}

// acceptEntryOf reads the entry that begins at an offset of text; name is what it is called in errors.
func acceptEntryOf(text []byte, at int, raw []byte, name string) (AcceptEntry, error) {
	var x acceptEntryText
	failed := func(field string, err error) (AcceptEntry, error) {
		line := lineAt(text, at)
		if i := bytes.Index(raw, []byte(`"`+field+`"`)); i >= 0 {
			line = lineAt(text, at+i)
		}
		return AcceptEntry{}, fmt.Errorf("line %d: %s: %w", line, strings.TrimSuffix(name+"."+field, "."), err)
	}
	wrong := func(field, message string) (AcceptEntry, error) { return failed(field, errors.New(message)) }
	var unknown *policy.UnknownName
	switch i, err := policy.Exact(raw, policy.ShapeOf(reflect.TypeOf(x))); {
	case errors.As(err, &unknown):
		unknown.Text = "unknown field: want check, endpoint, reason and until"
		return failed(unknown.Name, unknown)
	case err != nil:
		return AcceptEntry{}, fmt.Errorf("line %d: %s: %w", lineAt(text, at+int(i)), name, err)
	}
	var kind *json.UnmarshalTypeError
	switch err := json.Unmarshal(raw, &x); {
	case errors.As(err, &kind):
		return wrong(kind.Field, policy.Misplaced(kind))
	case err != nil:
		return failed("", err)
	}
	for _, f := range []struct{ name, value string }{{"check", x.Check}, {"endpoint", x.Endpoint}, {"reason", x.Reason}, {"until", x.Until}} {
		if strings.TrimSpace(f.value) == "" {
			return wrong(f.name, "is missing or empty")
		}
	}
	out := AcceptEntry{Check: x.Check, Endpoint: x.Endpoint, Reason: x.Reason, Line: lineAt(text, at)}
	if err := out.Until.UnmarshalText([]byte(x.Until)); err != nil {
		return wrong("until", fmt.Sprintf("%q: want a day such as 2027-01-31, the last one", x.Until))
	}
	switch c, known := check.ByID(x.Check); {
	case known && c.Scope == check.Domain:
		if !out.readDomain() {
			return wrong("endpoint", fmt.Sprintf("%q: want the name of a domain, which %s is about, or *", x.Endpoint, x.Check))
		}
	case !out.readEndpoint():
		return wrong("endpoint", fmt.Sprintf("%q: want scheme://host:port, host:port or *", x.Endpoint))
	}
	return out, nil
}

// readEndpoint takes Endpoint apart.
func (x *AcceptEntry) readEndpoint() bool {
	x.Scheme, x.host, x.port = "*", "*", "*"
	if x.Endpoint == "*" {
		return true
	}
	rest := x.Endpoint
	if scheme, after, ok := strings.Cut(rest, "://"); ok {
		x.Scheme, rest = strings.ToLower(scheme), after
	}
	if x.Scheme == "smtps" { // the old name
		x.Scheme = "submissions"
	}
	colon := strings.LastIndexByte(rest, ':')
	if colon < 0 {
		return false
	}
	x.host, x.port = bareHost(rest[:colon]), rest[colon+1:]
	n, err := strconv.Atoi(x.port)
	return x.Scheme != "" && x.host != "" && !strings.ContainsAny(x.host, "/ ") && (x.port == "*" || err == nil && n > 0 && n < 1<<16)
}

// covers reports whether the entry is about a target: by the name or address that was given for it, or the address that was
// dialled.
func (x AcceptEntry) covers(t evidence.Target) bool {
	return x.domain == "" && (x.Scheme == "*" || x.Scheme == t.Protocol) && (x.port == "*" || x.port == strconv.Itoa(t.Port)) &&
		(x.host == "*" || x.host == bareHost(t.Host) || x.host == bareHost(t.Address))
}

// bareHost writes a host so that it can be compared: a name in small letters, an address in its shortest form.
func bareHost(s string) string {
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a.Unmap().String()
	}
	return strings.ToLower(strings.TrimSuffix(s, "."))
}
