package mailtls

import (
	"crypto/sha256"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/dane"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/mtasts"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlsrpt"
)

// told are the checks that have something to tell, and how bad it is.
func told(r *report.Report) map[string]string {
	out := map[string]string{}
	for _, f := range r.Domains[0].Findings {
		switch {
		case f.Level >= check.Warn:
			out[f.Check] = f.Level.String() + ": " + f.Message
		case f.Note:
			out[f.Check] = "note: " + f.Message
		}
	}
	return out
}

// adviceOn is what is to be done about what a check found.
func adviceOn(t *testing.T, r *report.Report, id string) []fix.Step {
	t.Helper()
	var endpoints []*evidence.Endpoint
	for _, e := range r.Endpoints {
		endpoints = append(endpoints, e.Endpoint)
	}
	for _, f := range r.Domains[0].Findings {
		if f.Check == id {
			return fix.DomainAdvice(f, r.Domains[0].Domain, endpoints)
		}
	}
	t.Fatalf("%s did not run", id)
	return nil
}

// apply does what a step says, and reports whether there was anything to do for the DNS or the web server. Our own parsers have to take
// each line.
func (w *cureWorld) apply(t *testing.T, s fix.Step) bool {
	t.Helper()
	switch {
	case strings.HasPrefix(s.Where, "the file https://"):
		place := strings.TrimPrefix(s.Where, "the file https://")
		text := strings.Join(s.Lines, "\n") + "\n"
		if place == autoconfigPlace {
			kind := "<incomingServer"
			if strings.Contains(text, "outgoingServer") {
				kind = "<outgoingServer"
			}
			w.documents[place] = strings.Replace(w.documents[place], kind, text+kind, 1)
			return true
		}
		if p, err := mtasts.ParsePolicy([]byte(text)); err != nil || len(p.Notes) > 0 {
			t.Errorf("the policy %q: %v %v", text, err, p)
		}
		w.documents[place] = text
		return true
	case s.Where != fix.Beside && s.Where != fix.Instead && s.Where != fix.TakenOut:
		return false
	}
	w.change(t, s)
	return len(s.Lines) > 0
}

// change changes the zone.
func (w *cureWorld) change(t *testing.T, s fix.Step) {
	var add []dns.RR
	for _, l := range s.Lines {
		rr := canonical(t, l)
		wellFormed(t, rr)
		if rr.Header().Ttl != 3600 {
			t.Errorf("%s: a TTL of %d", l, rr.Header().Ttl)
		}
		add = append(add, rr)
	}
	w.records = slices.DeleteFunc(w.records, func(r string) bool {
		old := canonical(t, r)
		return slices.ContainsFunc(add, func(rr dns.RR) bool {
			same := old.Header().Name == rr.Header().Name && old.Header().Rrtype == rr.Header().Rrtype
			return same && (s.Where == fix.Instead || s.Where == fix.TakenOut && dns.IsDuplicate(old, rr))
		})
	})
	if s.Where == fix.TakenOut {
		return
	}
	w.records = append(w.records, s.Lines...)
}

// wellFormed holds records against the parsers of their kind.
func wellFormed(t *testing.T, rr dns.RR) {
	var err error
	switch rr := rr.(type) {
	case *dns.TLSA:
		var r dane.Record
		r, err = dane.Parse(fmt.Sprintf("%d %d %d %s", rr.Usage, rr.Selector, rr.MatchingType, rr.Certificate))
		if why := r.Unusable(); why != "" {
			t.Errorf("%v: %s", rr, why)
		}
	case *dns.TXT:
		text := []string{strings.Join(rr.Txt, "")}
		if strings.HasPrefix(rr.Hdr.Name, "_mta-sts.") {
			_, err = mtasts.ParseRecord(text)
		} else {
			_, err = tlsrpt.Parse(text)
		}
	}
	if err != nil {
		t.Errorf("%v: %v", rr, err)
	}
}

// optional are steps that are for another case than the one that is proven.
func optional(s fix.Step) bool {
	return strings.HasPrefix(s.For, "only if") || s.For == "if the domain is to take no mail"
}

// A cureCase is a domain that has something amiss.
type cureCase struct {
	name, check string
	change      func(*testing.T, *cureWorld)
	all         bool     // optional steps are taken, too
	after       []string // what the cure leaves, or brings
}

const otherKey = "3 1 1 0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"

const autoconfigBegin = `<clientConfig version="1.1"><emailProvider id="good.test">`

func cureCases() []cureCase {
	unsignedTLSA := func(w *cureWorld) {
		w.drop("_25._tcp.mx1")
		w.drop("_25._tcp.mx2")
		w.drop("_mta-sts")
	}
	only := func(records ...string) func(*testing.T, *cureWorld) {
		return func(_ *testing.T, w *cureWorld) {
			w.drop("_25._tcp.mx1")
			w.publish("mx1.good.test", 25, records...)
		}
	}
	return []cureCase{
		{"no address, no MX", "mx-missing", func(_ *testing.T, w *cureWorld) { w.drop("good.test. MX"); w.drop("good.test. A") }, true, nil},
		{"implicit MX", "mx-missing", func(t *testing.T, w *cureWorld) {
			w.drop("good.test. MX")
			w.certify(t, "good.test", "good.test")
			w.documents[policyPlace] = strings.Replace(w.documents[policyPlace], "*.", "", 1)
			w.publish("good.test", 25, w.digest(t, "good.test", 0, 3), w.digest(t, "good.test", 1, 2))
		}, false, nil},
		{"one without address", "mx-unusable", func(_ *testing.T, w *cureWorld) { w.drop("mx2.good.test. A") }, false, nil},
		{"an address for a name", "mx-unusable", func(_ *testing.T, w *cureWorld) {
			w.records = append(w.records, "good.test. MX 5 192.0.2.1.")
		}, false, []string{"dane-partial", "mta-sts-cert"}},
		{"a null MX beside", "mx-unusable", func(_ *testing.T, w *cureWorld) { w.records = append(w.records, "good.test. MX 0 .") }, false, nil},
		{"alias", "dane-cname-mx", func(t *testing.T, w *cureWorld) {
			w.records = append(w.records, "good.test. MX 5 a.good.test.", "a.good.test. CNAME mx1.good.test.")
			w.chains["a.good.test"] = w.chains["mx1.good.test"]
			w.certify(t, "a.good.test", "a.good.test", "mx1.good.test")
			w.chains["mx1.good.test"] = w.chains["a.good.test"]
			w.drop("_25._tcp.mx1")
			w.publish("mx1.good.test", 25, w.digest(t, "mx1.good.test", 0, 3), w.digest(t, "mx1.good.test", 1, 2))
		}, false, nil},
		{"alias out of the policy", "dane-cname-mx", func(t *testing.T, w *cureWorld) {
			w.drop("good.test. MX 10")
			w.records = append(w.records, "good.test. MX 5 a.good.test.", "a.good.test. CNAME mx1.good.test.")
			w.certify(t, "a.good.test", "a.good.test", "mx1.good.test")
			w.chains["mx1.good.test"] = w.chains["a.good.test"]
			w.drop("_25._tcp.mx1")
			w.publish("mx1.good.test", 25, w.digest(t, "mx1.good.test", 0, 3), w.digest(t, "mx1.good.test", 1, 2))
			w.documents[policyPlace] = strings.Replace(w.documents[policyPlace], "mx: *.good.test", "mx: a.good.test\nmx: mx2.good.test", 1)
		}, false, nil},
		{"IPv6 refuses", "mx-unreachable", func(_ *testing.T, w *cureWorld) { w.silent["2001:db8::1"] = true }, true, nil},
		{"an exchanger refuses", "mx-unreachable", func(_ *testing.T, w *cureWorld) { w.silent["192.0.2.2"] = true }, true, nil},
		{"no records", "dane-missing", func(_ *testing.T, w *cureWorld) { unsignedTLSA(w) }, false, []string{"mta-sts-missing"}},
		{"no records at one", "dane-partial", func(_ *testing.T, w *cureWorld) { w.drop("_25._tcp.mx2") }, false, nil},
		{"another key", "dane-mismatch", only(otherKey), false, nil},
		{"another key for users", "dane-mismatch", func(_ *testing.T, w *cureWorld) { w.publish("mail.good.test", 993, otherKey) }, false, nil},
		{"no STARTTLS", "dane-no-starttls", func(_ *testing.T, w *cureWorld) { w.plain["mx2.good.test"] = true }, true, []string{"mta-sts-cert", "mx-inconsistency", "dane-partial"}},
		{"usage 1", "dane-pkix-usage", only("1" + otherKey[1:]), false, []string{"dane-no-rollover"}},
		{"short", "dane-unusable", only("3 1 1 0a0a"), false, []string{"dane-no-rollover"}},
		{"another authority", "dane-ta-not-in-chain", only("2" + otherKey[1:]), false, []string{"dane-no-rollover"}},
		{"not its name", "dane-ta-name-mismatch", func(t *testing.T, w *cureWorld) {
			w.certify(t, "mx1.good.test", "other.test")
			only(w.digest(t, "mx1.good.test", 1, 2))(t, w)
		}, false, []string{"mta-sts-cert", "dane-no-rollover"}},
		{"the whole certificate", "dane-weak-param", func(t *testing.T, w *cureWorld) {
			only("3 0 1 "+w.whole("mx1.good.test"))(t, w)
		}, false, []string{"dane-no-rollover"}},
		{"no next key", "dane-no-rollover", func(t *testing.T, w *cureWorld) { only(w.digest(t, "mx1.good.test", 0, 3))(t, w) }, false, nil},
		{"a week", "ttl-too-long", func(t *testing.T, w *cureWorld) {
			w.drop("_25._tcp.mx1")
			w.records = append(w.records, "_25._tcp.mx1.good.test. 604800 TLSA "+w.digest(t, "mx1.good.test", 0, 3), "_25._tcp.mx1.good.test. 604800 TLSA "+otherKey)
		}, false, nil},
		{"no policy", "mta-sts-missing", func(_ *testing.T, w *cureWorld) { w.drop("_mta-sts"); delete(w.documents, policyPlace) }, false, []string{"mta-sts-mode-testing"}},
		{"two records", "mta-sts-txt-invalid", func(_ *testing.T, w *cureWorld) {
			w.records = append(w.records, `_mta-sts.good.test. TXT "v=STSv1; id=2;"`)
		}, false, nil},
		{"no file", "mta-sts-policy-unreachable", func(_ *testing.T, w *cureWorld) { delete(w.documents, policyPlace) }, false, []string{"mta-sts-mode-testing"}},
		{"testing", "mta-sts-mode-testing", func(_ *testing.T, w *cureWorld) {
			w.documents[policyPlace] = "version: STSv1\nmode: testing\nmx: *.good.test\nmax_age: 86400\n"
		}, false, nil},
		{"none", "mta-sts-mode-none", func(_ *testing.T, w *cureWorld) {
			w.documents[policyPlace] = "version: STSv1\nmode: none\nmax_age: 86400\n"
		}, false, []string{"mta-sts-mode-testing"}},
		{"an hour", "mta-sts-max-age-low", func(_ *testing.T, w *cureWorld) {
			w.documents[policyPlace] = "version: STSv1\nmode: enforce\nmx: mx2.good.test\nmx: mx1.good.test\nmax_age: 3600\n"
		}, false, nil},
		{"an exchanger left out", "mta-sts-mx-mismatch", func(_ *testing.T, w *cureWorld) {
			w.documents[policyPlace] = "version: STSv1\nmode: enforce\nmx: mx2.good.test\nmax_age: 604800\n"
		}, false, nil},
		{"no reports", "tlsrpt-missing", func(_ *testing.T, w *cureWorld) { w.drop("_smtp._tls") }, false, nil},
		{"reports to nobody", "tlsrpt-invalid", func(_ *testing.T, w *cureWorld) {
			w.drop("_smtp._tls")
			w.records = append(w.records, `_smtp._tls.good.test. TXT "v=TLSRPTv1; rua=tls@good.test"`)
		}, false, nil},
		{"no SRV for imaps", "srv-missing", func(_ *testing.T, w *cureWorld) {
			w.drop("_imaps")
			w.document(`<incomingServer type="imap"><hostname>mail.good.test</hostname><port>993</port><socketType>SSL</socketType></incomingServer>`)
		}, false, nil},
		{"no SRV, and no server", "srv-missing", func(_ *testing.T, w *cureWorld) { w.drop("_imaps"); w.drop("_submissions") }, true, nil},
		{"autoconfig", "autoconfig-insecure", func(_ *testing.T, w *cureWorld) {
			w.document(`<incomingServer type="imap"><hostname>mail.good.test</hostname><port>143</port><socketType>STARTTLS</socketType></incomingServer>`)
		}, false, nil},
		{"autoconfig for sending", "autoconfig-insecure", func(_ *testing.T, w *cureWorld) {
			w.document(`<outgoingServer type="smtp"><hostname>mail.good.test</hostname><port>587</port><socketType>STARTTLS</socketType></outgoingServer>`)
		}, false, nil},
		{"no CAA", "caa-missing", func(_ *testing.T, w *cureWorld) { w.drop("good.test. CAA") }, false, nil},
	}
}

// whole is the digest of a host's certificate.
func (w *cureWorld) whole(host string) string {
	return fmt.Sprintf("%x", sha256.Sum256(w.chains[host][0]))
}

// document publishes settings for mail programs.
func (w *cureWorld) document(servers string) {
	w.documents[autoconfigPlace] = autoconfigBegin + servers + "</emailProvider></clientConfig>"
}

// TestDomainFixes does what the report says, and looks again: the finding is gone, and no new one came.
func TestDomainFixes(t *testing.T) {
	if got := told(newCureWorld(t).report(t)); len(got) > 0 {
		t.Fatalf("amiss before anything was changed: %v", got)
	}
	proven := map[string]bool{}
	for _, c := range cureCases() {
		proven[c.check] = true
		t.Run(c.check+"/"+c.name, func(t *testing.T) {
			w := newCureWorld(t)
			c.change(t, w)
			r := w.report(t)
			before := told(r)
			if before[c.check] == "" {
				t.Fatalf("it is not found: %v", before)
			}
			done := false
			for _, s := range adviceOn(t, r, c.check) {
				if c.all || !optional(s) {
					done = w.apply(t, s) || done
				}
			}
			after := told(w.report(t))
			if after[c.check] != "" || !done {
				t.Errorf("done: %v; it is still found: %s", done, after[c.check])
			}
			for _, id := range c.after {
				if after[id] == "" {
					t.Errorf("%s is gone, which was said to stay or to come", id)
				}
			}
			for id, what := range after {
				if before[id] == "" && !slices.Contains(c.after, id) {
					t.Errorf("new: %s: %s", id, what)
				}
			}
		})
	}
	for _, c := range check.Domains() {
		if proven[c.ID] == (elsewhere[c.ID] != "") {
			t.Errorf("%s: either its cure is proven here, or a reason is given", c.ID)
		}
	}
}

// elsewhere are checks whose cure is not in the DNS or on a web server alone, with the words that it has to have.
var elsewhere = map[string]string{
	"mx-inconsistency":           "mailtls harden",
	"dnssec-missing":             "registrar",
	"dnssec-bogus":               "delv good.test MX",
	"dane-denial-broken":         "dig +dnssec TLSA _25._tcp.mx1.good.test",
	"mta-sts-wildcard-host-cert": "-d mta-sts.good.test",
	"mta-sts-cert":               "-d mx1.good.test",
}

// textOf is all that steps say.
func textOf(steps []fix.Step) string {
	var out []string
	for _, s := range steps {
		out = append(out, s.For, s.Where, strings.Join(s.Lines, "\n"), s.Note, s.Warning)
	}
	return strings.Join(out, "\n")
}

// TestFixesElsewhere tells what to do where no line for the DNS does it.
func TestFixesElsewhere(t *testing.T) {
	w := newCureWorld(t)
	r := w.report(t)
	d := r.Domains[0]
	d.Hops[0].STS.Cause = evidence.Untrusted
	f := d.Hosts["mx1.good.test"].TLSA[25]
	f.Value.Fails = true
	d.Hosts["mx1.good.test"].TLSA[25] = f
	for i, x := range d.Findings {
		want, ok := elsewhere[x.Check]
		if !ok {
			continue
		}
		d.Findings[i].Level = check.Warn
		if text := textOf(adviceOn(t, r, x.Check)); !strings.Contains(text, want) {
			t.Errorf("%s: no %q in\n%s", x.Check, want, text)
		}
	}
}

// TestNoLinesForTheUnseen gives no record for what was not seen, and none where it would be of no use.
func TestNoLinesForTheUnseen(t *testing.T) {
	for _, c := range []struct {
		name, check string
		change      func(*cureWorld)
		want        string
	}{
		{"not signed", "dane-missing", func(w *cureWorld) { w.signed = map[string]resolve.Status{"good.test.": resolve.Insecure} }, "Sign the zone first"},
		{"refused", "dane-partial", func(w *cureWorld) { w.drop("_25._tcp.mx2"); w.silent["192.0.2.2"] = true }, "its certificate was not seen: connection refused"},
		{"no STARTTLS", "dane-partial", func(w *cureWorld) { w.drop("_25._tcp.mx2"); w.plain["mx2.good.test"] = true }, "it does not encrypt"},
		{"some would be refused", "mta-sts-mode-testing", func(w *cureWorld) {
			w.documents[policyPlace] = "version: STSv1\nmode: testing\nmx: mx1.good.test\nmax_age: 604800\n"
		}, "Not yet: it is not certain that senders could deliver to mx2.good.test (the policy does not name mx2.good.test)"},
		{"no exchanger was seen", "mta-sts-mode-testing", func(w *cureWorld) {
			w.documents[policyPlace] = "version: STSv1\nmode: testing\nmx: old.good.test\nmax_age: 604800\n"
			w.failing = map[string]string{"good.test. MX": "timeout"}
		}, "Not yet: which exchangers the domain has was not seen (the DNS gives no answer about good.test: timeout)"},
		{"no exchanger has an address", "mta-sts-mode-testing", func(w *cureWorld) {
			w.documents[policyPlace] = "version: STSv1\nmode: testing\nmx: *.good.test\nmax_age: 604800\n"
			w.drop("mx1.good.test. A")
			w.drop("mx2.good.test. A")
		}, "Not yet: no exchanger was seen to which senders could deliver"},
		{"silent, and no other of its kind answers", "mx-unreachable", func(w *cureWorld) {
			w.silent["192.0.2.2"], w.unanswered["2001:db8::1"] = true, true
		}, "Let port 25 answer"},
		{"no certificate of a public authority", "caa-missing", func(w *cureWorld) {
			w.drop("good.test. CAA")
			w.silent = map[string]bool{"192.0.2.1": true, "192.0.2.2": true, "192.0.2.3": true, "2001:db8::1": true}
		}, "No certificate of a public authority was seen here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newCureWorld(t)
			c.change(w)
			steps := adviceOn(t, w.report(t), c.check)
			if text := textOf(steps); !strings.Contains(text, c.want) || strings.Contains(text, "TLSA 3 1 1") || strings.Contains(text, "AAAA") || strings.Contains(text, "mode: ") || strings.Contains(text, "CAA 0") {
				t.Errorf("want %q and no lines for the zone:\n%s", c.want, text)
			}
		})
	}
}

// TestPolicyOfMoreExchangers: a policy has to name those as well that were not looked at, and is not enforced.
func TestPolicyOfMoreExchangers(t *testing.T) {
	w := newCureWorld(t)
	w.documents[policyPlace] = "version: STSv1\nmode: testing\nmx: *.good.test\nmax_age: 3600\n"
	r := w.report(t)
	r.Domains[0].Exchange.Value.LeftOut = 3
	if text := textOf(adviceOn(t, r, "mta-sts-mode-testing")); !strings.Contains(text, "Not yet: 3 more exchangers were not looked at") || strings.Contains(text, "mode: ") {
		t.Error(text)
	}
	if text := textOf(adviceOn(t, r, "mta-sts-max-age-low")); !strings.Contains(text, "3 more exchangers, which were not looked at: the policy has to name them, too") || strings.Contains(text, "keep their records") {
		t.Error(text)
	}
}

// TestAnchorsForTheUnseen: the record of an authority stays as long as an address that was not seen may need it, and it is said what was
// not seen.
func TestAnchorsForTheUnseen(t *testing.T) {
	anchor := "2" + otherKey[1:]
	for _, c := range []struct {
		name   string
		change func(*cureWorld)
		want   string // of what is open; "": the record goes
	}{
		{"all seen", func(*cureWorld) {}, ""},
		{"an address is silent", func(w *cureWorld) { w.unanswered["2001:db8::1"] = true }, "mx1.good.test:25 may show other certificates, which need records as well: no answer within 10s."},
		{"addresses are not known", func(w *cureWorld) { w.failing = map[string]string{"mx1.good.test. AAAA": "timeout"} }, "timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newCureWorld(t)
			c.change(w)
			w.drop("_25._tcp.mx1")
			w.publish("mx1.good.test", 25, "1"+otherKey[1:], anchor)
			r := w.report(t)
			for _, id := range []string{"dane-ta-not-in-chain", "dane-pkix-usage"} {
				text := textOf(adviceOn(t, r, id))
				if !strings.Contains(text, c.want) || strings.Contains(text, "TLSA "+anchor) != (c.want != "") || !strings.Contains(text, "TLSA "+w.digest(t, "mx1.good.test", 0, 3)) {
					t.Errorf("%s: want %q in\n%s", id, c.want, text)
				}
			}
		})
	}
}

// TestFirstRecordsWarn: who publishes first records is told what they do to the next certificate; without records there is no such warning.
func TestFirstRecordsWarn(t *testing.T) {
	for _, id := range []string{"dane-missing", "dane-partial"} {
		w := newCureWorld(t)
		w.drop("_25._tcp.mx2")
		if id == "dane-missing" {
			w.drop("_25._tcp.mx1")
		}
		warned := func() bool {
			return slices.ContainsFunc(adviceOn(t, w.report(t), id), func(s fix.Step) bool {
				return strings.Contains(s.Warning, "another key") && strings.Contains(s.Warning, "--reuse-key") && strings.Contains(s.Warning, "first publish the record of the new key")
			})
		}
		if !warned() {
			t.Errorf("%s: no warning", id)
		}
		w.silent["192.0.2.1"], w.silent["192.0.2.2"], w.silent["2001:db8::1"] = true, true, true
		if warned() {
			t.Errorf("%s: a warning without records", id)
		}
	}
}

// TestAddressesOfOthers: no address is to be taken out of a name by which others go, or where another port answers.
func TestAddressesOfOthers(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*cureWorld)
		host   string // that mail has to have another name than; "": the address can go
	}{
		{"nobody", func(*cureWorld) {}, ""},
		{"a port at that address answers", func(w *cureWorld) {
			w.records = append(w.records, "mail.good.test. AAAA 2001:db8::1")
			w.ports["[2001:db8::1]:25"] = true
		}, "mx1.good.test"},
		{"a service by that name", func(w *cureWorld) {
			w.records = append(w.records, "_imap._tcp.good.test. SRV 0 1 143 mx1.good.test.")
			w.silent["2001:db8::1"] = true
		}, "mx1.good.test"},
		{"a service by an alias of that name", func(w *cureWorld) {
			w.records = append(w.records, "_imap._tcp.good.test. SRV 0 1 143 i.good.test.", "i.good.test. CNAME mx1.good.test.")
			w.silent["2001:db8::1"] = true
		}, "mx1.good.test"},
		{"the domain itself", func(w *cureWorld) {
			w.records = append(w.records, "good.test. MX 5 good.test.", "good.test. AAAA 2001:db8::9")
			w.silent["2001:db8::9"] = true
		}, "good.test"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newCureWorld(t)
			w.records = append(w.records, "mx2.good.test. AAAA 2001:db8::2")
			if c.host == "" {
				w.silent["2001:db8::1"] = true
			}
			c.change(w)
			text := textOf(adviceOn(t, w.report(t), "mx-unreachable"))
			if said := strings.Contains(text, "give mail another name than "+c.host+","); said != (c.host != "") || strings.Contains(text, "IN AAAA") == said {
				t.Error(text)
			}
		})
	}
}

// TestNextKeyCommands runs the commands that make the next key and its digest, which has to be one for a record.
func TestNextKeyCommands(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	w := newCureWorld(t)
	w.drop("_25._tcp.mx1")
	w.publish("mx1.good.test", 25, w.digest(t, "mx1.good.test", 0, 3))
	for _, s := range adviceOn(t, w.report(t), "dane-no-rollover") {
		if s.Where != "" || len(s.Lines) == 0 {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-ec", strings.Join(s.Lines, "\n"))
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		fields := strings.Fields(string(out))
		if err != nil || len(fields) == 0 {
			t.Fatalf("%v: %s", err, out)
		}
		r, err := dane.Parse("3 1 1 " + fields[len(fields)-1])
		if err != nil || r.Unusable() != "" {
			t.Errorf("%s: %v %s", out, err, r.Unusable())
		}
		return
	}
	t.Error("no commands")
}

// TestDomainFixesTogether does all that is said about a domain of which much is amiss: no cure undoes another.
func TestDomainFixesTogether(t *testing.T) {
	w := newCureWorld(t)
	w.drop("_25._tcp.")
	w.records = append(w.records, "_25._tcp.mx1.good.test. 604800 TLSA 1"+otherKey[1:], "_25._tcp.mx1.good.test. 604800 TLSA "+otherKey,
		"_25._tcp.mx2.good.test. 604800 TLSA 2"+otherKey[1:], "_25._tcp.mx2.good.test. 604800 TLSA 3 0 1 "+w.whole("mx2.good.test"),
		"good.test. MX 5 a.good.test.", "a.good.test. CNAME mx2.good.test.", "good.test. MX 30 none.good.test.")
	w.certify(t, "a.good.test", "a.good.test", "mx2.good.test")
	w.chains["mx2.good.test"] = w.chains["a.good.test"]
	w.documents[policyPlace] = "version: STSv1\nmode: enforce\nmx: a.good.test\nmax_age: 3600\n"
	w.drop("_smtp._tls")
	w.drop("good.test. CAA")
	r := w.report(t)
	for _, f := range r.Domains[0].Findings {
		for _, s := range adviceOn(t, r, f.Check) {
			if !optional(s) {
				w.apply(t, s)
			}
		}
	}
	after := told(w.report(t))
	delete(after, "dane-no-rollover") // whose other half is a key that nobody has made yet
	if len(after) > 0 || len(told(r)) < 8 {
		t.Errorf("before: %v\nafter: %v", told(r), after)
	}
}
