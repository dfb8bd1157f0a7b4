package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// A zone is what is known of a domain, for lines that are to be put into the DNS.
type zone struct {
	d         *evidence.Domain
	endpoints []*evidence.Endpoint
}

// ttl is how long records in the lines live, in seconds: an hour, so that a slip does not last.
const ttl = 3600

// line is one record as it stands in the file of a zone, nothing if a name in it is not made of what names of hosts are made of.
func line(owner, kind, data string) []string {
	if !plainName(owner) {
		return nil
	}
	return []string{fmt.Sprintf("%s. %d IN %s %s", owner, ttl, kind, data)}
}

// plainName reports whether a name can stand in a file as it is.
func plainName(s string) bool {
	return s != "" && len(s) <= 253 && s[0] != '.' && s[0] != '-' && !strings.Contains(s, "..") && !strings.ContainsFunc(s, func(r rune) bool {
		return ('a' > r || r > 'z') && ('A' > r || r > 'Z') && ('0' > r || r > '9') && r != '-' && r != '.' && r != '_'
	})
}

// exchangers are the hosts that take mail, each once.
func (z *zone) exchangers() []string {
	var out []string
	for _, x := range z.d.Exchange.Value.List {
		if plainName(x.Host) && !slices.Contains(out, x.Host) {
			out = append(out, x.Host)
		}
	}
	return out
}

// at are the endpoints at a port of a host.
func (z *zone) at(host string, port int) []*evidence.Endpoint {
	var out []*evidence.Endpoint
	for _, e := range z.endpoints {
		if e.Target.Host == host && e.Target.Port == port && (port != 25 || e.Target.Protocol == "smtp") {
			out = append(out, e)
		}
	}
	return out
}

// encrypts reports whether an endpoint was seen to have TLS, and why that is not known.
func encrypts(e *evidence.Endpoint) (evidence.Answer, string) {
	switch f := e.Facts.STARTTLS; {
	case f.State == evidence.Inapplicable, f.Seen() && f.Value.Works:
		return evidence.Yes, ""
	case f.State == evidence.Known:
		return evidence.No, "it has no STARTTLS that works"
	default:
		return evidence.Unsure, f.Why
	}
}

// chains are those that an endpoint shows to a client that names it, which are all that senders with DANE or MTA-STS see; open says
// why others may exist.
func chains(e *evidence.Endpoint) (list []evidence.Chain, open string) {
	f := e.Facts.Certificates
	if f.State != evidence.Known {
		open = f.Why
	}
	for _, c := range f.Value {
		if len(c.Certificates) > 0 && (e.Target.ServerName == "" || c.WithSNI || !c.WithoutSNI) {
			list = append(list, c)
		}
	}
	if len(list) == 0 && open == "" {
		open = "no certificate was shown to a client that names it"
	}
	return list, open
}

// outside says of hosts that are not the domain's own whose zone it is, "" if all are.
func (z *zone) outside(hosts []string) string {
	var out []string
	for _, h := range hosts {
		if h != z.d.Name && !strings.HasSuffix(h, "."+z.d.Name) {
			out = append(out, h)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, ", ") + " is not below " + z.d.Name + ": whoever has that zone has to do it there."
}

// addOnce appends to a list what it does not have.
func addOnce(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// sentences joins those that are not empty.
func sentences(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), " ")
}
