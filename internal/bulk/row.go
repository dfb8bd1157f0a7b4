package bulk

import (
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// Row is the result of one name of the list in flat columns. Lists stand in one column, separated by spaces.
type Row struct {
	Domain   string    `json:"domain" parquet:"domain"`
	Line     int       `json:"line" parquet:"line"`     // of the list
	Result   string    `json:"result" parquet:"result"` // one of the words below
	Error    string    `json:"error,omitempty" parquet:"error"`
	At       time.Time `json:"at,omitzero" parquet:"at,timestamp"`
	Verdict  string    `json:"verdict,omitempty" parquet:"verdict"`   // pass, warn, fail, incomplete
	Provider string    `json:"provider,omitempty" parquet:"provider"` // registered domain of the best mail exchanger

	Exchangers int    `json:"exchangers" parquet:"exchangers"` // mail exchangers
	Endpoints  int    `json:"endpoints" parquet:"endpoints"`   // all, of whatever protocol
	Relays     int    `json:"relays" parquet:"relays"`         // addresses of mail exchangers
	Answering  int    `json:"answering" parquet:"answering"`   // of them, those that could be connected to
	DNSSEC     string `json:"dnssec,omitempty" parquet:"dnssec"`

	STARTTLS string `json:"starttls,omitempty" parquet:"starttls"` // of Answering: all, some, none, unknown
	Versions string `json:"versions,omitempty" parquet:"versions"` // that any of them speaks, oldest first
	PFS      string `json:"pfs,omitempty" parquet:"pfs"`           // forward secrecy: always, sometimes, never, unknown; the worst of them

	DANE      string `json:"dane,omitempty" parquet:"dane"`                     // none, or the worst outcome of a sender that heeds it, of all addresses
	STS       string `json:"mta_sts,omitempty" parquet:"mta_sts"`               // none, enforce, testing, off, broken, unknown
	STSResult string `json:"mta_sts_result,omitempty" parquet:"mta_sts_result"` // the worst outcome of a sender that heeds it
	TLSRPT    string `json:"tls_rpt,omitempty" parquet:"tls_rpt"`               // yes, no, broken, unknown
	CAA       string `json:"caa,omitempty" parquet:"caa"`                       // yes, no, unknown

	Incoming   string `json:"incoming,omitempty" parquet:"incoming"` // the worst grade of those endpoints, or the verdict where there is none
	Submission string `json:"submission,omitempty" parquet:"submission"`
	Access     string `json:"access,omitempty" parquet:"access"`
	Fails      string `json:"fails,omitempty" parquet:"fails"` // checks, of the domain and of all endpoints
	Warns      string `json:"warns,omitempty" parquet:"warns"`
}

// What a Result may be.
const (
	Invalid = "invalid" // the name is none of a domain; Error tells why
	Unknown = "unknown" // the DNS does not say where its mail goes; Error tells why
	NoMail  = "no mail" // there is no such domain, or it has neither MX nor address
	NullMX  = "null mx" // it says that it takes no mail
	Mail    = "mail"

	LeftAlone = "left alone" // it wants no scans by a service; Error tells who says so
	Failed    = "failed"     // it could not be scanned; Error tells why
)

// RowOf makes a row of the report of one domain.
func RowOf(r *report.Report) Row {
	d := &r.Domains[0]
	row := Row{Domain: d.Name, At: d.At, Verdict: d.Verdict.String(), Endpoints: len(r.Endpoints), Result: Mail,
		Exchangers: len(d.Exchange.Value.List), DNSSEC: d.Exchange.Value.DNSSEC.Status}
	switch {
	case d.Exchange.State != evidence.Known:
		row.Result, row.Error = Unknown, d.Exchange.Why
	case row.DNSSEC == "bogus" && len(d.Exchange.Value.List) == 0:
		row.Result, row.Error = Unknown, "DNSSEC does not validate: "+d.Exchange.Value.DNSSEC.Why
	case d.Exchange.Value.Kind == evidence.NullMX:
		row.Result = NullMX
	case d.Exchange.Value.Kind == evidence.NoMail:
		row.Result = NoMail
	}
	if row.Exchangers > 0 {
		row.Provider = ProviderOf(d.Exchange.Value.List[0].Host)
	}
	row.relays(r.Endpoints)
	row.promises(d)
	row.roles(d)
	row.findings(r)
	return row
}

// relays fills in what is about the addresses of mail exchangers.
func (row *Row) relays(endpoints []report.Endpoint) {
	var upgrades, pfs []string
	spoken := map[tlswire.Version]bool{}
	for _, e := range endpoints {
		if e.Target.Protocol != "smtp" || e.Target.Port != 25 {
			continue
		}
		row.Relays++
		if evidence.Is(e.Facts.Reachable) != evidence.Yes {
			continue
		}
		row.Answering++
		upgrades = append(upgrades, upgrade(e.Facts.STARTTLS))
		if evidence.Is(works(e.Facts.STARTTLS)) != evidence.Yes {
			continue
		}
		pfs = append(pfs, secrecy(&e.Facts))
		for _, v := range e.Facts.Versions.Value {
			spoken[v] = true
		}
	}
	row.STARTTLS = all(upgrades)
	row.PFS = worst(pfs, "never", "sometimes", "unknown", "always")
	var names []string
	for _, v := range tlswire.Versions() {
		if spoken[v] {
			names = append(names, strings.ReplaceAll(v.String(), " ", ""))
		}
	}
	row.Versions = strings.Join(names, " ")
}

// promises fills in what the DNS promises, and what becomes of it.
func (row *Row) promises(d *report.Domain) {
	var dane, sts []string
	records := false
	for _, h := range d.Hops {
		if h.DANE.Cause == evidence.NoAddress { // nothing is promised of an address that is not there
			continue
		}
		dane, sts = append(dane, string(h.DANE.Outcome)), append(sts, string(h.STS.Outcome))
		host := d.Hosts[h.Host]
		records = records || host != nil && len(host.TLSA[25].Value.Records) > 0 || h.DANE.Outcome == evidence.Refused
	}
	order := []string{string(evidence.Refused), string(evidence.Undecided), string(evidence.Opportunistic), string(evidence.Encrypted), string(evidence.Authenticated)}
	if row.DANE = worst(dane, order...); !records && row.DANE != "" && row.DANE != string(evidence.Undecided) {
		row.DANE = "none"
	}
	row.STSResult = worst(sts, order...)
	row.STS = policyWord(d.Domain)
	row.TLSRPT = presence(d.Reports.State, d.Reports.Value.Fault != "", true)
	row.CAA = presence(d.CAA.State, false, len(d.CAA.Value.Records) > 0)
	if row.STS == "none" {
		row.STSResult = ""
	}
}

func (row *Row) roles(d *report.Domain) {
	for _, r := range d.Roles {
		word := string(r.Grade)
		if word == "" {
			word = r.Verdict.String()
		}
		switch r.Purpose {
		case report.Incoming:
			row.Incoming = word
		case report.Submission:
			row.Submission = word
		case report.Access:
			row.Access = word
		}
	}
}

func (row *Row) findings(r *report.Report) {
	levels := map[string]check.Level{}
	add := func(list []check.Finding) {
		for _, f := range list {
			if f.Accepted == nil && f.Level >= check.Warn {
				levels[f.Check] = max(levels[f.Check], f.Level)
			}
		}
	}
	add(r.Domains[0].Findings)
	for _, e := range r.Endpoints {
		add(e.Findings)
	}
	var fails, warns []string
	for id, l := range levels {
		if l == check.Fail {
			fails = append(fails, id)
		} else {
			warns = append(warns, id)
		}
	}
	slices.Sort(fails)
	slices.Sort(warns)
	row.Fails, row.Warns = strings.Join(fails, " "), strings.Join(warns, " ")
}
