package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJSONFollowsTheSchema(t *testing.T) {
	schema := compiled(t)
	for name, r := range map[string]*Report{
		"none":       build(t),
		"healthy":    build(t, healthy(t)),
		"weak":       build(t, weak(t)),
		"throttled":  build(t, throttled(t)),
		"unanswered": build(t, unanswered(t)),
		"blocked":    build(t, unanswered(t), weak(t)),
	} {
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
			back, err := ReadJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r, back); diff != "" {
				t.Errorf("came back different (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSchemaIsStrict spoils a good report in ways that a schema must notice.
func TestSchemaIsStrict(t *testing.T) {
	schema := compiled(t)
	var b bytes.Buffer
	if err := WriteJSON(&b, build(t, healthy(t))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new string }{
		{`"verdict":"pass"`, `"verdict":"good"`},
		{`"level":"pass"`, `"level":"ok"`},
		{`"state":"known"`, `"state":"yes"`},
		{`"connections":14`, `"connections":"14"`},
		{`"findings":[`, `"finding":[`},
		{`"clock_in_random":`, `"clock":`},
	} {
		text := strings.Replace(b.String(), c.old, c.new, 1)
		if text == b.String() {
			t.Errorf("no %s in the report", c.old)
			continue
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("%s is valid", c.new)
		}
	}
}

// TestSchemaKnowsEveryFact finds facts that the schema forgot.
func TestSchemaKnowsEveryFact(t *testing.T) {
	var s struct {
		Defs struct {
			Endpoint struct {
				Properties struct {
					Facts struct{ Properties map[string]any }
				}
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &s); err != nil {
		t.Fatal(err)
	}
	for _, k := range evidence.Keys() {
		if s.Defs.Endpoint.Properties.Facts.Properties[k.Name] == nil {
			t.Errorf("fact %q is missing", k.Name)
		}
	}
}

// TestJSONPaths reads what the documentation's jq examples read.
func TestJSONPaths(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, build(t, throttled(t))); err != nil {
		t.Fatal(err)
	}
	var r struct {
		Endpoints []struct {
			Target struct{ Address string }
			Facts  struct {
				Versions struct {
					State       string
					Value, Open []string
				}
				Suites struct{ Value map[string][]string }
			}
			Cost           struct{ Connections int }
			Verdict, Grade string
			Findings       []struct{ Check, Level string }
		}
	}
	if err := json.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	e := r.Endpoints[0]
	want := []any{"192.0.2.1", "partial", []string{"TLS 1.0", "TLS 1.2"}, []string{"SSLv3", "TLS 1.3"}, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 14, "incomplete", ""}
	got := []any{e.Target.Address, e.Facts.Versions.State, e.Facts.Versions.Value, e.Facts.Versions.Open, e.Facts.Suites.Value["TLS 1.2"][0], e.Cost.Connections, e.Verdict, e.Grade}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, f := range e.Findings {
		if f.Check == "protocol-tls10" && f.Level != "warn" {
			t.Errorf("protocol-tls10 is %s", f.Level)
		}
	}
	asked := slices.DeleteFunc(check.All(), func(c check.Check) bool { return len(c.Asked) > 0 }) // of the others nothing is known
	if len(e.Findings) != len(asked) {
		t.Errorf("%d findings of %d checks", len(e.Findings), len(asked))
	}
}
