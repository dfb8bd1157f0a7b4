package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// The parts of a SARIF 2.1.0 log that we write.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		Properties  map[string]any    `json:"properties,omitempty"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		FullDescription  sarifText `json:"fullDescription"`
		Help             sarifText `json:"help"`
		HelpURI          string    `json:"helpUri,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		ExecutionSuccessful bool   `json:"executionSuccessful"`
		StartTimeUTC        string `json:"startTimeUtc,omitempty"`
		EndTimeUTC          string `json:"endTimeUtc,omitempty"`

		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Descriptor sarifDescriptor `json:"descriptor"`
		Level      string          `json:"level"`
		Message    sarifText       `json:"message"`
	}
	sarifDescriptor struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Kind                string            `json:"kind"`
		Level               string            `json:"level"`
		Message             sarifText         `json:"message"`
		Locations           []sarifLocation   `json:"locations"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
		Suppressions        []sarifSuppressed `json:"suppressions,omitzero"` // nil in all results of a run or in none (Section 3.27.23)
		Properties          map[string]any    `json:"properties,omitempty"`
	}
	sarifSuppressed struct {
		Kind          string         `json:"kind"`
		Status        string         `json:"status"`
		Justification string         `json:"justification"`
		Properties    map[string]any `json:"properties,omitempty"`
	}
	sarifLocation struct {
		PhysicalLocation sarifPhysical  `json:"physicalLocation"`
		LogicalLocations []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		ArtifactLocation sarifArtifact `json:"artifactLocation"`
		Region           sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
)

// WriteSARIF writes what is wrong and what is not known as a log in SARIF 2.1.0 (OASIS), each check a rule. What passes is
// left out, since some readers show every result as an alert.
func WriteSARIF(w io.Writer, r *Report) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "mailtls", Version: r.Tool.Version, Rules: sarifRules()}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: r.Complete()}},
		Results:     []sarifResult{},
		Properties:  map[string]any{"roots": r.Run.Roots},
	}
	if !r.Run.Start.IsZero() {
		run.Invocations[0].StartTimeUTC = r.Run.Start.UTC().Format(time.RFC3339)
		run.Invocations[0].EndTimeUTC = r.Run.Start.Add(r.Run.Wall).UTC().Format(time.RFC3339)
	}
	for _, x := range sarifPlaces(r) {
		run.Results = append(run.Results, x.results()...)
	}
	run.others(r)
	run.accepted(r)
	const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	if err := writeValue(w, sarifLog{schema, "2.1.0", []sarifRun{run}}); err != nil {
		return fmt.Errorf("writing the report as SARIF: %w", err)
	}
	return nil
}

func sarifRules() []sarifRule {
	var rules []sarifRule
	for _, c := range allChecks() {
		rule := sarifRule{ID: c.ID, ShortDescription: sarifText{c.Title}, FullDescription: sarifText{c.Text}}
		rule.Help.Text = c.Text + " See " + strings.Join(c.Refs, "; ") + "."
		if len(c.Refs) > 0 {
			rule.HelpURI = RefURL(c.Refs[0])
		}
		rules = append(rules, rule)
	}
	return rules
}

// allChecks are those on endpoints, then those on domains.
func allChecks() []check.Check { return slices.Concat(check.All(), check.Domains()) }

// results are what the policy that judges finds at a place.
func (p *sarifPlace) results() []sarifResult {
	var out []sarifResult
	for i, c := range allChecks() {
		f, ok := findingIn(p.findings, c.ID)
		if !ok || f.Level == check.Pass || f.Level == check.NotApplicable {
			continue
		}
		x := p.result(c.ID, i, f.Level, sentence(c, f))
		x.by(p.judged.Policy, p.judged.Version, p.judged.SHA256)
		if f.Accepted != nil {
			x.Suppressions = []sarifSuppressed{{"external", "accepted", Escape(f.Accepted.Reason), map[string]any{"until": f.Accepted.Until}}}
		}
		if f.Lapsed != nil {
			x.Message.Text += ". It " + acceptanceText(f)
		}
		out = append(out, x)
	}
	return out
}

func (p *sarifPlace) result(rule string, index int, level check.Level, message string) sarifResult {
	x := sarifResult{RuleID: rule, RuleIndex: index, Kind: "fail", Message: sarifText{message},
		Locations: []sarifLocation{{
			sarifPhysical{sarifArtifact{p.uri}, sarifRegion{1}}, []sarifLogical{{Escape(p.name)}},
		}},
		PartialFingerprints: map[string]string{"mailtls/v1": p.fingerprint(rule)},
		Properties:          map[string]any{"evidenceSHA256": Escape(p.sha256)},
	}
	for i := 0; i < len(p.properties); i += 2 {
		x.Properties[p.properties[i]] = Escape(p.properties[i+1])
	}
	switch level {
	case check.Fail:
		x.Level = "error"
	case check.Warn:
		x.Level = "warning"
	default: // a level other than none is for results of the kind fail alone (SARIF, Section 3.27.10)
		x.Kind, x.Level = "open", "none"
	}
	return x
}

// by says which policy finds so.
func (x *sarifResult) by(name, version, sum string) {
	x.Properties["policy"], x.Properties["policyVersion"], x.Properties["policySHA256"] = Escape(name), Escape(version), Escape(sum)
}

// sentence says what a finding says, for those who see nothing else of the report.
func sentence(c check.Check, f check.Finding) string {
	switch {
	case f.Level == check.Undecided:
		return "Not known: " + Escape(f.Message)
	case tells(c.Title, f):
		return c.Title
	}
	return c.Title + ": " + Escape(f.Message)
}

func findingOf(e Endpoint, id string) (check.Finding, bool) { return findingIn(e.Findings, id) }

func findingIn(findings []check.Finding, id string) (check.Finding, bool) {
	i := slices.IndexFunc(findings, func(f check.Finding) bool { return f.Check == id })
	if i < 0 {
		return check.Finding{}, false
	}
	return findings[i], true
}

// fingerprintOf names a finding in the reports of all times.
func fingerprintOf(format string, args ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, format, args...))
	return hex.EncodeToString(sum[:16])
}

// uriOf is the target as a URI (RFC 3986). What is no host, but some user wrote for one, is no authority either: it becomes
// a path.
func uriOf(t evidence.Target) string {
	strange := strings.ContainsFunc(t.Host, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._:", c))
	})
	if _, err := netip.ParseAddr(t.Host); strange || strings.Contains(t.Host, ":") && err != nil {
		return t.Protocol + ":" + url.PathEscape(name(t))
	}
	return t.Protocol + "://" + name(t)
}
