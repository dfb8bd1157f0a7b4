package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

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

func (s *Session) replyTo(id string) kind {
	for i := range s.replies {
		if s.replies[i].id == id {
			return s.replies[i].kind
		}
	}
	return lost
}
