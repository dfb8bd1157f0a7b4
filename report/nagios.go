package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
)

// PluginStatus is what a plugin of Nagios or Icinga tells by its exit code.
type PluginStatus int

// The statuses, by their exit codes.
const (
	PluginOK       PluginStatus = 0
	PluginWarning  PluginStatus = 1
	PluginCritical PluginStatus = 2
	PluginUnknown  PluginStatus = 3
)

// String returns "OK", "WARNING", "CRITICAL" or "UNKNOWN".
func (s PluginStatus) String() string {
	return [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}[min(max(s, 0), PluginUnknown)]
}

// PluginStatusOf is the status of r as a whole: critical if anything fails, else a warning if there is one, else unknown if
// anything is not known.
func PluginStatusOf(r *Report) PluginStatus {
	switch {
	case r.Has(Fail):
		return PluginCritical
	case r.Has(Warn):
		return PluginWarning
	case !r.Complete():
		return PluginUnknown
	}
	return PluginOK
}

// WriteNagios writes the report as a plugin of Nagios or Icinga does: a line with the status and performance data, then a
// line for each domain and each endpoint if there are several. The exit code that belongs to it is [PluginStatusOf].
func WriteNagios(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "MAILTLS %s - %s | %s\n", PluginStatusOf(r), plugin(pluginSummary(r)), perfData(r))
	several := len(r.Endpoints)+len(r.Domains) > 1
	for _, d := range r.Domains {
		if several {
			fmt.Fprintln(&b, plugin(pluginDomain(d)))
		}
		for _, l := range pluginMore(Escape(d.Name), d.Findings, d.Others) {
			fmt.Fprintln(&b, plugin(l))
		}
	}
	for _, e := range r.Endpoints {
		if several {
			fmt.Fprintln(&b, plugin(pluginLine(e)))
		}
		for _, l := range pluginMore(Escape(e.Target.Protocol+"://"+name(e.Target)), e.Findings, e.Others) {
			fmt.Fprintln(&b, plugin(l))
		}
	}
	about := aboutRun(r)
	switch { // the policy is that of all
	case len(r.Endpoints) > 0:
		about = append(about, aboutEndpoint(r.Endpoints[0])[0])
	case len(r.Domains) > 0:
		about = append(about, aboutDomain(r.Domains[0])[0])
	}
	for _, l := range about {
		fmt.Fprintln(&b, plugin(l.Label+": "+l.Text))
	}
	for _, n := range r.Notes {
		fmt.Fprintln(&b, plugin("Note: "+Escape(n.Text)))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the report for Nagios: %w", err)
	}
	return nil
}

// plugin makes text safe where a bar begins the performance data.
func plugin(s string) string { return strings.ReplaceAll(s, "|", "/") }

func pluginSummary(r *Report) string {
	servers := plural(len(r.Endpoints), "server") + ": " + countVerdicts(r.Endpoints)
	switch {
	case len(r.Domains) == 0 && len(r.Endpoints) == 1:
		return pluginLine(r.Endpoints[0])
	case len(r.Domains) == 0:
		return servers
	case len(r.Endpoints) == 0:
		servers = "no server"
	}
	if len(r.Domains) == 1 {
		return pluginDomain(r.Domains[0]) + "; " + servers
	}
	return plural(len(r.Domains), "domain") + ": " + countDomains(r.Domains) + "; " + servers
}

// pluginLine says of an endpoint what is wrong, or what is not known.
func pluginLine(e Endpoint) string {
	line := Escape(e.Target.Protocol+"://"+name(e.Target)) + " " + strings.Join(strings.Fields(outcome(e)), " ")
	if text := acceptedLine(e); text != "" {
		line += " (" + text + ")"
	}
	if why, lost := unreachable(e); lost {
		return line + ": " + Escape(why)
	}
	return line + titlesIn(e.Findings)
}

// titlesIn are the titles of what is wrong, and how much is not known, behind a colon; "" if nothing is.
func titlesIn(findings []check.Finding) string {
	var titles []string
	for _, b := range blocks(findings) {
		for _, c := range b.checks {
			titles = append(titles, c.Title)
		}
	}
	if n := countIn(findings, check.Undecided); n > 0 {
		titles = append(titles, plural(n, "check")+" not decided")
	}
	if len(titles) == 0 {
		return ""
	}
	return ": " + strings.Join(titles, "; ")
}

// perfData are the numbers of all endpoints and domains together: findings by level, the fewest days that a certificate has left, and
// what the scan cost.
func perfData(r *Report) string {
	var fail, warn, open, accepted, connections int
	add := func(f []check.Finding) {
		fail, warn, open, accepted = fail+counting(f, check.Fail), warn+counting(f, check.Warn), open+countIn(f, check.Undecided), accepted+acceptedAmong(f)
	}
	for _, d := range r.Domains {
		add(d.Findings)
	}
	days, any := 0, false
	for _, e := range r.Endpoints {
		add(e.Findings)
		connections += e.Cost.Connections
		for _, s := range expirySamples(e) {
			left := int((int64(s.value) - e.At.Unix()) / int64(24*time.Hour/time.Second))
			if !any || left < days {
				days, any = left, true
			}
		}
	}
	text := fmt.Sprintf("fail=%d;;0;0 warn=%d;0;;0 undecided=%d;;;0", fail, warn, open)
	if any {
		text += fmt.Sprintf(" certificate_days=%d", days)
	}
	if accepted > 0 {
		text += fmt.Sprintf(" accepted=%d;;;0", accepted)
	}
	text += policyPerfData(r)
	return text + fmt.Sprintf(" connections=%d;;;0 time=%.3fs;;;0", connections, r.Run.Wall.Seconds())
}
