package web

import (
	"cmp"
	"net/http"
	"slices"
	"sync"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// simulated is what the page about the programs that come to the servers of a report shows.
type simulated struct {
	Scan    *store.Scan
	Servers []simulatedServer
}

type simulatedServer struct {
	Name, Verdict string
	Groups        []outcomes
}

// outcomes are what programs of one kind get from a server: those that get the same together, those that fail first.
type outcomes struct {
	Title string
	Count int
	Rows  []outcome
}

type outcome struct {
	Class, Word, Text string
	Names             []string
}

// profiles are the programs, read once: they are built in.
var profiles = sync.OnceValues(client.All)

// clients shows what mail programs and sending servers get from each server of a report, by simulation.
func (s *server) clients(w http.ResponseWriter, r *http.Request) {
	scan, err := s.Store.Scan(r.Context(), r.PathValue("id"))
	var rep *report.Report
	if err == nil {
		rep, err = s.Store.Report(r.Context(), scan.ID)
	}
	all, wrong := profiles()
	if err = cmp.Or(err, wrong); err != nil {
		s.broken(w, r, err)
		return
	}
	v := simulated{Scan: scan}
	for i := range rep.Endpoints {
		v.Servers = append(v.Servers, simulatedAt(&rep.Endpoints[i], all))
	}
	s.show(w, r, http.StatusOK, "clients", view{Title: "Who can connect to " + scan.Target, Data: v})
}

func simulatedAt(e *report.Endpoint, all []client.Profile) simulatedServer {
	out := simulatedServer{Name: endpointName(e), Verdict: e.Verdict.String()}
	users, senders := client.Coming(all, e.Target.Protocol)
	for _, g := range []struct {
		title string
		of    []client.Profile
	}{{"Mail clients and libraries", users}, {"Sending servers", senders}} {
		if len(g.of) > 0 {
			out.Groups = append(out.Groups, outcomes{g.title, len(g.of), outcomesOf(g.of, e)})
		}
	}
	return out
}

// outcomesOf are those of programs, with what fails first.
func outcomesOf(of []client.Profile, e *report.Endpoint) []outcome {
	alike := client.Outcomes(of, e.Endpoint)
	slices.Reverse(alike)
	var out []outcome
	for _, x := range alike {
		var names []string
		for _, p := range x.Profiles {
			names = append(names, p.Mention())
		}
		out = append(out, outcomeOf(x.Result, names))
	}
	return out
}

func outcomeOf(r client.Result, names []string) outcome {
	switch r.Outcome {
	case client.Fails:
		return outcome{"fail", "fails", r.Why, names}
	case client.Unknown:
		return outcome{"open", "not known", r.Why, names}
	}
	text := r.Gets()
	if r.Why != "" {
		text += "; not all of it is known: " + r.Why
	}
	return outcome{"pass", "works", text, names}
}
