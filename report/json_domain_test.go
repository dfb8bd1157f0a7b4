package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// spoken returns the hostile domain as the DNS can make one: words that are ours are none of its.
func spoken(t testing.TB) domainScan {
	t.Helper()
	s := hostileDomain(t)
	d := s.domain
	for _, h := range d.Hosts {
		h.DNSSEC.Status = "bogus"
	}
	for i := range d.Services.Value {
		if v := &d.Services.Value[i]; v.Source == nasty {
			v.Source, v.Protocol = evidence.BySRV, "imap"
		}
	}
	for i := range d.Hops {
		for _, x := range []*evidence.Decision{&d.Hops[i].DANE, &d.Hops[i].STS} {
			if x.Outcome == nasty {
				x.Outcome = evidence.Refused
			}
		}
	}
	s.endpoints = s.endpoints[:len(s.endpoints)-1] // whose host is for other tests
	return s
}

// domainKinds are reports on domains of every kind.
func domainKinds(t testing.TB) map[string]*Report {
	return map[string]*Report{
		"sound": soundDomain(t).report(t), "sick": sickDomain(t).report(t), "half": halfDomain(t).report(t), "null": nullDomain().report(t),
		"none": noDomain().report(t), "dead": deadDomain().report(t), "spoken": spoken(t).report(t),
	}
}

// strict is the policy mail, but that it fails whoever has a policy of MTA-STS that nobody can use, and a dated rule warns.
func strict(t testing.TB) *policy.Policy {
	t.Helper()
	p := *mailPolicy(t)
	p.Checks = append([]policy.CheckRule{{Check: "mta-sts-policy-unreachable",
		Rule: policy.Rule{Clause: "RFC 8461, Section 3.3", Both: policy.Ruling{Severity: policy.Fail}}}}, p.Checks...)
	return &p
}

// faulty is a report on a domain of which something fails by the policy strict, as nasty says.
func faulty(t testing.TB) *Report {
	t.Helper()
	s := sickDomain(t)
	s.domain.Policy.Value.Fault = nasty
	return Judge(s.report(t), strict(t), nil, time.Time{})
}

func TestDomainsFollowTheSchema(t *testing.T) {
	schema := compiled(t)
	for name, r := range domainKinds(t) {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WriteJSON(&b, r); err != nil {
				t.Fatal(err)
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Error(err)
			}
			for _, member := range []string{"roles", "findings"} {
				if strings.Contains(b.String(), `"`+member+`":null`) {
					t.Errorf("%s is null", member)
				}
			}
			back, err := ReadJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			same := func(a, b *Report) string { // an address has unexported fields; JSON has no bytes that are no UTF-8
				text := func(r *Report) string {
					raw, _ := json.Marshal(r)
					return strings.ReplaceAll(string(raw), `\ufffd`, "\ufffd")
				}
				return cmp.Diff(text(a), text(b))
			}
			if diff := same(r, back); diff != "" {
				t.Errorf("came back different (-want +got):\n%s", diff)
			}
			if d := back.Domains[0]; name != "spoken" && (d.SHA256 != DomainSHA256(d.Domain) || len(d.SHA256) != 64) {
				t.Errorf("the digest is %s, and of what was read %s", d.SHA256, DomainSHA256(d.Domain))
			}
			again := Judge(back, mailPolicy(t), nil, time.Time{})
			if d := again.Domains[0]; d.Verdict != r.Domains[0].Verdict || !d.Judged.At.IsZero() ||
				name != "spoken" && (!cmp.Equal(d.Roles, r.Domains[0].Roles) || !cmp.Equal(d.Findings, r.Domains[0].Findings, cmpopts.EquateEmpty())) {
				t.Errorf("judged again, it is %v %v, not %v %v", d.Verdict, d.Roles, r.Domains[0].Verdict, r.Domains[0].Roles)
			}
		})
	}
}

// TestSchemaKnowsDomains compares the members of a domain with those that the schema has, so that neither forgets any.
func TestSchemaKnowsDomains(t *testing.T) {
	var s struct {
		Defs map[string]node `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &s); err != nil {
		t.Fatal(err)
	}
	for _, problem := range s.Defs["domain"].unlike(reflect.TypeFor[Domain](), s.Defs, "domain") {
		t.Error(problem)
	}
	spoilt := s.Defs["hop"]
	delete(spoilt.Properties, "dane")
	if len(spoilt.unlike(reflect.TypeFor[evidence.Hop](), s.Defs, "hop")) == 0 {
		t.Error("a member that the schema lacks is not noticed")
	}
}

// node is what a schema says of a value.
type node struct {
	Ref        string          `json:"$ref"`
	Properties map[string]node `json:"properties"`
	Items      *node           `json:"items"`
	Additional json.RawMessage `json:"additionalProperties"`
}

// unlike tells where a type has other members than a schema.
func (n node) unlike(t reflect.Type, defs map[string]node, at string) []string {
	if n.Ref != "" {
		n = defs[strings.TrimPrefix(n.Ref, "#/$defs/")]
	}
	switch t.Kind() {
	case reflect.Pointer:
		return n.unlike(t.Elem(), defs, at)
	case reflect.Slice:
		if n.Items == nil {
			return []string{at + " has no items"}
		}
		return n.Items.unlike(t.Elem(), defs, at+"[]")
	case reflect.Map:
		var of node
		if err := json.Unmarshal(n.Additional, &of); err != nil {
			return []string{at + " has no members: " + err.Error()}
		}
		return of.unlike(t.Elem(), defs, at+".*")
	case reflect.Struct:
		return n.unlikeStruct(t, defs, at)
	default:
		return nil
	}
}

func (n node) unlikeStruct(t reflect.Type, defs map[string]node, at string) []string {
	_, textual := t.MethodByName("MarshalText")
	_, written := t.MethodByName("MarshalJSON")
	if textual || written {
		return nil
	}
	var out, names []string
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || !f.IsExported() {
			continue
		}
		names = append(names, name)
		if of, ok := n.Properties[name]; ok {
			out = append(out, of.unlike(f.Type, defs, at+"."+name)...)
		} else {
			out = append(out, fmt.Sprintf("the schema lacks %s.%s", at, name))
		}
	}
	for name := range n.Properties {
		if !slices.Contains(names, name) {
			out = append(out, fmt.Sprintf("there is no %s.%s", at, name))
		}
	}
	return out
}

// TestReadJSONIsStrictOnDomains spoils a domain, and wants to be told line and field.
func TestReadJSONIsStrictOnDomains(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, sickDomain(t).report(t)); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	for _, c := range []struct{ old, new, want string }{
		{`"name":"xn--mhle-0ra.example"`, `"name":""`, "domains[0].name: is missing or empty"},
		{`"name":"xn--mhle-0ra.example",`, ``, "domains[0].name: is missing or empty"},
		{`"name":"xn--mhle-0ra.example"`, `"name":7`, "domains.name: a number stands where none belongs"},
		{`"dnssec":"local"`, `"dnssec":"maybe"`, `domains[0].dnssec: "maybe": want one of local, trust, off`},
		{`"kind":"mx"`, `"kind":"my"`, `domains[0].mx.value.kind: "my": want one of mx, implicit, null, none`},
		{`"preference":10`, `"preference":"ten"`, "domains.mx.value.list.preference: a string stands where none belongs"},
		{`"source":"autoconfig"`, `"source":"rumour"`, `domains[0].services.value[1].source: "rumour": want one of srv, autoconfig`},
		{`"protocol":"pop3"`, `"protocol":"pop2"`, `domains[0].services.value[4].protocol: "pop2": want one of smtp`},
		{`"outcome":"refused"`, `"outcome":"lost"`, `domains[0].hops[2].dane.outcome: "lost": want one of authenticated, encrypted`},
		{`"address":"2001:db8::25"`, `"address":"mx1"`, `ParseAddr("mx1")`},
		{`"purpose":"incoming"`, `"purpose":"outgoing"`, `domains[0].roles[0].purpose: "outgoing": want one of incoming`},
		{`"state":"known"`, `"state":"so"`, `domains[0].mx.state: fact state "so"`},
		{`"status":"secure"`, `"status":"sure"`, `.dnssec.status: "sure": want one of secure, insecure, bogus, indeterminate` + "\n"},
	} {
		i := strings.Index(good, c.old)
		if i < 0 {
			t.Errorf("no %s in the report", c.old)
			continue
		}
		_, err := ReadJSON(strings.NewReader(good[:i] + c.new + good[i+len(c.old):]))
		line := fmt.Sprintf("line %d: ", 1+strings.Count(good[:i], "\n"))
		if err == nil || !strings.Contains(err.Error()+"\n", c.want) || !strings.Contains(err.Error(), line) && !strings.Contains(c.want, "missing") {
			t.Errorf("%s: %v, want %s%s", c.new, err, line, c.want)
		}
	}
	for text, want := range map[string]string{
		`[null]`: "line 1: domains[0].name: is missing", `[{}]`: "domains[0].name: is missing", `[7]`: "domains: a number stands where none belongs",
		`{}`: "domains: an object stands where none belongs", "[{\"name\":\"a.example\",\"dnssec\":\"local\",\"hosts\":{\n\"mx.a.example\":null}}]": "line 2: domains[0].hosts.mx.a.example: null stands",
		`[{"name":"a.example"}]`: `domains[0].dnssec: "": want one of`,
	} {
		_, err := ReadJSON(strings.NewReader(`{"schema":"https://mailtls.org/schema/evidence-1","domains":` + text + `}`))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestStoredDomain holds the report that the examples of docs/evidence.md and the tests of the commands read.
func TestStoredDomain(t *testing.T) {
	s := sickDomain(t)
	s.endpoints = []*evidence.Endpoint{s.endpoints[2], s.endpoints[len(s.endpoints)-1]}
	s.domain.Policy.Value = evidence.STSPolicy{URL: "https://mta-sts.xn--mhle-0ra.example/.well-known/mta-sts.txt", Fault: "the server answers 404 Not Found"}
	var b bytes.Buffer
	if err := WriteJSON(&b, s.report(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "domain.json", b.Bytes())
}
