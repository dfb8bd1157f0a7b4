package probe

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// mailed are the replies to MAIL FROM in one connection. Those that did not come are empty.
type mailed struct {
	first, nested           string // before TLS; nested: in the transaction that first began, if it did
	early, after, announced string // inside: at once, behind RSET, and behind a greeting
	reset                   bool   // RSET between early and after was taken
	locked                  bool   // STARTTLS was refused
}

func readMailed(r *evidence.Reaction) mailed {
	m := mailed{locked: r.End == evidence.EndPreamble}
	places := []*string{&m.first, &m.nested, &m.early, &m.after, &m.announced}
	before, inside := 0, 2
	for _, s := range r.Said {
		switch {
		case s.Command == starttls.Rset:
			m.reset = m.reset || s.Inside && m.after == "" && taken(s.Reply)
		case s.Command != starttls.MailFrom:
		case s.Inside && inside < len(places):
			*places[inside] = s.Reply
			inside++
		case !s.Inside && before < 2:
			*places[before] = s.Reply
			before++
		}
	}
	return m
}

// taken reports whether a reply is a yes.
func taken(reply string) bool { return strings.HasPrefix(reply, "2") }

// barred reports whether a reply is a no that will be the same the next time. Cyrus asks for a login by 430.
func barred(reply string) bool {
	return strings.HasPrefix(reply, "5") || strings.HasPrefix(reply, "4") && strings.Contains(strings.ToLower(reply), "authentication required")
}

// sameReply reports whether two replies say the same. Words with digits behind the codes may name the connection or the moment.
func sameReply(a, b string) bool { return gist(a) == gist(b) }

func gist(reply string) string {
	var words []string
	for i, w := range strings.Fields(strings.ToLower(reply)) {
		if code := strings.Trim(w, "0123456789.") == ""; i < 2 && code || !strings.ContainsAny(w, "0123456789") {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// wantsGreeting tells whether MAIL FROM is refused inside TLS until the server is greeted there. Unsure if it is refused
// in the same way then, too, or for now.
func (m *mailed) wantsGreeting() evidence.Answer {
	switch {
	case taken(m.early) || taken(m.after):
		return evidence.No
	case barred(m.after) && (taken(m.announced) || barred(m.announced)) && !sameReply(m.after, m.announced):
		return evidence.Yes
	}
	return evidence.Unsure
}

// shut reports whether no transaction can be begun inside TLS either, whatever was said before.
func (m *mailed) shut() bool {
	return barred(m.early) && sameReply(m.early, m.after) && sameReply(m.after, m.announced)
}

// holds tells whether MAIL FROM inside TLS is answered as if a transaction went on, which RSET then ends. Without a
// transaction before TLS it tells how the server answers otherwise.
func (m *mailed) holds() evidence.Answer {
	switch {
	case taken(m.early), barred(m.early) && sameReply(m.early, m.after):
		return evidence.No
	case barred(m.early) && m.reset && (taken(m.after) || barred(m.after)):
		return evidence.Yes
	}
	return evidence.Unsure
}
