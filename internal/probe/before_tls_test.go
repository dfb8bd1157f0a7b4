package probe

import (
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// TestDeriveBeforeTLS reads dialogues in which it was asked what the server takes in the clear.
func TestDeriveBeforeTLS(t *testing.T) {
	yes := &evidence.Response{Verdict: "accepted", Reply: "250 ok"}
	no := &evidence.Response{Verdict: "refused", Reply: "530 no"}
	perhaps := &evidence.Response{Verdict: "unclear", Reply: "451 later"}
	odd := &evidence.Response{Verdict: "?", Reply: "odd"}
	for _, c := range []struct {
		name       string
		protocol   string
		port       int
		caps       evidence.Capabilities
		asked      []evidence.Asked
		mail, auth string // what comes of it, and a word of why
	}{
		{"both", "submission", 587, evidence.Capabilities{}, []evidence.Asked{{Mail: yes, Auth: no}}, "accepted", "refused"},
		{"not asked", "submission", 587, evidence.Capabilities{}, []evidence.Asked{{}}, "unknown not asked", "unknown not asked"},
		{"unclear", "submission", 587, evidence.Capabilities{}, []evidence.Asked{{Mail: perhaps, Auth: odd}}, "unknown 451 later", "unknown odd"},
		{"clear in the end", "submission", 587, evidence.Capabilities{}, []evidence.Asked{{Mail: perhaps, Why: "closed"}, {Mail: no, Auth: yes}}, "refused", "accepted"},
		{"lost", "imap", 143, evidence.Capabilities{}, []evidence.Asked{{Why: "closed"}}, "inapplicable nobody", "unknown closed"},
		{"half lost", "submission", 587, evidence.Capabilities{}, []evidence.Asked{{Mail: yes, Why: "closed"}}, "accepted", "unknown closed"},
		{"SMTP on the port of submission", "smtp", 587, evidence.Capabilities{}, []evidence.Asked{{Mail: no, Auth: no}}, "refused", "refused"},
		{"relay", "smtp", 25, evidence.Capabilities{Listed: true}, nil, "inapplicable optional", "inapplicable no authentication"},
		{"relay with AUTH", "smtp", 25, evidence.Capabilities{Listed: true, AuthMechanisms: []string{"PLAIN"}}, []evidence.Asked{{Auth: yes}}, "inapplicable optional", "accepted"},
		{"relay without a list", "lmtp", 24, evidence.Capabilities{}, nil, "inapplicable optional", "unknown not asked"},
		{"implicit TLS", "submissions", 465, evidence.Capabilities{}, nil, "inapplicable first byte", "inapplicable first byte"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ep := &evidence.Endpoint{Target: evidence.Target{Protocol: c.protocol, Port: c.port}}
			ep.Blobs.Dialogues = map[string]*evidence.Dialogue{"list": {Outcome: "ready", Capabilities: c.caps}}
			ep.Observations = []evidence.Observation{{ID: "x/1", Dialogue: "list", End: evidence.End{Kind: evidence.EndDone}}}
			for i, a := range c.asked {
				key := string(rune('a' + i))
				ep.Blobs.Dialogues[key] = &evidence.Dialogue{Outcome: "ready", BeforeTLS: a}
				ep.Observations = append(ep.Observations, evidence.Observation{ID: "y/" + key, Start: time.Duration(i + 1), Dialogue: key,
					End: evidence.End{Kind: evidence.EndAside}})
			}
			Derive(ep, nil)
			for what, f := range map[string]struct {
				fact evidence.Fact[evidence.Taken]
				want string
			}{"mail": {ep.Facts.MailBeforeTLS, c.mail}, "auth": {ep.Facts.AuthBeforeTLS, c.auth}} {
				state, why, _ := strings.Cut(f.want, " ")
				got := f.fact.State.String()
				if f.fact.State == evidence.Known {
					got = map[bool]string{true: "accepted", false: "refused"}[f.fact.Value.Accepted]
				}
				if got != state || !strings.Contains(f.fact.Why, why) {
					t.Errorf("%s is %s (%s), want %s", what, got, f.fact.Why, f.want)
				}
				if f.fact.Seen() && len(f.fact.From) != 1 {
					t.Errorf("%s is shown by %v", what, f.fact.From)
				}
			}
		})
	}
}

// TestAsking walks through a scan: which connection asks.
func TestAsking(t *testing.T) {
	s := newSession(evidence.Target{Protocol: "imap"}, Config{Timeout: time.Second}, starttls.IMAP)
	want := func(when string, w starttls.Asking) {
		t.Helper()
		if got := s.asking(); got != w {
			t.Errorf("%s: %v, want %v", when, got, w)
		}
	}
	want("first", starttls.AskInstead)
	s.flights["1"] = flight{asking: starttls.AskInstead}
	want("second", starttls.AskNothing)
	s.preambles.Add(1)
	want("after a go-ahead", starttls.AskFirst)
	s.flights["2"] = flight{asking: starttls.AskFirst}
	want("while one asks", starttls.AskNothing)
	clear(s.flights)
	lost := func(after time.Duration) {
		s.ep.Blobs.Dialogues["lost"] = &evidence.Dialogue{BeforeTLS: evidence.Asked{Why: "closed"}}
		s.ep.Observations = append(s.ep.Observations, evidence.Observation{Dialogue: "lost", Timing: evidence.Timing{End: after}})
	}
	lost(0)
	want("once more", starttls.AskFirst)
	lost(0)
	want("no more", starttls.AskNothing)
	s.ep.Observations = nil
	lost(time.Second)
	want("not after a timeout", starttls.AskNothing)
	s.ep.Blobs.Dialogues["lost"].BeforeTLS = evidence.Asked{Auth: &evidence.Response{Verdict: "unclear"}}
	want("answered", starttls.AskNothing)
}
