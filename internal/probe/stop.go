package probe

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// plan reads all replies, expected ones included, for the next question.
func (s *Session) plan() *plan {
	all := slices.Clone(s.replies)
	flights := make([]flight, 0, len(s.flights))
	for _, id := range slices.Sorted(maps.Keys(s.flights)) { // in order, so that the same replies lead to the same plan
		f := s.flights[id]
		flights = append(flights, f)
		if g, ok := s.guesses[id]; ok {
			g.id = id
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b reply) int { return int(a.start - b.start) })
	p := &plan{view: newView(s.ep.Target, all, true), flights: flights, goal: s.goal(), named: serverName(s.ep.Target.ServerName) != "",
		hits: s.hits, counts: s.tries(), clear: !s.cleared && s.asking() == starttls.AskFirst}
	s.mu.Lock()
	defer s.mu.Unlock()
	p.hides, p.mute = p.mayHide(s.ep.Blobs.Certificates), p.silentInside(s.ep.Blobs.Dialogues)
	return p
}

// tries counts the connections of each question, without those that were turned away.
func (s *Session) tries() map[string]int {
	tries := maps.Clone(s.counts)
	for i := range s.replies {
		if s.replies[i].later {
			tries[questionOf(s.replies[i].id)]--
		}
	}
	if s.cfg.Passive {
		giveUpOddities(tries)
	}
	return tries
}

// giveUpOddities makes as if all that no ordinary client does had been tried in vain.
func giveUpOddities(tries map[string]int) {
	tries["long-lists"], tries["fallback-scsv"], tries["alpn"], tries["tolerance"] = 2, 2, 2, 2
	for _, t := range tolerated {
		tries["tolerance-"+string(t.fails)] = 3
	}
}

// goal turns the needs into what the planner asks for: everything, unless the scan is quick.
func (s *Session) goal() goal {
	finished := !slices.Contains(s.cfg.Without, evidence.KeyCapabilitiesTLS) || !slices.Contains(s.cfg.Without, evidence.KeySessionTicket)
	g := goal{versions: true, suites: true, details: true, finished: finished}
	if s.cfg.Quick {
		g = quickGoal(s.cfg.Goal)
	}
	g.passive, g.without = s.cfg.Passive, s.cfg.Without
	return g
}

// mustStop returns why no further connection is made although more would be asked, or "".
func (s *Session) mustStop(ctx context.Context) string {
	why := s.limit(ctx)
	if why != "" && (len(s.flights) > 0 && !s.spent() || s.wantsMore()) {
		return why
	}
	if why != "" || len(s.flights) > 0 { // one of them may still turn out well
		return ""
	}
	return s.hopeless()
}

// limit returns which limit of the scan is reached, or "".
func (s *Session) limit(ctx context.Context) string {
	switch {
	case ctx.Err() != nil:
		return "the scan was interrupted"
	case s.spent():
		return fmt.Sprintf("the limit of %s is reached", connections(s.cfg.maxConnections()))
	case s.gate.Waited()-s.patient > s.cfg.patience():
		return "the server throttles: " + s.lastWords()
	case s.ep.Cost.BytesIn > maxScanBytes:
		return fmt.Sprintf("the server sent more than %d MB", maxScanBytes>>20)
	case s.stuck() >= 2*s.cfg.timeout():
		return "the server stops in the middle of its replies"
	case s.barren >= maxBarren:
		return fmt.Sprintf("the last %d connections told nothing new", s.barren)
	}
	return ""
}

// wantsMore reports whether there is something left to ask.
func (s *Session) wantsMore() bool {
	_, ok := s.plan().next()
	return ok
}

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprintf("%d connections", n)
}

// Limits on what a scan bears. Full scans of honest servers read 50 to 500 kB, and ask no more than 30 questions in a row
// whose answers add nothing to the lists.
const (
	maxScanBytes = 8 << 20
	maxBarren    = 50
)

// stuck is how long the scan waited, all in all, for replies that had begun and did not end.
func (s *Session) stuck() time.Duration {
	var sum, until time.Duration
	for i := range s.ep.Observations {
		o := &s.ep.Observations[i]
		if o.End.Kind != evidence.EndTimeout || o.Timing.Reply == 0 && len(o.Messages) == 0 {
			continue
		}
		if from, to := max(until, o.Start), o.Start+o.Timing.End; to > from {
			sum, until = sum+to-from, to
		}
	}
	return sum
}

// learn counts replies from which nothing was learned: a server may answer the same question without an end.
func (s *Session) learn() {
	s.barren++
	if n := s.plan().size(); n > s.learned {
		s.learned, s.barren = n, 0
	}
}

// size is how much is known: it grows with each thing learned.
func (v *view) size() int {
	n := v.groups12.size() + v.groups13.size() + v.schemes12.size() + v.schemes13.size() + int(v.longLists)
	for _, t := range v.tracks {
		n += t.suites.size() + int(t.spoken)
	}
	questions := map[string]bool{}
	for i := range v.replies {
		if v.replies[i].kind != lost {
			questions[questionOf(v.replies[i].id)] = true
		}
		if v.replies[i].reaction != nil {
			n++
		}
	}
	return n + len(questions)
}

func (c *chain[T]) size() int {
	n := len(c.seen) + len(c.refused)
	for _, worse := range c.ranking().better {
		n += len(worse)
	}
	return n
}

// hopeless returns why the scan is given up: the latest replies all said nothing.
func (s *Session) hopeless() string {
	run := s.failures()
	if len(run) == 0 {
		return ""
	}
	last, first := run[0], run[len(run)-1]
	limit := s.bearable(last)
	since := last.Start + last.Timing.End - first.Start
	if len(run) < limit && (s.anyAccepted() || len(run) < 3 || since < 2*s.cfg.timeout()) {
		return ""
	}
	return because(last.End)
}

// failures returns the latest observations, newest first, up to the last one that said something. As long as no offer was
// accepted a hang-up says nothing either.
func (s *Session) failures() []*evidence.Observation {
	var run []*evidence.Observation
	none := !s.anyAccepted()
	for i := len(s.ep.Observations) - 1; i >= 0; i-- {
		o := &s.ep.Observations[i]
		if o.End.Kind == evidence.EndAside || o.Reaction != nil {
			continue
		}
		if k := s.replyTo(o.ID); k != lost && !(none && k == closed) {
			break
		}
		run = append(run, o)
	}
	return run
}

// bearable is how many failures in a row a scan bears, by how the last of them ended.
func (s *Session) bearable(last *evidence.Observation) int {
	none := !s.anyAccepted()
	switch k := last.End.Kind; {
	case k == evidence.EndThrottled && !none:
		return s.cfg.maxConnections() // patience decides
	case k == evidence.EndThrottled, k == evidence.EndTimeout:
		return 6
	case !none:
		return 10
	case k == evidence.EndUnreachable, k == evidence.EndPreamble:
		return 2
	case k == evidence.EndTimeout, k == evidence.EndMalformed, k == evidence.EndNotTLS, k == evidence.EndDone:
		return len(versions)
	}
	return 3 * len(versions) // it hung up on all it was offered, in every form
}

// because says why a server is given up whose last connection ended like e.
func because(e evidence.End) string {
	why := endWords(e.Kind)
	if e.Alert != nil {
		why = fmt.Sprintf("every reply is an alert, the last of them %v", e.Alert.Description)
	}
	if e.Detail != "" {
		why += ": " + e.Detail
	}
	return why
}

func (s *Session) replyTo(id string) kind {
	for i := range s.replies {
		if s.replies[i].id == id {
			return s.replies[i].kind
		}
	}
	return lost
}

// lastWords is what the server said when it last asked for a pause.
func (s *Session) lastWords() string {
	for i := len(s.ep.Observations) - 1; i >= 0; i-- {
		if o := &s.ep.Observations[i]; s.throttled(o) && o.End.Detail != "" {
			return o.End.Detail
		}
	}
	return "it stopped answering"
}

// endWords says in a few words how a connection ended.
func endWords(k evidence.EndKind) string {
	switch k {
	case evidence.EndTimeout:
		return "no reply in time"
	case evidence.EndNotTLS:
		return "the reply is not TLS"
	case evidence.EndMalformed:
		return "the reply breaks the rules of TLS"
	case evidence.EndThrottled:
		return "the server throttles"
	case evidence.EndPreamble:
		return "no go-ahead for TLS"
	case evidence.EndAside:
		return "lost over a question before TLS"
	case evidence.EndErrorV2:
		return "the server answers with an SSLv2 error"
	case evidence.EndClosed:
		return "the server hangs up"
	case evidence.EndReset:
		return "the server resets the connection"
	case evidence.EndDone:
		return "the server chose what was not offered"
	case evidence.EndUnreachable:
		return "unreachable"
	}
	return string(k)
}
