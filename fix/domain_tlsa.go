package fix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// A socket is a port of a host that TLSA records are about.
type socket struct {
	host string
	port int
}

func (s socket) String() string { return fmt.Sprintf("%s:%d", s.host, s.port) }

// shown is what TLSA records of a socket have to be about.
type shown struct {
	keys    []string // "3 1 1" of the server's own keys
	anchors []string // "2 1 1" of those authorities that are in the chain, where that would hold
	open    []string // what was not seen, and why
	clear   bool     // some address does not encrypt
}

// others says that a socket may show more than was seen, and why, "" if all was.
func (now shown) others(s socket) string {
	if len(now.open) == 0 {
		return ""
	}
	return fmt.Sprintf("%s may show other certificates, which need records as well: %s.", s, strings.Join(now.open, "; "))
}

// shownAt reads what all addresses of a socket show.
func (z *zone) shownAt(s socket) shown {
	var out shown
	scanned := map[string]bool{}
	for _, e := range z.at(s.host, s.port) {
		scanned[e.Target.Address] = true
		if yes, why := encrypts(e); yes != evidence.Yes {
			out.clear = out.clear || yes == evidence.No
			out.open = addOnce(out.open, why)
			continue
		}
		list, open := chains(e)
		if open != "" {
			out.open = addOnce(out.open, open)
		}
		for _, c := range list {
			z.read(e, c, s, &out)
		}
	}
	if h := z.d.Hosts[s.host]; h != nil {
		for _, a := range h.Addresses.Value {
			if !scanned[a.String()] {
				out.open = addOnce(out.open, a.String()+" was not scanned")
			}
		}
		if h.Addresses.State != evidence.Known {
			out.open = addOnce(out.open, cmp.Or(h.Addresses.Why, "not all of its addresses are known"))
		}
	}
	return out
}

// read adds the records of one chain.
func (z *zone) read(e *evidence.Endpoint, c evidence.Chain, s socket, out *shown) {
	own := e.Blobs.Certificates[c.Certificates[0]]
	if own == nil || !isDigest(own.PublicKey.SHA256) {
		out.open = addOnce(out.open, "the key in its certificate could not be read")
		return
	}
	out.keys = addOnce(out.keys, "3 1 1 "+own.PublicKey.SHA256)
	if len(c.Certificates) < 2 {
		return
	}
	above := e.Blobs.Certificates[c.Certificates[1]]
	if above != nil && isDigest(above.PublicKey.SHA256) && signs(above, own) && z.madeOutTo(own, s) && e.At.Before(own.NotAfter) && e.At.Before(above.NotAfter) {
		out.anchors = addOnce(out.anchors, "2 1 1 "+above.PublicKey.SHA256)
	}
}

func isDigest(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// signs reports whether a certificate seems to be that of the authority of another, by its names and identifiers.
func signs(above, own *evidence.Certificate) bool {
	return above.BasicConstraints != nil && above.BasicConstraints.CA && above.Subject.DN == own.Issuer.DN && !own.SelfIssued &&
		(own.AuthorityKeyID == "" || above.SubjectKeyID == "" || own.AuthorityKeyID == above.SubjectKeyID)
}

// madeOutTo reports whether a certificate names what a sender wants behind a record of usage 2 (RFC 7672, Section 3.2.3).
func (z *zone) madeOutTo(c *evidence.Certificate, s socket) bool {
	for _, want := range []string{s.host, z.base(s), z.d.Name} {
		_, rest, _ := strings.Cut(want, ".")
		if slices.ContainsFunc(c.Names.DNS, func(n string) bool { return strings.EqualFold(n, want) || strings.EqualFold(n, "*."+rest) }) {
			return true
		}
	}
	return false
}

// base is the name under which the records of a socket are looked for.
func (z *zone) base(s socket) string {
	if h := z.d.Hosts[s.host]; h != nil {
		return cmp.Or(h.TLSA[s.port].Value.Base, s.host)
	}
	return s.host
}

// published are the records that a socket has.
func (z *zone) published(s socket) []string {
	if h := z.d.Hosts[s.host]; h != nil {
		return h.TLSA[s.port].Value.Records
	}
	return nil
}

// tlsaLines are records of a socket as lines.
func (z *zone) tlsaLines(s socket, records []string) []string {
	var out []string
	for _, r := range records {
		if isRecord(r) {
			out = append(out, line(fmt.Sprintf("_%d._tcp.%s", s.port, z.base(s)), "TLSA", r)...)
		}
	}
	return out
}

// isRecord reports whether a text is three numbers and hexadecimal digits, and nothing else.
func isRecord(r string) bool {
	f := strings.Fields(r)
	return len(f) == 4 && strings.Trim(f[0]+f[1]+f[2], "0123456789") == "" && strings.Trim(f[3], "0123456789abcdefABCDEF") == ""
}

// usable reports whether senders go by a record (RFC 7672, Section 3.1).
func usable(r string) bool {
	f := strings.Fields(r)
	if len(f) != 4 || f[0] != "2" && f[0] != "3" || f[1] != "0" && f[1] != "1" {
		return false
	}
	return f[2] == "0" || f[2] == "1" && len(f[3]) == 64 || f[2] == "2" && len(f[3]) == 128
}

// digest are the commands that tell what a record has to be for a certificate that was not seen.
func digest() Step {
	return Step{For: "on the server, for the digest in a record \"3 1 1\"",
		Lines: []string{"openssl x509 -in CERTIFICATE.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256"}}
}
