package bulk

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/mailtls/mailtls/report"
)

// Summary counts rows. Its memory does not grow with them, but with the providers, of which it keeps no more than mostProviders.
type Summary struct {
	Names, Domains, Mail int // names of the list; those that are domains; those whose mail goes somewhere
	groups               []*group
}

// A group is a distribution of one thing.
type group struct {
	key, title string
	of         func(Row) []string
	counts     map[string]int
	order      []string // of the words; others follow, the most frequent first
	most       int      // words shown; 0: all
}

// Share is how many domains one word is said of.
type Share struct {
	Word    string
	Count   int
	Percent float64 // of the domains that take mail; in the first group, of all names
}

// Distribution is a group as it is shown.
type Distribution struct {
	Key, Title string
	Shares     []Share
}

// mostProviders is how many providers are counted at the same time. When there are more, those that were met once or least are forgotten,
// which those that are shown are not among.
const mostProviders = 100_000

// shown is how many of the findings and providers are shown.
const shown = 15

// NewSummary returns one without rows.
func NewSummary() *Summary {
	one := func(f func(Row) string) func(Row) []string {
		return func(r Row) []string {
			if w := f(r); w != "" {
				return []string{w}
			}
			return nil
		}
	}
	s := &Summary{groups: []*group{
		{key: "result", title: "Names of the list", of: one(func(r Row) string { return r.Result }), order: []string{Mail, NullMX, NoMail, Unknown, LeftAlone, Failed, Invalid}},
		{key: "verdict", title: "Verdict", of: one(func(r Row) string { return r.Verdict }), order: []string{"pass", "warn", "fail", "incomplete"}},
		{key: "starttls", title: "STARTTLS of the servers that take mail", of: one(func(r Row) string { return cmp.Or(r.STARTTLS, "no server answers") }), order: []string{"all", "some", "none", "unknown"}},
		{key: "versions", title: "Versions that any of them speaks", of: func(r Row) []string { return strings.Fields(r.Versions) }, order: []string{"SSLv2", "SSLv3", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"}},
		{key: "pfs", title: "Forward secrecy", of: one(func(r Row) string { return r.PFS }), order: []string{"always", "sometimes", "never", "unknown"}},
		{key: "dnssec", title: "DNSSEC of the MX records", of: one(func(r Row) string { return r.DNSSEC }), order: []string{"secure", "insecure", "bogus", "indeterminate"}},
		{key: "dane", title: "DANE: what senders that heed it do", of: one(func(r Row) string { return r.DANE }), order: []string{"authenticated", "encrypted", "opportunistic", "refused", "undecided", "none"}},
		{key: "mta_sts", title: "MTA-STS", of: one(func(r Row) string { return r.STS }), order: []string{"enforce", "testing", "off", "broken", "none", "unknown"}},
		{key: "tls_rpt", title: "TLSRPT", of: one(func(r Row) string { return r.TLSRPT }), order: []string{"yes", "broken", "no", "unknown"}},
		{key: "grade", title: "Grade of the servers that take mail", of: one(func(r Row) string { return r.Incoming }), order: []string{"A+", "A", "A-", "B", "C", "D", "E", "F"}},
		{key: "fails", title: "Findings that fail", of: func(r Row) []string { return strings.Fields(r.Fails) }, most: shown},
		{key: "warns", title: "Findings that warn", of: func(r Row) []string { return strings.Fields(r.Warns) }, most: shown},
		{key: "provider", title: "Providers", of: one(func(r Row) string { return r.Provider }), most: shown},
	}}
	for _, g := range s.groups {
		g.counts = map[string]int{}
	}
	return s
}

// Add counts a row.
func (s *Summary) Add(r Row) {
	s.Names++
	if r.Result != Invalid {
		s.Domains++
	}
	if r.Result == Mail {
		s.Mail++
	}
	for i, g := range s.groups {
		if i > 0 && r.Result != Mail {
			continue
		}
		for _, w := range g.of(r) {
			g.counts[w]++
		}
		g.forget()
	}
}

// forget makes room where there are too many words.
func (g *group) forget() {
	for least := 1; len(g.counts) > mostProviders; least *= 2 {
		for w, n := range g.counts {
			if n <= least {
				delete(g.counts, w)
			}
		}
	}
}

// Distributions returns what was counted.
func (s *Summary) Distributions() []Distribution {
	var out []Distribution
	for i, g := range s.groups {
		of := s.Mail
		if i == 0 {
			of = s.Names
		}
		d := Distribution{Key: g.key, Title: g.title}
		for _, w := range g.words() {
			d.Shares = append(d.Shares, Share{report.EscapeASCII(w), g.counts[w], 100 * float64(g.counts[w]) / float64(max(of, 1))})
		}
		if len(d.Shares) > 0 {
			out = append(out, d)
		}
	}
	return out
}

func (g *group) words() []string {
	var list []string
	for w := range g.counts {
		list = append(list, w)
	}
	place := func(w string) int {
		if i := slices.Index(g.order, w); i >= 0 {
			return i
		}
		return len(g.order)
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(g.counts[b], g.counts[a]), cmp.Compare(a, b))
	})
	if g.most > 0 && len(list) > g.most {
		list = list[:g.most]
	}
	return list
}

// WriteText writes it for people.
func (s *Summary) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%d names, %d domains, of which %d take mail. Shares are of these.\n", s.Names, s.Domains, s.Mail)
	for _, d := range s.Distributions() {
		fmt.Fprintf(t, "\n%s\n", d.Title)
		for _, one := range d.Shares {
			fmt.Fprintf(t, "%d\t%.1f %%\t  %s\n", one.Count, one.Percent, one.Word)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// WriteCSV writes a line for each word.
func (s *Summary) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{"group", "value", "domains", "percent"})
	for _, d := range s.Distributions() {
		for _, one := range d.Shares {
			_ = c.Write([]string{d.Key, cell(one.Word), strconv.Itoa(one.Count), strconv.FormatFloat(one.Percent, 'f', 2, 64)})
		}
	}
	c.Flush()
	return c.Error()
}
