package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/report"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestDemoFollowsTheSchema compares what real scans write with the schema that programs rely on.
func TestDemoFollowsTheSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("scans two servers")
	}
	a, stdout, stderr := fake(func(ctx context.Context, target string, cfg *mailtls.Config) (*report.Report, error) {
		return mailtls.Scan(ctx, target, cfg)
	})
	if err := execute(a, t.Context(), "demo", "--format", "json"); err != nil && !errors.Is(err, errIncomplete) {
		t.Fatalf("%v: %s", err, stderr)
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(string(report.Schema)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(stdout)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(doc); err != nil {
		t.Error(err)
	}
}
