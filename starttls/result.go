package starttls

import (
	"strings"
	"time"
)

// Options says how to conduct a dialogue. The zero value is usable.
type Options struct {
	// Helo is the argument of EHLO, LHLO and HELO: a domain name or an address
	// literal (RFC 5321, Section 4.1.1.1). Empty means the address literal of the
	// connection's own end. Anything else is refused before a byte is sent.
	Helo string

	// GreetingTimeout is how long the greeting may take to arrive in full;
	// 0 means 30 s, a normal time for servers that look their clients up first.
	GreetingTimeout time.Duration

	// Timeout is how long each later step may take, from sending the command to
	// the end of the reply; 0 means 15 s.
	Timeout time.Duration

	// SkipCapabilities makes Start send STARTTLS right after the greeting where
	// the protocol allows (IMAP, POP3), saving a round trip on a server that is
	// already known. SMTP and LMTP need their EHLO and LHLO all the same, and
	// ManageSieve lists its capabilities in the greeting. AskFirst needs them, too,
	// or else Listed: they say what to ask for, and what a refusal means.
	SkipCapabilities bool

	// Listed is what the server listed before TLS in an earlier connection; nil: not known.
	Listed *Capabilities

	// BeforeTLS makes Start ask what the server accepts in the clear.
	BeforeTLS Asking

	// Behind is a command line, without its CRLF, that Start sends in the same write as STARTTLS or STLS, so that it is
	// there before TLS begins. An honest client sends nothing there: RFC 3207, Section 4.2 has the server forget what it
	// was told in the clear, and what a server does with such a line tells whether commands can be put into the session of
	// another client (CVE-2011-0411). A reply in the clear is in Result.Early, if it came with the go-ahead.
	Behind string

	// Commands are command lines that Start says one after another before STARTTLS, whatever is
	// answered, and [Say] inside TLS. They are for SMTP and LMTP.
	Commands []string

	// Unannounced leaves EHLO and LHLO out, where RFC 5321, Section 4.1.4 wants one.
	Unannounced bool
}

// startLines are the lines that ask for TLS, in one write.
func (o Options) startLines(command string) []string {
	if o.Behind == "" {
		return []string{command}
	}
	return []string{command, o.Behind}
}

const (
	defaultGreetingTimeout = 30 * time.Second
	defaultTimeout         = 15 * time.Second
)

// timeout returns how long a step may take.
func (o Options) timeout(step Step) time.Duration {
	switch {
	case step == StepGreeting && o.GreetingTimeout > 0:
		return o.GreetingTimeout
	case step == StepGreeting:
		return defaultGreetingTimeout
	case o.Timeout > 0:
		return o.Timeout
	}
	return defaultTimeout
}

// Reply is one reply of the server, reduced to what decides. All of it comes
// from the server unescaped.
type Reply struct {
	// Status is the reply code of SMTP and LMTP ("220"), or OK, NO, BAD, BYE,
	// PREAUTH (IMAP, ManageSieve), +OK or -ERR (POP3), in capitals.
	Status string `json:"status,omitempty"`

	// Code is the enhanced status code of SMTP ("4.7.0", RFC 3463) or the
	// response code of the others ("UNAVAILABLE", "SYS/TEMP", "TRYLATER"), in
	// capitals; empty when there is none.
	Code string `json:"code,omitempty"`

	// Text is what the reply says to a person, its lines joined by "\n".
	Text string `json:"text,omitempty"`
}

// String returns the reply much as it was sent, unescaped: "554 5.7.1 no", or
// "BYE [UNAVAILABLE] no", or "" for no reply.
func (r Reply) String() string {
	s := r.Status
	if r.Code != "" && !strings.HasPrefix(r.Text, r.Code) {
		s += " [" + r.Code + "]"
	}
	if r.Text != "" {
		s += " " + r.Text
	}
	return s
}

// Result is what a dialogue came to. Everything but Outcome, Protocol and
// Dialogue may be empty.
type Result struct {
	Protocol Protocol `json:"protocol"`
	Outcome  Outcome  `json:"outcome"`

	// Step is the last step that was begun.
	Step Step `json:"step,omitempty"`

	// Greeting is the greeting as sent, its lines joined by "\n". ManageSieve
	// greets with its capabilities: there it is the line that ends them.
	Greeting string `json:"greeting,omitempty"`

	// Before is what the server said it can do, in this dialogue: for Start that
	// is before TLS, for Open and Again it is under TLS.
	Before Capabilities `json:"before"`

	// Reply is the last reply that was complete: the one that decided, unless the
	// network did.
	Reply Reply `json:"reply"`

	// Asked is what the server accepts in the clear, if Options.BeforeTLS asks.
	Asked Asked `json:"asked,omitzero"`

	// Said are those of Options.Commands that were said.
	Said []Said `json:"said,omitempty"`

	// Early is what came in the same read after the last reply of a dialogue that
	// ended Ready. After Start that is before we had sent a byte of TLS: an honest
	// server sends nothing, and a client that keeps such bytes is open to response
	// injection.
	Early []byte `json:"early,omitempty"`

	// Dialogue is the transcript, whatever the outcome.
	Dialogue Dialogue `json:"dialogue"`

	// Err says why the outcome is not Ready, in words that are safe to print, and
	// wraps the network's error where there was one. It is nil when Ready.
	Err error `json:"-"`
}
