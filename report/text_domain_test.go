package report

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

func TestDomainText(t *testing.T) {
	for _, c := range []struct {
		name string
		scan domainScan
		opt  TextOptions
	}{
		{"sound-80", held(soundDomain(t)), TextOptions{}},
		{"sound-120-verbose", held(soundDomain(t)), TextOptions{Width: 120, Verbose: true}},
		{"sick-80", held(sickDomain(t)), TextOptions{}},
		{"sick-80-colour", held(sickDomain(t)), TextOptions{Color: true}},
		{"sick-80-plain", held(sickDomain(t)), TextOptions{Plain: true}},
		{"sick-120", held(sickDomain(t)), TextOptions{Width: 120}},
		{"half-80", halfDomain(t), TextOptions{}},
		{"half-120", halfDomain(t), TextOptions{Width: 120}},
		{"null-80", nullDomain(), TextOptions{}},
		{"null-120", nullDomain(), TextOptions{Width: 120}},
		{"none-80", noDomain(), TextOptions{}},
		{"no-such-80", noSuchDomain(), TextOptions{}},
		{"dead-80", deadDomain(), TextOptions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := domainText(t, c.scan.report(t), c.opt)
			golden(t, "domain-"+c.name+".txt", []byte(got))
			fits(t, got, max(c.opt.Width, 80))
			if c.opt.Plain && strings.ContainsFunc(got, func(r rune) bool { return r > '~' }) {
				t.Error("plain text has other characters than ASCII")
			}
		})
	}
}

func domainText(t *testing.T, r *Report, opt TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteText(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDomainHostileText lets nothing of the DNS or of servers through that a terminal would obey.
func TestDomainHostileText(t *testing.T) {
	for _, opt := range []TextOptions{{}, {Verbose: true}, {Plain: true, Verbose: true}, {Width: 120, Verbose: true}} {
		got := domainText(t, hostileDomain(t).report(t), opt)
		fits(t, got, max(opt.Width, 80))
		if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%+v: %q gets through", opt, got[max(i-40, 0):i+10])
		}
	}
}

// TestDomainReplacesEndpoints tells of an endpoint that is a domain's there alone, and of others behind.
func TestDomainReplacesEndpoints(t *testing.T) {
	s, other := soundDomain(t), weak(t)
	r := s.report(t)
	r = BuildDomains(r.Tool, r.Run, mailPolicy(t), domainsOf(s, nullDomain()), append(s.endpoints, other))
	got := domainText(t, r, TextOptions{})
	for text, want := range map[string]int{"\nexample.org ": 1, "parked.example ": 2, "\nmx1.example.org:25 ": 0, "\nimap.example.org:143 ": 1} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%d times %q, want %d, in\n%s", n, text, want, got)
		}
	}
	if first, rest, _ := strings.Cut(got, "imap.example.org:143"); !strings.Contains(first, "parked.example takes") && rest == "" {
		t.Error("the other endpoint is not behind the domains")
	}
}

// TestColumns puts the addresses of a name together that came out alike, tells others apart, and labels them so that all fit.
func TestColumns(t *testing.T) {
	labels := func(s domainScan) string {
		var out []string
		for _, c := range columnsOf(s.domain, s.report(t).Endpoints) {
			out = append(out, c.label)
		}
		return strings.Join(out, " ")
	}
	long := soundDomain(t)
	long.domain.Exchange.Value.List[0].Host = "alternative1.example.org"
	for i := range 2 {
		long.endpoints[i].Target.Host, long.domain.Hops[i].Host = "alternative1.example.org", "alternative1.example.org"
	}
	alone := soundDomain(t)
	alone.domain.Exchange.Value.List, alone.endpoints = alone.domain.Exchange.Value.List[:1], alone.endpoints[:1]
	alone.domain.Exchange.Value.List[0].Host, alone.endpoints[0].Target.Host = "\x1b[1m.example.org", "\x1b[1m.example.org"
	for want, s := range map[string]domainScan{"mx1 mx2 465 587 993": soundDomain(t), "mx1a mx1b mx2 465 587 993": halfDomain(t), "mx1  mx2 465 587 993": long, "mx": alone} {
		if got := labels(s); got != strings.ReplaceAll(want, "  ", " ") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestManyColumns writes several blocks where the columns do not fit beside each other.
func TestManyColumns(t *testing.T) {
	s := soundDomain(t)
	for i := range 6 {
		host := "imap" + string(rune('a'+i)) + ".example.org"
		s.domain.Services.Value = append(s.domain.Services.Value, evidence.MailService{Source: evidence.BySRV, Protocol: "imaps", Host: host, Port: 1993 + i})
		s.endpoints = append(s.endpoints, served(healthy(t), "imaps", host, 1993+i, "192.0.2.40"))
	}
	for _, opt := range []TextOptions{{}, {Plain: true}, {Width: 120}} {
		got := domainText(t, s.report(t), opt)
		fits(t, got, max(opt.Width, 80))
		if n := strings.Count(got, stripLabel); n != 2 && opt.Width == 0 || n != 1 && opt.Width == 120 {
			t.Errorf("%+v: %d blocks in\n%s", opt, n, got)
		}
	}
}

// TestStages says of a stage that was not seen that it is not known, and of times that were not measured nothing.
func TestStages(t *testing.T) {
	r := halfDomain(t).report(t)
	for i, want := range []string{"1 1 1 1 1 0", "0 0 0 0 0 0", "4 0 0 0 0 0"} {
		var got []string
		for _, s := range stagesOf(&r.Endpoints[i]) {
			got = append(got, fmt.Sprint(uint8(s.level)))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %s, want %s", name(r.Endpoints[i].Target), text, want)
		}
	}
	for _, s := range stagesOf(nil) {
		if s != (stage{}) {
			t.Errorf("%+v of an address that was not scanned", s)
		}
	}
	bare := soundDomain(t).report(t).Endpoints[0]
	bare.Endpoint.Observations = nil
	for _, s := range stagesOf(&bare)[:5] { // the last is seen in connections alone
		if s.level != check.Pass || s.took != 0 {
			t.Errorf("%+v without a connection to measure", s)
		}
	}
}

// TestStripping says by what a sender is kept from being talked into sending in the clear.
func TestStripping(t *testing.T) {
	const yes, clear, no, what = evidence.Authenticated, evidence.Opportunistic, evidence.Refused, evidence.Undecided
	for _, c := range []struct {
		dane, sts evidence.Outcome
		want      strip
	}{
		{yes, yes, strip{"both", check.Pass}}, {yes, clear, strip{"dane", check.Pass}}, {evidence.Encrypted, what, strip{"dane", check.Pass}},
		{clear, yes, strip{"sts", check.Pass}}, {clear, clear, strip{"no", check.Warn}}, {yes, no, strip{level: check.Fail}},
		{clear, what, strip{level: check.Undecided}}, {what, clear, strip{level: check.Undecided}}, {what, yes, strip{"sts", check.Pass}},
	} {
		s := soundDomain(t)
		s.domain.Hops[0].DANE.Outcome, s.domain.Hops[0].STS.Outcome = c.dane, c.sts
		if got := stripping(s.domain, s.report(t).Endpoints[0]); got != c.want {
			t.Errorf("DANE %s, MTA-STS %s: %+v, want %+v", c.dane, c.sts, got, c.want)
		}
	}
}

// TestVerdictOnDomains passes a domain that takes no mail, and none of which nothing is known.
func TestVerdictOnDomains(t *testing.T) {
	for want, list := range map[Verdict][]domainScan{Pass: {soundDomain(t), nullDomain()}, Fail: {sickDomain(t)}, Incomplete: {halfDomain(t), deadDomain()}} {
		for _, s := range list {
			if got := s.report(t).Domains[0].Verdict; got != want {
				t.Errorf("%s: %s, want %s", s.domain.Name, got, want)
			}
		}
	}
}

// TestPromisesOf counts rows that say nothing of any endpoint that answers, and shows them if all is wanted.
func TestPromisesOf(t *testing.T) {
	s := halfDomain(t)
	r := s.report(t)
	for i := range r.Endpoints {
		r.Endpoints[i].NotTried = []string{"padding-oracle"}
		for j, f := range r.Endpoints[i].Findings {
			if f.Check == "padding-oracle" {
				r.Endpoints[i].Findings = append(r.Endpoints[i].Findings[:j:j], r.Endpoints[i].Findings[j+1:]...)
			}
		}
	}
	columns := columnsOf(s.domain, r.Endpoints)
	if shown, silent := promisesOf(columns, false); silent != 1 || len(shown) != len(promises())-1 {
		t.Errorf("%d shown, %d not", len(shown), silent)
	}
	if shown, silent := promisesOf(columns, true); silent != 0 || len(shown) != len(promises()) {
		t.Errorf("of all %d shown, %d not", len(shown), silent)
	}
	if shown, silent := promisesOf(columns[1:3], false); silent != 0 || len(shown) != len(promises()) {
		t.Errorf("where nothing answers %d shown, %d not", len(shown), silent)
	}
}

// TestConfidenceInWords gives no number as more than it is, and names what takes from it once.
func TestConfidenceInWords(t *testing.T) {
	for want, c := range map[string]Confidence{
		"90 of 100": {Given: true, Score: 90, AtBest: 90}, "40 of 100, or up to 60, since not all is known": {Given: true, Score: 40, AtBest: 60},
		"not given, since too much is not known: at least 0 of 100": {AtBest: 100},
	} {
		if got := confidenceSum(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	c := &Confidence{Why: "silence", Points: []ConfidencePoint{{Text: "no", Host: "a", Of: 5}, {Text: "no", Host: "a", Of: 6}, {Text: "yes", Host: "a", Points: 4, Of: 4}, {Text: "?", Host: "b", Open: 3, Of: 3}}}
	if got := fmt.Sprint(confidenceLines(c, false)); got != "[{3 a: no (0 of 11)}]" {
		t.Error(got)
	}
	if got := fmt.Sprint(confidenceLines(c, true)); got != "[{3 a: no (0 of 11)} {1 a: yes (4 of 4)} {0 b: ? (0 of 3, or up to 3)} {0 not all is known, because of silence}]" {
		t.Error(got)
	}
}

// TestHopsWithoutAddress tells of addresses that are not known, and of exchangers that are left out, beside what is known.
func TestHopsWithoutAddress(t *testing.T) {
	s := soundDomain(t)
	open := func(why string) evidence.Decision { return evidence.Decision{Outcome: evidence.Undecided, Why: why} }
	half, more := open("half of the answer is lacking"), open("3 more, beyond those that are looked at")
	last := s.domain.Hops[len(s.domain.Hops)-1]
	s.domain.Exchange.Value.LeftOut = 3
	s.domain.Hops = append(s.domain.Hops, evidence.Hop{Host: last.Host, Preference: last.Preference, DANE: half, STS: half}, evidence.Hop{Preference: last.Preference, DANE: more, STS: more})
	text := domainText(t, s.report(t), TextOptions{})
	_, matrix, _ := strings.Cut(text, "Where its mail goes")
	for _, want := range []string{half.Why + "\n", " further exchangers\n", more.Why + "\n", "senders with DANE"} {
		if _, after, ok := strings.Cut(matrix, want); !ok {
			t.Errorf("%q is not, in this order, in:\n%s", want, text)
		} else {
			matrix = after
		}
	}
	var html strings.Builder
	if err := WriteHTML(&html, s.report(t)); err != nil || !strings.Contains(html.String(), " further exchangers</th>") || !strings.Contains(html.String(), half.Why) {
		t.Errorf("%v:\n%s", err, html.String())
	}
	for _, p := range s.report(t).Domains[0].Confidence.Points {
		if p.Host == "" || p.Host == "further exchangers" && p.Open == 0 {
			t.Errorf("%+v", p)
		}
	}
}

// TestServiceFoundByMore names every way by which a service was found.
func TestServiceFoundByMore(t *testing.T) {
	s := soundDomain(t)
	s.domain.Services.Value[3].Also = []evidence.Source{evidence.ByAutoconfig, evidence.ByAutodiscover}
	lines := serviceLines(s.domain, s.report(t).Endpoints, false)
	i := slices.IndexFunc(lines, func(l serviceLine) bool { return l.protocol == "imaps" })
	if i < 0 || lines[i].by() != "SRV, autoconfig, Autodiscover" {
		t.Errorf("%+v", lines)
	}
}

// TestPromisesWhole ends no list of what is wrong with how many more there are, where all lists are to be whole.
func TestPromisesWhole(t *testing.T) {
	s := soundDomain(t)
	s.endpoints = []*evidence.Endpoint{served(weak(t), "smtp", "mx1.example.org", 25, "192.0.2.25"), served(weak(t), "smtp", "mx2.example.org", 25, "198.51.100.25")}
	r := s.report(t)
	columns := columnsOf(s.domain, r.Endpoints)
	for _, opt := range []TextOptions{{Verbose: true}, {Verbose: true, Plain: true}, {Verbose: true, Width: 60}, {Verbose: true, Width: 120}} {
		got := domainText(t, r, opt)
		_, table, _ := strings.Cut(got, "What a mail server owes its users")
		table, _, _ = strings.Cut(table, "Where its mail goes")
		fits(t, table, cmp.Or(opt.Width, 80))
		if whole := regexp.MustCompile(`, \+[0-9]|\.\.\.`).FindString(table); whole != "" {
			t.Errorf("%+v: %q in\n%s", opt, whole, table)
		}
		table = strings.Join(strings.Fields(table), " ")
		for _, row := range promises() {
			for _, word := range wrongIn(row, columns) {
				if !strings.Contains(table, word) {
					t.Errorf("%+v: no %q in\n%s", opt, word, table)
				}
			}
		}
	}
	if got := domainText(t, r, TextOptions{Width: 70}); !strings.Contains(got, ", +") {
		t.Errorf("nothing is cut short that could be whole:\n%s", got)
	}
}

// TestMatrixFits keeps the table of exchangers within the page, whatever is to be remarked about them, and loses no remark.
func TestMatrixFits(t *testing.T) {
	s := soundDomain(t)
	for i := range s.endpoints[:3] {
		e := served(healthy(t), "smtp", s.endpoints[i].Target.Host, 25, s.endpoints[i].Target.Address, 112, 431, 755, 1155)
		e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{}
		e.Observations = append(e.Observations, evidence.Observation{Reaction: &evidence.Reaction{Said: []evidence.Said{
			{Command: "EHLO", Reply: "250", Inside: true}, {Command: "MAIL FROM:<>", Reply: "502 5.5.1 no", Inside: true}}}})
		s.endpoints[i] = e
	}
	s.endpoints[2].Facts.Reachable = evidence.Fact[bool]{State: evidence.Known, Why: "connection refused"}
	s.endpoints[1].Facts.STARTTLS.Value = evidence.STARTTLS{Offered: true}
	r := s.report(t)
	for _, opt := range []TextOptions{{Width: 60}, {}, {Plain: true}, {Width: 90}, {Width: 120, Verbose: true}} {
		got := domainText(t, r, opt)
		fits(t, got, cmp.Or(opt.Width, 80))
		_, matrix, _ := strings.Cut(got, "Where its mail goes")
		for _, want := range []string{"certificate", "from\n", "2001:db8::25 ", "192.0.2.25 ", " 502\n", " not trusted ", " refused ", " broken "} {
			if !strings.Contains(matrix, want) && !strings.Contains(matrix, strings.TrimRight(want, " ")+"\n") {
				t.Errorf("%+v: no %q in\n%s", opt, want, matrix)
			}
		}
	}
}

// TestStageOfSender tells whether MAIL FROM was taken inside TLS, where that was seen, and has no column for it elsewhere.
func TestStageOfSender(t *testing.T) {
	said := func(reply string, greeted bool) evidence.Observation {
		list := []evidence.Said{{Command: "MAIL FROM:<>", Reply: "250 2.1.0 Ok"}, {Command: "MAIL FROM:<>", Reply: "503 5.5.1 EHLO first", Inside: true}}
		if greeted {
			list = append(list, evidence.Said{Command: "EHLO", Reply: "250", Inside: true})
		}
		return evidence.Observation{Reaction: &evidence.Reaction{Said: append(list, evidence.Said{Command: "MAIL FROM:<>", Reply: reply, Inside: true})}}
	}
	for _, c := range []struct {
		name string
		list []evidence.Observation
		want stage
	}{
		{"not asked", nil, stage{}},
		{"taken", []evidence.Observation{said("250 2.1.0 Ok", true)}, stage{level: check.Pass}},
		{"refused", []evidence.Observation{said("550 no bounces", true)}, stage{level: check.Fail, word: "550"}},
		{"later", []evidence.Observation{said("451 wait", true)}, stage{word: "451"}},
		{"refused once", []evidence.Observation{said("250 Ok", true), said("550 no", true)}, stage{level: check.Pass}},
		{"no reply", []evidence.Observation{said("", true)}, stage{}},
		{"not greeted", []evidence.Observation{said("503 EHLO first", false)}, stage{}},
	} {
		if got := welcomed(&Endpoint{Endpoint: &evidence.Endpoint{Observations: c.list}}); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	s := soundDomain(t)
	s.endpoints[2].Observations = append(s.endpoints[2].Observations, said("250 2.1.0 Ok", true))
	var text, page strings.Builder
	r := s.report(t)
	if err := WriteText(&text, r, TextOptions{Width: 80}); err != nil || !strings.Contains(text.String(), "certificate  from\n") {
		t.Errorf("%v: no column in\n%s", err, text.String())
	}
	fits(t, text.String(), 80)
	if err := WriteHTML(&page, r); err != nil || !strings.Contains(page.String(), `class="soft">from</th>`) || !strings.Contains(page.String(), `colspan="7"`) {
		t.Errorf("%v: no column on the page", err)
	}
}
