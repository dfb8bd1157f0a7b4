package lab

import (
	"reflect"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// Step is a moment of a connection at which a server can turn hostile.
type Step string

// The steps, in the order in which a connection reaches them. A step named after
// a message is in the middle of its bytes.
const (
	AtConnect      Step = "connect"      // before the first byte of the server
	AtGreeting     Step = "greeting"     // in the middle of the greeting line
	AtCapabilities Step = "capabilities" // instead of the answer to EHLO, CAPABILITY, CAPA
	AtBeforeTLS    Step = "before-tls"   // instead of the answer to MAIL FROM, AUTH, AUTHENTICATE
	AtStartTLS     Step = "starttls"     // instead of the answer to STARTTLS
	AtHello        Step = "hello"        // after the ClientHello was read
	AtRecord       Step = "record"       // in the middle of the header of the first record
	AtServerHello  Step = "server-hello"
	AtCertificate  Step = "certificate"
	AtStatus       Step = "certificate-status"
	AtKeyExchange  Step = "server-key-exchange"
	AtDone         Step = "server-hello-done"
	AtRetryHello   Step = "second-hello" // after the second ClientHello of a retry was read
)

// inTLS reports whether the step belongs to the TLS handshake.
func (at Step) inTLS() bool {
	switch at {
	case "", AtConnect, AtGreeting, AtCapabilities, AtBeforeTLS, AtStartTLS:
		return false
	}
	return true
}

// Action is what a server does at a Step instead of going on.
type Action string

// The actions.
const (
	Silence Action = "silence" // says nothing more and keeps the connection
	Close   Action = "close"   // closes the connection
	Reset   Action = "reset"   // closes it with a TCP reset
	Drip    Action = "drip"    // goes on with one byte per Quirks.Interval
)

// Fault is one Action at one Step. The zero value is none.
type Fault struct {
	At Step
	Do Action
}

// Refusal is how a server turns down a hello that it does not like.
type Refusal string

// The refusals. The zero value is the alert that RFC 5246 and RFC 8446 call for.
const (
	RefuseAlert   Refusal = ""
	RefuseClose   Refusal = "close" // as Dovecot does
	RefuseReset   Refusal = "reset"
	RefuseSilence Refusal = "silence"
)

// Quirks are the ways in which a server departs from its protocol. The zero
// value is a server without any. Each field is one deviation; servers combine
// as many as they like.
type Quirks struct {
	// Fault stops or slows the connection at one step.
	Fault Fault
	// Interval is the pause between the bytes of Drip and of a tarpit; zero: a minute.
	Interval time.Duration
	// Refusal is how hellos are turned down.
	Refusal Refusal

	Mail      MailQuirks // before TLS
	Inside    MailQuirks // under TLS
	Tolerance Tolerance
	Forge     Forge

	// Instead is sent as it is in place of every TLS message, once a hello was read.
	Instead []byte
	// Unasked is sent as it is where TLS begins, before any hello was read.
	Unasked []byte
	// Alert is sent in place of every TLS message, once a hello was read.
	Alert *tlswire.Alert
	// EveryAlert answers the nth connection with a fatal alert of description n mod 256.
	EveryAlert bool
	// Flood answers a hello with one thing over and over.
	Flood Flood
	// Inner is a deviation in the encrypted part of TLS 1.3.
	Inner Inner
	// Attack is how SSLv3 to TLS 1.2 answer what only an attacker sends.
	Attack legacy.Faults
	// CBCLottery are reactions to broken CBC records of which each connection draws one.
	CBCLottery []legacy.Reaction
	// CBCResetEvery is the number of connections of which one is reset at a broken CBC record.
	CBCResetEvery int

	// Heartbeat is how requests are answered that claim more payload than they have.
	Heartbeat Heartbeat
	// EarlyCCS is what is done about a ChangeCipherSpec that comes before there are keys. No handshake is finished with it.
	EarlyCCS EarlyCCS
	// Decryption is how premaster secrets are treated. No handshake by static RSA is finished with it.
	Decryption Decryption

	// MasterKeyV2 is what is made of the client's key in SSLv2.
	MasterKeyV2 MasterKeyV2

	// Behind is what becomes of text that came in one piece with STARTTLS.
	Behind Behind
	// Transactions are how SMTP and LMTP begin those, and what becomes of them at STARTTLS.
	Transactions Transactions
	// GreetsAgain sends the greeting once more inside TLS, unasked.
	GreetsAgain bool

	// StrictALPN refuses clients that offer protocols alone that the server does not speak (RFC 7301, Section 3.2), StrictName
	// those that name another server (RFC 6066, Section 3), and WarnsName tells the latter by a warning, and goes on.
	StrictALPN, StrictName, WarnsName bool

	// PSKOnly resumes sessions of TLS 1.3 without a key exchange where the client offers that (RFC 8446, Section 4.2.9).
	PSKOnly bool
	// ForgetTickets resumes no session by its ticket, as a server of many processes that share no key.
	ForgetTickets bool

	// ClockInRandom puts the time in the first four bytes of the server random,
	// as servers did before 2014 (RFC 5246, Section 7.4.1.2).
	ClockInRandom bool
	// NoSentinel leaves out the downgrade sentinel of RFC 8446, Section 4.1.3.
	NoSentinel bool
	// IgnoreFallbackSCSV goes on with a downgraded handshake (RFC 7507, Section 3).
	IgnoreFallbackSCSV bool
	// IgnoreSchemes signs as the server likes, whatever signature_algorithms says.
	IgnoreSchemes bool
	// Fragment is the largest payload of a handshake record; zero: the protocol's limit.
	Fragment int
	// OneMessagePerRecord sends every handshake message in a record of its own.
	OneMessagePerRecord bool
}

// MailQuirks are deviations of the mail protocol.
type MailQuirks struct {
	// Greeting replaces the text of the greeting; it may hold any bytes.
	Greeting string
	// Lines are capabilities put before the usual ones; they may hold any bytes.
	Lines []string
	// StartTLS replaces what the capability list says for STARTTLS; "-" leaves it out.
	StartTLS string
	// Reply replaces the go-ahead to STARTTLS, so that TLS never begins. In IMAP the
	// command's tag is put before it.
	Reply string
	// EndlessGreeting, EndlessCapabilities and EndlessLine never stop talking: in
	// continuation lines of the greeting, in capability lines, or in one line
	// without an end.
	EndlessGreeting, EndlessCapabilities, EndlessLine bool
	// Raw replaces the whole greeting, line end included, by any bytes.
	Raw string
	// Teaser is how long the greeting stays unfinished behind a first line, as with
	// postscreen; whoever speaks meanwhile is turned away.
	Teaser time.Duration
	// Tarpit pauses for Quirks.Interval before every line.
	Tarpit bool
	// AuthBeforeTLS offers passwords in the clear before STARTTLS, and prompts for them.
	AuthBeforeTLS bool
	// AuthUnlisted prompts for them without having offered it.
	AuthUnlisted bool
	// MailBeforeTLS accepts MAIL FROM before STARTTLS.
	MailBeforeTLS bool
}

// Tolerance says which honest hellos a server cannot stand. What it cannot stand
// is refused in the way of Quirks.Refusal.
type Tolerance struct {
	// SuitesRead is how many suites of a hello the server looks at; zero: all.
	SuitesRead int
	// BadLength refuses hellos whose handshake message has a length in bytes
	// between the two, inclusive, as F5 did with 256 to 511.
	BadLength [2]int
	// MaxLength refuses longer hellos, in bytes of the handshake message; zero: none.
	MaxLength int
	// Fragments refuses hellos that are split over records.
	Fragments bool
	// Extensions refuses hellos with any extension at all.
	Extensions bool
	// UnknownExtensions refuses hellos with an extension that the server does not know.
	UnknownExtensions bool
	// GREASE refuses hellos with a value of RFC 8701 anywhere.
	GREASE bool
	// MaxVersion refuses hellos that offer a newer version, legacy field or
	// supported_versions, instead of answering with an older one; zero: none.
	MaxVersion tlswire.Version
}

// Forge changes fields of the server's messages. Zero values change nothing.
type Forge struct {
	Version       tlswire.Version           // version in the ServerHello
	RecordVersion tlswire.Version           // version of every record
	Suite         tlswire.Suite             // suite in the ServerHello
	Compression   tlswire.CompressionMethod // compression in the ServerHello
	SessionID     []byte                    // session id in the ServerHello
	Selected      tlswire.Version           // adds supported_versions with it to the ServerHello
	Group         tlswire.Group             // group of the ServerKeyExchange or the retry
	Extra         []tlswire.Extension       // appended to the ServerHello's extensions
	Twice         bool                      // sends each extension of the ServerHello twice
	Tail          []byte                    // appended to the ServerHello's body
	Cut           int                       // bytes cut from the end of the ServerHello's body
	Length        int                       // length in the ServerHello's handshake header
	RecordLength  int                       // length in the header of every record
	Chain         [][]byte                  // certificates in place of the chain; empty but not nil: an empty list
	CutChain      int                       // bytes cut from the end of the leaf certificate
	CutExchange   int                       // bytes left of the ServerKeyExchange
	Point         []byte                    // point in the ServerKeyExchange
	Signature     []byte                    // signature in the ServerKeyExchange
	RetryAlways   bool                      // answers every TLS 1.3 hello with a retry
}

// zero reports whether nothing is forged.
func (f Forge) zero() bool { return reflect.ValueOf(f).IsZero() }

// Flood is a message that a server repeats, or inflates, without an end.
type Flood string

// The floods.
const (
	FloodEmptyRecords    Flood = "empty records"
	FloodWarnings        Flood = "warning alerts"
	FloodServerHellos    Flood = "the same ServerHello"
	FloodFragments       Flood = "one-byte fragments"
	FloodRetries         Flood = "HelloRetryRequests"
	FloodBigChain        Flood = "a 16 MB certificate chain"
	FloodManyCerts       Flood = "10,000 certificates"
	FloodZeroCerts       Flood = "certificates of zero length"
	FloodStatus          Flood = "a 16 MB CertificateStatus"
	FloodTickets         Flood = "session tickets"
	FloodApplicationData Flood = "application data"
	FloodHelloRequests   Flood = "HelloRequests"
	FloodHeartbeats      Flood = "heartbeats"
	FloodCCS             Flood = "ChangeCipherSpecs"
	FloodGarbage         Flood = "random bytes"
)
