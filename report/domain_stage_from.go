package report

import (
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// welcomed tells whether a server that was greeted inside TLS takes MAIL FROM with the null sender, as each does that takes bounces.
// Nothing is asked for it: full scans say it to see what is remembered across STARTTLS. Once taken it stays taken.
func welcomed(e *Endpoint) stage {
	out := stage{}
	for _, o := range e.Observations {
		if o.Reaction == nil {
			continue
		}
		switch reply := replyToSender(o.Reaction.Said); {
		case strings.HasPrefix(reply, "2"):
			return stage{level: check.Pass}
		case strings.HasPrefix(reply, "5"):
			out = stage{level: check.Fail, word: code(reply)}
		case reply != "" && out.level == check.Undecided:
			out.word = code(reply)
		}
	}
	return out
}

// replyToSender is what MAIL FROM got behind a greeting inside TLS, "" if it was not said or not answered.
func replyToSender(said []evidence.Said) string {
	greeted := false
	for _, s := range said {
		switch {
		case !s.Inside:
		case s.Command == "EHLO", s.Command == "LHLO":
			greeted = s.Reply != ""
		case greeted && strings.HasPrefix(s.Command, "MAIL FROM"):
			return s.Reply
		}
	}
	return ""
}

// code is the number that a reply begins with.
func code(reply string) string { return reply[:min(len(reply), 3)] }

// stagesShown is how many of the stages there is anything to tell about: whether mail is taken is seen by few scans, and told where
// it was seen at any address.
func stagesShown(hops []evidence.Hop, own []Endpoint) int {
	all := len(stageLabels())
	for _, h := range hops {
		if last := stagesOf(endpointOf(h, own))[all-1]; last != (stage{}) {
			return all
		}
	}
	return all - 1
}
