package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// simulate writes what programs get from each server of a report.
func (a *app) simulate(f *clientsFlags, profiles []client.Profile) error {
	r, err := a.readReport(f.report.value)
	if err != nil {
		return err
	}
	if len(r.Endpoints) == 0 {
		return usageError{fmt.Errorf("%s: there is no server in the report", report.Escape(f.report.value))}
	}
	if f.format.value == "json" {
		return a.simulateJSON(f, r, profiles)
	}
	for i, e := range r.Endpoints {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		if err := a.simulateOne(f, e, profiles); err != nil {
			return err
		}
	}
	return nil
}

// simulateOne writes about one server: what users' programs get, then what sending servers get; or who of each would be cut
// off, if that is asked.
func (a *app) simulateOne(f *clientsFlags, e report.Endpoint, profiles []client.Profile) error {
	fmt.Fprintf(a.stdout, "%s  %s\n", report.Escape(e.Target.Input), report.Escape(e.Target.Address))
	users, senders := client.Coming(profiles, e.Target.Protocol)
	if len(users)+len(senders) == 0 {
		fmt.Fprintln(a.stdout, "  none of these programs speaks "+report.Escape(e.Target.Protocol))
		return nil
	}
	if len(f.without.names) == 0 {
		a.outcomes("Mail clients and libraries", users, e.Endpoint)
		a.outcomes("Sending servers", senders, e.Endpoint)
		return nil
	}
	by, err := f.policy.orMail()
	if err != nil {
		return err
	}
	changes := f.without.in(e, by)
	after := client.Without(e.Endpoint, changes...)
	touched, open, idle := f.without.sorted(changes, e.Endpoint)
	if len(open) > 0 {
		a.hang(2, "", 0, "Not known whether this is accepted, nor whether anything would change: "+strings.Join(open, ","))
		a.hang(6, "", 0, report.Escape(cmp.Or(e.Facts.Suites.Why, e.Facts.Versions.Why, e.Facts.GroupsTLS12.Why, e.Facts.GroupsTLS13.Why, "this scan did not ask for all of it")))
	}
	if !touched {
		if len(idle) > 0 {
			a.hang(2, "", 0, "Nothing of this was seen to be accepted, so nothing would change: "+strings.Join(idle, ","))
		}
		return nil
	}
	a.cuts("mail clients and libraries", users, e.Endpoint, after, false)
	a.cuts("sending servers", senders, e.Endpoint, after, true)
	return nil
}

// outcomes writes what profiles get: those that get the same, together; those that work first, then what is not known.
func (a *app) outcomes(title string, profiles []client.Profile, e *evidence.Endpoint) {
	if len(profiles) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "\n%s (%d)\n", title, len(profiles))
	for _, alike := range client.Outcomes(profiles, e) {
		var names []string
		for _, p := range alike.Profiles {
			names = append(names, report.Escape(p.Mention()))
		}
		a.hang(2, "", 0, heading(alike.Result))
		a.hang(6, "", 0, strings.Join(names, "; "))
	}
}

// heading is a result in a line.
func heading(r client.Result) string {
	switch r.Outcome {
	case client.Fails:
		return "FAILS: " + report.Escape(r.Why)
	case client.Unknown:
		return "not known: " + report.Escape(r.Why)
	}
	var parts []string
	if gets := r.Gets(); gets != "" {
		parts = append(parts, gets)
	}
	if r.Why != "" {
		parts = append(parts, "not all of it is known: "+report.Escape(r.Why))
	}
	return "works: " + strings.Join(parts, ", ")
}

// cuts writes who of profiles would be cut off, and of whom that is not known.
func (a *app) cuts(kind string, profiles []client.Profile, before, after *evidence.Endpoint, opportunistic bool) {
	if len(profiles) == 0 {
		return
	}
	cuts := client.CutOff(profiles, client.Results(profiles, before), after)
	fmt.Fprintln(a.stdout)
	a.hang(2, "", 0, fmt.Sprintf("Cut off: %d of %d %s", len(cuts.Off), len(profiles), kind))
	for _, c := range cuts.Off {
		a.hang(6, "", 0, report.Escape(c.Profile.Mention())+": "+report.Escape(c.After.Why))
	}
	if len(cuts.Open) > 0 {
		a.hang(2, "", 0, fmt.Sprintf("Not known: %d of %d %s", len(cuts.Open), len(profiles), kind))
		for _, c := range cuts.Open {
			a.hang(6, "", 0, report.Escape(c.Profile.Mention())+": "+report.Escape(c.After.Why))
		}
	}
	if opportunistic && len(cuts.Off)+len(cuts.Open) > 0 {
		a.hang(2, "", 0, cleartext)
	}
}

// cleartext is what becomes of mail from those that are cut off.
const cleartext = "Note: a server that sends opportunistically, as nearly all do, sends in the clear where TLS fails (RFC 7435). " +
	"To cut it off protects nothing, unless it follows DANE or MTA-STS."

// simulationJSON is what programs get from one server, in JSON.
type simulationJSON struct {
	Target  evidence.Target `json:"target"`
	Without []string        `json:"without,omitempty"`
	Clients []clientJSON    `json:"clients"`
}

type clientJSON struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Kind     client.Kind     `json:"kind"`
	Fidelity client.Fidelity `json:"fidelity"`
	Result   client.Result   `json:"result"`
	After    *client.Result  `json:"after,omitempty"` // with --without
}

func (a *app) simulateJSON(f *clientsFlags, r *report.Report, profiles []client.Profile) error {
	out := []simulationJSON{}
	by, err := f.policy.orMail()
	if err != nil {
		return err
	}
	for _, e := range r.Endpoints {
		changes := f.without.in(e, by)
		after := client.Without(e.Endpoint, changes...)
		s := simulationJSON{Target: e.Target, Without: f.without.names, Clients: []clientJSON{}}
		for i := range profiles {
			p := &profiles[i]
			if !p.Speaks(e.Target.Protocol) {
				continue
			}
			c := clientJSON{ID: p.ID, Name: p.Name, Kind: p.Kind, Fidelity: p.Fidelity, Result: client.Simulate(p, e.Endpoint)}
			if len(changes) > 0 {
				result := client.Simulate(p, after)
				c.After = &result
			}
			s.Clients = append(s.Clients, c)
		}
		out = append(out, s)
	}
	return a.json(out)
}

// json writes v for programs.
func (a *app) json(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", " ")
	return e.Encode(v)
}
