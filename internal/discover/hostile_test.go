package discover

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// repeat writes n records, of which %d is the number.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "%d", strconv.Itoa(i)) + "\n")
	}
	return b.String()
}

// TestExchangers wants a word about every MX record that is not as it should be.
func TestExchangers(t *testing.T) {
	for _, c := range []struct{ name, records, host, want string }{
		{"right", "good.test. MX 10 mx.good.test.", "mx.good.test", ""},
		{"alias", "good.test. MX 10 mx.good.test.\nmx.good.test. CNAME other.test.", "mx.good.test", "an alias of other.test"},
		{"twice", "good.test. MX 10 mx.good.test.\ngood.test. MX 20 mx.good.test.\ngood.test. MX 30 mx.good.test.", "mx.good.test", "preference 20"},
		{"address", "good.test. MX 10 192.0.2.1.", "192.0.2.1", "an address"},
		{"IPv6 address", `good.test. MX 10 2001:db8::1.`, "2001:db8::1", "an address"},
		{"underscore", "good.test. MX 10 m_x.good.test.", "m_x.good.test", "no name of a host"},
		{"hyphen", "good.test. MX 10 -mx.good.test.", "-mx.good.test", "no name of a host"},
		{"escape", `good.test. MX 10 m\032x.good.test.`, `m\032x.good.test`, "no name of a host"},
		{"null beside others", "good.test. MX 10 mx.good.test.\ngood.test. MX 0 .", "", "RFC 7505"},
	} {
		d, _ := surveyOf(t, c.records, nil, nil)
		found := false
		for _, x := range d.Exchange.Value.List {
			if x.Host != c.host {
				continue
			}
			found = true
			if got := strings.Join(x.Problems, "; "); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		if !found {
			t.Errorf("%s: %+v", c.name, d.Exchange)
		}
	}
	if d, _ := surveyOf(t, "good.test. A 127.0.0.1\ngood.test. AAAA ::1", nil, nil); len(d.Exchange.Value.List) != 1 || d.Exchange.Value.List[0].Problems != nil {
		t.Errorf("%+v", d.Exchange)
	}
}

// TestNoSuchDomain asks no more than whether there is one.
func TestNoSuchDomain(t *testing.T) {
	d, asked := surveyOf(t, "other.test. A 127.0.0.1", nil, nil)
	if asked != 1 || !d.Exchange.Value.NoSuch || d.Exchange.Value.Kind != evidence.NoMail {
		t.Errorf("%d questions, %+v", asked, d.Exchange)
	}
	for _, k := range []evidence.DomainKey{evidence.KeyServices, evidence.KeySTS, evidence.KeySTSPolicy, evidence.KeyReports, evidence.KeyCAA} {
		if state, why := k.Condition(d); state != evidence.Inapplicable || why != "there is no such domain" {
			t.Errorf("%s: %s, %q", k.Name, state, why)
		}
	}
	if d, _ := surveyOf(t, "other.test. A 127.0.0.1", map[string]resolve.Status{"good.test.": resolve.Bogus}, nil); d.Exchange.Value.NoSuch {
		t.Error("a forged answer is believed")
	}
}

// TestBombs wants a bounded result of answers that are as long as they can be.
func TestBombs(t *testing.T) {
	const n = 500
	d, asked := surveyOf(t, repeat(n, "good.test. MX 10 mx%d.good.test.")+repeat(20, "mx%d.good.test. A 127.0.0.1")+repeat(20, "mx%d.good.test. AAAA ::1")+
		repeat(200, "mx0.good.test. A 127.1.1.%d")+repeat(n, "_imaps._tcp.good.test. SRV 0 0 993 host%d.good.test.")+
		repeat(n, "1.0.0.127.in-addr.arpa. PTR name%d.good.test.")+repeat(n, `good.test. CAA 0 issue "ca%d.test"`)+
		`good.test. CAA 0 issue "`+strings.Repeat("x", 200)+"\"\n"+
		"_smtp._tls.good.test. TXT \"v=TLSRPTv1; rua=mailto:a@b.test\" "+strings.Repeat(`",mailto:aaaaaaaa@b.test" `, n)+"\n"+
		"_mta-sts.good.test. TXT "+strings.Repeat(`"`+strings.Repeat("v=STSv1; id=", 20)+`" `, n)+"\n", nil, nil)
	if x := d.Exchange.Value; len(x.List) != MaxExchangers || x.LeftOut != n-MaxExchangers {
		t.Errorf("%d exchangers, %d left out", len(x.List), x.LeftOut)
	}
	if s := d.Services; len(s.Value) > maxServices+4*2*4 || s.State != evidence.Partial || !strings.Contains(s.Why, "left out") {
		t.Errorf("%d services, %s, %s", len(s.Value), s.State, s.Why)
	}
	if h := d.Hosts["mx0.good.test"]; len(h.Addresses.Value) != maxAddresses || h.LeftOut != 202-maxAddresses || h.Addresses.State != evidence.Partial {
		t.Errorf("%d addresses, %d left out, %s", len(h.Addresses.Value), h.LeftOut, h.Addresses.State)
	}
	if r := d.Hosts["mx1.good.test"].Reverse[netip.MustParseAddr("127.0.0.1")]; len(r.Value.Names) != maxCalled || r.State != evidence.Partial || !strings.Contains(r.Why, "left out") {
		t.Errorf("%+v", r)
	}
	if c := d.CAA.Value; len(c.Records) != maxAuthorizations || c.LeftOut == 0 {
		t.Errorf("%d authorizations, %d left out", len(c.Records), c.LeftOut)
	}
	if r := d.Reports.Value; len(r.RUA) != maxReports || r.LeftOut != n+1-maxReports {
		t.Errorf("%d places for reports, %d left out: %s", len(r.RUA), r.LeftOut, r.Fault)
	}
	if d.STS.Value.Fault == "" || len(d.STS.Value.Fault) > 300 {
		t.Errorf("%d bytes: %.300s", len(d.STS.Value.Fault), d.STS.Value.Fault)
	}
	text, err := json.Marshal(d)
	if err != nil || len(text) > 200<<10 || asked > 1000 {
		t.Errorf("%d bytes, %v, %d questions", len(text), err, asked)
	}
	t.Logf("%d bytes, %d questions", len(text), asked)
}

// TestLame wants the reason in every fact about a domain whose name servers do not answer.
func TestLame(t *testing.T) {
	errs := map[string]string{}
	for _, name := range []string{"", "_mta-sts.", "_smtp._tls.", "_submissions._tcp.", "_submission._tcp.", "_imaps._tcp.", "_imap._tcp.", "_pop3s._tcp.", "_pop3._tcp.", "_sieve._tcp.",
		"_autodiscover._tcp.", "autoconfig.", "autodiscover.", "mail.", "smtp.", "imap.", "pop.", "pop3."} {
		errs[name+"good.test."] = "no reply"
	}
	d, asked := surveyOf(t, "", nil, errs)
	for _, k := range []evidence.DomainKey{evidence.KeyExchange, evidence.KeyServices, evidence.KeySTS, evidence.KeyReports, evidence.KeyCAA} {
		if state, why := k.Condition(d); state != evidence.Unknown || !strings.Contains(why, "no reply") {
			t.Errorf("%s: %s, %q", k.Name, state, why)
		}
	}
	if asked > 40 || len(d.Hosts) > 0 {
		t.Errorf("%d questions, %v", asked, d.Hosts)
	}
}

// TestEndlessAliases wants no host where aliases go round, and a word about it.
func TestEndlessAliases(t *testing.T) {
	d, _ := surveyOf(t, "good.test. MX 10 a.good.test.\na.good.test. CNAME b.good.test.\nb.good.test. CNAME a.good.test.\n_mta-sts.good.test. CNAME _mta-sts.good.test.", nil, nil)
	if h := d.Hosts["a.good.test"]; h.Addresses.State != evidence.Unknown || !strings.Contains(h.Addresses.Why, "circle") {
		t.Errorf("%+v", h.Addresses)
	}
	if d.STS.State != evidence.Unknown || !strings.Contains(d.STS.Why, "circle") {
		t.Errorf("%+v", d.STS)
	}
	if d, _ := surveyOf(t, "good.test. CNAME b.test.\nb.test. CNAME good.test.", nil, nil); d.Exchange.State != evidence.Unknown || !strings.Contains(d.Exchange.Why, "circle") {
		t.Errorf("%+v", d.Exchange)
	}
	long := "good.test. CNAME c0.test.\n"
	for i := range 100 {
		long += fmt.Sprintf("c%d.test. CNAME c%d.test.\n", i, i+1)
	}
	if d, _ := surveyOf(t, long, nil, nil); d.Exchange.State != evidence.Unknown || !strings.Contains(d.Exchange.Why, "more than 12 aliases") {
		t.Errorf("%+v", d.Exchange)
	}
}

// TestAuthorizations climbs (RFC 8659, Section 3).
func TestAuthorizations(t *testing.T) {
	secure := map[string]resolve.Status{"test.": resolve.Secure}
	for _, c := range []struct {
		name, records string
		status        map[string]resolve.Status
		errs          map[string]string
		at, vouch     string
		state         evidence.State
	}{
		{"own", "good.test. CAA 0 issue \"a.test\"\ntest. CAA 0 issue \"b.test\"", secure, nil, "good.test", "secure", evidence.Known},
		{"of the domain above", "good.test. A 127.0.0.1\ntest. CAA 0 issue \"b.test\"", secure, nil, "test", "secure", evidence.Known},
		{"of an alias", "good.test. CNAME x.test.\nx.test. CAA 0 issue \"a.test\"", secure, nil, "good.test", "secure", evidence.Known},
		{"not of what is above an alias", "good.test. CNAME x.other.test.\nx.other.test. A 127.0.0.1\nother.test. CAA 0 issue \"a.test\"", secure, nil, "", "secure", evidence.Known},
		{"that there are none below is not signed", "good.test. A 127.0.0.1\ntest. CAA 0 issue \"b.test\"", map[string]resolve.Status{"test.": resolve.Secure, "good.test.": resolve.Insecure}, nil,
			"test", "insecure", evidence.Known},
		{"none", "good.test. A 127.0.0.1", secure, nil, "", "secure", evidence.Known},
		{"no answer below", "good.test. A 127.0.0.1\ntest. CAA 0 issue \"b.test\"", secure, map[string]string{"good.test. CAA": "no reply"}, "", "", evidence.Unknown},
		{"no answer above", "good.test. A 127.0.0.1", secure, map[string]string{"test. CAA": "no reply"}, "", "", evidence.Unknown},
	} {
		d, _ := surveyOf(t, c.records, c.status, c.errs)
		if got := d.CAA; got.State != c.state || got.Value.Name != c.at || got.Value.DNSSEC.Status != c.vouch {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestReverse says so where it could not be learned whether a name has the address.
func TestReverse(t *testing.T) {
	const base = "good.test. A 127.0.0.1\n1.0.0.127.in-addr.arpa. PTR a.test.\n1.0.0.127.in-addr.arpa. PTR b.test.\n"
	for _, c := range []struct {
		records   string
		errs      map[string]string
		state     evidence.State
		confirmed bool
	}{
		{"b.test. A 127.0.0.1", nil, evidence.Known, true},
		{"b.test. A 127.0.0.1", map[string]string{"a.test.": "no reply"}, evidence.Known, true},
		{"b.test. A 127.0.0.2", nil, evidence.Known, false},
		{"b.test. A 127.0.0.2", map[string]string{"a.test.": "no reply"}, evidence.Partial, false},
		{"", map[string]string{"1.0.0.127.in-addr.arpa.": "no reply"}, evidence.Unknown, false},
	} {
		d, _ := surveyOf(t, base+c.records, nil, c.errs)
		if r := d.Hosts["good.test"].Reverse[netip.MustParseAddr("127.0.0.1")]; r.State != c.state || r.Value.Confirmed != c.confirmed {
			t.Errorf("%+v: %+v", c, r)
		}
	}
}

// TestBases looks for TLSA records where senders do (RFC 7672, Sections 2.2.2 and 2.2.3).
func TestBases(t *testing.T) {
	const record = " TLSA 3 1 1 0a"
	for _, c := range []struct {
		name, records string
		status        map[string]resolve.Status
		base          string // "" if nobody asks
		records1      int
	}{
		{"no alias", "mx.good.test. A 127.0.0.1\n_25._tcp.mx.good.test." + record, map[string]resolve.Status{"good.test.": resolve.Secure}, "mx.good.test", 1},
		{"not signed", "mx.good.test. A 127.0.0.1\n_25._tcp.mx.good.test." + record, nil, "", 0},
		{"alias, both signed", "mx.good.test. CNAME x.test.\nx.test. A 127.0.0.1\n_25._tcp.x.test." + record + "\n_25._tcp.mx.good.test." + record,
			map[string]resolve.Status{"test.": resolve.Secure}, "x.test", 1},
		{"alias, records at its own name", "mx.good.test. CNAME x.test.\nx.test. A 127.0.0.1\n_25._tcp.mx.good.test." + record, map[string]resolve.Status{"test.": resolve.Secure}, "mx.good.test", 1},
		{"alias signed, target not", "mx.good.test. CNAME x.test.\nx.test. A 127.0.0.1\n_25._tcp.x.test." + record + "\n_25._tcp.mx.good.test." + record,
			map[string]resolve.Status{"good.test.": resolve.Secure}, "mx.good.test", 1},
		{"alias not signed, target is", "mx.good.test. CNAME x.test.\nx.test. A 127.0.0.1\n_25._tcp.x.test." + record, map[string]resolve.Status{"x.test.": resolve.Secure}, "", 0},
		{"bogus", "mx.good.test. A 127.0.0.1\n_25._tcp.mx.good.test." + record, map[string]resolve.Status{"good.test.": resolve.Bogus}, "", 0},
	} {
		d, _ := surveyOf(t, "good.test. MX 10 mx.good.test.\n"+c.records, c.status, nil)
		if got := d.Hosts["mx.good.test"].TLSA[25]; (got.State == evidence.Known) != (c.base != "") || got.Value.Base != c.base || len(got.Value.Records) != c.records1 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestWorst wants the answer that decides, whichever came first.
func TestWorst(t *testing.T) {
	order := []string{"bogus", "indeterminate", "insecure", "secure", ""}
	for i, a := range order {
		for k, b := range order {
			if got := worst(evidence.Vouch{Status: a}, evidence.Vouch{Status: b}).Status; got != order[min(i, k)] {
				t.Errorf("%q and %q: %q", a, b, got)
			}
		}
	}
}
