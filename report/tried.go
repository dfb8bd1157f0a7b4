package report

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// tried is what a finding about an attack rests on.
type tried struct {
	Check  string // or several, with commas, if they rest on the same connections and came out alike
	Level  check.Level
	Trials []trial
	More   int // trials beyond those
}

// trial is one connection that tried an attack: what was sent, and what came back. Text of the server is raw in it.
type trial struct {
	What string // the observation, which form of the attack, and the version
	Sent string // hexadecimal digits
	Back []string
}

// maxTrials is how many trials of one finding are shown, maxShown how many bytes of what was sent, and how many records of what
// came back.
const maxTrials, maxSent, maxBack = 12, 32, 8

// triedIn returns what the findings of e about attacks rest on, as far as the evidence has it.
func triedIn(e Endpoint) []tried {
	var out []tried
	for _, f := range e.Findings {
		c, _ := check.ByID(f.Check)
		if !c.Tries() {
			continue
		}
		t := tried{Check: f.Check, Level: f.Level}
		for _, id := range f.From {
			i := slices.IndexFunc(e.Observations, func(o evidence.Observation) bool { return o.ID == id })
			switch {
			case i < 0 || e.Observations[i].Reaction == nil:
			case len(t.Trials) == maxTrials:
				t.More++
			default:
				t.Trials = append(t.Trials, trialOf(&e.Observations[i]))
			}
		}
		same := func(o tried) bool {
			return o.Level == t.Level && o.More == t.More && reflect.DeepEqual(o.Trials, t.Trials)
		}
		switch i := slices.IndexFunc(out, same); {
		case len(t.Trials) == 0:
		case i >= 0:
			out[i].Check += ", " + t.Check
		default:
			out = append(out, t)
		}
	}
	return out
}

func trialOf(o *evidence.Observation) trial {
	t := trial{What: o.ID + ", " + o.Offer.Version.String(), Sent: sentText(o.Reaction.Sent), Back: backText(o.Reaction)}
	if len(o.Reaction.Said) > 0 {
		t.Sent = "commands, each followed here by its answer"
	}
	if o.Offer.Vector != "" {
		t.What += ", " + o.Offer.Vector
	}
	return t
}

// sentText writes bytes in groups of four, the first of them.
func sentText(sent []byte) string {
	var groups []string
	for b := range slices.Chunk(sent[:min(len(sent), maxSent)], 4) {
		groups = append(groups, hex.EncodeToString(b))
	}
	if len(groups) == 0 {
		return "nothing"
	}
	if len(sent) > maxSent {
		groups = append(groups, "...")
	}
	return strings.Join(groups, " ")
}

// backText tells what came back, equal records together, and how it ended.
func backText(r *evidence.Reaction) []string {
	var out []string
	for i := 0; i < len(r.Records); {
		if len(out) == maxBack {
			out = append(out, plural(len(r.Records)-i, "record")+" more")
			break
		}
		text, n := recordText(r.Records[i]), 1
		for i+n < len(r.Records) && recordText(r.Records[i+n]) == text {
			n++
		}
		if i += n; n > 1 {
			text = fmt.Sprintf("%d times %s", n, text)
		}
		out = append(out, text)
	}
	for _, s := range r.Said {
		out = append(out, saidText(s))
	}
	for _, s := range r.Text {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return append(out, endText(r.End)+" after "+r.After.Round(100*time.Microsecond).String())
}

// saidText writes a command and its answer.
func saidText(s evidence.Said) string {
	where := "before TLS"
	if s.Inside {
		where = "inside"
	}
	if s.Reply == "" {
		return fmt.Sprintf("%s %s: no answer", s.Command, where)
	}
	return fmt.Sprintf("%s %s: %q", s.Command, where, s.Reply)
}

func recordText(r evidence.Reacted) string {
	text := fmt.Sprintf("%v of %s", r.Type, plural(r.Length, "byte"))
	switch {
	case r.Alert != nil:
		text = fmt.Sprintf("%v alert %v", r.Alert.Level, r.Alert.Description)
	case r.Echo > 0:
		text += fmt.Sprintf(" that repeat %d of what was sent", r.Echo)
	}
	return text
}

// endText says how a connection ended, as a sentence goes on.
func endText(k evidence.EndKind) string {
	switch k {
	case evidence.EndDone, "":
		return "we hang up"
	case evidence.EndAlert:
		return "the alert ends it"
	case evidence.EndClosed:
		return "the server closes"
	case evidence.EndReset:
		return "the server resets the connection"
	case evidence.EndTimeout:
		return "silence; we hang up"
	}
	return string(k)
}

// tried writes what was tried, for those who want to see it.
func (p *page) tried(e Endpoint) {
	list := triedIn(e)
	if len(list) == 0 {
		return
	}
	p.blank()
	p.line(p.style(bold, "Tried, and what came back"))
	for _, t := range list {
		p.hang(2, p.mark(t.Level), p.markWidth(), normal, t.Check)
		for _, x := range t.Trials {
			p.hang(4, "", 0, normal, p.escape(x.What))
			p.hang(6, p.style(dim, "sent"), 6, normal, x.Sent)
			back := make([]string, len(x.Back))
			for i, s := range x.Back {
				back[i] = p.escape(s)
			}
			p.hang(6, p.style(dim, "back"), 6, normal, strings.Join(back, ", "))
		}
		if t.More > 0 {
			p.hang(4, "", 0, dim, "and "+plural(t.More, "connection")+" more, all in --format json")
		}
	}
}
