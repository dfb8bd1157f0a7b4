package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// domainEvidence is short for what a domain is known by.
type domainEvidence = *evidence.Domain

// domainTable is a table with a column per endpoint of a domain, or per few that came out alike.
type domainTable struct {
	Title string
	Heads []headView
	Rows  []domainRow
	Rest  string // what is said of rows that are left out
}

type headView struct{ ID, Label, Name string }

type domainRow struct {
	Label string
	Cells []cellView
	Words string // what is wrong, in short
}

// cellView is a mark, or a word instead of it.
type cellView struct {
	Mark markView
	Word string
}

// tables are what is owed to users by column, and the verdicts of other policies.
func (v *domainView) tables(d Domain, own []Endpoint, r *Report) {
	columns := columnsOf(d.Domain, own)
	title := "What a mail server owes its users"
	for some := range slices.Chunk(columns, maxColumns) {
		t := domainTable{Title: title, Heads: heads(some, r)}
		shown, silent := promisesOf(some, false)
		for _, p := range shown {
			t.Rows = append(t.Rows, promiseRowOf(p, some))
		}
		if silent > 0 {
			t.Rest = fmt.Sprintf("%d more do not apply, or were not asked about wholly.", silent)
		}
		strip := domainRow{Label: stripLabel}
		for _, c := range some {
			s := stripping(d.Domain, c.list[0])
			strip.Cells = append(strip.Cells, cellView{markOf(s.level), s.word})
		}
		t.Rows = append(t.Rows, strip)
		v.Tables = append(v.Tables, t)
		title = "What it owes, at the others"
	}
	v.policies(d, own, columns, heads(columns, r))
	v.Legend = slices.Concat(stripNotes(d.Domain, columns, "✗"), legend(columns, Escape))
}

func promiseRowOf(p promise, columns []column) domainRow {
	row := domainRow{Label: p.label}
	var words []string
	for _, c := range columns {
		level, text := keptBy(p, c.list[0])
		row.Cells = append(row.Cells, cellView{Mark: markOf(level)})
		if level == check.Warn || level == check.Fail {
			words = union(words, strings.Split(text, ", "))
		}
	}
	row.Words = Escape(strings.Join(words, ", "))
	return row
}

// heads are the heads of columns, each with a link to the first of its endpoints.
func heads(columns []column, r *Report) []headView {
	var out []headView
	for _, c := range columns {
		names := make([]string, len(c.list))
		for i, e := range c.list {
			names[i] = Escape(e.Target.Address)
		}
		at := slices.IndexFunc(r.Endpoints, func(e Endpoint) bool { return e.Endpoint == c.list[0].Endpoint })
		out = append(out, headView{idOf(at), c.label, Escape(name(c.list[0].Target)) + " at " + inSeries(names)})
	}
	return out
}

// exchangersView is the matrix of mail exchangers.
type exchangersView struct {
	Stages  []string
	Hosts   []exchangerView
	Senders []statement // what senders do with all of them alike
	AsOf    string      // where that is of another time
}

type exchangerView struct {
	Preference int
	Name       string
	Hops       []hopView
}

type hopView struct {
	Address string
	None    []statement // instead of stages: why there is no address
	Stages  []stageView
	Senders []statement
}

type stageView struct {
	Label      string
	Mark       markView
	Word, Took string
}

func exchangersViewOf(d *evidence.Domain, own []Endpoint) exchangersView {
	v := exchangersView{Stages: stageLabels()[:stagesShown(d.Hops, own)]}
	there := withAddress(d.Hops)
	dane, daneAlike := sameDecision(there, byDANE)
	sts, stsAlike := sameDecision(there, bySTS)
	for i, h := range d.Hops {
		if i == 0 || d.Hops[i-1].Host != h.Host {
			v.Hosts = append(v.Hosts, exchangerView{Preference: h.Preference, Name: Escape(exchangerName(h.Host))})
		}
		host := &v.Hosts[len(v.Hosts)-1]
		if !h.Address.IsValid() {
			level, _ := does(h.DANE)
			host.Hops = append(host.Hops, hopView{None: []statement{{Mark: markOf(level), Text: Escape(h.DANE.Why)}}})
			continue
		}
		one := hopView{Address: h.Address.String()}
		for j, s := range stagesOf(endpointOf(h, own))[:len(v.Stages)] {
			one.Stages = append(one.Stages, stageView{v.Stages[j], markOf(s.level), Escape(s.word), briefly(s.took)})
		}
		more := i+1 < len(d.Hops) && d.Hops[i+1].Host == h.Host && d.Hops[i+1].Address.IsValid()
		if !daneAlike && !(more && sameFor(d.Hops[i:i+2], byDANE)) {
			one.Senders = append(one.Senders, senderView("DANE", h.DANE))
		}
		if !stsAlike && !(more && sameFor(d.Hops[i:i+2], bySTS)) {
			one.Senders = append(one.Senders, senderView("MTA-STS", h.STS))
		}
		host.Hops = append(host.Hops, one)
	}
	if daneAlike {
		v.Senders = append(v.Senders, senderView("Senders with DANE", dane))
	}
	if stsAlike {
		v.Senders = append(v.Senders, senderView("Senders with MTA-STS", sts))
	}
	return v
}

// Columns is how many the table has: one for the addresses, and the stages.
func (v exchangersView) Columns() int { return 1 + len(v.Stages) }

func senderView(label string, d evidence.Decision) statement {
	level, text := does(d)
	return statement{Mark: markOf(level), Label: label, Text: strings.Join(filled(text, Escape(d.Why)), ": ")}
}
