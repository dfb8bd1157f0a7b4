package web

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// histogram counts how long things took.
type histogram struct {
	bounds []float64 // seconds
	counts []int     // within each bound and not the one before, and beyond all
	sum    float64
}

func newHistogram(bounds ...float64) histogram {
	return histogram{bounds: bounds, counts: make([]int, len(bounds)+1)}
}

func (h *histogram) add(d time.Duration) {
	i, _ := slices.BinarySearch(h.bounds, d.Seconds())
	h.counts[i]++
	h.sum += d.Seconds()
}

// exposition writes in the text format of Prometheus.
type exposition struct{ *bytes.Buffer }

func (e exposition) head(name, kind, help string) {
	fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// sample writes a value with its labels, names and values in turn.
func (e exposition) sample(name string, value float64, labels ...string) {
	e.WriteString(name)
	for i := 0; i+1 < len(labels); i += 2 {
		sep := ","
		if i == 0 {
			sep = "{"
		}
		fmt.Fprintf(e, "%s%s=\"%s\"", sep, labels[i], strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(labels[i+1]))
	}
	if len(labels) > 0 {
		e.WriteByte('}')
	}
	fmt.Fprintf(e, " %s\n", strconv.FormatFloat(value, 'g', -1, 64))
}

func (e exposition) gauge(name, help string, value float64, labels ...string) {
	e.head(name, "gauge", help)
	e.sample(name, value, labels...)
}

func (e exposition) histogram(name string, h *histogram, labels ...string) {
	n := 0
	for i, count := range h.counts {
		bound := "+Inf"
		if i < len(h.bounds) {
			bound = strconv.FormatFloat(h.bounds[i], 'g', -1, 64)
		}
		n += count
		e.sample(name+"_bucket", float64(n), append(slices.Clone(labels), "le", bound)...)
	}
	e.sample(name+"_sum", h.sum, labels...)
	e.sample(name+"_count", float64(n), labels...)
}

// backlog tells what campaigns and monitors still have to do.
func (e exposition) backlog(b store.Backlog) {
	e.head("mailtls_service_campaigns", "gauge", "Campaigns that are not over.")
	e.sample("mailtls_service_campaigns", float64(b.Waiting), "state", "waiting")
	e.sample("mailtls_service_campaigns", float64(b.Running), "state", "running")
	e.sample("mailtls_service_campaigns", float64(b.Paused), "state", "paused")
	e.gauge("mailtls_service_campaign_domains_left", "Domains that are not finished, of campaigns that wait or run.", float64(b.Domains))
	e.gauge("mailtls_service_campaign_endpoints_left", "Endpoints they were found to lead to that are not scanned.", float64(b.Endpoints))
	e.gauge("mailtls_service_monitored", "Targets that monitors look at, unless they are paused.", float64(b.Watched))
	e.gauge("mailtls_service_monitors_late_seconds", "How long the look is overdue that is overdue longest.", b.Late.Seconds())
}
