package evidence

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// Attack names a known attack that a connection tries out, in the smallest form that tells whether it works.
// docs/active-checks.md says for each what is sent.
type Attack string

// The attacks.
const (
	Heartbleed            Attack = "heartbleed"             // CVE-2014-0160
	CCSInjection          Attack = "ccs-injection"          // CVE-2014-0224
	Ticketbleed           Attack = "ticketbleed"            // CVE-2016-9244
	ROBOT                 Attack = "robot"                  // Bleichenbacher's oracle
	PaddingOracle         Attack = "padding-oracle"         // of CBC suites: POODLE on TLS and its kin, CVE-2016-2107
	InsecureRenegotiation Attack = "insecure-renegotiation" // CVE-2009-3555
	ClientRenegotiation   Attack = "client-renegotiation"   // asked for by the client, over and over
	STARTTLSInjection     Attack = "starttls-injection"     // CVE-2011-0411 and its kin
	StateKept             Attack = "state-kept"             // what was said before STARTTLS is remembered inside it (RFC 3207, Section 4.2)
	WeakTickets           Attack = "weak-tickets"           // CVE-2020-13777, and ticket keys that stay
	ForeignProtocol       Attack = "foreign-protocol"       // ALPACA: names and protocols that are not the server's own
	RepeatedNonces        Attack = "repeated-nonces"        // CVE-2016-0270 and its kin
	PSKWithoutDHE         Attack = "psk-without-dhe"        // psk_ke of TLS 1.3
	SpecialDROWN          Attack = "special-drown"          // CVE-2016-0703 and CVE-2015-3197
)

// Reaction is what a server did once an attack was under way.
type Reaction struct {
	Sent    []byte        `json:"sent,omitempty"`    // what set it off, as on the wire, or before encryption; its first 64 bytes
	Records []Reacted     `json:"records,omitempty"` // what came back, in order
	End     EndKind       `json:"end"`               // done, alert, closed, reset, timeout, preamble, not-tls, sslv2-error or malformed
	Early   bool          `json:"early,omitempty"`   // it ended before the rest was sent, which then was not
	After   time.Duration `json:"after_ns"`          // from the last byte sent to the end
	Text    []string      `json:"text,omitempty"`    // lines of the mail protocol, raw: under TLS, unless the end is preamble or not-tls
	Times   int           `json:"times,omitempty"`   // how often what was asked for was done
	Said    []Said        `json:"said,omitempty"`    // commands of the mail protocol, one by one, where each reply counts
}

// Said is one command of the mail protocol and the reply to it.
type Said struct {
	Command string `json:"command"`
	Reply   string `json:"reply,omitempty"`  // raw; the texts of its lines joined by "\n"; empty: none came
	Inside  bool   `json:"inside,omitempty"` // inside TLS
}

// Reacted is one record that came back. Of what it carried no more is kept than decides.
type Reacted struct {
	Type   tlswire.ContentType `json:"type"`
	Length int                 `json:"length"`          // of its payload, in bytes
	Echo   int                 `json:"echo,omitempty"`  // how many bytes of what was sent it repeats
	Alert  *tlswire.Alert      `json:"alert,omitempty"` // if it is one in the clear, or could be decrypted
	Early  bool                `json:"early,omitempty"` // it came before the rest was sent, where we send in two parts
	Nonce  []byte              `json:"nonce,omitempty"` // what an AES-GCM record of TLS 1.2 shows of its nonce
}

// Class is the reaction as an attacker on the wire could tell it from others: the kinds of records, what alerts say, how
// the connection ended, and whether that came early. Other times are left out.
func (r *Reaction) Class() string {
	var b strings.Builder
	for _, rec := range r.Records {
		if rec.Early {
			b.WriteString("early ")
		}
		switch {
		case rec.Alert != nil:
			fmt.Fprintf(&b, "alert %v, ", rec.Alert.Description)
		default:
			fmt.Fprintf(&b, "%v of %d bytes, ", rec.Type, rec.Length)
		}
	}
	if r.Early {
		b.WriteString("early ")
	}
	return b.String() + string(r.End)
}

// Weakness is what came of trying an attack out, or of what a server shows that an attack needs.
type Weakness struct {
	Found bool     `json:"found"`
	Kinds []string `json:"kinds,omitempty"` // which forms of it were found
	Count int      `json:"count,omitempty"` // how often it worked, where that matters
	Shown []string `json:"shown,omitempty"` // what shows it, in words
}

// Weaknesses are the facts that active checks fill, in the order of [Facts].
func (f *Facts) Weaknesses() []*Fact[Weakness] {
	return []*Fact[Weakness]{&f.Heartbleed, &f.CCSInjection, &f.Ticketbleed, &f.ROBOT, &f.PaddingOracle,
		&f.InsecureRenegotiation, &f.ClientRenegotiation, &f.STARTTLSInjection, &f.WeakTickets, &f.ForeignProtocol,
		&f.RepeatedNonces, &f.PSKWithoutDHE, &f.SpecialDROWN, &f.StateKept}
}

// WeaknessKeys are the keys of those facts.
func WeaknessKeys() []*Key {
	return []*Key{KeyHeartbleed, KeyCCSInjection, KeyTicketbleed, KeyROBOT, KeyPaddingOracle, KeyInsecureRenegotiation,
		KeyClientRenegotiation, KeySTARTTLSInjection, KeyWeakTickets, KeyForeignProtocol, KeyRepeatedNonces, KeyPSKWithoutDHE, KeySpecialDROWN,
		KeyStateKept}
}
