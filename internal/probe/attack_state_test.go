package probe

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// stateReply is a connection that tried whether state is kept, written as the form, the replies to MAIL FROM before TLS, a bar, and
// those inside: "transaction 250 503-nested | 250 250 250". A dash stands for a blank; "locked" and "closed" for how it ended
// before TLS. RSET inside is taken unless "rset?" is there.
func stateReply(n int, text string) reply {
	words := strings.Fields(text)
	r := &evidence.Reaction{End: evidence.EndDone}
	inside, rset := false, "250 ok"
	for _, w := range words[1:] {
		switch w {
		case "|":
			inside = true
		case "locked":
			r.End = evidence.EndPreamble
		case "closed":
			r.End = evidence.EndClosed
		case "late":
			r.End = evidence.EndTimeout
		case "rset?":
			rset = "503 EHLO first"
		default:
			r.Said = append(r.Said, evidence.Said{Command: starttls.MailFrom, Reply: strings.ReplaceAll(w, "-", " "), Inside: inside})
			if inside {
				r.Said = append(r.Said, evidence.Said{Command: starttls.Rset, Reply: rset, Inside: true})
			}
		}
	}
	return reply{id: fmt.Sprintf("state-kept/%d", n), kind: accepted, reaction: r,
		offer: evidence.Offer{Version: tlswire.TLS12, Attack: evidence.StateKept, Vector: words[0]}}
}

// TestStateKept tells servers that keep what was said before STARTTLS from those that only answer in the same way.
func TestStateKept(t *testing.T) {
	const known, unknown, none = evidence.Known, evidence.Unknown, evidence.Inapplicable
	const again, greeted, control = stateTransaction, stateGreeting, stateNone
	const (
		postfix = "transaction 250 503-nested | 250 250 250"
		kept    = "transaction 250 503-nested | 503-nested 250 250"
		strict  = "transaction 250 503-nested | 503-EHLO 503-EHLO 250"
		helped  = "transaction 250 503-nested | 250 250 250"
	)
	for _, c := range []struct {
		name  string
		tried []string
		state evidence.State
		kinds string
		more  string // what is tried next
	}{
		{"nothing yet", nil, unknown, "", again},
		{"wants a greeting", []string{strict}, known, "", ""},
		{"no greeting needed?", []string{postfix}, unknown, "", control},
		{"no greeting needed", []string{postfix, "control 250 | 250 250 250"}, known, "", ""},
		{"no greeting needed inside", []string{postfix, "control 503-EHLO | 250 250 250"}, known, "", ""},
		{"transaction, once", []string{kept}, unknown, "", again},
		{"transaction, twice", []string{kept, kept}, unknown, "", greeted},
		{"transaction, one control", []string{kept, kept, "greeting | 250 250 250"}, unknown, "", greeted},
		{"transaction", []string{kept, kept, "greeting | 250 250 250", "greeting | 250 250 250", "control 250 | 250 250 250"}, known, "transaction", ""},
		{"transaction, strict", []string{"transaction 250 503-nested | 503-nested 503-EHLO 250", "transaction 250 503-nested | 503-nested 503-EHLO 250",
			"greeting | 503-EHLO 503-EHLO 250", "greeting | 503-EHLO 503-EHLO 250"}, known, "transaction", ""},
		{"stumbles", []string{kept, kept, "greeting | 503-nested 250 250", "greeting | 503-nested 250 250"}, unknown, "", control},
		{"one of two", []string{kept, postfix, kept, "greeting | 250 250 250", "greeting | 250 250 250", "control 250 | 250 250 250"}, unknown, "", ""},
		{"RSET needs a greeting", []string{"transaction 250 503-nested | rset? 503-nested 503-EHLO 250"}, known, "", ""},
		{"greeting?", []string{helped, "control 503-EHLO | 503-EHLO 503-EHLO 250"}, unknown, "", control},
		{"greeting", []string{helped, helped, "control 503-EHLO | 503-EHLO 503-EHLO 250", "control 503-EHLO | 503-EHLO 503-EHLO 250"}, known, "greeting", ""},
		{"greeting, STARTTLS needs one", []string{helped, "greeting | 250 250 250", "control 503-EHLO locked", "control 503-EHLO locked"}, known, "greeting", ""},
		{"both", []string{kept, kept, "greeting | 250 250 250", "greeting | 250 250 250", "control 503 | 503 503 250", "control 503 | 503 503 250"},
			known, "transaction greeting", ""},
		{"controls disagree", []string{helped, helped, "control 503-EHLO | 503-EHLO 503-EHLO 250", "control 250 | 250 250 250"}, unknown, "", ""},
		{"nothing to be told by", []string{"transaction 530-TLS 530-TLS | 250 250 250", "control 530-TLS locked", "control 530-TLS locked"}, unknown, "", ""},
		{"TLS first", []string{"transaction 530-TLS 530-TLS | 250 250 250", "control 530-TLS | 250 250 250"}, none, "", ""},
		{"TLS first, strict", []string{"transaction 530-TLS 530-TLS | 503-EHLO 503-EHLO 250"}, known, "", ""},
		{"TLS first, keeps the greeting", []string{"transaction 530-TLS 530-TLS | 250 250 250", "greeting | 250 250 250",
			"control 530-TLS | 503-EHLO 503-EHLO 250", "control 530-TLS | 503-EHLO 503-EHLO 250"}, known, "greeting", ""},
		{"login first", []string{"transaction 530-login 530-login | 530-login 530-login 530-login"}, none, "", ""},
		{"login first, behind a greeting", []string{"transaction 530-TLS 530-TLS | 503-EHLO 503-EHLO 530-login"}, known, "", ""},
		{"locked", []string{"transaction 250 503-nested locked"}, unknown, "", greeted},
		{"locked, strict", []string{"transaction 250 503-nested locked", "greeting | 503-EHLO 503-EHLO 250"}, known, "", ""},
		{"hangs up", []string{"transaction 250 503-nested closed"}, unknown, "", again},
		{"hangs up, twice", []string{"transaction 250 503-nested closed", "transaction 250 503-nested closed", "greeting | 503-E 503-E 250"}, known, "", ""},
		{"curt", []string{"transaction 250 503-no | 503-no 503-no 250"}, known, "", ""},
		{"nests", []string{"transaction 250 250 | 503-EHLO 503-EHLO 250"}, known, "", ""},
		{"takes it any time", []string{"transaction 250 250 | 250 250 250", "control 250 | 250 250 250"}, unknown, "", ""},
		{"not now", []string{"transaction 450-later 450-later | 450-later 450-later 450-later"}, unknown, "", again},
		{"never now", []string{"transaction 450-x 450-x | 450-x 450-x 450-x", "transaction 450-x 450-x | 450-x 450-x 450-x",
			"transaction 450-x 450-x | 450-x 450-x 450-x"}, unknown, "", ""},
		{"silent", []string{"transaction 250 503-nested | late", "transaction 250 503-nested | late"}, unknown, "", ""},
		{"cut half-way", []string{"transaction 250 503-nested | 503-nested closed"}, unknown, "", again},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list []reply
			for i, text := range c.tried {
				list = append(list, stateReply(i, text))
			}
			ep := &evidence.Endpoint{Target: modelTarget}
			ep.Target.Protocol = string(starttls.SMTP)
			d := &deriver{view: newView(ep.Target, list, false), ep: ep, facts: &ep.Facts}
			deriveStateKept(d)
			f := d.facts.StateKept
			if f.State != c.state || strings.Join(f.Value.Kinds, " ") != c.kinds || f.Value.Found != (c.kinds != "") {
				t.Errorf("%v, want %v, %q", f, c.state, c.kinds)
			}
			if x := d.recalled(); x.wants() != c.more {
				t.Errorf("tries %q next, want %q", x.wants(), c.more)
			}
		})
	}
}

// TestSameReply compares what is said, not what names the connection.
func TestSameReply(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"503 5.5.1 Nested MAIL command", "503 5.5.1 nested mail command", true},
		{"503 5.5.1 EHLO first a1b2-3 - gsmtp", "503 5.5.1 EHLO first c4d5-6 - gsmtp", true},
		{"503 5.5.1 EHLO first", "503 5.5.1 Sender already given", false},
		{"503 5.5.1 no", "503 5.5.0 no", false},
		{"503 no", "530 no", false},
		{"503", "530", false},
	} {
		if sameReply(c.a, c.b) != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, !c.want)
		}
	}
}

// TestStateHasNoMeaningElsewhere asks nothing of protocols that remember nothing but logins.
func TestStateHasNoMeaningElsewhere(t *testing.T) {
	for _, p := range starttls.Protocols() {
		ep := &evidence.Endpoint{Target: modelTarget}
		ep.Target.Protocol = string(p)
		d := &deriver{view: newView(ep.Target, nil, false), ep: ep, facts: &ep.Facts}
		deriveStateKept(d)
		asked := p == starttls.SMTP || p == starttls.Submission || p == starttls.LMTP
		if f := d.facts.StateKept; (f.State == evidence.Inapplicable) == asked {
			t.Errorf("%s: %v", p, f)
		}
	}
}
