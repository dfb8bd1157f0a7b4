package resolve

import (
	"fmt"
	"slices"

	"github.com/miekg/dns"
)

// rootAnchors are the root's key-signing keys of 2017 and 2024 (https://data.iana.org/root-anchors/root-anchors.xml).
var rootAnchors = []string{
	". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
	". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
}

// readAnchors reads DS and DNSKEY records in presentation form; of a key its DS counts.
func readAnchors(list []string) ([]*dns.DS, error) {
	if len(list) == 0 {
		list = rootAnchors
	}
	var out []*dns.DS
	for _, line := range list {
		rr, err := dns.NewRR(line)
		if err != nil {
			return nil, fmt.Errorf("trust anchor %q: %w", line, err)
		}
		switch rr := rr.(type) {
		case *dns.DS:
			out = append(out, rr)
		case *dns.DNSKEY:
			out = append(out, rr.ToDS(dns.SHA256))
		default:
			return nil, fmt.Errorf("trust anchor %q: want a DS or DNSKEY record", line)
		}
		last := out[len(out)-1]
		last.Hdr.Name = dns.CanonicalName(last.Hdr.Name)
	}
	return out, nil
}

// anchorsAt returns the trust anchors of a zone.
func (c *Client) anchorsAt(name string) []*dns.DS {
	return slices.DeleteFunc(slices.Clone(c.anchors), func(ds *dns.DS) bool { return ds.Hdr.Name != name })
}

// algorithms are those of signatures that are checked here (RFC 9904, Section 2), digests those of DS records.
var (
	algorithms = []uint8{dns.RSASHA1, dns.RSASHA1NSEC3SHA1, dns.RSASHA256, dns.RSASHA512, dns.ECDSAP256SHA256, dns.ECDSAP384SHA384, dns.ED25519}
	digests    = []uint8{dns.SHA256, dns.SHA384}
)

// usable returns the DS records with which a chain can go on. SHA-1 counts only where there is nothing better (RFC 4509,
// Section 3).
func usable(list []*dns.DS) []*dns.DS {
	pick := func(digests ...uint8) []*dns.DS {
		return slices.DeleteFunc(slices.Clone(list), func(ds *dns.DS) bool {
			return !slices.Contains(algorithms, ds.Algorithm) || !slices.Contains(digests, ds.DigestType)
		})
	}
	if good := pick(digests...); len(good) > 0 {
		return good
	}
	return pick(dns.SHA1)
}
