package fix

import "strings"

func dnssecCures() []domainCure {
	return []domainCure{
		{"dnssec-missing", func(z *zone) []Step {
			var names []string
			if z.d.Exchange.Value.DNSSEC.Status == "insecure" {
				names = append(names, z.d.Name)
			}
			for _, host := range z.exchangers() {
				if h := z.d.Hosts[host]; h != nil && h.DNSSEC.Status == "insecure" {
					names = addOnce(names, host)
				}
			}
			return []Step{{For: "on a name server of one's own, one of these, " + notTried, Lines: []string{
				"dnssec-policy default; inline-signing yes;   # BIND, in the zone of named.conf",
				"dnssec-signing: on                           # Knot, in the zone of knot.conf",
				"pdnsutil secure-zone " + plainOr(z.d.Name, "ZONE") + "   # PowerDNS",
			}}, {Note: "To be signed: " + strings.Join(names, ", ") + ". Then hand the DS record that it names to the registrar, and not before the signatures are at every name server. " +
				"The keys are made there, so that no line can be given from here. Where a provider runs the zone it is mostly a switch. " + z.outside(names)}}
		}},
		{"dnssec-bogus", func(z *zone) []Step {
			name := plainOr(z.d.Name, "ZONE")
			return []Step{{For: "what is wrong, and what the zone above says of the keys", Lines: []string{
				"delv " + name + " MX",
				"dig +short " + name + " DS",
				"dig +short " + name + " DNSKEY",
			}, Note: "Sign the zone anew if signatures have expired. If no DS is of a key that is there, hand the registrar the DS of one that is; until it is in place, " +
				"have the old one removed: without any the zone counts as not signed, and mail goes its way."}}
		}},
	}
}

// plainOr is a name for a command, or what stands for it.
func plainOr(name, other string) string {
	if plainName(name) {
		return name
	}
	return other
}
