package notify

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// records are what domains publish: TLSA records, and the policy of MTA-STS. What the DNS left open is not among it.
func records(r *report.Report) []aspect {
	var out []aspect
	for i := range r.Domains {
		d := r.Domains[i].Domain
		for _, host := range slices.Sorted(maps.Keys(d.Hosts)) {
			for _, port := range slices.Sorted(maps.Keys(d.Hosts[host].TLSA)) {
				if f := d.Hosts[host].TLSA[port]; f.State == evidence.Known {
					place := report.Escape(net.JoinHostPort(host, strconv.Itoa(port)))
					value := tlsaWords(f.Value.Records)
					out = append(out, aspect{kind: TLSA, id: place, place: place, value: value, text: "TLSA records are now " + value, weight: 45})
				}
			}
		}
		if value := stsWords(d); value != "" {
			out = append(out, aspect{kind: STS, id: report.Escape(d.Name), value: value, text: "the policy of MTA-STS is now " + value, weight: 45})
		}
	}
	return out
}

// tlsaWords are records in one form: their parameters, and the beginning of what they hold, or of the digest of what is long.
func tlsaWords(list []string) string {
	if len(list) == 0 {
		return none
	}
	var out []string
	for _, text := range list {
		fields := strings.Fields(text)
		if len(fields) == 4 && len(fields[3]) <= 128 && len(fields[3]) >= 16 {
			out = append(out, printable(strings.Join(fields[:3], " ")+" "+strings.ToLower(fields[3][:16])))
			continue
		}
		out = append(out, fmt.Sprintf("%s (%.16x)", report.Escape(cut(text)), sha256.Sum256([]byte(text))))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// stsWords are what senders go by; "" where that is not known, or cannot be used, which findings tell.
func stsWords(d *evidence.Domain) string {
	p := d.Policy
	switch {
	case d.STS.State == evidence.Inapplicable:
		return none
	case !d.STS.Seen(), d.STS.Value.Fault != "", p.State != evidence.Known, p.Value.Fault != "":
		return ""
	}
	mx := slices.Sorted(slices.Values(p.Value.MX))
	return report.Escape(fmt.Sprintf("mode %s, max_age %d, mx %s", cut(p.Value.Mode), p.Value.MaxAge/time.Second, strings.Join(mx, " ")))
}
