package probe

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// recalled is what the connections tell that tried whether state is kept: observations, by what each shows.
type recalled struct {
	held      []string // a transaction from before TLS seems to go on
	said      []string // inside TLS, in each of these
	dropped   []string // it does not, and how
	how       string
	cut       []string // the server hung up on STARTTLS in a transaction
	unbegun   []string // none could be begun
	blind     []string // one is begun in another
	otherwise []string // what is said inside TLS where none was begun
	without   []string // in these connections

	wanted   []string // a greeting has to be given again
	needless []string // mail is taken without
	shut     []string // mail is never taken inside TLS

	free, strict []string // without a greeting anywhere mail is taken, or is not
	unclear      int      // that was not to be told
	late         int      // nothing came in time
	vain         int      // nor anything to go by, though the line did not break
}

func (v *view) recalled() recalled {
	var x recalled
	var controls []*reply
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != evidence.StateKept || r.reaction == nil {
			continue
		}
		if r.reaction.End == evidence.EndTimeout {
			x.late++
		}
		if r.offer.Vector == stateNone {
			controls = append(controls, r)
		} else if !x.add(r) && !wordlessEnd(r.reaction) && r.reaction.End != evidence.EndClosed {
			x.vain++
		}
	}
	if len(x.dropped)+len(x.held) == 0 && len(x.cut) >= v.wordless(chanceOfNo) {
		x.dropped, x.how = x.cut, "hangs up on STARTTLS within a transaction"
	}
	for _, r := range controls {
		m := readMailed(r.reaction)
		x.control(r.id, &m)
	}
	return x
}

// add takes in a connection that greeted before TLS, and reports whether it told anything.
func (x *recalled) add(r *reply) bool {
	m := readMailed(r.reaction)
	told := x.greeting(r.id, &m)
	if r.offer.Vector == stateTransaction {
		return x.transaction(r, &m) || told
	}
	if m.early != "" {
		x.otherwise, x.without = append(x.otherwise, m.early), append(x.without, r.id)
	}
	return told
}

// transaction takes in a connection that tried to begin one before TLS.
func (x *recalled) transaction(r *reply, m *mailed) bool {
	end := r.reaction.End
	switch {
	case barred(m.first) && (m.locked || m.early != ""):
		x.unbegun = append(x.unbegun, r.id)
	case !taken(m.first) || m.nested == "":
		return false
	case m.locked:
		x.dropped, x.how = append(x.dropped, r.id), "refuses STARTTLS within a transaction"
	case m.early == "" && (end == evidence.EndClosed || end == evidence.EndReset):
		x.cut = append(x.cut, r.id)
	case taken(m.nested):
		x.blind = append(x.blind, r.id)
	case barred(m.nested) && m.holds() == evidence.Yes:
		x.held, x.said = append(x.held, r.id), append(x.said, m.early)
	case barred(m.nested) && m.holds() == evidence.No && (taken(m.early) || !sameReply(m.early, m.nested)):
		x.dropped, x.how = append(x.dropped, r.id), "forgets a transaction"
	default:
		return false
	}
	return true
}

// greeting looks at whether a greeting is needed again.
func (x *recalled) greeting(id string, m *mailed) bool {
	switch wants := m.wantsGreeting(); {
	case wants == evidence.Yes:
		x.wanted = append(x.wanted, id)
	case wants == evidence.No:
		x.needless = append(x.needless, id)
	case m.shut():
		x.shut = append(x.shut, id)
	default:
		return false
	}
	return true
}

// control takes in a connection in which nobody greeted before TLS. Where STARTTLS needs a greeting, too, what is said of MAIL FROM
// before TLS has to do, if it is taken behind one.
func (x *recalled) control(id string, m *mailed) {
	begun := len(x.held)+len(x.dropped)+len(x.blind) > 0
	switch {
	case taken(m.first), m.early != "" && m.wantsGreeting() == evidence.No:
		x.free = append(x.free, id)
	case m.early != "" && m.wantsGreeting() == evidence.Yes, m.locked && barred(m.first) && begun:
		x.strict = append(x.strict, id)
	default:
		x.unclear++
	}
}

// wants is the form to try next, "" if nothing more can be learned. What looks kept has to be seen twice, and twice not where
// there was nothing to keep.
func (x *recalled) wants() string {
	locked := len(x.dropped) > 0 && len(x.wanted)+len(x.needless)+len(x.shut) == 0
	switch {
	case x.late >= maxLate, x.vain > maxLate:
	case len(x.held)+len(x.dropped)+len(x.unbegun)+len(x.blind)+len(x.wanted)+len(x.shut) == 0, len(x.held) == 1:
		return stateTransaction
	case len(x.held) > 0 && len(x.otherwise) < 2, locked:
		return stateGreeting
	case len(x.needless) == 0 || len(x.wanted)+len(x.free) > 0:
	case len(x.strict) < 2 && x.unclear < 2:
		return stateNone
	case len(x.strict) > 1 && len(x.needless) < 2:
		return stateGreeting
	}
	return ""
}

// transactionKept and greetingKept say whether it is certain that the server keeps them.
func (x *recalled) transactionKept() bool {
	return len(x.held) > 1 && len(x.dropped) == 0 && len(x.otherwise) > 1 && !slices.ContainsFunc(x.said, func(said string) bool {
		return slices.ContainsFunc(x.otherwise, func(o string) bool { return sameReply(said, o) })
	})
}

func (x *recalled) greetingKept() bool {
	return len(x.needless) > 1 && len(x.wanted) == 0 && len(x.strict) > 1 && len(x.free) == 0
}

func nextStateKept(p *plan) (ask, bool) {
	protocol, err := starttls.ParseProtocol(p.target.Protocol)
	if err != nil || !recallable(protocol) || !p.mayEnter() || !p.mayTry(evidence.StateKept, evidence.KeyStateKept, 10) {
		return ask{}, false
	}
	a, ok := p.finishing()
	x := p.recalled()
	if p.silent { // one silence less to wait for
		x.late++
	}
	a.question, a.offer.Attack, a.offer.Vector = string(evidence.StateKept), evidence.StateKept, x.wants()
	return a, ok && a.offer.Vector != ""
}

func deriveStateKept(d *deriver) {
	f := &d.facts.StateKept
	protocol, err := starttls.ParseProtocol(d.ep.Target.Protocol)
	x := d.recalled()
	tried := once(x.held, x.dropped, x.unbegun, x.blind, x.without, x.free, x.strict)
	open := func(why string) {
		*f = evidence.Fact[evidence.Weakness]{State: evidence.Unknown, From: tried, Why: why}
	}
	switch {
	case err == nil && protocol.ImplicitTLS():
		*f = inapplicable[evidence.Weakness]("TLS from the first byte")
	case err == nil && !recallable(protocol):
		*f = inapplicable[evidence.Weakness]("without a login nothing is said that could be kept, and none is tried")
	case x.transactionKept() || x.greetingKept():
		*f = x.found()
	case len(x.held) > 0:
		open("a transaction seems to go on inside TLS, which could not be confirmed")
	case len(x.wanted) > 0 && len(x.needless) > 0:
		open("mail is taken inside TLS without a new greeting in some connections, and not in others")
	case len(x.wanted) > 0:
		*f = known(evidence.Weakness{Shown: x.shown("wants a new greeting inside TLS")}, once(x.wanted, x.dropped)...)
	case len(x.needless) > 0 && len(x.free) == 0:
		open("mail is taken inside TLS without a new greeting: whether it would be without any could not be told")
	case len(x.dropped) > 0 && len(x.free) > 0 && len(x.strict) == 0:
		*f = known(evidence.Weakness{Shown: x.shown("needs no greeting anyway")}, once(x.dropped, x.free)...)
	case len(x.unbegun) > 0 && len(x.shut) > 0:
		*f = inapplicable[evidence.Weakness]("refuses MAIL FROM:<> before TLS and inside it: nothing is said that could be kept")
		f.From = x.unbegun
	case len(x.unbegun) > 0 && len(x.free) > 0 && len(x.strict)+len(x.blind) == 0:
		*f = inapplicable[evidence.Weakness]("takes no mail before TLS, nor needs a greeting inside it: nothing is said that could be kept")
		f.From = once(x.unbegun, x.free)
	case len(x.blind) > 0:
		open("takes MAIL FROM within a transaction, too: whether one is kept does not show")
	default:
		*f = d.untried(evidence.StateKept)
		if d.unfinishable() {
			f.Why = "no suite is accepted with which this program can finish a handshake"
		}
	}
}

// found is the fact about a server that keeps something.
func (x *recalled) found() evidence.Fact[evidence.Weakness] {
	w := evidence.Weakness{Found: true}
	var from []string
	if x.transactionKept() {
		w.Kinds = append(w.Kinds, "transaction")
		w.Shown = append(w.Shown, "a transaction begun before TLS goes on inside it: "+oneLine(x.said[0]))
		from = once(x.held, x.without)
	}
	if x.greetingKept() {
		w.Kinds = append(w.Kinds, "greeting")
		w.Shown = append(w.Shown, "mail is taken inside TLS without a greeting there, if there was one before TLS")
		from = once(from, x.needless, x.strict)
	}
	return known(w, from...)
}

// shown says how the server forgets.
func (x *recalled) shown(greeting string) []string {
	if x.how == "" {
		return []string{greeting}
	}
	return []string{x.how, greeting}
}

func oneLine(reply string) string { return strings.Join(strings.Fields(reply), " ") }
