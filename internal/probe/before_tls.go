package probe

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// What a server takes in the clear is asked in a connection that is made anyway: the first one asks if it turns out that
// there is no TLS to come, and else one that is made when the server has shown that it gives a go-ahead. If that one is lost
// over the question, its offer is made again.

// maxAside is how many connections may be lost over the questions.
const maxAside = 2

// asking tells what the next connection asks of the time before TLS.
func (s *Session) asking() starttls.Asking {
	if s.protocol.ImplicitTLS() || s.cfg.Passive || !s.wanted.asksBeforeTLS() || s.askedEnough() {
		return starttls.AskNothing
	}
	mode := starttls.AskInstead
	if s.preambles.Load() > 0 {
		mode = starttls.AskFirst
	}
	for _, f := range s.flights {
		if f.asking == mode || f.asking == starttls.AskFirst {
			return starttls.AskNothing
		}
	}
	return mode
}

// asksBeforeTLS reports whether somebody wants to know what the server takes in the clear.
func (g *goal) asksBeforeTLS() bool {
	return g.asks(evidence.KeyMailBeforeTLS) || g.asks(evidence.KeyAuthBeforeTLS)
}

// askedEnough reports whether the questions were answered, or cost too much: a server that is silent then is so once.
func (s *Session) askedEnough() bool {
	answered, lost, silent := s.heardAside()
	return answered || silent || lost >= maxAside
}

// heardAside tells what came of the questions: whether one was answered, how many connections were lost over them, and whether one
// of these to silence.
func (s *Session) heardAside() (answered bool, lost int, silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.ep.Observations {
		o := &s.ep.Observations[i]
		d := s.ep.Blobs.Dialogues[o.Dialogue]
		switch {
		case d == nil:
		case d.BeforeTLS.Mail != nil || d.BeforeTLS.Auth != nil:
			answered = true
		case d.BeforeTLS.Why != "":
			lost++
			silent = silent || o.Timing.End >= s.cfg.timeout()
		}
	}
	return answered, lost, silent
}

// nextBeforeTLS makes an offer again that was accepted where no other connection is left for the question to ride on.
func nextBeforeTLS(p *plan) (ask, bool) {
	asked := p.goal.asks(evidence.KeyMailBeforeTLS) || p.goal.asks(evidence.KeyAuthBeforeTLS)
	if !p.clear || !asked || len(p.flights) > 0 || p.exhausted("before-tls", maxAside) {
		return ask{}, false
	}
	for _, v := range p.spoken() {
		if seen := p.seenSuites(v, func(tlswire.SuiteInfo) bool { return true }); len(seen) > 0 {
			return ask{offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: seen}}}, true
		}
	}
	return ask{}, false
}

// preambleOf is the protocol as package starttls knows it: whoever scans the port of submission as SMTP means submission.
func preambleOf(t evidence.Target, p starttls.Protocol) starttls.Protocol {
	if p == starttls.SMTP && t.Port == starttls.Submission.DefaultPort() {
		return starttls.Submission
	}
	return p
}

// asked is what a dialogue tells of what the server takes in the clear.
func asked(res *starttls.Result) evidence.Asked {
	a := evidence.Asked{Mail: response(res.Asked.Mail), Auth: response(res.Asked.Auth)}
	if res.Asked.Err != nil {
		lost := *res
		lost.Err, lost.Step = res.Asked.Err, starttls.StepBeforeTLS
		a.Why = reason(&lost)
	}
	return a
}

func response(a starttls.Answer) *evidence.Response {
	if a.Verdict == "" {
		return nil
	}
	return &evidence.Response{Verdict: string(a.Verdict), Reply: strings.TrimSpace(a.Reply.String())}
}

// deriveBeforeTLS tells what the server takes in the clear.
func deriveBeforeTLS(d *deriver) {
	d.facts.MailBeforeTLS = d.taken(func(a *evidence.Asked) *evidence.Response { return a.Mail })
	d.facts.AuthBeforeTLS = d.taken(func(a *evidence.Asked) *evidence.Response { return a.Auth })
	p, err := starttls.ParseProtocol(d.ep.Target.Protocol)
	if err != nil {
		return
	}
	between := p == starttls.LMTP || preambleOf(d.ep.Target, p) == starttls.SMTP
	c := d.facts.Capabilities
	switch {
	case d.implicit:
		d.facts.MailBeforeTLS = inapplicable[evidence.Taken]("TLS from the first byte")
		d.facts.AuthBeforeTLS = d.facts.MailBeforeTLS
	case between:
		d.facts.MailBeforeTLS = inapplicable[evidence.Taken]("encryption is optional between mail servers")
		if c.State == evidence.Known && len(c.Value.AuthMechanisms) == 0 && !d.facts.AuthBeforeTLS.Seen() {
			d.facts.AuthBeforeTLS = inapplicable[evidence.Taken]("no authentication is offered before TLS")
		}
	case preambleOf(d.ep.Target, p) != starttls.Submission:
		d.facts.MailBeforeTLS = inapplicable[evidence.Taken]("nobody submits mail here")
	}
}

// taken is what the dialogues tell of one question. A clear answer decides, the first of them.
func (d *deriver) taken(of func(*evidence.Asked) *evidence.Response) evidence.Fact[evidence.Taken] {
	f := unknown[evidence.Taken](d)
	d.dialogues(false, func(o *evidence.Observation, x *evidence.Dialogue) bool {
		r := of(&x.BeforeTLS)
		switch {
		case r == nil && x.BeforeTLS.Why != "":
			f.Why, f.From = x.BeforeTLS.Why, []string{o.ID}
		case r == nil:
		case r.Verdict == string(starttls.Accepted), r.Verdict == string(starttls.Forbidden):
			f = known(evidence.Taken{Accepted: r.Verdict == string(starttls.Accepted), Reply: r.Reply}, o.ID)
			return false
		default:
			f.Why, f.From = "the answer says neither yes nor no: "+r.Reply, []string{o.ID}
		}
		return true
	})
	return f
}
