package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// metric is one family of the exposition.
type metric struct {
	name, help string
	samples    func(Endpoint) []sample
}

type sample struct {
	labels []string // names and values in turn, beside those of the endpoint
	value  float64
}

func one(v float64, labels ...string) []sample { return []sample{{labels, v}} }

func metrics() []metric {
	return []metric{
		{"mailtls_reachable", "Whether the server let us connect.", func(e Endpoint) []sample {
			return one(number(evidence.Is(e.Facts.Reachable) == evidence.Yes))
		}},
		{"mailtls_verdict", "1 for the verdict on the server, 0 for the others.", func(e Endpoint) []sample { return verdictSamples(e.Verdict) }},
		{"mailtls_remaining_verdict", "The same for the verdict on what is not accepted.", func(e Endpoint) []sample { return verdictSamples(e.remaining()) }},
		{"mailtls_grade", "1 for the grade of the server; absent if too much is not known.", func(e Endpoint) []sample {
			if e.Grade == "" {
				return nil
			}
			return one(1, "grade", string(e.Grade))
		}},
		{"mailtls_findings", "How many checks came out at each level.", func(e Endpoint) []sample { return levelSamples(e.Findings) }},
		{"mailtls_finding", "1 for each check that fails, warns or is undecided.", func(e Endpoint) []sample { return findingSamples(e.Findings) }},
		{"mailtls_accepted_until_timestamp_seconds", "When the acceptance of a finding ends, or ended.", func(e Endpoint) []sample { return acceptedSamples(e.Findings) }},
		{"mailtls_policy_verdict", "1 for the verdict of another policy, 0 for the others.", func(e Endpoint) []sample { return otherVerdictSamples(e.Others) }},
		{"mailtls_policy_finding", "1 for each row of another policy that fails, warns or is undecided.", func(e Endpoint) []sample { return otherFindingSamples(e.Others) }},
		{"mailtls_certificate_not_after_timestamp_seconds", "When the certificate expires.", expirySamples},
		{"mailtls_scan_timestamp_seconds", "When the scan began.", func(e Endpoint) []sample {
			return one(float64(e.At.Unix()))
		}},
		{"mailtls_scan_duration_seconds", "How long the scan took.", func(e Endpoint) []sample { return one(e.Cost.Wall.Seconds()) }},
		{"mailtls_scan_connections", "How many connections the scan opened.", func(e Endpoint) []sample {
			return one(float64(e.Cost.Connections))
		}},
		{"mailtls_judged_info", "By what the server was judged.", func(e Endpoint) []sample {
			return one(1, "policy", e.Judged.Policy, "policy_version", e.Judged.Version, "policy_sha256", e.Judged.SHA256, "role", string(e.Judged.Role),
				"source", e.Source, "resolver", e.Target.Resolver, "evidence_sha256", e.SHA256)
		}},
	}
}

// verdictSamples are one for each verdict there is, behind labels.
func verdictSamples(is Verdict, labels ...string) []sample {
	var out []sample
	for v := Incomplete; v <= Fail; v++ {
		out = append(out, sample{append(slices.Clone(labels), "verdict", v.String()), number(v == is)})
	}
	return out
}

func levelSamples(findings []check.Finding) []sample {
	var out []sample
	for l := check.Undecided; l <= check.Fail; l++ {
		out = append(out, sample{[]string{"level", l.String()}, float64(countIn(findings, l))})
	}
	return out
}

func findingSamples(findings []check.Finding) []sample {
	var out []sample
	for _, f := range findings {
		if f.Level != check.Pass && f.Level != check.NotApplicable {
			out = append(out, sample{[]string{"check", f.Check, "level", f.Level.String(), "accepted", strconv.FormatBool(f.Accepted != nil)}, 1})
		}
	}
	return out
}

func acceptedSamples(findings []check.Finding) []sample {
	var out []sample
	for _, f := range findings {
		word := f.Accepted
		if word == nil {
			word = f.Lapsed
		}
		if word != nil {
			out = append(out, sample{[]string{"check", f.Check, "level", f.Level.String()}, float64(word.Until.Start().Add(24 * time.Hour).Unix())})
		}
	}
	return out
}

func otherVerdictSamples(others []Opinion) []sample {
	var out []sample
	for _, o := range others {
		out = append(out, verdictSamples(o.Verdict, "policy", o.Policy, "policy_version", o.Version)...)
	}
	return out
}

func otherFindingSamples(others []Opinion) []sample {
	var out []sample
	for _, o := range others {
		for _, f := range o.Findings {
			if f.Level != check.Pass && f.Level != check.NotApplicable {
				out = append(out, sample{[]string{"policy", o.Policy, "row", f.Check, "level", f.Level.String()}, 1})
			}
		}
	}
	return out
}

func expirySamples(e Endpoint) []sample {
	var out []sample
	seen := make(map[string]bool)
	for _, chain := range e.Facts.Certificates.Value {
		if len(chain.Certificates) == 0 || seen[chain.Certificates[0]] {
			continue
		}
		seen[chain.Certificates[0]] = true
		if c := e.Blobs.Certificates[chain.Certificates[0]]; c != nil && !c.NotAfter.IsZero() {
			out = append(out, sample{[]string{"sha256", c.SHA256, "key", c.PublicKey.Algorithm}, float64(c.NotAfter.Unix())})
		}
	}
	return out
}

// countIn is how many findings have a level.
func countIn(findings []check.Finding, l check.Level) int {
	n := 0
	for _, f := range findings {
		if f.Level == l {
			n++
		}
	}
	return n
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// WritePrometheus writes the report in Prometheus' text format 0.0.4, for the textfile collector of its node exporter. An
// endpoint or a domain that was scanned twice is there once.
func WritePrometheus(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# HELP mailtls_build_info The program that scanned, and the roots it judged by.\n# TYPE mailtls_build_info gauge\n")
	fmt.Fprintf(&b, "mailtls_build_info{%s} 1\n", labels("version", r.Tool.Version, "roots", rootsText(r.Run.Roots)))
	for _, m := range metrics() {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %[1]s gauge\n", m.name, m.help)
		seen := make(map[string]bool)
		for _, e := range r.Endpoints {
			t := e.Target
			own := []string{"protocol", t.Protocol, "host", t.Host, "port", strconv.Itoa(t.Port), "address", t.Address}
			if id := labels(own...); seen[id] {
				continue
			} else {
				seen[id] = true
			}
			writeSamples(&b, m.name, own, m.samples(e))
		}
	}
	domainFamilies(&b, r)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the report for Prometheus: %w", err)
	}
	return nil
}

// writeSamples writes the samples of a family that have the labels own in common.
func writeSamples(b *strings.Builder, family string, own []string, samples []sample) {
	for _, s := range samples {
		fmt.Fprintf(b, "%s{%s} %s\n", family, labels(slices.Concat(own, s.labels)...), strconv.FormatFloat(s.value, 'f', -1, 64))
	}
}

// labels writes pairs of names and values.
func labels(pairs ...string) string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		parts = append(parts, pairs[i]+`="`+strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(Escape(pairs[i+1]))+`"`)
	}
	return strings.Join(parts, ",")
}
