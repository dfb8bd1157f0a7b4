package starttls

// Outcome says how a dialogue ended. Its text is stable and is what JSON
// shows. The zero value is no outcome; no [Result] has it.
type Outcome string

const (
	// Ready: the server granted everything asked of it. After [Start] it said
	// go ahead and waits for a ClientHello.
	Ready Outcome = "ready"

	// NotOffered: the server listed its capabilities and STARTTLS is not one of
	// them, or it knows no capabilities at all (EHLO is an unknown command), or
	// it refused to list them and refused STARTTLS too.
	NotOffered Outcome = "not_offered"

	// Masked: STARTTLS is not listed, and something between client and server
	// overwrites what is said: a keyword reads XXXXXXXA, or EHLO was refused beside
	// a greeting in stars, as Cisco firewalls do.
	Masked Outcome = "masked"

	// Unlisted: the server took HELO after it had refused our EHLO for another
	// reason than not knowing it, so that nobody said what it offers.
	Unlisted Outcome = "unlisted"

	// Refused: the command STARTTLS was refused for good (5yz, NO, BAD, -ERR).
	// With Options.SkipCapabilities it may also mean that it was never offered.
	Refused Outcome = "refused"

	// TemporarilyRefused: the server is busy, throttles us or cannot do it right
	// now (421, 450, 454, [UNAVAILABLE], [SYS/TEMP], TRYLATER, "too many
	// connections"). Ask again later; nothing is known yet. Look at Result.Step
	// to tell a 454 to STARTTLS from a 421 in the greeting.
	TemporarilyRefused Outcome = "temporarily_refused"

	// Rejected: the server will not talk to this client (554 greeting, * BYE,
	// -ERR), and gave no hint that this is temporary.
	Rejected Outcome = "rejected"

	// Closed: the server closed or reset the connection; Result.Err tells which.
	Closed Outcome = "closed"

	// Timeout: the step did not end in its time.
	Timeout Outcome = "timeout"

	// ImplicitTLS: the first bytes are a TLS record, this service has no
	// plaintext preamble.
	ImplicitTLS Outcome = "implicit_tls"

	// NotThisProtocol: what came is not this protocol (HTTP, SSH, another mail
	// protocol); Result.Err names it where it is known.
	NotThisProtocol Outcome = "not_this_protocol"

	// Malformed: the server began in this protocol and then broke its syntax.
	Malformed Outcome = "malformed"

	// TooLong: a line, a reply or the whole dialogue exceeded its limit.
	TooLong Outcome = "too_long"

	// Canceled: the caller's context was canceled.
	Canceled Outcome = "canceled"

	// Failed: a reason on this side, such as an invalid HELO name, or a network
	// or TLS error that is none of the above.
	Failed Outcome = "failed"
)

// Outcomes returns every outcome in the order in which they are documented.
func Outcomes() []Outcome {
	return []Outcome{
		Ready, NotOffered, Masked, Unlisted, Refused, TemporarilyRefused, Rejected,
		Closed, Timeout, ImplicitTLS, NotThisProtocol, Malformed, TooLong, Canceled, Failed,
	}
}

// Step names the part of a preamble in which something happened.
type Step string

// The steps, in the order in which a connection goes through them.
const (
	StepGreeting     Step = "greeting"     // waiting for the server to speak first
	StepCapabilities Step = "capabilities" // EHLO, LHLO, HELO, CAPABILITY, CAPA
	StepBeforeTLS    Step = "before_tls"   // MAIL FROM, AUTH, AUTHENTICATE
	StepSTARTTLS     Step = "starttls"     // STARTTLS, STLS
	StepQuit         Step = "quit"         // QUIT, LOGOUT
)
