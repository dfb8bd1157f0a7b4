package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/mailtls/mailtls/report"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// startLab runs a server of the lab until the script ends, and puts its URL into a variable: lab strong TARGET.
func startLab(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lab server variable")
	}
	l, err := newLab()
	ts.Check(err)
	ts.Defer(l.close)
	r, err := l.start(context.Background(), args[0], "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[1], labTarget(r))
}

// valid wants a file that follows the JSON Schema: valid report.json.
func valid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: valid file")
	}
	ts.Check(followsSchema([]byte(ts.ReadFile(args[0]))))
}

// followsSchema returns what is wrong with a report in JSON.
func followsSchema(text []byte) error {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", schema); err != nil {
		return err
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return compiled.Validate(doc)
}

func TestFollowsSchemaNotices(t *testing.T) {
	if followsSchema([]byte(`{"schema": "https://mailtls.org/schema/evidence-1"}`)) == nil {
		t.Error("a report without anything in it is valid")
	}
}
