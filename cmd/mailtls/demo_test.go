package main

import (
	"context"
	"errors"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/report"
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
	if err := followsSchema(stdout.Bytes()); err != nil {
		t.Error(err)
	}
}
