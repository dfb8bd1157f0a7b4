package nettest

import (
	"cmp"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/dnstest"
)

// zone is the zone of a domain whose servers run.
func (d domain) zone(t *testing.T, servers []running, authorities [][]byte) dnstest.Zone {
	t.Helper()
	z := dnstest.Zone{Name: d.name + ".test.", Signing: &dnstest.Signing{}, Records: slices.Clone(d.records)}
	own := slices.ContainsFunc(z.Records, func(r string) bool { return strings.Contains(r, " MX ") }) || d.kind != ""
	var hosts []string
	for _, s := range servers {
		for _, a := range s.addresses {
			z.Records = append(z.Records, s.host+" "+addressRecord(a))
		}
		for _, record := range s.tlsa {
			z.Records = append(z.Records, cmp.Or(s.owner, strings.TrimSuffix("_25._tcp."+s.host, ".@"))+" TLSA "+association(t, record, s.chain, authorities))
		}
		if !own && !slices.Contains(hosts, s.host) {
			hosts = append(hosts, s.host)
			z.Records = append(z.Records, fmt.Sprintf("@ MX %d %s", 10*len(hosts), s.host))
		}
	}
	if !d.guessed && !slices.ContainsFunc(z.Records, func(r string) bool { return strings.Contains(r, " SRV ") }) {
		for _, service := range []string{"submission", "submissions", "imap", "imaps", "pop3", "pop3s", "sieve"} {
			z.Records = append(z.Records, "_"+service+"._tcp SRV 0 0 0 .") // there is none, so that nobody tries
		}
	}
	if d.site != nil {
		z.Records = append(z.Records, d.site.records()...)
	}
	if d.change != nil {
		d.change(&z)
	}
	return z
}

func addressRecord(a string) string {
	if strings.Contains(a, ":") {
		return "AAAA " + a
	}
	return "A " + a
}

// association is the content of a TLSA record. record ends in what it is about: "own" is the server's certificate, "above" the authority's
// that signed it, "root" the one above that, "other" a certificate that is nowhere; or else its data.
func association(t *testing.T, record string, chain, authorities [][]byte) string {
	t.Helper()
	f := strings.Fields(record)
	var der []byte
	if len(chain) == 0 && (f[3] == "own" || f[3] == "above" || f[3] == "root") {
		t.Fatalf("%s: the server shows no certificate", record)
	}
	switch f[3] {
	case "own":
		der = chain[0]
	case "above":
		der = signer(t, chain[0], authorities)
	case "root":
		der = signer(t, signer(t, chain[0], authorities), authorities)
	case "other":
		size := map[string]int{"2": 64}[f[2]]
		return strings.Join(f[:3], " ") + " " + strings.Repeat("ab", cmp.Or(size, 32))
	default:
		return record
	}
	if f[1] == "1" {
		der = parsed(t, der).RawSubjectPublicKeyInfo
	}
	switch sum256, sum512 := sha256.Sum256(der), sha512.Sum512(der); f[2] {
	case "1":
		der = sum256[:]
	case "2":
		der = sum512[:]
	}
	return fmt.Sprintf("%s %x", strings.Join(f[:3], " "), der)
}

// signer returns the certificate of the authority that signed cert.
func signer(t *testing.T, cert []byte, authorities [][]byte) []byte {
	t.Helper()
	for _, by := range authorities {
		if parsed(t, cert).CheckSignatureFrom(parsed(t, by)) == nil {
			return by
		}
	}
	t.Fatal("nobody signed it")
	return nil
}
