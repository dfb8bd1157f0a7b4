package resolve

import (
	"context"
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// A Twin is a [Resolver] that sends nothing: it knows what it is told. It stands for the DNS in tests.
type Twin struct {
	records []dns.RR
	status  map[string]Status
	errs    map[string]*Error
}

// NewTwin makes one that knows the records in text, one on a line in presentation form with full names. status says what DNSSEC makes
// of names, by the longest domain that they are in; of the others it is Insecure. errs are names, or names and types ("mx.test. A"),
// that cannot be looked up, and why.
func NewTwin(text string, status map[string]Status, errs map[string]string) (*Twin, error) {
	w := &Twin{status: status, errs: map[string]*Error{}}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line) // a space before it would stand for the name of the line above
	}
	parser := dns.NewZoneParser(strings.NewReader("$TTL 300\n"+strings.Join(lines, "\n")+"\n"), ".", "twin")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		rr.Header().Name = dns.CanonicalName(rr.Header().Name)
		w.records = append(w.records, rr)
	}
	for key, why := range errs {
		w.errs[key] = &Error{Why: why, Temporary: true}
	}
	if err := parser.Err(); err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	return w, nil
}

// Lookup implements [Resolver].
func (w *Twin) Lookup(ctx context.Context, name string, t Type) (*Answer, error) {
	name = dns.CanonicalName(name)
	if err := checkName(name); err != nil {
		return nil, &Error{Name: name, Type: t, Why: err.Error()}
	}
	for _, key := range []string{name, name + " " + t.String()} {
		if e := w.errs[key]; e != nil {
			return nil, &Error{Name: name, Type: t, Why: e.Why, Temporary: e.Temporary}
		}
	}
	if ctx.Err() != nil {
		return nil, &Error{Name: name, Type: t, Why: "interrupted", Temporary: true}
	}
	a, _ := follow(&dns.Msg{Answer: w.records}, name, t)
	a.NameError = !w.exists(a.Canonical())
	a.Status = w.statusOf(name)
	for _, alias := range a.Aliases {
		a.Status = worst(a.Status, w.statusOf(alias))
	}
	if a.Status != Secure {
		a.Why = "as told"
	}
	return a, nil
}

// exists reports whether there is a record at name or below it.
func (w *Twin) exists(name string) bool {
	for _, rr := range w.records {
		if dns.IsSubDomain(name, rr.Header().Name) {
			return true
		}
	}
	return false
}

func (w *Twin) statusOf(name string) Status {
	for at := name; ; at = parent(at) {
		if s, ok := w.status[at]; ok {
			return s
		}
		if at == "." {
			return Insecure
		}
	}
}
