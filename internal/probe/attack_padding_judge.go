package probe

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// oracle is what the reactions to malformed records say so far.
type oracle struct {
	of      map[string][]trick // by vector
	no, yes int                // how often what a broken line does, too, has to come to count as one reaction of several, or as one apart
	chance  func() bool        // whether the reactions to all vectors, which vary, may be drawn from the same lot
}

// trick is one reaction.
type trick struct {
	id, class string
	clean     bool // the server ended it, not the line, or our patience
	answered  bool // it carried out the command
	overflow  bool // it said record_overflow
	start     time.Duration
}

func (v *view) oracle() *oracle {
	o := &oracle{of: map[string][]trick{}, no: max(alikeUnclean, v.wordless(chanceOfNo)), yes: max(apartUnclean, v.wordless(chanceOfYes))}
	o.chance = sync.OnceValue(o.byChance)
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != evidence.PaddingOracle || r.reaction == nil {
			continue
		}
		answered := r.reaction.End == evidence.EndDone && carriedOut(starttls.Protocol(v.target.Protocol), r.reaction)
		t := trick{r.id, r.reaction.Class(), settled(r.reaction), answered, overflow(r.reaction), r.start}
		if r.reaction.End == evidence.EndNotTLS && len(r.reaction.Text) > 0 {
			t.class += fmt.Sprintf(" but %q", r.reaction.Text[0])
		}
		o.of[r.offer.Vector] = append(o.of[r.offer.Vector], t)
	}
	return o
}

// What it takes to say something. That all reactions are alike needs one each. A difference counts if it comes back every
// time: a server that draws its alerts by lot shows none in four rounds of six. Where connections were reset or timed out, the
// line may have been it, not the server.
const (
	alikeClean   = 1
	alikeUnclean = 2
	apart        = 4
	apartUnclean = 5
	varying      = 12 // of each vector, if the reactions to one of them vary
	maxVarying   = 40 // of those that lack a reaction which others had, if that may be chance
	spareTries   = 4  // for connections that came to nothing
)

// counted are the reactions to a vector that count: those that the server ended, if there are any. What the line may have
// ended counts if that happened again.
func (o *oracle) counted(vector string) []trick {
	all := o.of[vector]
	clean := slices.DeleteFunc(slices.Clone(all), func(t trick) bool { return !t.clean })
	if len(clean) > 0 || len(all) < alikeUnclean {
		return clean
	}
	return all
}

// unclean reports whether the server ended no connection of a vector.
func (o *oracle) unclean(vector string) bool {
	list := o.counted(vector)
	return len(list) > 0 && !list[0].clean
}

// classes are the kinds of reactions to the vectors, each once.
func (o *oracle) classes(vectors ...string) []string {
	var list []string
	for _, v := range vectors {
		for _, t := range o.counted(v) {
			list = append(list, t.class)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// varies reports whether the server itself reacts to one vector now so, now so.
func (o *oracle) varies(vector string) bool { return !o.unclean(vector) && len(o.classes(vector)) > 1 }

// lacks reports whether another vector had a reaction that this one never had.
func (o *oracle) lacks(vector string) bool {
	return len(o.classes(vector)) < len(o.classes(paddingVectors...))
}

// byChance finds out what chance tells.
func (o *oracle) byChance() bool {
	drawn := make([][]string, len(paddingVectors))
	for i, v := range paddingVectors {
		for _, t := range o.counted(v) {
			drawn[i] = append(drawn[i], t.class)
		}
		if !o.varies(v) {
			return false
		}
	}
	return asMuchApart(drawn) > 0
}

func (o *oracle) answers(vector string) bool {
	return slices.ContainsFunc(o.counted(vector), func(t trick) bool { return t.answered })
}

// uniform reports whether nothing distinguishes the vectors, and none is answered.
func (o *oracle) uniform() bool {
	return len(o.classes(paddingVectors...)) < 2 && !slices.ContainsFunc(paddingVectors, o.answers)
}

// need is how many reactions to a vector it takes.
func (o *oracle) need(vector string) int {
	list := o.counted(vector)
	switch {
	case o.unclean(vector) && len(o.classes(vector)) > 1:
		return len(list) + 1 // the line does something; it may yet let the server end one
	case o.uniform() && o.unclean(vector):
		return o.no
	case o.uniform():
		return alikeClean
	case slices.ContainsFunc(paddingVectors, o.varies):
		if len(list) >= varying && len(list) < maxVarying && o.lacks(vector) && o.chance() {
			return len(list) + 1
		}
		return varying
	case o.unclean(vector):
		return o.yes
	case slices.ContainsFunc(paddingVectors, o.lastWord):
		return max(apart, len(list)+1)
	}
	return apart
}

// lastWord reports whether an unclean vector has all it needs, but no connection behind its own ended well: the server may have
// had enough of us.
func (o *oracle) lastWord(vector string) bool {
	list := o.counted(vector)
	return o.unclean(vector) && len(list) >= o.yes && !slices.ContainsFunc(paddingVectors, func(other string) bool {
		return slices.ContainsFunc(o.of[other], func(t trick) bool { return t.clean && t.start >= list[len(list)-1].start })
	})
}

// missing is how many more reactions to a vector are wanted. Until there is one at all, one connection tries.
func (o *oracle) missing(vector string) int {
	if len(o.of) == 0 && vector != paddingVectors[0] {
		return 0
	}
	return max(0, o.need(vector)-len(o.counted(vector)))
}

// tries is how many connections a vector may take.
func (o *oracle) tries() int {
	if len(o.of) == 0 {
		return spareTries
	}
	if slices.ContainsFunc(paddingVectors, o.varies) {
		return maxVarying + spareTries
	}
	return varying + spareTries
}

// next is the vector to try now, or "": of those that lack reactions the one that was tried least often, so that an outage meets
// all alike. Each round begins with another, so that servers that take turns behind an address do not share the vectors out.
// asked returns how often a vector was tried, and in how many connections it is being tried.
func (o *oracle) next(asked func(vector string) (tries, flying int)) string {
	best, first := "", 0
	for i, vector := range paddingVectors {
		tries, flying := asked(vector)
		n := tries + flying
		if o.missing(vector) <= flying || n >= o.tries() {
			continue
		}
		turn := n*len(paddingVectors) + ((i-n)%len(paddingVectors)+len(paddingVectors))%len(paddingVectors)
		if best == "" || turn < first {
			best, first = vector, turn
		}
	}
	return best
}

// decided reports whether enough is known of every vector.
func (o *oracle) decided() bool {
	return !slices.ContainsFunc(paddingVectors, func(v string) bool { return o.missing(v) > 0 })
}
