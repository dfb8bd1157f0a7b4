package probe

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// An active check makes a connection like any other, with suites that are known to be accepted, and goes on behind the
// server's flight in a way that shows whether an attack works. What comes back is the Reaction of the observation; what
// follows from it is for the derive functions to say. Each attack has a file of its own: what is asked next, what is done,
// and what is concluded.

// try does what the offer wants to try out.
func (c *connection) try(ctx context.Context) evidence.End {
	switch c.offer.Attack {
	case evidence.Heartbleed:
		return c.tryHeartbleed(ctx)
	case evidence.ForeignProtocol:
		return c.tryForeign(ctx)
	case evidence.STARTTLSInjection:
		return c.tryInjection(ctx)
	case evidence.CCSInjection:
		return c.tryCCS(ctx)
	case evidence.ROBOT:
		return c.tryROBOT(ctx)
	case evidence.WeakTickets, evidence.RepeatedNonces:
		return c.tryTickets(ctx)
	case evidence.Ticketbleed:
		return c.tryTicketbleed(ctx)
	case evidence.PSKWithoutDHE:
		return c.tryPSK(ctx)
	case evidence.PaddingOracle:
		return c.tryPadding(ctx)
	case evidence.InsecureRenegotiation, evidence.ClientRenegotiation:
		return c.tryRenegotiation(ctx)
	}
	return evidence.End{Kind: evidence.EndMalformed, Detail: "nobody knows how to try " + string(c.offer.Attack)}
}

// keptOfAttack is how much is kept of what set a reaction off.
const keptOfAttack = 64

// provoke sends raw and keeps what comes back until the connection ends, or time is up. note adds to a record what it
// tells, beyond its type and length; alerts in the clear are told anyway.
func (c *connection) provoke(raw []byte, note func(tlswire.Record, *evidence.Reacted)) {
	c.obs.Reaction = &evidence.Reaction{Sent: bytes.Clone(raw[:min(len(raw), keptOfAttack)])}
	c.heed(raw, note)
}

// provokeTwice sends first, and rest behind it unless the server has ended the connection meanwhile. What comes back before
// the rest was sent is marked as early.
func (c *connection) provokeTwice(ctx context.Context, first, rest []byte) {
	r := &evidence.Reaction{Sent: bytes.Clone(first[:min(len(first), keptOfAttack)])}
	c.obs.Reaction = r
	begun := time.Now()
	if _, err := c.conn.Write(first); err != nil {
		r.End, r.Early = endOf(err).Kind, true
		return
	}
	for until := begun.Add(c.pause()); c.speaks(ctx, until); {
		_ = c.conn.SetDeadline(time.Now().Add(c.cfg.timeout()))
		err := c.heedRecord(nil)
		if n := len(r.Records); n > 0 {
			r.Records[n-1].Early = true
		}
		if err != nil {
			r.Early, r.After = true, micros(time.Since(begun))
			r.End = cmp.Or(r.End, endOf(err).Kind)
			return
		}
	}
	if ctx.Err() == nil {
		c.heed(rest, nil)
	}
}

// heed sends raw and reads what comes back.
func (c *connection) heed(raw []byte, note func(tlswire.Record, *evidence.Reacted)) {
	begun := time.Now()
	_ = c.conn.SetDeadline(begun.Add(c.cfg.timeout()))
	_, err := c.conn.Write(raw)
	for err == nil {
		err = c.heedRecord(note)
	}
	c.obs.Reaction.After = micros(time.Since(begun))
	c.obs.Reaction.End = cmp.Or(c.obs.Reaction.End, endOf(err).Kind)
}

// pause is how long a reaction to the first of two parts is waited for: a server needs milliseconds for its arithmetic, and its
// answer as long as the quickest to a hello took.
func (c *connection) pause() time.Duration {
	return min(time.Second/2+2*time.Duration(c.trip.Load()), c.cfg.timeout()/2)
}

// speaks waits until the server says something more, or ends the connection.
func (c *connection) speaks(ctx context.Context, until time.Time) bool {
	_ = c.conn.SetReadDeadline(until)
	if ctx.Err() != nil { // whose deadline was just undone
		return false
	}
	_, err := c.records().r.Peek(1)
	return endOf(err).Kind != evidence.EndTimeout
}

// maxReacted is how many records of a reaction are read.
const maxReacted = 32

// heedRecord reads one record of a reaction.
func (c *connection) heedRecord(note func(tlswire.Record, *evidence.Reacted)) error {
	if len(c.obs.Reaction.Records) == maxReacted {
		return errLimit
	}
	rec, err := c.records().next()
	if err != nil {
		return err
	}
	kept := evidence.Reacted{Type: rec.Type, Length: len(rec.Payload)}
	if a, err := tlswire.ParseAlert(rec.Payload); rec.Type == tlswire.ContentAlert && err == nil {
		kept.Alert = &a
		if a.Level == tlswire.AlertLevelFatal {
			c.obs.Reaction.End = evidence.EndAlert
		}
	}
	if note != nil {
		note(rec, &kept)
	}
	c.obs.Reaction.Records = append(c.obs.Reaction.Records, kept)
	if c.obs.Reaction.End != "" {
		return io.EOF // a server that keeps the connection open behind a fatal alert has nothing more to say
	}
	return nil
}

// records reads the records of the connection, in the clear or not.
func (c *connection) records() *recordReader {
	if c.in == nil {
		c.in = &recordReader{r: bufio.NewReaderSize(io.LimitReader(c.conn, maxReplyBytes), 4096)}
	}
	return c.in
}

// mayTry reports whether it is time for attack a, which fills the fact of k: what the server accepts is read, somebody asks,
// and it was not tried that often.
func (p *plan) mayTry(a evidence.Attack, k *evidence.Key, tries int) bool {
	return p.goal.asks(k) && p.mayAttack() && !p.asking(string(a)) && !p.exhausted(string(a), tries)
}

// mayAttack reports whether it is time for attacks: all suites are read that somebody asks about, so that it is known which an
// attack can use. Nothing rides on them, so that they need not wait for what else is asked.
func (p *plan) mayAttack() bool {
	return !p.goal.passive && p.settled(func(v tlswire.Version) bool { return v > tlswire.SSLv3 || !p.goal.details }) && (p.goal.details || p.ready())
}

// mayEnter reports whether it is time for attacks inside sessions, where the server has to speak: to one that was silent there
// each would last as long as a step may.
func (p *plan) mayEnter() bool {
	return p.mayAttack() && !p.mute && !p.finishingNow()
}

// finishingNow reports whether the connection is under way that shows how the server speaks inside.
func (p *plan) finishingNow() bool {
	return p.flying(func(f flight) bool { return f.offer.Has(evidence.Finished) }) > 0
}

// silentInside reports whether the server finished handshakes, and never said anything inside in time.
func (v *view) silentInside(dialogues map[string]*evidence.Dialogue) bool {
	late := false
	for i := range v.replies {
		d := dialogues[v.replies[i].inner]
		switch {
		case d == nil:
		case d.Outcome == string(starttls.Ready):
			return false
		case d.Outcome == string(starttls.Timeout):
			late = true
		}
	}
	return late
}

// trying returns the connection that tries a in form vector, with suites of version v that are accepted.
func trying(a evidence.Attack, vector string, v tlswire.Version, suites []tlswire.Suite) ask {
	return ask{question: string(a), offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: suites}, Attack: a, Vector: vector}}
}

// outcome sorts the reactions to a in form vector by what says makes of them, and returns the observations. A reset alone is
// a No if it comes twice, from a server whose connections do not get lost otherwise.
func (v *view) outcome(a evidence.Attack, vector string, says func(*evidence.Reaction) evidence.Answer) (yes, no []string) {
	var resets []string
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != a || r.offer.Vector != vector || r.reaction == nil {
			continue
		}
		switch says(r.reaction) {
		case evidence.Yes:
			yes = append(yes, r.id)
		case evidence.No:
			no = append(no, r.id)
		default:
			if r.reaction.End == evidence.EndReset {
				resets = append(resets, r.id)
			}
		}
	}
	if len(yes)+len(no) == 0 && len(resets) > 1 && !v.lossy && !v.loses {
		no = resets
	}
	return yes, no
}

// orderly reports whether the server itself ended the connection, so that nothing it said was lost.
func orderly(r *evidence.Reaction) bool {
	return r.End == evidence.EndAlert || r.End == evidence.EndClosed
}

// untried is the fact of an attack about which nothing was learned: nobody asked, or the tries came to nothing.
func (d *deriver) untried(a evidence.Attack) evidence.Fact[evidence.Weakness] {
	f := evidence.Fact[evidence.Weakness]{State: evidence.Unknown, Why: d.why, From: d.whyFrom}
	if d.ep.Ended == "" && !slices.ContainsFunc(d.replies, func(r reply) bool { return r.offer.Attack != "" }) {
		f.Why, f.From = notAsked, nil // as in scans by a program that did not know of it
	}
	if d.silentInside(d.ep.Blobs.Dialogues) {
		f.Why, f.From = "the server is silent inside TLS", nil
	}
	for i := range d.replies {
		r := &d.replies[i]
		if r.offer.Attack != a {
			continue
		}
		f.From, f.Why = []string{r.id}, "the server broke off before it could be tried"
		if r.reaction != nil {
			f.Why = "the reaction told nothing: " + endWords(r.reaction.End)
		}
	}
	return f
}
