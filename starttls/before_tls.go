package starttls

import (
	"slices"
	"strings"
)

// Asking says whether [Start] asks what the server accepts in the clear.
type Asking uint8

const (
	// AskNothing leaves it out.
	AskNothing Asking = iota

	// AskFirst asks before STARTTLS is sent. A connection that is lost over the
	// questions ends at [StepBeforeTLS].
	AskFirst

	// AskInstead asks once it is clear that no TLS will come: STARTTLS is not
	// offered, or was refused. Outcome, step and reply stay those of the refusal,
	// whatever becomes of the questions.
	AskInstead
)

// Asked is what a server answered when it was asked, before TLS, for what it
// should do under TLS only. A question that was not asked has a zero answer.
type Asked struct {
	Mail Answer `json:"mail,omitzero"` // MAIL FROM
	Auth Answer `json:"auth,omitzero"` // AUTH or AUTHENTICATE, without initial response

	// Err is why the questions did not come to their end. An answer that is there
	// stands nevertheless.
	Err error `json:"-"`
}

// Answer is a reply and what it means.
type Answer struct {
	Verdict Verdict `json:"verdict"`
	Reply   Reply   `json:"reply"`
}

// Verdict says what a reply means for the question whether something is accepted.
type Verdict string

const (
	Accepted  Verdict = "accepted"
	Forbidden Verdict = "refused"
	Unclear   Verdict = "unclear" // refused for now, or for a reason that has nothing to do with it
)

// ask puts the questions. They are one step with one deadline.
func (s *session) ask(d dialect) error {
	s.asked = true
	if err := s.begin(StepBeforeTLS); err != nil {
		return err
	}
	s.res.Asked.Err = d.beforeTLS()
	return s.res.Asked.Err
}

// listed is what the server lists before TLS: here, or as it did earlier.
func (s *session) listed() Capabilities {
	if !s.res.Before.Listed && s.opt.Listed != nil {
		return *s.opt.Listed
	}
	return s.res.Before
}

// askInstead puts the questions where the dialogue has come to its end already.
func (s *session) askInstead(d dialect) {
	step, reply := s.res.Step, s.res.Reply
	_ = s.ask(d) // Asked.Err has it
	s.res.Step, s.res.Reply = step, reply
}

// listens reports whether the server still takes commands after it has denied
// TLS.
func (f *failure) listens(r Reply) bool {
	switch f.outcome {
	case NotOffered, Masked, Unlisted, Refused:
		return true
	case TemporarilyRefused:
		return r.Status == "454" // TLS not available (RFC 3207, Section 4)
	}
	return false
}

// mechanism is the one to ask for: LOGIN only of servers that have no PLAIN.
func (c Capabilities) mechanism() string {
	if slices.Contains(c.AuthMechanisms, "LOGIN") && !slices.Contains(c.AuthMechanisms, "PLAIN") {
		return "LOGIN"
	}
	return "PLAIN"
}

// wantsTLS reports whether a refusal says that encryption is missing.
func (r Reply) wantsTLS() bool {
	for _, word := range strings.Fields(strings.ToUpper(r.Code + " " + r.Text)) {
		if strings.Contains(strings.Trim(word, "."), ".") { // the name of a host
			continue
		}
		for _, w := range []string{"TLS", "SSL", "ENCRYPT", "PRIVACYREQUIRED"} {
			if strings.Contains(word, w) {
				return true
			}
		}
	}
	return false
}

// mailAnswer reads a reply to MAIL FROM. 530 asks for TLS (RFC 3207, Section 4)
// or for authentication (RFC 4954, Section 6) first.
func mailAnswer(r Reply) Answer {
	switch {
	case r.Status[0] == '2':
		return Answer{Accepted, r}
	case r.Status == "530", r.Status == "538", r.Status[0] == '5' && r.wantsTLS():
		return Answer{Forbidden, r}
	}
	return Answer{Unclear, r}
}

// authCodes are the replies that refuse AUTH as such: unknown or not enabled
// (500, 502, 503), not with this mechanism (504, 534), not without encryption
// (523, 530, 538), or without having heard a password (535). RFC 4954, Section 6;
// RFC 5248, Section 2.4.
var authCodes = []string{"500", "502", "503", "504", "523", "530", "534", "535", "538"}

// authAnswer reads a reply of SMTP to AUTH: 334 waits for the password.
func authAnswer(r Reply) Answer {
	switch {
	case r.Status == "334":
		return Answer{Accepted, r}
	case slices.Contains(authCodes, r.Status), r.Status[0] == '5' && r.wantsTLS():
		return Answer{Forbidden, r}
	}
	return Answer{Unclear, r}
}

// saslAnswer reads a reply of the other protocols to a server that lists c: NO, BAD
// and -ERR refuse, unless they are about this moment, or about this command alone.
// OK without a password means nothing.
func (c Capabilities) saslAnswer(r Reply) Answer {
	switch {
	case r.Status == "OK" || r.Status == "+OK" || r.temporary():
		return Answer{Unclear, r}
	case c.mayLogIn() && !r.wantsTLS():
		return Answer{Unclear, r}
	}
	return Answer{Forbidden, r}
}

// mayLogIn reports whether a password may go another way than by SASL, as far as
// the server says: by LOGIN, unless it lists LOGINDISABLED (RFC 9051, Section
// 6.2.3), or by USER, if it lists that (RFC 2449, Section 6.2), or nothing.
func (c Capabilities) mayLogIn() bool {
	switch family(c.Protocol) {
	case IMAP:
		return !c.LoginDisabled
	case POP3:
		return !c.Listed || c.Has("USER")
	}
	return false
}
