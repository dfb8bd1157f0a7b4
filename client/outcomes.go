package client

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// Results simulates programs with a server: one result for each, in their order.
func Results(profiles []Profile, e *evidence.Endpoint) []Result {
	out := make([]Result, len(profiles))
	for i := range profiles {
		out[i] = Simulate(&profiles[i], e)
	}
	return out
}

// Alike are programs that get the same from a server.
type Alike struct {
	Result   Result
	Profiles []*Profile
}

// Outcomes simulates programs with a server, and returns those that get the same together: first those that work, then those of which
// it is not known, those with the newest version first.
func Outcomes(profiles []Profile, e *evidence.Endpoint) []Alike {
	var out []Alike
	at := make(map[Result]int)
	for i, r := range Results(profiles, e) {
		if _, ok := at[r]; !ok {
			at[r] = len(out)
			out = append(out, Alike{Result: r})
		}
		same := &out[at[r]]
		same.Profiles = append(same.Profiles, &profiles[i])
	}
	slices.SortStableFunc(out, func(a, b Alike) int {
		return cmp.Or(strings.Compare(string(b.Result.Outcome), string(a.Result.Outcome)), int(b.Result.Version)-int(a.Result.Version))
	})
	return out
}

// Mention is the name of a program, marked where its profile is a guess.
func (p *Profile) Mention() string {
	if p.Fidelity == Unmeasured {
		return p.Name + " (unmeasured)"
	}
	return p.Name
}
