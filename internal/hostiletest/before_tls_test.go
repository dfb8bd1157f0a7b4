package hostiletest

import (
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/starttls"
)

// TestLostOverTheQuestion scans servers that end the connection, or fall silent, when they are asked what they take before
// TLS: that stays unknown, and what is found of their TLS is the same as ever.
func TestLostOverTheQuestion(t *testing.T) {
	for _, do := range []lab.Action{lab.Close, lab.Reset, lab.Silence} {
		for _, quick := range []bool{false, true} {
			name := string(do)
			if quick {
				name += " quick"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s, ok := lab.ByName("insists-submission")
				if !ok {
					t.Fatal("there is no such server in the lab")
				}
				cfg := probe.Config{Timeout: 2 * time.Second, Quick: quick,
					Goal: []evidence.Need{{Key: evidence.KeyMailBeforeTLS}, {Key: evidence.KeyAuthBeforeTLS}}}
				well := scan(t, s, cfg)
				s.Quirks.Fault = lab.Fault{At: lab.AtBeforeTLS, Do: do}
				ep := scan(t, s, cfg)
				for _, f := range []evidence.Fact[evidence.Taken]{ep.Facts.MailBeforeTLS, ep.Facts.AuthBeforeTLS} {
					if f.State != evidence.Unknown || f.Why == "" || len(f.From) == 0 {
						t.Errorf("what is taken before TLS is %v: %q, from %v", f.State, f.Why, f.From)
					}
				}
				if f, want := ep.Facts.Versions, well.Facts.Versions; f.State != want.State || !slices.Equal(f.Value, want.Value) {
					t.Errorf("versions are %v %v (%s), want %v", f.State, f.Value, f.Why, want.Value)
				}
				if f, want := ep.Facts.Suites, well.Facts.Suites; f.State != want.State || f.Why != want.Why {
					t.Errorf("suites are %v (%s), want %v (%s)", f.State, f.Why, want.State, want.Why)
				}
				if f := ep.Facts.STARTTLS; f.State != evidence.Known || !f.Value.Works {
					t.Errorf("STARTTLS is %v %+v", f.State, f.Value)
				}
				checkAside(t, ep, do)
			})
		}
	}
}

// checkAside wants the question asked again after a connection was lost over it, but not where that takes a timeout.
func checkAside(t *testing.T, ep *evidence.Endpoint, do lab.Action) {
	t.Helper()
	lost := 0
	for _, o := range ep.Observations {
		if o.End.Kind == evidence.EndAside {
			lost++
		}
	}
	if want := map[lab.Action]int{lab.Close: 2, lab.Reset: 2, lab.Silence: 1}[do]; lost != want {
		t.Errorf("%d connections were lost, want %d", lost, want)
	}
}

// TestSilenceCountsOnce wants a server that is silent to what it is asked before TLS to be waited for twice at the most, whatever
// the questions: with the one of what is taken there one silence is known already when it comes to what is remembered.
func TestSilenceCountsOnce(t *testing.T) {
	s, ok := lab.ByName("insists-submission")
	if !ok {
		t.Fatal("there is no such server in the lab")
	}
	s.Quirks.Fault = lab.Fault{At: lab.AtBeforeTLS, Do: lab.Silence}
	ep := scan(t, s, probe.Config{Timeout: time.Second, Parallel: 1})
	late := 0
	for _, o := range ep.Observations {
		if o.Timing.Ready == 0 && o.Timing.End >= time.Second {
			late++
		}
	}
	if late != 2 {
		t.Errorf("%d connections waited for an answer before TLS, want 2", late)
	}
}

// TestPassiveAsksNothing wants a passive scan to leave the questions out.
func TestPassiveAsksNothing(t *testing.T) {
	s, ok := lab.ByName("auth-before-tls")
	if !ok {
		t.Fatal("there is no such server in the lab")
	}
	ep := scan(t, s, probe.Config{Timeout: 2 * time.Second, Passive: true})
	for _, f := range []evidence.Fact[evidence.Taken]{ep.Facts.MailBeforeTLS, ep.Facts.AuthBeforeTLS} {
		if f.State != evidence.Unknown || f.Why != evidence.NotAsked {
			t.Errorf("what is taken before TLS is %v: %q", f.State, f.Why)
		}
	}
	if slices.ContainsFunc(judged(t, ep).Endpoints[0].Findings, func(f check.Finding) bool { return f.Check == "auth-before-tls" }) {
		t.Error("a check is not left out that was not asked for")
	}
}

// TestAskedOnce wants no server to be asked for a password more than once, and each to be asked.
func TestAskedOnce(t *testing.T) {
	for _, name := range []string{"insists-imap", "auth-before-tls", "starttls-absent-submission", "starttls-refused-submission"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ok := lab.ByName(name)
			if !ok {
				t.Fatal("there is no such server in the lab")
			}
			ep := scan(t, s, probe.Config{Timeout: 2 * time.Second})
			times := 0
			for _, o := range ep.Observations {
				if d := ep.Blobs.Dialogues[o.Dialogue]; d != nil && d.BeforeTLS.Auth != nil {
					times++
				}
			}
			if times != 1 {
				t.Errorf("it was asked for a password %d times", times)
			}
			if mail := ep.Facts.MailBeforeTLS.State; mail != evidence.Known && s.Protocol == starttls.Submission {
				t.Errorf("MAIL FROM is %v", mail)
			}
		})
	}
}
