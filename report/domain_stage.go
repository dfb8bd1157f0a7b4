package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// stage is how one step of a connection to a mail exchanger went.
type stage struct {
	level check.Level
	word  string        // what was seen, in a word or two; text of the server is raw in it
	took  time.Duration // 0: not known
}

// stageLabels are the steps, in their order. The last is MAIL FROM, by the name that users of CheckTLS know.
func stageLabels() []string {
	return []string{"connect", "greeting", "STARTTLS", "TLS", "certificate", "from"}
}

// stagesOf tells how far one comes with an endpoint; nil stands for an address that was not scanned. Times are those of the first
// connection that came as far as TLS, each step by itself.
func stagesOf(e *Endpoint) []stage {
	if e == nil {
		return make([]stage, len(stageLabels()))
	}
	t := stepTimes(e.Endpoint)
	out := []stage{connected(e), greeted(e), upgraded(e), encrypted(e), certified(e), welcomed(e)}
	for i := range t {
		if out[i].level != check.Undecided {
			out[i].took = t[i]
		}
	}
	return out
}

func connected(e *Endpoint) stage {
	switch f := e.Facts.Reachable; {
	case evidence.Is(f) == evidence.Yes:
		return stage{level: check.Pass}
	case f.State == evidence.Known:
		return stage{level: check.Fail, word: "refused"}
	}
	return stage{}
}

func greeted(e *Endpoint) stage {
	if e.Facts.Greeting.Seen() {
		return stage{level: check.Pass}
	}
	return stage{}
}

func upgraded(e *Endpoint) stage {
	switch f := e.Facts.STARTTLS; {
	case f.State == evidence.Inapplicable:
		return stage{level: check.NotApplicable}
	case f.Seen() && f.Value.Works:
		return stage{level: check.Pass}
	case f.State == evidence.Known && f.Value.Offered:
		return stage{level: check.Fail, word: "broken"}
	case f.State == evidence.Known:
		return stage{level: check.Fail, word: "none"}
	}
	return stage{}
}

// encrypted tells whether there is TLS, and the newest version.
func encrypted(e *Endpoint) stage {
	switch f := e.Facts.Versions; {
	case f.Seen() && len(f.Value) > 0:
		return stage{level: check.Pass, word: strings.TrimPrefix(slices.Max(f.Value).String(), "TLS ")}
	case f.State == evidence.Known:
		return stage{level: check.Fail, word: "none"}
	}
	return stage{}
}

// certified tells whether the certificate holds by what the row of promises says, and how long it is valid.
func certified(e *Endpoint) stage {
	f := e.Facts.Certificates
	if !f.Seen() || len(f.Value) == 0 {
		return stage{}
	}
	level := certificateLevel(*e)
	trusted := !slices.ContainsFunc(f.Value, func(c evidence.Chain) bool { return c.Trust != nil && !c.Trust.Trusted })
	switch days, dated := daysLeft(e.Endpoint); {
	case !trusted && level == check.Pass: // nobody asks for more, and yet it is not one that holds
		return stage{level: check.NotApplicable, word: "not trusted"}
	case !trusted:
		return stage{level: level, word: "not trusted"}
	case dated && days < 0:
		return stage{level: level, word: "expired"}
	case dated:
		return stage{level: level, word: plural(days, "day")}
	}
	return stage{level: level}
}

func certificateLevel(e Endpoint) check.Level {
	for _, p := range certificatePromises() {
		if p.parts[0].check == "cert-expired" {
			level, _ := p.keptBy(e)
			return level
		}
	}
	return check.Undecided
}

// daysLeft is how many days the certificate is valid that runs out first.
func daysLeft(e *evidence.Endpoint) (days int, dated bool) {
	for _, c := range e.Facts.Certificates.Value {
		if len(c.Certificates) == 0 {
			continue
		}
		leaf := e.Blobs.Certificates[c.Certificates[0]]
		if leaf == nil || leaf.NotAfter.IsZero() {
			continue
		}
		n := int(leaf.NotAfter.Sub(e.At) / (24 * time.Hour))
		if leaf.NotAfter.Before(e.At) {
			n = -1
		}
		if !dated || n < days {
			days, dated = n, true
		}
	}
	return days, dated
}

// stepTimes are how long connect, greeting, STARTTLS and the reply to the first hello took; 0 where that was not seen.
func stepTimes(e *evidence.Endpoint) [4]time.Duration {
	var best *evidence.Observation
	for i := range e.Observations {
		o := &e.Observations[i]
		if best == nil || best.Timing.Reply == 0 && o.Timing.Reply > 0 {
			best = o
		}
	}
	if best == nil {
		return [4]time.Duration{}
	}
	t, greeting := best.Timing, time.Duration(0)
	if d := e.Blobs.Dialogues[best.Dialogue]; d != nil {
		for i, l := range d.Lines {
			if l.From == "server" && i < len(best.LinesMS) {
				greeting = time.Duration(best.LinesMS[i]) * time.Millisecond
				break
			}
		}
	}
	return [4]time.Duration{t.Connect, between(t.Connect, greeting), between(greeting, t.Ready), between(t.Ready, t.Reply)}
}

// between is the time from one step to the next; 0 if one of them was not seen.
func between(from, to time.Duration) time.Duration {
	if from == 0 || to < from {
		return 0
	}
	return to - from
}

// brief writes a duration for a narrow column.
func briefly(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return seconds(d)
}

// does says what senders do with a hop by a decision: the level that looks like it, and in words.
func does(d evidence.Decision) (check.Level, string) {
	switch d.Outcome {
	case evidence.Authenticated:
		return check.Pass, "deliver, encrypted and checked"
	case evidence.Encrypted:
		return check.Warn, "deliver, encrypted, without making sure to whom"
	case evidence.Opportunistic:
		return check.NotApplicable, "deliver anyway, in the clear if need be"
	case evidence.Refused:
		return check.Fail, "defer, so that the mail waits"
	}
	return check.Undecided, "not known"
}
