package legacy

import (
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// Faults are the ways in which servers of SSLv3 to TLS 1.2 answered an attack wrongly, in decisions that need the keys of the
// connection. The zero value does what the specifications say. A server combines as many as it likes.
type Faults struct {
	RSA           RSAFaults
	CBC           CBCFaults
	CCS           CCSFaults
	Renegotiation Renegotiation
	Ticket        TicketFaults
	GCMNonce      NonceSource
	// Hooks see each message and each record that the server sends.
	Hooks tlspeer.Hooks
}

// Do is what a server does about something that it should not have got.
type Do string

// What servers do.
const (
	DoRight   Do = ""        // what the specification asks for
	DoAlert   Do = "alert"   // sends the fatal alert Reaction.Alert, and closes
	DoWarn    Do = "warn"    // sends it as a warning, and goes on as if nothing had come
	DoClose   Do = "close"   // closes the connection
	DoReset   Do = "reset"   // closes it with a TCP reset
	DoSilence Do = "silence" // says nothing more and keeps the connection
	DoIgnore  Do = "ignore"  // goes on as if nothing had come
	DoAccept  Do = "accept"  // takes it for good
)

// Reaction is one answer. The zero value does what the specification asks for.
type Reaction struct {
	Do    Do
	Alert tlswire.AlertDescription // of DoAlert and DoWarn
}

// Alert is the reaction of a fatal alert.
func Alert(d tlswire.AlertDescription) Reaction { return Reaction{DoAlert, d} }

// RSAFaults tell a client what is wrong with the premaster secret that it encrypted, each fault in its own way: an oracle for
// RSA decryption (Bleichenbacher 1998; ROBOT, 2017). What is right is to go on with a random one (RFC 5246, Section 7.4.7.1),
// which then gives a bad_record_mac. The oracle is strong if some of these differ from each other, and weak if they are alike
// and differ from what a well-formed premaster secret gets.
type RSAFaults struct {
	BadStart    Reaction // does not begin with 0x00 0x02
	NoSeparator Reaction // no zero byte behind the padding
	BadLength   Reaction // the zero byte stands where the rest is not of 48 bytes
	BadVersion  Reaction // the rest does not begin with the version of the hello (Klíma, Pokorný, Rosa, 2003); DoAccept takes it
	// Late puts these off until the record of Finished came: who sends ClientKeyExchange alone sees no difference.
	Late bool
}

// CBCFaults tell a client what is wrong with a record of a CBC suite without encrypt-then-MAC, each fault in its own way: an
// oracle for its contents. What is right is a bad_record_mac for all of them (RFC 5246, Section 6.2.3.2). DoAccept takes the
// record's contents without minding the fault. The first that applies counts.
type CBCFaults struct {
	// FullPadding is valid padding that leaves no room for a MAC; zero: as BadBoth. record_overflow is CVE-2016-2107.
	FullPadding Reaction
	// ZeroLength is a wrong MAC on no contents, with valid padding; zero: as BadMAC. A difference to BadMAC is CVE-2019-1559.
	ZeroLength Reaction
	// BadMAC is a wrong MAC with valid padding. A difference to BadBoth is GOLDENDOODLE (CVE-2019-6593).
	BadMAC Reaction
	// BadPadding is a right MAC with padding bytes that are not as they should be. DoAccept is POODLE on TLS (CVE-2014-8730), a
	// difference to BadBoth Zombie POODLE. SSLv3 does not look at these bytes: there is nothing to react to.
	BadPadding Reaction
	// BadBoth is a wrong MAC with invalid padding. A difference to BadMAC is Sleeping POODLE (CVE-2019-6485).
	BadBoth Reaction
}

// CCSFaults are answers to a ChangeCipherSpec that comes before the ClientKeyExchange. What is right is unexpected_message.
type CCSFaults struct {
	// Early with DoAccept switches to keys derived from an empty master secret (CVE-2014-0224). The handshake fails in the end,
	// because its Finished is then compared with one made of that secret, as in OpenSSL before 1.0.1.
	Early Reaction
	// Exploitable lets the handshake succeed under these keys, as in OpenSSL 1.0.1 up to 1.0.1g.
	Exploitable bool
}

// Renegotiation is how a server answers a ClientHello behind the handshake.
type Renegotiation struct {
	// Accept is how many are answered on one connection; negative: any number; zero: none.
	Accept int
	// SecureOnly answers none on a connection without RFC 5746. Without that, such a renegotiation is CVE-2009-3555.
	SecureOnly bool
	// Refusal is the answer to the others. What is right is the warning no_renegotiation (RFC 5246, Section 7.2.2), and in
	// SSLv3, which has no such thing, a fatal handshake_failure.
	Refusal Reaction
}

// TicketFaults are faults of session tickets (RFC 5077).
type TicketFaults struct {
	// Keys is where the keys come from; it counts for whoever makes the Sessions.
	Keys TicketKeys
	// LongSessionID answers the resumption by a ticket with a session id of 32 bytes, whatever the length of the client's: the
	// rest is what stood in memory (Ticketbleed, CVE-2016-9244).
	LongSessionID bool
	// Lifetime is the hint in seconds that goes with a ticket; zero: 7200.
	Lifetime uint32
}

// NonceSource is where the explicit part of the nonces of AES-GCM comes from (RFC 5288, Section 3).
type NonceSource string

// The sources of nonces.
const (
	NonceCounter  NonceSource = ""         // the number of the record, as most do
	NonceRandom   NonceSource = "random"   // which repeats after 2^32 records or so
	NonceRepeated NonceSource = "repeated" // the same for all records of a connection (CVE-2016-0270 and its like)
)
