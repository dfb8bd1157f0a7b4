package probe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// injection is what the connections tell that tried it.
type injection struct {
	answered, silent []string // a line behind STARTTLS was answered inside TLS, or was not
	tagged           []string // those answered whose reply has the tag
	replies          []int    // to each that was answered
	how              string   // in which way the server withstands
	control          []string // connections without such a line
	usual            []int    // unasked replies in each of these
	cut              []string // it closed or reset the connection
	late             int      // nothing came in time
}

func (v *view) injection(p starttls.Protocol) injection {
	var x injection
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != evidence.STARTTLSInjection || r.reaction == nil {
			continue
		}
		n, ok := unasked(p, r.reaction)
		inside := r.reaction.End != evidence.EndPreamble && r.reaction.End != evidence.EndNotTLS
		switch {
		case r.offer.Vector == noneBehind:
			if ok && inside {
				x.control, x.usual = append(x.control, r.id), append(x.usual, n)
			}
		case inside && ok && n > 0:
			x.answered, x.replies = append(x.answered, r.id), append(x.replies, n)
			if comesBack(p, r.reaction) {
				x.tagged = append(x.tagged, r.id)
			}
		case inside && ok:
			x.silent, x.how = append(x.silent, r.id), "forgets what came before TLS"
		default:
			x.withstands(r)
		}
	}
	if len(x.silent) == 0 && len(x.cut) >= v.wordless(chanceOfNo) {
		x.silent, x.how = x.cut, "hangs up on a command behind STARTTLS"
	}
	return x
}

// withstands takes in a connection that did not get to a farewell inside TLS.
func (x *injection) withstands(r *reply) {
	switch r.reaction.End {
	case evidence.EndPreamble:
		x.silent, x.how = append(x.silent, r.id), "refuses STARTTLS with a command behind it: "+strings.Join(r.reaction.Text, " ")
	case evidence.EndNotTLS:
		x.silent, x.how = append(x.silent, r.id), "answers a command behind STARTTLS in the clear"
	case evidence.EndAlert:
		x.silent, x.how = append(x.silent, r.id), "takes what is behind STARTTLS for TLS, and breaks off"
	case evidence.EndClosed, evidence.EndReset:
		x.cut = append(x.cut, r.id)
	case evidence.EndTimeout:
		x.late++
	}
}

// maxLate is how often nothing may come in time before an attack is given up.
const maxLate = 2

// wants is the form to try next, "" if nothing more can be learned. Replies without a tag are counted: they need as many
// connections without the command as with it, since another server behind the same address may speak unasked, and if some are
// quiet with it, counting tells no more.
func (x *injection) wants() string {
	switch {
	case x.late >= maxLate || len(x.tagged) > 1:
		return ""
	case len(x.tagged) > 0:
		return lineBehind
	case len(x.silent) > 0:
		return ""
	case len(x.answered) < 2:
		return lineBehind
	case len(x.control) < len(x.answered):
		return noneBehind
	}
	return ""
}

// judge says whether a command behind STARTTLS is answered inside TLS. Where connections disagree, it cannot be told.
func (x *injection) judge() evidence.Answer {
	switch {
	case len(x.tagged) > 1:
		return evidence.Yes
	case len(x.answered) == 0 && len(x.silent) > 0:
		return evidence.No
	case len(x.silent) > 0 || len(x.answered) < 2 || len(x.control) < len(x.answered):
		return evidence.Unsure
	case slices.Max(x.usual) < slices.Min(x.replies):
		return evidence.Yes
	case slices.Min(x.usual) >= slices.Max(x.replies): // it says as much without being told to
		x.how = "forgets what came before TLS, and speaks unasked inside it"
		return evidence.No
	}
	return evidence.Unsure
}

func nextInjection(p *plan) (ask, bool) {
	protocol, err := starttls.ParseProtocol(p.target.Protocol)
	if err != nil || protocol.ImplicitTLS() || !p.mayEnter() || !p.mayTry(evidence.STARTTLSInjection, evidence.KeySTARTTLSInjection, 8) {
		return ask{}, false
	}
	a, ok := p.finishing()
	x := p.injection(protocol)
	a.question, a.offer.Attack, a.offer.Vector = string(evidence.STARTTLSInjection), evidence.STARTTLSInjection, x.wants()
	return a, ok && a.offer.Vector != ""
}

func deriveInjection(d *deriver) {
	f := &d.facts.STARTTLSInjection
	protocol, err := starttls.ParseProtocol(d.ep.Target.Protocol)
	if err == nil && protocol.ImplicitTLS() {
		*f = inapplicable[evidence.Weakness]("TLS from the first byte")
		return
	}
	x := d.injection(protocol)
	switch said := x.judge(); {
	case said == evidence.Yes:
		*f = known(evidence.Weakness{Found: true, Shown: []string{fmt.Sprintf(
			"a command behind STARTTLS is answered inside TLS, in %d of %d connections", len(x.answered), len(x.answered)+len(x.silent))}}, x.answered...)
	case said == evidence.No:
		*f = known(evidence.Weakness{Shown: []string{x.how}}, slices.Concat(x.silent, x.answered)...)
	case len(x.answered) > 0 && len(x.silent) > 0:
		*f = evidence.Fact[evidence.Weakness]{State: evidence.Unknown, From: slices.Concat(x.answered, x.silent),
			Why: "a command behind STARTTLS seems to be answered inside TLS in some connections, and not in others"}
	case len(x.answered) > 0:
		*f = evidence.Fact[evidence.Weakness]{State: evidence.Unknown, From: x.answered,
			Why: "a command behind STARTTLS seems to be answered inside TLS, which could not be confirmed"}
	default:
		*f = d.untried(evidence.STARTTLSInjection)
		if d.unfinishable() {
			f.Why = "no suite is accepted with which this program can finish a handshake"
		}
	}
}
