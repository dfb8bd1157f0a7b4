package delivery

import (
	"time"

	"github.com/mailtls/mailtls/dane"
	"github.com/mailtls/mailtls/evidence"
)

// byDANE is what a sender does that heeds DANE and asks no more than RFC 7672 has it ask.
func byDANE(d *evidence.Domain, h *evidence.MailHost, at *hop) evidence.Decision {
	switch mx := d.Exchange.Value.DNSSEC; {
	case mx.Status == "bogus":
		return refused(evidence.DNSSECFails, "the MX records do not hold: "+mx.Why)
	case h.DNSSEC.Status == "bogus": // told below
	case mx.Status == "insecure":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the MX records are not signed"}
	case mx.Status != "secure":
		return evidence.Decision{Outcome: evidence.Undecided, Why: mx.Why}
	}
	return byTLSA(h, 25, at, []string{at.host, h.TLSA[25].Value.Base, d.Name})
}

// byTLSA is what a client of a host does that heeds the TLSA records of a port.
func byTLSA(h *evidence.MailHost, port int, at *hop, names []string) evidence.Decision {
	f := h.TLSA[port]
	switch {
	case h.DNSSEC.Status == "bogus":
		return refused(evidence.DNSSECFails, "the addresses do not hold: "+h.DNSSEC.Why)
	case h.DNSSEC.Status == "insecure" && f.State == evidence.Inapplicable: // it is not: a signed alias may have records
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the addresses are not signed"}
	case h.DNSSEC.Status != "secure" && h.DNSSEC.Status != "insecure":
		return evidence.Decision{Outcome: evidence.Undecided, Why: h.DNSSEC.Why}
	case f.State != evidence.Known:
		return unlearned(f)
	case f.Value.DNSSEC.Status == "bogus":
		return refused(evidence.DNSSECFails, "the TLSA records do not hold: "+f.Value.DNSSEC.Why)
	case f.Value.DNSSEC.Status == "indeterminate":
		return evidence.Decision{Outcome: evidence.Undecided, Why: f.Value.DNSSEC.Why}
	case f.Value.DNSSEC.Status != "secure":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the TLSA records are not signed"}
	case len(f.Value.Records) == 0:
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "there are no TLSA records"}
	}
	return at.checked(f.Value, names)
}

func refused(cause evidence.Cause, why string) evidence.Decision {
	return evidence.Decision{Outcome: evidence.Refused, Cause: cause, Why: why}
}

// unlearned is what a sender does that cannot learn whether there are records: it must not go on (RFC 7672, Section 2.1.2). Where
// the name servers fail, others that ask fail as well; where no reply came, or the resolver refused to be asked, that may be the way to
// here.
func unlearned(f evidence.Fact[evidence.TLSA]) evidence.Decision {
	why := "whether there are TLSA records cannot be learned: " + f.Why
	if f.Value.Fails {
		return refused(evidence.LookupFails, why)
	}
	return evidence.Decision{Outcome: evidence.Undecided, Cause: evidence.LookupFails, Why: why}
}

// checked holds TLSA records against what the server shows.
func (h *hop) checked(t evidence.TLSA, names []string) evidence.Decision {
	encrypts, why := h.starttls()
	switch none := dane.Verify(parsed(t), nil, nil, time.Time{}); {
	case encrypts == evidence.No:
		return refused(evidence.NoSTARTTLS, "it has TLSA records, and "+why)
	case encrypts == evidence.Unsure:
		return evidence.Decision{Outcome: evidence.Undecided, Why: why}
	case !dane.Usable(none):
		return evidence.Decision{Outcome: evidence.Encrypted, Cause: evidence.NoUsableRecord, Why: "no TLSA record is usable", Records: results(none)}
	}
	return h.everyChain(parsed(t), names)
}

func parsed(t evidence.TLSA) []dane.Record {
	records := make([]dane.Record, 0, len(t.Records))
	for _, s := range t.Records {
		if r, err := dane.Parse(s); err == nil {
			records = append(records, r)
		}
	}
	return records
}

// everyChain wants a match for every chain that the server may show a client, who cannot choose among them.
func (h *hop) everyChain(records []dane.Record, names []string) evidence.Decision {
	f := h.certificatesByName()
	if !f.Seen() || len(f.Value) == 0 {
		return evidence.Decision{Outcome: evidence.Undecided, Why: "its certificates were not seen: " + f.Why}
	}
	out := evidence.Decision{Outcome: evidence.Authenticated}
	for _, c := range f.Value {
		list := dane.Verify(records, h.certificates(c), names, h.endpoint.At)
		if out.Records == nil || !dane.Authenticates(list) {
			out.Records = results(list)
		}
		if !dane.Authenticates(list) {
			out.Outcome, out.Cause, out.Why = evidence.Refused, evidence.NoRecordFits, "no TLSA record matches its certificate"
			if len(f.Value) > 1 {
				out.Why = "no TLSA record matches one of its certificates"
			}
			return out
		}
	}
	if f.State == evidence.Partial {
		return evidence.Decision{Outcome: evidence.Undecided, Why: "it may show other certificates: " + f.Why, Records: out.Records}
	}
	return out
}

func results(list []dane.Outcome) []evidence.TLSAResult {
	out := make([]evidence.TLSAResult, len(list))
	for i, o := range list {
		out[i] = evidence.TLSAResult{Record: o.Record.String(), Unusable: o.Unusable, Matches: o.Matches, Position: o.Position, Why: o.Why}
	}
	return out
}
